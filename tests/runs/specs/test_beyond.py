"""What a preset leaves out that goes beyond the write-up."""

from __future__ import annotations

import pytest

from runs.specs.catalogue import BEYOND, CNN, CNN_POOL_FIRST, list_goals
from runs.specs.presets import PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_the_quick_preset_alone_leaves_out_what_the_write_up_never_trained(name: str) -> None:
    trained = {goal.spec.with_seed(0) for goal in list_goals(PRESETS[name])}
    assert {CNN, CNN_POOL_FIRST} <= trained
    assert bool(trained & BEYOND) == (name != "quick")


def test_the_quick_preset_trains_no_network_to_judge_pictures() -> None:
    measured = {probe for goal in list_goals(PRESETS["quick"]) for names in goal.probes.values() for probe in names}
    assert "features" not in measured
    assert "quality" in measured
