"""1.1: what the page says follows from the numbers, and gaps stay gaps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr
from skimage.color import rgb2lab

from report.answers import Answer
from report.claims.colour_space import angles, hexagon_angle, hexagon_spread, picture_rank_correlation, sides
from report.claims.judge import judge_part
from report.claims.layers import BLOCKS
from report.claims.q1_1 import CLAIMS, LOSSES, training_loss
from report.claims.verdict import Verdict
from report.frames import Frames, Measurement
from report.questions.colour_space import answer_colour_space, regular
from report.questions.layers import answer_network
from report.questions.q1_1 import answer, answer_epochs, answer_lengths
from report.questions.reading_off import answer_reading_off
from report.render import Site, environment
from report.values import Measured
from runs.catalogue import BASE, CNN, LONG, PRESETS, REGRESSION, SHORT
from runs.spec import RunSpec
from tests.fakes import fake_frames

PARTS = ["1.1.a", "1.1.b", "1.1.c", "1.1.d", "1.1.e"]
HEXAGON = np.array([[255, 0, 0], [255, 255, 0], [0, 255, 0], [0, 255, 255], [0, 0, 255], [255, 0, 255]], np.uint8)


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames()


ANSWERS = {
    "1.1.a": answer_network,
    "1.1.b": answer_epochs,
    "1.1.c": answer_lengths,
    "1.1.d": answer_colour_space,
    "1.1.e": answer_reading_off,
}


def part(frames: Frames, name: str) -> Answer:
    return ANSWERS[name](frames)


def page(frames: Frames, *names: str) -> str:
    """The text of some parts as the report renders it, with single blanks and no markup; the others are gaps."""
    answers = [
        part(frames, each) if each in names else Answer(each, "", "", values={"left out": None}) for each in PARTS
    ]
    site = Site()
    site.count(answers)
    template = environment(site).get_template("q1_1.html.j2")
    html = template.render(answers=answers, by_part={each.part: each for each in answers})
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def verdict(frames: Frames, name: str) -> Verdict:
    """The verdict of one claim, by its id."""
    found = judge_part(name.rsplit(".", 1)[0], [claim for claim in CLAIMS if claim.id == name], frames)
    assert [each.claim.id for each in found] == [name]
    return found[0]


def with_probe(frames: Frames, spec: RunSpec | None, name: str, epoch: int, **arrays: Any) -> Frames:
    """The same frames, with some arrays of a probe changed for every seed; None stands for the pictures."""
    ids = ["data"] if spec is None else [spec.with_seed(seed).id for seed in frames.seeds]
    probes = dict(frames.probes)
    for run in ids:
        old = probes[run, name, epoch]
        probes[run, name, epoch] = Measurement({**old.arrays, **arrays}, old.notes)
    return replace(frames, probes=probes)


def with_losses(frames: Frames, losses: Mapping[int, float], column: str = "train_loss") -> Frames:
    """The same frames, with RegressionCNN's loss at some epochs, a little more for each further seed."""
    epochs = frames.epochs.copy()
    for epoch, loss in losses.items():
        for seed in frames.seeds:
            rows = (epochs.run == REGRESSION.with_seed(seed).id) & (epochs.epoch == epoch)
            epochs.loc[rows, column] = loss * (1 + 1e-6 * seed)
    return replace(frames, epochs=epochs)


def with_layers(frames: Frames, blocks: Mapping[str, Sequence[str]], filters: Mapping[str, int], kernel: int) -> Frames:
    rows = [
        {"block": block, "layer": layer, "filters": filters[block] if "Conv" in layer else 0,
         "kernel": kernel if "Conv" in layer else 2 if layer == "MaxPool2d" else 0, "output": [filters[block], 8, 8],
         "parameters": 10, "multiply_adds": 1000 if "Conv" in layer else 0, "seconds": 0.001}
        for block, layers in blocks.items() for layer in layers
    ]  # fmt: skip
    probes = dict(frames.probes)
    for seed in frames.seeds:
        probes[REGRESSION.with_seed(seed).id, "layers", 25] = Measurement(
            {}, {"layers": rows, "printed": "RegressionCNN(<built>)", "parameters": 10 * len(rows)}
        )
    return replace(frames, probes=probes)


WRITTEN = {"downconv1": 32, "downconv2": 64, "rfconv": 64, "upconv1": 32, "upconv2": 3, "finalconv": 3}


