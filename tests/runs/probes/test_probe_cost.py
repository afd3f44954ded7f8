"""The bound on what probes cost, from the seconds in made-up records."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks import probes
from benchmarks.probes import BOUND, Cost, cost, table
from runs.specs.catalogue import CNN, Goal
from runs.specs.probe_outputs import DATA_PROBES

RUN = CNN.id


class MadeUp:
    """As much of a store as has seconds: 10 epochs of 9 s, 1 s of validation each, and what probes took."""

    def __init__(self, seconds: dict[tuple[str, str, int], float]) -> None:
        self.seconds = seconds

    def record(self, run: str) -> dict[str, Any] | None:
        return {"rows": [{"train_seconds": 9.0, "val_seconds": 1.0}] * 10} if run == RUN else None

    def probe(self, run: str, name: str, epoch: int) -> Any:
        found = self.seconds.get((run, name, epoch))
        return None if found is None else SimpleNamespace(record={"seconds": found})


GOALS = [Goal(CNN, {5: ("quality",), 8: ("quality", "layers")}), Goal(CNN.with_seed(1), {8: ("quality",)})]


def test_probes_are_held_against_the_epochs_that_are_wanted() -> None:
    seconds = {(RUN, "quality", 5): 2.0, (RUN, "quality", 8): 3.0, (RUN, "layers", 8): 1.0, ("data", "colours", 0): 4.0}
    found = cost(MadeUp(seconds), GOALS)  # type: ignore[arg-type]
    assert found.training == 80
    assert {name: spent for name, spent in found.probes.items() if spent} == {"quality": 5, "layers": 1, "colours": 4}
    assert found.missing == len(DATA_PROBES) - 1 + 1  # those of the data, and one of the run that is not stored
    assert found.share == pytest.approx(10 / 80)
    assert table(found).splitlines()[2] == "| quality | 5.0 | 6.25 % |"
    assert table(found).endswith("| all | 10.0 | 12.50 % |")


def test_without_training_nothing_is_cheap_enough() -> None:
    assert Cost(0.0, {"quality": 1.0}).share > BOUND


@pytest.mark.parametrize(("spent", "code"), [(11.9, 0), (12.1, 1)])
def test_more_than_the_bound_fails(spent: float, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MadeUp({(RUN, "quality", 5): spent})
    monkeypatch.setattr(probes, "find", lambda *asked: (store, SimpleNamespace(goals=lambda: GOALS)))
    done = CliRunner().invoke(probes.main)
    assert done.exit_code == code, done.output
    assert ("Make the dearest probe cheaper" in done.output) == bool(code)
