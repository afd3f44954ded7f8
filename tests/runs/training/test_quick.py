"""Quickened steps on the CPU are those of a plain trainer, but for rounding."""

from __future__ import annotations

import pytest

from runs.specs.catalogue import list_goals
from runs.specs.presets import PRESETS
from runs.specs.spec import RunSpec
from runs.training.prepared import prepare
from runs.training.steps import FusedStep, quicken
from runs.training.trainer import Trainer
from tests.runs import tiny
from tests.runs.stepping import SPECS, one_thread, trained

#: Every configuration of the write-up and of the sweep on small batches, and some beyond.
CHOSEN = {
    spec.id: spec
    for spec in (
        *(goal.spec.model_copy(update={"batch_size": 4}) for goal in list_goals(PRESETS["write-up"], seeds=1)),
        *SPECS,
        RunSpec(model="unet", batch_size=4, filters=12),
        RunSpec(model="cnn", batch_size=4, palette="kmeans", depth=2),
    )
}


@pytest.mark.parametrize("spec", CHOSEN.values(), ids=CHOSEN)
def test_losses_are_those_of_plain_steps(spec: RunSpec) -> None:
    with one_thread():
        data = prepare(tiny.dataset(), spec)
        plain, quick = Trainer(spec, data), Trainer(spec, data)
        assert quicken(quick) is None
        assert isinstance(quick.take_step, FusedStep)
        (arrays, losses), (quick_arrays, quick_losses) = trained(plain), trained(quick)
    assert arrays.keys() == quick_arrays.keys()
    assert losses == pytest.approx(quick_losses, rel=1e-3)