def test_every_part_has_a_table_or_figure_and_judges_each_of_its_claims_once(frames: Frames) -> None:
    answers = answer(frames)
    assert [each.part for each in answers] == PARTS
    for each in answers:
        assert each.ready, each.part
        assert each.figures, each.part
        names = [item.name for item in (*each.figures, *each.tables)]
        assert len(names) == len(set(names))
    judged = [each.claim.id for one in answers for each in one.verdicts]
    assert sorted(judged) == sorted(claim.id for claim in CLAIMS)
    assert len(set(judged)) == len(judged) > 18


def test_the_sixth_convolution_is_counted_and_named(frames: Frames) -> None:
    built = with_layers(frames, BLOCKS, WRITTEN, 3)
    found = verdict(built, "1.1.a.convolutions")
    assert found.status == "not reproduced"
    assert found.measured is not None
    assert found.measured.value == 6
    assert found.claim.conflict
    assert part(built, "1.1.a").values["outside"] == "finalconv"
    text = page(built, "1.1.a")
    assert "has 6 convolutions, with 32, 64, 64, 32, 3 and 3 filters" in text
    assert "RegressionCNN(&lt;built&gt;)" in text
    listed = with_layers(frames, {name: layers for name, layers in BLOCKS.items() if name != "finalconv"}, WRITTEN, 3)
    assert verdict(listed, "1.1.a.convolutions").status == "reproduced"
    assert "None of them stands outside" in page(listed, "1.1.a")


def test_filters_kernels_and_blocks_are_read_off_the_built_network(frames: Frames) -> None:
    built = with_layers(frames, BLOCKS, WRITTEN, 3)
    for block in ("downconv1", "downconv2", "rfconv", "upconv1", "upconv2"):
        assert verdict(built, f"1.1.a.filters-{block}").status == "reproduced"
    assert verdict(built, "1.1.a.kernel").status == "reproduced"
    assert verdict(built, "1.1.a.blocks").status == "reproduced"
    swapped = {**BLOCKS, "downconv1": ("Conv2d", "BatchNorm2d", "MaxPool2d", "ReLU")}
    other = with_layers(frames, swapped, {**WRITTEN, "rfconv": 16}, 5)
    assert verdict(other, "1.1.a.filters-rfconv").status == "not reproduced"
    assert verdict(other, "1.1.a.filters-upconv1").status == "reproduced"
    assert verdict(other, "1.1.a.kernel").status == "not reproduced"
    blocks = verdict(other, "1.1.a.blocks")
    assert blocks.status == "not reproduced"
    assert blocks.measured is not None
    assert blocks.measured.value == 1
    assert "All filters are 5×5." in page(other, "1.1.a")


def test_epochs_are_the_presets_and_count_for_their_share(frames: Frames) -> None:
    assert verdict(frames, "1.1.b.epochs").status == "reproduced"
    quick = fake_frames(PRESETS["quick"], seeds=1)
    found = verdict(quick, "1.1.b.epochs")
    assert found.status == "reproduced"
    assert part(quick, "1.1.b").values["trained"].startswith("5 epochs")
    text = page(quick, "1.1.b")
    assert "for 5 epochs, which stand for the write-up’s 25." in text
    holes = replace(frames, epochs=frames.epochs[frames.epochs.epoch != 7])
    assert verdict(holes, "1.1.b.epochs").status == "not reproduced"


def test_losses_near_the_written_ones_are_reproduced_and_far_ones_are_not(frames: Frames) -> None:
    near = with_losses(frames, {epoch: loss * 1.04 for epoch, loss in LOSSES.items()})
    far = with_losses(frames, {epoch: loss * 1.3 for epoch, loss in LOSSES.items()})
    for epoch in LOSSES:
        assert verdict(near, f"1.1.c.loss-{epoch}").status == "reproduced"
        assert verdict(far, f"1.1.c.loss-{epoch}").status == "not reproduced"


