"""1.4: the size of the input and the two upscaling networks, from hand-made numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from report.judging.kinds import Fact, Judgement, Value
from report.measures.picture_quality import from_truth, quality, reference
from report.questions.q1_4 import answer as q1_4
from report.questions.q1_4.claims import CLAIMS, gap, interpolated, pixel_share, side_share
from report.results.frames import Frames, Measurement
from report.results.values import Sample
from runs.specs.catalogue import CNN, CNN_UPSCALE, PRESETS, UNET, UNET_UPSCALE
from tests.fakes import fake_frames
from tests.report.edited import diverged, page, prose, verdicts, with_metric, with_probe


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


def accuracies(frames: Frames, cnn: float, unet: float, colour_cnn: float = 0.4, colour_unet: float = 0.5) -> Frames:
    for spec, accuracy in ((CNN_UPSCALE, cnn), (UNET_UPSCALE, unet), (CNN, colour_cnn), (UNET, colour_unet)):
        frames = with_metric(frames, spec, "val_accuracy", accuracy)
    return frames


def looks(frames: Frames, key: str, cnn: float, unet: float, truth: float) -> Frames:
    """One measure of both networks' pictures and of the truth."""
    for spec, value in ((CNN_UPSCALE, cnn), (UNET_UPSCALE, unet)):
        frames = with_probe(frames, spec, "quality", **{key: [value] * 12})
    return with_probe(frames, None, "references", **{f"truth_{key}": [truth] * 12})


def errors(frames: Frames, network: tuple[float, ...], bilinear: tuple[float, ...]) -> Frames:
    """PSNR, SSIM, the share of right classes and ΔE2000 of both networks, and of bilinear in the palette; bicubic is
    worse than that, and both are better in all their colours.
    """
    keys = ("psnr", "ssim", "pixel_accuracy", "delta_e")
    for spec in (CNN_UPSCALE, UNET_UPSCALE):
        frames = with_probe(frames, spec, "quality", **{key: [x] for key, x in zip(keys, network, strict=True)})
    worse = {"psnr": -1, "ssim": -0.1, "pixel_accuracy": -0.1, "delta_e": 1}
    rows = {"bilinear": -1.0, "bilinear_palette": 0.0, "bicubic": -0.5, "bicubic_palette": 1.0}
    return with_probe(
        frames, None, "references",
        **{
            f"{row}_{key}": [x + by * worse[key]]
            for row, by in rows.items()
            for key, x in zip(keys, bilinear, strict=True)
        },
    )  # fmt: skip


def test_every_claim_is_judged_once_and_says_why_and_how_near(frames: Frames) -> None:
    answers = q1_4.answer(frames)
    judged = [verdict.claim.id for answer in answers for verdict in answer.verdicts]
    assert sorted(judged) == sorted(claim.id for claim in CLAIMS)
    assert len(judged) == len(set(judged)) == 19
    for claim in CLAIMS:
        assert claim.statement
        assert claim.written
        assert claim.why
        assert not isinstance(claim.test, Value) or claim.test.tolerance > 0
        assert not isinstance(claim.test, Fact) or claim.test.computation
        assert not isinstance(claim.test, Judgement) or claim.test.proxies or claim.test.reason


def test_the_input_has_a_quarter_of_the_side_and_a_sixteenth_of_the_pixels() -> None:
    nothing = fake_frames(without=("",), probes=False)
    assert nothing.take(side_share).mean == 1 / 4
    assert nothing.take(pixel_share).mean == 1 / 16
    found = verdicts(CLAIMS, "1.4.a", nothing)
    assert found["half-side"].status == found["half-pixels"].status == "not reproduced"
    assert "a quarter" in found["half-side"].sentence
    assert "a sixteenth" in found["half-pixels"].sentence


def test_sizes_are_those_of_the_stored_pictures(frames: Frames, plain_page: None) -> None:
    wide = Measurement({"truth": np.zeros((2, 64, 64, 3), np.uint8)} | {
        row: np.zeros((2, 64, 64, 3), np.uint8) for row in ("small", "bilinear", "grey")
    })  # fmt: skip
    made = replace(frames, probes={**frames.probes, ("data", "samples", 0): wide})
    table = q1_4.answer_sizes(made).tables[0]
    assert [cell.value for cell in table.rows[0][1:4]] == [64, 16, 0.25]  # type: ignore[union-attr]
    text = prose(page("q1_4", frames), "1.4.a")
    assert "32 pixels a side, the downsized one 8" in text
    assert "64 of 1,024 pixels, or 0.0625 of them" in text
    assert "Neither is a half" in text


