"""1.6.c: how pixel and perceptual measures rank networks and pictures, from hand-made measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from report.questions.q1_6 import perception
from report.questions.q1_6.perception_claims import NETWORKS, crossed_pairs
from report.results.frames import Frames
from runs.specs.catalogue import PERCEPTUAL_ROTATION, PERCEPTUAL_VGG, REGRESSION, UNET
from runs.specs.spec import RunSpec
from tests.fakes import fake_frames
from tests.report.conceptual import no_drawing, status, text
from tests.report.edited import with_probe


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    no_drawing(monkeypatch)


def with_qualities(frames: Frames, accuracies: Sequence[float], delta_e: Sequence[float]) -> Frames:
    """Pixel accuracy and ΔE2000 of the four networks of 1.6.c, in their order."""
    for spec, share, distance in zip(NETWORKS.values(), accuracies, delta_e, strict=True):
        frames = with_probe(frames, spec, "quality", pixel_accuracy=[share] * 12, delta_e=[distance] * 12)
    return frames


def test_networks_that_change_places_are_counted_in_pairs(frames: Frames, plain: None) -> None:
    alike = with_qualities(frames, (0.2, 0.4, 0.5, 0.3), (9, 7, 6, 8))
    assert alike.take(crossed_pairs("delta_e")).values == {0: 0, 1: 0}
    turned = with_qualities(frames, (0.2, 0.4, 0.5, 0.3), (6, 8, 9, 7))
    assert turned.take(crossed_pairs("delta_e")).values == {0: 1, 1: 1}
    one = with_qualities(frames, (0.2, 0.4, 0.5, 0.3), (9, 6, 7, 8))
    assert one.take(crossed_pairs("delta_e")).values == {0: pytest.approx(1 / 6), 1: pytest.approx(1 / 6)}
    told = text(one, "1.6.c")
    assert "First by pixels right: UNet;" in told
    assert "by ΔE2000: CNN;" in told
    assert "17 % change places by ΔE2000" in told
    assert "rank correlation of" not in told.partition("Table")[0]  # every picture has the same number


def test_measures_that_agree_with_the_pixels_are_told_so(frames: Frames, plain: None) -> None:
    for at, spec in enumerate(NETWORKS.values()):
        good = float(at)
        frames = with_probe(
            frames, spec, "quality", pixel_accuracy=[0.1 * good] * 12, mse=[1 - 0.1 * good] * 12,
            delta_e=[9 - good] * 12, ssim=[0.1 * good] * 12, colourfulness=[10 * good] * 12,
        )  # fmt: skip
    agreed = with_probe(frames, None, "references", truth_colourfulness=[100.0] * 12)
    assert "All measures rank the networks as pixel accuracy does." in text(agreed, "1.6.c")
    dull = with_probe(frames, None, "references", truth_colourfulness=[-100.0] * 12)
    told = text(dull, "1.6.c")
    assert "Not all measures rank the networks as pixel accuracy does: distance from the truth’s colourfulness" in told


def test_networks_that_are_equal_share_a_rank_and_the_first_place(frames: Frames, plain: None) -> None:
    made = with_qualities(frames, (0.5, 0.4, 0.5, 0.3), (9, 7, 6, 8))
    assert "First by pixels right: RegressionCNN and UNet;" in text(made, "1.6.c")
    table = next(table for table in perception.answer(made).tables if table.name == "ranks")
    assert [cell.value for cell in table.rows[0][1:]] == [1.5, 3, 1.5, 4]  # type: ignore[union-attr]


def test_pixels_that_say_all_leave_no_room_for_another_loss(frames: Frames) -> None:
    rising_accuracy = np.linspace(0.1, 0.9, 12)
    follows = {"pixel_accuracy": rising_accuracy, "delta_e": 10 - rising_accuracy, "ssim": rising_accuracy}
    assert status(with_probe(frames, UNET, "quality", **follows), "1.6.c.pixel-loss") == "not reproduced"
    against = {"pixel_accuracy": rising_accuracy, "delta_e": rising_accuracy, "ssim": -rising_accuracy}
    assert status(with_probe(frames, UNET, "quality", **against), "1.6.c.pixel-loss") == "reproduced"


def with_loss(frames: Frames, spec: RunSpec, **probes: float) -> Frames:
    """The regression at fixed numbers and a run with a perceptual loss at others: "delta_e", "turns" and so on."""
    base = {"delta_e": 10.0, "ssim": 0.5, "colourfulness": 10.0, "distance": 0.5, "turns": 0.6}
    frames = with_probe(frames, None, "references", truth_colourfulness=np.full(12, 20.0))
    for each, numbers in ((REGRESSION, base), (spec, base | probes)):
        looks = {key: np.full(12, numbers[key]) for key in ("delta_e", "ssim", "colourfulness")}
        meaning = {key: np.full(12, numbers[key]) for key in ("distance", "turns")}
        frames = with_probe(with_probe(frames, each, "quality", **looks), each, "features", **meaning)
    return frames


def test_a_perceptual_loss_pleases_when_all_proxies_say_so(frames: Frames) -> None:
    better = with_loss(frames, PERCEPTUAL_ROTATION, delta_e=9.0, ssim=0.6, colourfulness=15.0)
    worse = with_loss(frames, PERCEPTUAL_ROTATION, delta_e=11.0, ssim=0.4, colourfulness=5.0)
    mixed = with_loss(frames, PERCEPTUAL_ROTATION, delta_e=9.0, ssim=0.4, colourfulness=15.0)
    told = [status(made, "1.6.c.pleasing") for made in (better, worse, mixed)]
    assert told == ["reproduced", "not reproduced", "undecided"]


def test_more_colour_than_the_truth_is_no_gain(frames: Frames) -> None:
    gaudy = with_loss(frames, PERCEPTUAL_ROTATION, delta_e=11.0, ssim=0.4, colourfulness=40.0)
    assert status(gaudy, "1.6.c.pleasing") == "not reproduced"


def test_meaning_is_transferred_when_the_classifier_knows_more_of_the_pictures(frames: Frames) -> None:
    more = with_loss(frames, PERCEPTUAL_ROTATION, turns=0.7, distance=0.3)
    less = with_loss(frames, PERCEPTUAL_ROTATION, turns=0.5, distance=0.8)
    hair = with_loss(frames, PERCEPTUAL_ROTATION, turns=0.605, distance=0.495)
    assert status(more, "1.6.c.semantic") == "reproduced"
    assert status(less, "1.6.c.semantic") == "not reproduced"
    assert status(hair, "1.6.c.semantic") == "not reproduced"


def test_sentences_on_the_perceptual_loss_follow_its_numbers(frames: Frames, plain: None) -> None:
    made = text(with_loss(frames, PERCEPTUAL_ROTATION, delta_e=9.0, turns=0.7), "1.6.c")
    assert "ΔE2000 is 9.00 against 10.00 (with it lower on each seed)" in made
    assert "tells 70.0 % of the quarter turns right" in made
    assert "It is the very loss network" in made


def test_vgg_16_speaks_where_a_run_with_it_is_stored(frames: Frames, plain: None) -> None:
    twins = {PERCEPTUAL_ROTATION.with_seed(seed).id: PERCEPTUAL_VGG.with_seed(seed).id for seed in (0, 1)}
    vgg = replace(
        frames,
        epochs=frames.epochs.assign(run=frames.epochs.run.replace(twins)),
        probes={(twins.get(key[0], key[0]), *key[1:]): found for key, found in frames.probes.items()},
    )
    made = text(with_loss(vgg, PERCEPTUAL_VGG, turns=0.7), "1.6.c")
    assert "on the maps of VGG-16" in made
    assert "It is the very loss network" not in made


def test_without_the_run_the_rest_of_the_part_still_stands(plain: None) -> None:
    without = fake_frames(without=(PERCEPTUAL_ROTATION.id,), seeds=1)
    assert status(without, "1.6.c.pleasing") == status(without, "1.6.c.semantic") == "missing"
    made = text(without, "1.6.c")
    assert "cannot be said before the run with it is stored" in made
    assert "Four networks colour the same test pictures" in made
