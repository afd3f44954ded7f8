"""The front's word on others who did the same, made from the records of the sections."""

from __future__ import annotations

from report.pages.export import record_answer
from report.pages.kept_sections import Section
from report.pages.others import collect_beside_others
from report.questions.q1_3.batches import answer_batches
from report.questions.q1_3.skips import answer_skips
from runs.specs.catalogue import make_unet
from tests.fakes import fake_frames
from tests.report.edited import with_metric


def section(val_loss: float) -> Section:
    frames = fake_frames(seeds=2)
    for size in (10, 50, 100):
        for column, value in (("val_loss", val_loss), ("val_accuracy", 0.495), ("train_loss", 1.2)):
            frames = with_metric(frames, make_unet(size), column, value)
    answers = {answer.part: record_answer(answer) for answer in (answer_skips(frames), answer_batches(frames))}
    return Section("1.3", "data", {}, "", answers=answers)


def test_front_counts_the_written_numbers_and_ours_beside_those_of_others() -> None:
    found = collect_beside_others([section(1.34)])
    assert found is not None
    assert found["parts"] == ["1.3.b", "1.3.c"]
    assert found["told"] == (
        "Of the written numbers that at least two others printed, the written one lies among theirs in 8 of 10, and "
        "ours, the mean over the seeds, lies among theirs in 4 of 10."
    )
    rows = {row[0] for row in found["figure"].rows}
    assert len(rows) == 10
    assert "UNet, batch 200: validation loss" not in rows  # one other alone makes no range
    assert "UNet, batch 20: validation loss" not in rows  # and none at all


def test_front_says_nothing_where_nothing_can_be_compared() -> None:
    assert collect_beside_others([]) is None
    assert collect_beside_others([Section("1.4", "data", {}, "")]) is None