def test_sentences_on_the_loss_turn_with_the_numbers(frames: Frames) -> None:
    falls = with_losses(with_losses(frames, LOSSES), LOSSES, "val_loss")
    assert verdict(falls, "1.1.c.loss-50-below-25").status == "reproduced"
    text = page(falls, "1.1.b", "1.1.c")
    assert "The training loss is lower after 25 epochs than after 15: 0.0096" in text
    assert "The training loss is lower after 50 epochs than after 25: 0.0068" in text
    assert "On new pictures the longest training helps too" in text
    assert "after 50 epochs the same run has a validation loss of 0.0068" in text
    turned = {SHORT: 0.0068, BASE: 0.0096, LONG: 0.0102}
    rises = with_losses(with_losses(frames, turned), turned, "val_loss")
    assert verdict(rises, "1.1.c.loss-25-below-15").status == "not reproduced"
    text = page(rises, "1.1.b", "1.1.c")
    assert "The training loss is not lower after 25 epochs than after 15: 0.0096" in text
    assert "On new pictures the longest training does not help" in text
    assert "More epochs do not help on new pictures" in text
    flat = dict.fromkeys(LOSSES, 0.0096)
    assert "The training loss is lower" not in page(with_losses(frames, flat), "1.1.c")


def test_training_loss_stands_beside_validation_and_written_loss(frames: Frames) -> None:
    changed = with_losses(with_losses(frames, {25: 0.02}), {25: 0.03}, "val_loss")
    table = next(item for item in part(changed, "1.1.c").tables if item.name == "losses")
    row = next(row for row in table.rows if row[0] == "25")
    assert [round(cell.value, 5) for cell in row[1:3] if isinstance(cell, Measured)] == [0.02, 0.03]
    assert row[3] == "0.0096"
    assert training_loss(BASE)(changed).mean == pytest.approx(0.02, rel=1e-5)


@pytest.mark.parametrize(("late", "status"), [(5.0, "reproduced"), (40.0, "not reproduced")])
def test_colour_is_judged_by_proxies_that_know_no_squared_error(frames: Frames, late: float, status: str) -> None:
    made = with_probe(frames, None, "references", 0, truth_colourfulness=np.full(12, 30.0, np.float32))
    good = late < 20
    for epoch, error, ssim, colour in ((25, 20.0, 0.5, 20.0), (50, late, 0.9 if good else 0.1, 29.0 if good else 5.0)):
        made = with_probe(
            made, REGRESSION, "quality", epoch, delta_e=np.full(12, error), ssim=np.full(12, ssim),
            colourfulness=np.full(12, colour), mse=np.full(12, 1.0 if good else 0.0),
        )  # fmt: skip
    assert verdict(made, "1.1.c.colour-50-over-25").status == status
    said = "all proxies for better colour improve" if good else "none of the proxies for better colour improves"
    assert f"From 25 to 50 epochs {said}" in page(made, "1.1.c")


def test_too_much_colour_is_as_far_off_as_too_little(frames: Frames) -> None:
    made = with_probe(frames, None, "references", 0, truth_colourfulness=np.full(12, 30.0, np.float32))
    for epoch, colour in ((25, 28.0), (50, 50.0)):
        made = with_probe(
            made, REGRESSION, "quality", epoch, delta_e=np.full(12, 50.0 - epoch), ssim=np.full(12, epoch / 100),
            colourfulness=np.full(12, colour),
        )  # fmt: skip
    assert verdict(made, "1.1.c.colour-50-over-25").status == "undecided"


def with_colours(frames: Frames, lab: Any, correlation: float, quantiles: Any) -> Frames:
    return with_probe(
        frames, None, "colours", 0, hexagon_rgb=HEXAGON, hexagon_lab=np.asarray(lab, np.float32),
        rank_correlation=np.array([correlation]), band_delta_e=np.asarray(quantiles, np.float32),
    )  # fmt: skip


WIDE, NARROW = [[5, 8, 10, 12, 20]] * 3, [[9, 9.5, 10, 10.5, 11]] * 3


def test_the_hexagon_of_rgb_is_warped_to_the_eye(frames: Frames) -> None:
    real = with_colours(frames, rgb2lab(HEXAGON[None] / 255)[0], 0.9, WIDE)
    for name in ("lightness", "hexagon-sides", "hexagon-angles", "distance-rank", "distance-spread"):
        assert verdict(real, f"1.1.d.{name}").status == "reproduced", name
    values = part(real, "1.1.d").values
    assert values["green"].value == pytest.approx(87.73, abs=0.05)  # CIE 1976 of the sRGB primaries
    assert values["blue"].value == pytest.approx(32.30, abs=0.05)
    text = page(real, "1.1.d")
    assert "is warped in the a*b* plane" in text
    assert "far apart in lightness: L* is 87.7 for green and 32.3 for blue" in text
    assert "can look very different" in text


