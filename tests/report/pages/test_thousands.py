"""Thousands stand apart in the same way wherever a count is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from report.drawing.charts import Panel, Series, draw_chart
from report.pages.filters import datum
from report.questions.extremes import draw_comparison
from report.results.frames import Frames
from runs.specs.catalogue import UNET
from tests.fakes import fake_frames
from tests.report.made_up_pages import Questions, rendered


@pytest.mark.parametrize(
    ("cell", "text"),
    [(5000, "5,000"), (999, "999"), (12500.0, "12,500"), (0.25, "0.25"), ("batch 5000", "batch 5000"), (None, "–")],
)
def test_cells_of_data_tables(cell: Any, text: str) -> None:
    assert datum(cell) == text


@pytest.mark.parametrize("log", [True, False])
def test_ticks_of_axes(log: bool) -> None:
    line = Series("steps", [1, 2, 3], [600.0, 5000.0, 20000.0])
    svg = draw_chart("steps", "", "", Panel([line], "epoch", "steps", log_y=log)).svg or ""
    assert ">10,000<" in svg
    assert ">10000<" not in svg
    assert ">0.50<" in (draw_chart("s", "", "", Panel([Series("a", [1, 2], [0.4, 0.6])], "epoch", "loss")).svg or "")


def test_counts_of_pictures_on_the_front_and_in_the_appendix(
    frames: Frames, questions: Questions, tmp_path: Path
) -> None:
    many = replace(frames, data={**frames.data, "train": 5000, "test": 1000})
    text = rendered(many, tmp_path / "out").text
    assert "5,000 pictures for training and 1,000 for testing" in text
    assert "5,000 for training, 1,000 for testing" in text


def test_pictures_that_extremes_are_chosen_from() -> None:
    frames = fake_frames(seeds=1)
    probes = dict(frames.probes)
    for key, probe in frames.probes.items():
        if key[1] == "extremes":
            probes[key] = replace(probe, notes={**probe.notes, "pictures": 1000})
    figure = draw_comparison(replace(frames, probes=probes), "UNet", UNET)
    assert figure is not None
    assert "of the 1,000 test pictures" in figure.caption
