"""What a training ends with: a line for each run that did not end well, and one that counts all of them."""

from __future__ import annotations

from runs.execution.engine import Outcome
from runs.execution.plan import Plan, Work
from runs.job import write_summary
from runs.specs.spec import RunSpec

CNN, UNET = RunSpec(model="cnn"), RunSpec(model="unet")
TODO = Plan((Work(CNN, 0, 2), Work(UNET, 0, 2)), ("palette",), 12)


def test_runs_that_end_well_are_counted() -> None:
    assert write_summary(TODO, Outcome({}, ()), set()) == ["2 of 2 runs done."]


def test_what_did_not_end_well_is_named_and_counted() -> None:
    told = write_summary(TODO, Outcome({CNN.id: "its worker ended."}, (UNET.id,)), {CNN.id, "data"})
    assert told[0] == f"Failed: {CNN.id}. The other runs went on. its worker ended."
    assert told[1].startswith(f"Diverged: {UNET.id}: ")
    assert told[2] == "1 of 2 runs done, 1 failed, 1 diverged, 1 taken up again after a worker was lost."


def test_runs_whose_steps_were_not_captured_are_counted() -> None:
    told = write_summary(TODO, Outcome({}, ()), set(), {UNET.id})
    assert told == ["2 of 2 runs done, 1 with plain, slower steps, for the GPU could not capture them."]


def test_pictures_are_no_run() -> None:
    assert write_summary(TODO, Outcome({"data": "why"}, ()), set())[-1] == "2 of 2 runs done."
    assert write_summary(Plan((), ("palette",), 12), Outcome({}, ()), set()) == []