def test_a_space_that_matched_the_eye_would_be_said_to(frames: Frames) -> None:
    turns = np.arange(6) * np.pi / 3
    even = np.stack([np.full(6, 60.0), 50 * np.cos(turns), 50 * np.sin(turns)], axis=1)
    ideal = with_colours(frames, even, 0.99, NARROW)
    for name in ("lightness", "hexagon-sides", "hexagon-angles", "distance-rank", "distance-spread"):
        assert verdict(ideal, f"1.1.d.{name}").status == "not reproduced", name
    text = page(ideal, "1.1.d")
    assert "stays nearly regular" in text
    assert "follows the other closely" in text
    assert "look about equally different" in text


@pytest.mark.parametrize("sense", [1, -1])
def test_sides_and_angles_of_a_known_shape(sense: int) -> None:
    # A square of side 2 with one corner pushed in: right angles at three corners of the four only by half.
    corners = np.array([[0.0, 0.0], [2.0, 0.0], [0.5, 0.5], [0.0, 2.0]])[::sense]
    tip = np.degrees(np.arctan2(0.5, 1.5))
    assert angles(corners)[::sense] == pytest.approx([90.0, tip, 270.0 - 2 * tip, tip])
    assert sorted(sides(corners)) == pytest.approx([2.5**0.5, 2.5**0.5, 2.0, 2.0])


def test_the_regular_hexagon_is_found_back_whichever_way_it_turns() -> None:
    turns = 0.3 - np.arange(6) * np.pi / 3
    corners = np.stack([5 + 20 * np.cos(turns), -3 + 20 * np.sin(turns)], axis=1)
    assert regular(corners) == pytest.approx(corners)


def test_pictures_are_ranked_as_spearman_does(frames: Frames) -> None:
    squared = np.array([0.1, 0.2, 0.2, 0.4, 0.5, 0.3])
    seen = np.array([3.0, 1.0, 2.0, 6.0, 5.0, 5.0])
    made = with_probe(frames, REGRESSION, "quality", 25, mse=squared, delta_e=seen)
    assert picture_rank_correlation(made).mean == pytest.approx(spearmanr(squared, seen).statistic)
    alike = with_probe(frames, REGRESSION, "quality", 25, mse=np.ones(6), delta_e=seen)
    assert not picture_rank_correlation(alike).ok


def with_sweep(frames: Frames, colourfulness: Sequence[float], truth: float = 30.0) -> Frames:
    made = with_probe(frames, CNN, "temperature", 25, colourfulness=np.array(colourfulness, np.float32))
    return with_probe(made, None, "references", 0, truth_colourfulness=np.full(12, truth, np.float32))


def test_temperature_controls_colour_only_when_each_turn_moves_it_one_way(frames: Frames) -> None:
    falls = with_sweep(frames, [34, 33, 31, 28, 25, 22, 20])
    assert verdict(falls, "1.1.e.control").status == "reproduced"
    text = page(falls, "1.1.e")
    assert "colourfulness falls at every step from T = 0 to T = 1" in text
    assert "Nearest to the truth is T = 0.2, with 31.0" in text
    wavers = with_sweep(frames, [34, 33, 31, 35, 25, 22, 20])
    assert verdict(wavers, "1.1.e.control").status == "not reproduced"
    assert "does not move the colours the same way at each turn" in page(wavers, "1.1.e")
    rises = with_sweep(frames, [20, 22, 25, 28, 31, 33, 34])
    assert verdict(rises, "1.1.e.range").status == "not reproduced"


@pytest.mark.parametrize(("likeliest", "nearer"), [(28.0, "classification"), (5.0, "regression")])
def test_who_is_nearer_to_the_truth_is_read_off_the_numbers(frames: Frames, likeliest: float, nearer: str) -> None:
    made = with_sweep(frames, [34, 33, 31, 28, 25, 22, 20])
    made = with_probe(made, CNN, "quality", 25, colourfulness=np.full(12, likeliest))
    made = with_probe(made, REGRESSION, "quality", 25, colourfulness=np.full(12, 15.0))
    assert part(made, "1.1.e").values["nearer"] == nearer
    assert f"the {nearer} is nearer to the truth" in page(made, "1.1.e")


