"""Runs over their epochs, as panels and as words."""

from __future__ import annotations

import math
import re

from report.drawing.charts import Panel, Series, draw_chart
from report.questions.curves import draw_over_epochs, find_last_values
from runs.specs.catalogue import CNN, SHORT, UNET
from tests.fakes import fake_frames

LINES = {"plain": (CNN, "cnn"), "with skips": (UNET, "unet")}


def test_only_what_is_stored_has_a_line_and_shares_are_in_per_cent() -> None:
    frames = fake_frames(seeds=1, without=("unet-b100-lr0.001-s",))
    panel = draw_over_epochs(frames, "val_accuracy", "pixels right, %", LINES, dashed=("plain",))
    assert [(line.label, line.colour, line.dashed) for line in panel.series] == [("plain", "cnn", True)]
    share = frames.metric(CNN, "val_accuracy").mean
    assert panel.series[0].y[-1] == 100 * share
    assert find_last_values([panel]) == f"plain {100 * share:.4g} (pixels right, %)"


def test_losses_stay_as_they_are_and_end_where_they_are_asked_to() -> None:
    frames = fake_frames(seeds=1)
    panel = draw_over_epochs(frames, "val_loss", "loss", LINES, SHORT)
    assert [(line.x[-1], line.dashed) for line in panel.series] == [(SHORT, False)] * 2
    assert panel.series[0].y[-1] == frames.metric(CNN, "val_loss", SHORT).mean


def test_without_runs_there_are_no_words() -> None:
    assert find_last_values([draw_over_epochs(fake_frames(seeds=0), "val_loss", "loss", LINES)]) == ""


def test_each_panel_of_a_chart_has_words_of_its_own_made_from_its_numbers() -> None:
    lines = [Series("CNN", [1, 2, 3], [2.0, math.nan, 1.25]), Series("UNet", [1], [0.5])]
    made = draw_chart(
        "two", "A caption.", "Two panels.", Panel([], "epoch", "loss"), Panel(lines, "epoch", "pixels right, %")
    )
    said = re.findall(r'aria-label="([^"]*)"', str(made.svg))
    assert said == ["Two panels.", "pixels right, % by epoch. CNN: 2 at 1, 1.25 at 3; UNet: 0.5 at 1."]
