"""The front: one sentence chosen by the verdicts, three lists, what is not as it was, and the written figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from report.judging.judge import judge
from report.judging.kinds import Expected, Value
from report.pages import scoreboard, summary
from report.pages.kept_sections import Absent, Section
from report.questions.all_claims import load_claims
from report.results.frames import Frames
from runs.specs.presets import PRESETS
from tests.fakes import fake_frames


def verdicts(held: int, refused: int, role: str = "finding") -> list[dict[str, Any]]:
    statuses = ["reproduced"] * held + ["not reproduced"] * refused
    return [{"record": {"status": status, "role": role}} for status in statuses]


def row(off: float) -> scoreboard.Row:
    return scoreboard.Row("CNN", "loss", "a", "1.0", "1.1", off, scoreboard.draw_row([off], [], "#000000", "A row."))


@pytest.mark.parametrize(
    ("held", "refused", "offs", "begins"),
    [
        (8, 2, [1, 2, 9], "Yes, in the main: 2 of its 3 losses and accuracies come back within 5 %"),
        (8, 2, [9, 9, 1], "In part: 8 of the 10 findings that are decided hold, but only 1 of its 3"),
        (5, 5, [1, 1, 1], "In part: 3 of its 3 losses and accuracies"),
        (2, 8, [1, 1, 1], "No: "),
        (0, 0, [], "Nothing can be said yet"),
    ],
)
def test_title_is_chosen_by_the_verdicts(held: int, refused: int, offs: list[float], begins: str) -> None:
    told = summary.answer_title(fake_frames(), verdicts(held, refused), [row(off) for off in offs])
    assert told.startswith(begins)


def test_settings_and_readings_do_not_count_as_findings() -> None:
    found = [*verdicts(1, 0), *verdicts(0, 9, "setting")]
    assert summary.count_findings(found)["total"] == 1
    assert summary.answer_title(fake_frames(), found, [row(1)]).startswith("Yes")


def test_quick_runs_and_other_pictures_judge_no_figure() -> None:
    quick = fake_frames(PRESETS["quick"], seeds=1)
    assert summary.answer_title(quick, verdicts(9, 1), [row(0)]).startswith("This quick report shows the machinery")
    other = replace(quick, preset=PRESETS["write-up"], data={**quick.data, "written": "other"})
    told = summary.answer_title(other, verdicts(9, 1), [])
    assert "its figures cannot be tested" in told
    assert "9 hold and 1 do not" in told


def test_lists_hold_the_answers_of_the_parts_by_their_outcome() -> None:
    parts = [
        {"part": part, "title": "", "anchor": part, "lead": [f"{part} is so."], "outcome": outcome}
        for part, outcome in (("1.3.b", "holds"), ("1.1.c", "open"), ("1.6.a", "fails"), ("1.1.b", "holds"))
    ]
    section = Section("1.1", "data", {}, "", parts=[*parts, {**parts[0], "part": "1.2.b", "lead": []}])
    lists = summary.list_outcomes([section, Absent("1.2", "It is not there.")])
    assert [each.head for each in lists] == ["What holds", "What does not", "What is open"]
    assert [[part["part"] for part in each.entries] for each in lists] == [["1.3.b"], ["1.6.a"], ["1.1.c"]]


def test_box_says_what_is_not_as_it_was() -> None:
    told = dict(summary.list_differences_from_write_up(fake_frames(seeds=3), {"device": "CPU: Some"}))
    assert list(told) == ["Pixels", "Palette", "Layer order", "Machine", "Seeds"]
    assert "pixel for pixel" in told["Pixels"]
    assert told["Machine"].endswith("CPU: Some.")
    assert "3 seeds" in told["Seeds"]


# The scoreboard


def test_every_written_loss_and_accuracy_stands_on_the_scoreboard_once() -> None:
    written = {
        claim.id: claim.test for claim in load_claims()
        if isinstance(claim.test, Value) and not isinstance(claim.test, Expected) and claim.test.unit in ("", "%")
    }  # fmt: skip
    twice = {"1.2.b.loss-regression"}
    assert set(scoreboard.FIGURES) == set(written) - twice


def test_rows_say_how_far_each_figure_is_off() -> None:
    frames: Frames = fake_frames(seeds=3)
    claims = {claim.id: claim for claim in load_claims()}
    entries = []
    for name in ("1.3.c.val-loss-100", "1.1.c.loss-25", "1.3.c.val-accuracy-100"):
        found = judge(claims[name], frames)
        entries.append({"record": {"id": name}, "anchor": "a", "figure": scoreboard.record_figure(found, frames)})
    rows = scoreboard.list_rows(entries)
    assert [row.network for row in rows] == ["RegressionCNN", "UNet", "UNet"]
    assert [row.written for row in rows] == ["0.0096", "1.3347", "49.4 %"]
    assert all(row.drawing.count("<circle") == 3 for row in rows)
    assert all(row.told.endswith(" %") and row.told[0] in "+−" for row in rows)
    assert scoreboard.record_figure(judge(claims["1.1.a.convolutions"], frames), frames) is None


def test_rows_are_counted_by_how_near_they_come() -> None:
    assert scoreboard.count_near([row(off) for off in (0, -1.9, 4, -6, 11)]) == [(2, 2), (5, 3), (10, 4)]


def test_dots_beyond_the_axis_stand_at_its_end() -> None:
    drawing = scoreboard.draw_row([900.0, -900.0], [3.0], "#112233", "Far <off>.")
    assert 'cx="200.0"' in drawing
    assert 'cx="0.0"' in drawing
    assert drawing.count("<path") == 2
    assert "<title>Far &lt;off&gt;.</title>" in drawing