def test_a_picture_that_is_met_exactly_does_not_spoil_the_mean(frames: Frames) -> None:
    made = with_probe(frames, CNN_UPSCALE, "quality", psnr=[20.0, np.inf, 30.0])
    assert made.take(quality(CNN_UPSCALE, "psnr")).values == {0: 25.0, 1: 25.0}
    broken = with_probe(frames, CNN_UPSCALE, "quality", psnr=[20.0, np.nan])
    assert broken.take(quality(CNN_UPSCALE, "psnr")).values == {}
    assert len(broken.take(quality(CNN_UPSCALE, "psnr")).diverged) == 2


def test_accuracy_sentences_flip_with_the_accuracies(frames: Frames, plain_page: None) -> None:
    better, worse = accuracies(frames, 0.40, 0.42), accuracies(frames, 0.42, 0.40)
    texts = [prose(page("q1_4", each), "1.4.b") for each in (better, worse)]
    assert "the UNet’s share is higher on each seed, a difference of 2.0 points" in texts[0]
    assert "the UNet’s share is lower on each seed, a difference of −2.0 points" in texts[1]
    assert "lie 10.0 points apart; here the gap is lower on each seed" in texts[0]
    assert [verdicts(CLAIMS, "1.4.b", each)["accuracy"].status for each in (better, worse)] == [
        "reproduced", "not reproduced",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unet", "slightly", "same"),
    [
        (0.42, "reproduced", "not reproduced"),
        (0.50, "not reproduced", "reproduced"),
        (0.45, "not reproduced", "not reproduced"),
    ],
)
def test_slight_and_as_large_as_in_colourization_are_two_readings(
    frames: Frames, unet: float, slightly: str, same: str
) -> None:
    made = accuracies(frames, 0.40, unet)
    assert made.take(gap).mean == pytest.approx(unet - 0.40)
    found = verdicts(CLAIMS, "1.4.b", made)
    assert found["slightly"].status == slightly
    assert found["same-difference-as-colour"].status == same


@pytest.mark.parametrize(
    ("unet", "cnn", "words"),
    [
        ((1.0, 1.0), (2.0, 2.0), "nearer to the truth is the UNet"),
        ((2.0, 2.0), (1.0, 1.0), "nearer to the truth is the CNN"),
        ((1.0, 2.0), (2.0, 1.0), "which of them is nearer to the truth differs from seed to seed"),
        ((1.0, 2.0), (1.0, 2.0), "both are equally near to the truth"),
    ],
)
def test_which_network_is_nearer_to_the_truth_is_said_of_every_seed(
    unet: tuple[float, ...], cnn: tuple[float, ...], words: str
) -> None:
    assert q1_4.say_nearer(Sample(dict(enumerate(unet))), Sample(dict(enumerate(cnn)))) == words


def test_noise_is_variation_above_the_unet_and_away_from_the_truth(frames: Frames, plain_page: None) -> None:
    noisy = looks(frames, "total_variation", cnn=0.5, unet=0.3, truth=0.2)
    assert noisy.take(from_truth(CNN_UPSCALE, "total_variation")).mean == pytest.approx(0.3)
    found = verdicts(CLAIMS, "1.4.b", noisy)
    assert found["noise"].status == found["less-smooth"].status == "reproduced"
    assert "nearer to the truth is the UNet. RMS" in prose(page("q1_4", noisy), "1.4.b")
    detailed = looks(frames, "total_variation", cnn=0.5, unet=0.3, truth=0.6)
    found = verdicts(CLAIMS, "1.4.b", detailed)
    assert found["noise"].status == "undecided"
    assert found["less-smooth"].status == "reproduced"
    assert "nearer to the truth is the CNN. RMS" in prose(page("q1_4", detailed), "1.4.b")
    smooth = looks(frames, "total_variation", cnn=0.3, unet=0.5, truth=0.2)
    found = verdicts(CLAIMS, "1.4.b", smooth)
    assert found["noise"].status == found["less-smooth"].status == "not reproduced"


@pytest.mark.parametrize(
    ("key", "claim", "higher"), [("contrast", "contrast", "unet"), ("sharpness", "sharp-edges", "cnn")]
)
def test_contrast_and_sharpness_are_ordered_by_network(frames: Frames, key: str, claim: str, higher: str) -> None:
    other = "cnn" if higher == "unet" else "unet"
    as_said = looks(frames, key, truth=0.5, **{higher: 0.4, other: 0.3})
    against = looks(frames, key, truth=0.5, **{higher: 0.3, other: 0.4})
    assert verdicts(CLAIMS, "1.4.b", as_said)[claim].status == "reproduced"
    assert verdicts(CLAIMS, "1.4.b", against)[claim].status == "not reproduced"


