"""Picture measures are taken in one way, whichever question speaks of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from report.measures.picture_quality import LOOKS, mean, quality, reference
from report.questions.q1_1 import answer as q1_1
from report.questions.q1_2 import answer as q1_2
from report.questions.q1_4 import answer as q1_4
from report.results.frames import Frames
from report.results.values import Measured
from runs.specs.catalogue import BASE, CNN, REGRESSION, SHORT
from tests.fakes import fake_frames
from tests.report.edited import with_probe


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


def test_mean_over_pictures_is_taken_in_double_precision_and_leaves_out_what_is_met_exactly() -> None:
    psnr = np.full(1000, 20.1, np.float32)
    assert mean(psnr) == float(np.float32(20.1))
    assert mean(np.append(psnr, np.float32(np.inf))) == float(np.float32(20.1))
    assert math.isnan(mean(np.array([np.inf])))
    assert math.isnan(mean(np.array([1.0, np.nan])))


def test_measures_may_be_of_another_epoch_or_of_the_first_pictures(frames: Frames) -> None:
    made = with_probe(frames, None, "references", truth_colourfulness=[1.0, 2.0, 9.0])
    assert made.take(reference("truth", "colourfulness", first=2)).mean == 1.5
    for epoch in (SHORT, BASE):
        stored = frames.probe(REGRESSION, "quality", epoch)
        for first in (None, 2):
            expected = {seed: probe.arrays["mse"][:first].astype(float).mean() for seed, probe in stored.items()}
            assert frames.take(quality(REGRESSION, "mse", epoch, first)).values == expected


def test_a_measure_has_the_same_decimals_on_every_page(frames: Frames) -> None:
    cells = [
        cell
        for question in (q1_1, q1_2, q1_4)
        for answer in question.answer(frames)
        for table in answer.tables
        for row in table.rows
        for cell in row
    ]
    decibels = {cell.digits for cell in cells if isinstance(cell, Measured) and cell.unit == "dB"}
    assert decibels == {LOOKS["psnr"].digits} == {frames.take(quality(CNN, "psnr")).digits}
