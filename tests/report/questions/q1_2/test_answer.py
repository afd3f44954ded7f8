"""1.2: losses that cannot be compared are not; the pictures of both networks are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from report.answers import Answer
from report.judging.judge import judge_part
from report.judging.kinds import Judgement
from report.judging.verdict import Verdict
from report.questions.q1_2.answer import answer, count_shares
from report.questions.q1_2.claims import CLAIMS
from report.results.frames import Frames, Measurement
from report.results.values import Measured
from runs.specs.catalogue import CNN, PRESETS, REGRESSION
from tests.fakes import fake_frames
from tests.report.first_questions import text_of, with_probe

GOOD = {"delta_e": 10.0, "ssim": 0.9, "colourfulness": 29.0}
POOR = {"delta_e": 20.0, "ssim": 0.5, "colourfulness": 10.0}


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames()


def only(frames: Frames) -> Answer:
    (found,) = answer(frames)
    return found


def page(frames: Frames) -> str:
    return text_of("q1_2.html.j2", answer(frames))


def verdict(frames: Frames, name: str) -> Verdict:
    found = judge_part("1.2.b", [claim for claim in CLAIMS if claim.id == f"1.2.b.{name}"], frames)
    assert len(found) == 1
    return found[0]


def with_quality(
    frames: Frames, regression: Mapping[str, float], classification: Mapping[str, float], truth: float = 30.0
) -> Frames:
    """The same frames, with some measures the same for every test picture and seed."""
    probes = dict(frames.probes)

    def change(key: tuple[str, str, int], arrays: Mapping[str, Any]) -> None:
        probes[key] = Measurement({**probes[key].arrays, **arrays}, probes[key].notes)

    for spec, numbers in ((REGRESSION, regression), (CNN, classification)):
        for seed in frames.seeds:
            change(
                (spec.with_seed(seed).id, "quality", 25), {key: np.full(12, value) for key, value in numbers.items()}
            )
    change(("data", "references", 0), {"truth_colourfulness": np.full(12, truth)})
    return replace(frames, probes=probes)


def test_each_claim_is_judged_once_and_strips_curves_and_colours_are_there(frames: Frames) -> None:
    found = only(frames)
    assert found.ready
    assert [each.claim.id for each in found.verdicts] == [claim.id for claim in CLAIMS]
    names = [item.name for item in found.figures]
    assert names == ["pictures", "curves", "palette-truth", "palette-painted", "extremes-cnn-colourize", "others"]
    assert [strip.label for strip in found.figures[0].strips] == ["grey", "truth", "regression", "classification"]


@pytest.mark.parametrize(("mse", "said"), [
    ((0.01, 0.02), "the classification is the worse on each seed: 0.0200"),
    ((0.02, 0.01), "the classification is the better on each seed: 0.0100"),
])  # fmt: skip
def test_losses_are_not_compared_and_the_scale_that_both_share_stands_beside_them(
    frames: Frames, mse: tuple[float, float], said: str
) -> None:
    made = with_quality(frames, {"mse": mse[0]}, {"mse": mse[1]})
    found = verdict(made, "loss-more")
    assert found.status == "not assessable"
    assert "cannot be compared" in found.sentence
    assert f"squared error of the classification: {mse[1]:.4f}" in found.sentence
    assert f"squared error of the regression: {mse[0]:.4f}" in found.sentence
    text = page(made)
    assert f"By squared error in RGB {said}" in text
    assert "they cannot be compared" in text


def test_alike_on_the_shared_scale_is_said_to_be_alike(frames: Frames) -> None:
    made = with_quality(frames, {"mse": 0.0100}, {"mse": 0.01001})
    assert "By squared error in RGB both are alike: 0.0100" in page(made)


def test_a_grey_copy_is_the_bar_and_the_page_says_who_passes_it(frames: Frames) -> None:
    made = with_quality(frames, {"mse": 0.01, **POOR}, {"mse": 0.03, **GOOD})
    arrays = made.probes["data", "references", 0].arrays
    grey = {"grey_mse": np.full(12, 0.02), "grey_delta_e": np.full(12, 15.0), "grey_ssim": np.full(12, 0.95)}
    grey_there = {**made.probes, ("data", "references", 0): Measurement({**arrays, **grey})}
    text = page(replace(made, probes=grey_there))
    assert "is nearer to it than what the classification paints, by squared error in RGB and SSIM on each seed." in text
    assert "It is nearer than what the regression paints by ΔE2000 and SSIM on each seed." in text
    beaten = {"grey_mse": np.full(12, 0.9), "grey_delta_e": np.full(12, 50.0), "grey_ssim": np.full(12, 0.1)}
    text = page(replace(made, probes={**made.probes, ("data", "references", 0): Measurement({**arrays, **beaten})}))
    assert "is no nearer to it than what the classification paints" in text
    assert "what the regression paints by" not in text


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (
            10.0,
            "nearer to the truth than none on each seed, and what puts it behind the grey copy is lightness.",
        ),
        (20.0, "its colours are further from the truth than none on each seed."),
        (15.0, "its colours are as far from the truth as none."),
    ],
)
def test_colours_are_weighed_without_the_lightness_that_is_painted_anew(
    frames: Frames, kept: float, words: str
) -> None:
    made = with_quality(frames, POOR, {**GOOD, "delta_e": 16.0})
    made = with_probe(made, None, "references", 0, grey_delta_e=np.full(12, 15.0), palette_delta_e=np.full(12, 8.0))
    made = with_probe(made, CNN, "lightness", 25, delta_e=np.full(12, kept))
    text = page(made)
    assert words in text
    assert "the truth itself, so painted, is 8.00 off in ΔE2000" in text
    without = {key: found for key, found in made.probes.items() if key[1] != "lightness"}
    assert "its colours are" not in page(replace(made, probes=without))


def test_pictures_are_judged_by_proxies_and_squared_error_is_none_of_them(frames: Frames) -> None:
    better = with_quality(frames, {**POOR, "mse": 0.01}, {**GOOD, "mse": 0.02})
    assert verdict(better, "images-better").status == "reproduced"
    text = page(better)
    assert "The classification is better by ΔE2000, SSIM and colourfulness on each seed." in text
    assert "The regression is better by" not in text
    assert "All proxies say that the classification’s pictures are far better." in text
    worse = with_quality(frames, {**GOOD, "mse": 0.02}, {**POOR, "mse": 0.01})
    assert verdict(worse, "images-better").status == "not reproduced"
    assert "None of the proxies" in page(worse)
    mixed = with_quality(frames, POOR, {**GOOD, "ssim": 0.1})
    assert verdict(mixed, "images-better").status == "undecided"
    text = page(mixed)
    assert "The regression is better by SSIM on each seed." in text
    assert "The proxies do not settle" in text
    test = verdict(better, "images-better").claim.test
    assert isinstance(test, Judgement)
    assert sorted(test.proxies) == [
        "SSIM is higher by 0.02 or more",
        "colourfulness is nearer to the truth by 5 or more",
        "ΔE2000 is lower by 1 or more",
    ]


def test_a_seed_that_goes_the_other_way_is_told_beside_the_means(frames: Frames) -> None:
    made = with_quality(frames, POOR, GOOD)
    key = (CNN.with_seed(1).id, "quality", 25)
    turned = Measurement({**made.probes[key].arrays, "delta_e": np.full(12, 20.5)}, made.probes[key].notes)
    text = page(replace(made, probes={**made.probes, key: turned}))
    assert (
        "The classification is better by ΔE2000 on 1 of 2 seeds only, and by SSIM and colourfulness on each seed."
        in text
    )


def test_written_losses_are_held_against_the_training_losses() -> None:
    frames = fake_frames(seeds=3)
    for loss, status in ((1.55, "reproduced"), (1.5579, "not reproduced")):
        epochs = frames.epochs.copy()
        for seed in frames.seeds:
            rows = (epochs.run == CNN.with_seed(seed).id) & (epochs.epoch == 25)
            epochs.loc[rows, "train_loss"] = loss + 1e-5 * seed
            epochs.loc[rows, "val_loss"] = 9.0
        assert verdict(replace(frames, epochs=epochs), "loss-cnn").status == status


def test_one_scale_holds_both_networks_and_what_needs_none(frames: Frames) -> None:
    made = with_quality(frames, GOOD, POOR)
    own, table, variants, others = only(made).tables
    assert [row[0] for row in variants.rows][-1] == "written (1.6.a)"
    assert others.name == "beside-others"
    assert [row[0] for row in own.rows] == ["regression", "classification"]
    assert [row[0] for row in table.rows] == [
        "regression", "classification", "regression, chroma alone", "classification, chroma alone", "truth",
        "truth in the colours of the palette", "grey, no colour at all",
    ]  # fmt: skip
    column = list(table.columns).index("ΔE2000")
    cells = [row[column] for row in table.rows[:2]]
    assert [cell.value for cell in cells if isinstance(cell, Measured)] == pytest.approx([10.0, 20.0])


def test_shares_of_the_colours_are_counted_pixel_by_pixel() -> None:
    palette = np.array([[0, 0, 0], [9, 8, 7], [9, 8, 7], [200, 0, 0]], np.uint8)
    pictures = palette[np.random.default_rng(1).integers(0, 4, (2, 4, 4))]
    pictures[0, 0, 0] = (1, 1, 1)  # in no colour of the palette
    counts = [0, 0, 0, 0]
    for pixel in pictures.reshape(-1, 3).tolist():
        if pixel in palette.tolist():
            counts[palette.tolist().index(pixel)] += 1
    assert count_shares(pictures, palette) == pytest.approx(np.array(counts) / 32)
    assert counts[2] == 0 < counts[1]


def test_missing_runs_and_probes_leave_gaps() -> None:
    found = only(fake_frames(without=("regression",)))
    assert not found.ready
    assert found.missing == ("regression-b100-lr0.001-s0", "regression-b100-lr0.001-s1")
    assert [strip.label for strip in found.figures[0].strips] == ["grey", "truth", "classification"]
    assert "curves" in [item.name for item in found.figures]
    bare = fake_frames(probes=False)
    assert [item.name for item in only(bare).figures] == ["pictures", "curves", "palette-painted", "others"]
    assert not only(bare).ready
    nothing = fake_frames(without=("regression", "cnn"), probes=False)
    assert [item.name for item in only(nothing).figures] == ["palette"]
    for each in (bare, nothing):
        assert "Fill it" in page(each)


def test_diverged_runs_are_named_and_not_averaged(frames: Frames) -> None:
    epochs = frames.epochs.copy()
    epochs.loc[epochs.run == CNN.id, ["train_loss", "val_loss", "val_accuracy"]] = np.nan
    one = replace(frames, epochs=epochs)
    found = only(one)
    assert found.values["loss_classification"].n == 1
    assert any(CNN.id in note for note in found.notes)
    page(one)
    broken = with_quality(frames, GOOD, {**POOR, "delta_e": np.nan})
    assert not only(broken).ready
    assert verdict(broken, "images-better").status not in ("reproduced", "not reproduced")
    page(broken)


def test_no_sentence_runs_into_the_next(frames: Frames) -> None:
    assert re.findall(r"[a-z)][.,:;](?!py\b|json\b)[A-Za-zΔ]", page(frames)) == []


def test_a_quick_preset_with_one_seed_says_what_stands_for_what() -> None:
    text = page(fake_frames(PRESETS["quick"], seeds=1))
    assert "After 5 epochs, which stand for the write-up’s 25, the classification’s training loss" in text
    assert "one seed" in text