@pytest.mark.parametrize(
    ("network", "status", "words"),
    [
        ((30.0, 0.9, 0.5, 8.0), "reproduced", "Both networks do better than interpolation throughout"),
        ((20.0, 0.7, 0.3, 12.0), "not reproduced", "Neither does better than interpolation in anything"),
        ((30.0, 0.7, 0.3, 12.0), "undecided", "do not beat interpolation throughout"),
    ],
)
def test_learning_shows_against_the_better_interpolation_in_the_same_palette(
    frames: Frames, plain_page: None, network: tuple[float, ...], status: str, words: str
) -> None:
    made = errors(frames, network, (25.0, 0.8, 0.4, 10.0))
    assert made.take(interpolated("psnr", CNN_UPSCALE)).values == {0: 25.0, 1: 25.0}
    assert made.take(interpolated("pixel_accuracy", CNN_UPSCALE)).values == pytest.approx({0: 0.4, 1: 0.4})
    found = verdicts(CLAIMS, "1.4.b", made)
    assert found["end-to-end-cnn"].status == found["end-to-end-unet"].status == status
    told = prose(page("q1_4", made), "1.4.b")
    assert words in told
    assert "Of 4 measures (PSNR, SSIM, ΔE2000 and pixel accuracy) the UNet beats" in told


def test_the_table_holds_every_measure_of_networks_interpolations_and_truth(frames: Frames) -> None:
    table = q1_4.tabulate_networks(frames)
    assert list(table.columns[1:]) == [
        "truth", "in the palette", "bilinear", "bilinear in the palette", "bicubic", "bicubic in the palette",
        "CNN", "UNet",
    ]  # fmt: skip
    by_name = {row[0]: row for row in table.rows}
    assert len(by_name) == 7
    assert by_name["PSNR"][1] is None
    shown = by_name["sharpness"][1]
    assert shown is not None
    assert not isinstance(shown, str)
    assert shown.value == pytest.approx(frames.take(reference("truth", "sharpness")).mean)
    assert all(cell is not None for row in table.rows for cell in row[2:])


def test_evidence_of_every_kind_is_drawn(frames: Frames) -> None:
    sizes, networks = q1_4.answer(frames)
    assert sizes.figures[0].strips[0].label == "truth"
    figures = {figure.name: figure for figure in networks.figures}
    assert [strip.label for strip in figures["pictures"].strips] == [
        "small input", "bilinear", "truth", "bilinear, as in the assignment", "CNN", "UNet",
    ]  # fmt: skip
    assert figures["curves"].svg
    assert figures["looks"].svg
    assert "100 %" in figures["looks"].caption


@pytest.mark.parametrize("without", [("cnn-upscale",), ("unet-upscale",), ("",)])
def test_missing_runs_leave_a_gap_with_what_is_there(without: tuple[str, ...], plain_page: None) -> None:
    made = fake_frames(seeds=1, without=without)
    sizes, networks = q1_4.answer(made)
    assert sizes.ready
    assert not networks.ready
    assert networks.missing
    assert "pictures" in [figure.name for figure in networks.figures]
    assert prose(page("q1_4", made), "1.4.b") == ""


def test_the_upscaling_runs_alone_answer_the_part(plain_page: None) -> None:
    made = fake_frames(seeds=1, without=("cnn-b", "unet-b"))
    networks = q1_4.answer_networks(made)
    assert networks.ready
    assert "In colourization" not in prose(page("q1_4", made), "1.4.b")
    status = {verdict.claim.id: verdict.status for verdict in networks.verdicts}
    assert status["1.4.b.same-difference-as-colour"] == "missing"


def test_without_probes_curves_still_stand() -> None:
    made = fake_frames(seeds=1, probes=False)
    sizes, networks = q1_4.answer(made)
    assert sizes.ready
    assert sizes.tables
    assert not networks.ready
    assert [figure.name for figure in networks.figures] == ["pictures", "curves", "others"]
    page("q1_4", made)


def test_a_quick_report_says_which_epochs_stand_for_which(plain_page: None) -> None:
    quick = prose(page("q1_4", fake_frames(PRESETS["quick"], seeds=1)), "1.4.b")
    assert "After 5 epochs, which stand for the write-up’s 25, the UNet" in quick
    assert "†" in quick


def test_a_diverged_seed_is_named_and_left_out(frames: Frames, plain_page: None) -> None:
    made = diverged(frames, UNET_UPSCALE, 1)
    networks = q1_4.answer_networks(made)
    assert networks.ready
    assert networks.values["unet_psnr"].n == networks.values["unet_accuracy"].n == 1
    assert any(UNET_UPSCALE.with_seed(1).id in note for note in networks.notes)
    page("q1_4", made)