def test_statements_that_no_run_bears_on_say_why(frames: Frames) -> None:
    for name in ("adjust", "displays"):
        found = verdict(frames, f"1.1.d.{name}")
        assert found.status == "not assessable"
        assert found.claim.test.reason in found.sentence  # type: ignore[union-attr]


def test_storage_takes_a_byte_a_channel(frames: Frames) -> None:
    found = verdict(frames, "1.1.d.storage")
    assert found.status == "reproduced"
    deeper = with_probe(frames, None, "samples", 0, truth=np.zeros((2, 32, 32, 3), np.uint16))
    changed = verdict(deeper, "1.1.d.storage")
    assert changed.status == "not reproduced"
    assert changed.measured is not None
    assert changed.measured.value == 6


def test_missing_runs_leave_gaps_and_what_is_there_stands() -> None:
    none = fake_frames(without=("regression", "cnn"))
    found = {each.part: each for each in answer(none)}
    for name in ("1.1.a", "1.1.b", "1.1.c", "1.1.e"):
        assert not found[name].ready
        assert "regression-b100-lr0.001-s0" in found[name].missing
    assert [item.name for item in found["1.1.d"].figures] == ["hexagon", "pairs"]
    assert found["1.1.e"].tables[0].rows[0][1] is not None  # the truth needs no run
    assert "Fill it" in page(none, *PARTS)
    no_cnn = {each.part: each for each in answer(fake_frames(without=("cnn",)))}
    assert no_cnn["1.1.c"].ready
    assert not no_cnn["1.1.e"].ready
    assert [item.name for item in no_cnn["1.1.e"].figures] == ["temperatures"]


def test_without_probes_the_curves_still_stand() -> None:
    bare = fake_frames(probes=False)
    found = {each.part: each for each in answer(bare)}
    assert found["1.1.b"].ready
    assert [item.name for item in found["1.1.b"].figures] == ["training"]
    assert [item.name for item in found["1.1.c"].figures] == ["pictures", "lengths"]
    assert not found["1.1.c"].ready
    assert not found["1.1.d"].ready
    page(bare, *PARTS)


def test_a_run_stopped_short_answers_what_it_reached(frames: Frames) -> None:
    short = replace(frames, epochs=frames.epochs[frames.epochs.epoch <= 25])
    found = {each.part: each for each in answer(short)}
    assert found["1.1.b"].ready
    assert not found["1.1.b"].values["goes_on"]
    assert not found["1.1.c"].ready
    assert found["1.1.b"].missing == ("regression-b100-lr0.001-s0", "regression-b100-lr0.001-s1")
    assert "lengths" in [item.name for item in found["1.1.c"].figures]
    page(short, "1.1.b", "1.1.c")


def test_numbers_that_are_not_finite_are_left_out_and_named(frames: Frames) -> None:
    broken = frames.epochs.copy()
    broken.loc[broken.run == REGRESSION.id, ["train_loss", "val_loss"]] = np.nan
    one = replace(frames, epochs=broken)
    assert part(one, "1.1.c").values["train_base"].n == 1
    assert any(REGRESSION.id in note for note in part(one, "1.1.c").notes)
    page(one, "1.1.b", "1.1.c")
    broken[["train_loss", "val_loss"]] = np.nan
    none = replace(frames, epochs=broken)
    assert not part(none, "1.1.c").ready
    assert verdict(none, "1.1.c.loss-25").status not in ("reproduced", "not reproduced")
    page(none, *PARTS)
    nothing = with_probe(frames, None, "colours", 0, hexagon_lab=np.full((6, 3), np.nan, np.float32))
    assert not hexagon_angle(nothing).ok
    assert not hexagon_spread(nothing).ok
    page(nothing, "1.1.d")


def test_no_sentence_runs_into_the_next(frames: Frames) -> None:
    text = page(frames, *PARTS)
    assert re.findall(r"[a-z)][.,:;](?!py\b|json\b)[A-Za-zΔ]", text) == []


def test_one_seed_and_a_quick_preset_render(frames: Frames) -> None:
    text = page(fake_frames(PRESETS["quick"], seeds=1), *PARTS)
    assert "one seed" in text
    assert "epoch 10 (for 50)" in text
    assert "the epochs in brackets are those of the write-up" in text
    assert "the epochs in brackets" not in page(frames, "1.1.c")
