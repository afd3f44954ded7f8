"""1.1: what the page says follows from the numbers, and gaps stay gaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from report.measures.common import training_loss
from report.measures.layers import BLOCKS
from report.questions.q1_1.answer import answer
from report.questions.q1_1.claims import CLAIMS
from report.questions.q1_1.colour_space_claims import hexagon_angle, hexagon_spread
from report.questions.written import LOSSES
from report.results.frames import Frames
from report.results.values import Measured
from runs.specs.catalogue import BASE, CNN, LONG, PRESETS, REGRESSION, SHORT
from tests.fakes import fake_frames
from tests.report.first_questions import (
    PARTS,
    WRITTEN,
    page,
    part,
    verdict,
    with_layers,
    with_losses,
    with_probe,
)


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames()


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


def test_what_a_preset_shortens_stands_for_what_is_written_and_does_not_test_it(frames: Frames) -> None:
    assert verdict(frames, "1.1.b.epochs").status == "reproduced"
    quick = fake_frames(PRESETS["quick"], seeds=1)
    found = verdict(quick, "1.1.b.epochs")
    assert (found.status, found.measured.value, found.flags) == ("not assessable", 5, ("quick",))
    assert found.sentence.startswith("Computed 5, which in the preset “quick” stands for the written 25:")
    fewer = verdict(replace(quick, data={**quick.data, "train": 1000}), "1.1.b.train-pictures")
    assert (fewer.status, fewer.flags) == ("not assessable", ("quick",))
    assert fewer.sentence.startswith("Computed 1,000, which in the preset “quick” stands for the written 5,000:")
    assert part(quick, "1.1.b").values["trained"].startswith("5 epochs")
    text = page(quick, "1.1.b")
    assert "for 5 epochs, which stand for the write-up’s 25." in text
    holes = replace(frames, epochs=frames.epochs[frames.epochs.epoch != 7])
    assert verdict(holes, "1.1.b.epochs").status == "not reproduced"


def test_losses_near_the_written_ones_are_reproduced_and_far_ones_are_not() -> None:
    frames = fake_frames(seeds=3)
    near = with_losses(frames, LOSSES, "last_batch_loss")
    far = with_losses(frames, {epoch: loss * 1.3 for epoch, loss in LOSSES.items()}, "last_batch_loss")
    for epoch in LOSSES:
        assert verdict(near, f"1.1.c.loss-{epoch}").status == "reproduced"
        assert verdict(far, f"1.1.c.loss-{epoch}").status == "not reproduced"


def test_sentences_on_the_loss_turn_with_the_numbers() -> None:
    frames = fake_frames(seeds=3)
    falls = with_losses(with_losses(frames, LOSSES, "last_batch_loss"), LOSSES, "val_loss")
    assert verdict(falls, "1.1.c.loss-50-below-25").status == "reproduced"
    text = page(falls, "1.1.b", "1.1.c")
    assert "The loss of the last batch is lower after 25 epochs than after 15: 0.0096" in text
    assert "The loss of the last batch is lower after 50 epochs than after 25: 0.0068" in text
    assert "On new pictures the longest training helps too" in text
    assert "after 50 epochs the same run has a validation loss of 0.0068" in text
    turned = {SHORT: 0.0068, BASE: 0.0096, LONG: 0.0102}
    rises = with_losses(with_losses(frames, turned, "last_batch_loss"), turned, "val_loss")
    assert verdict(rises, "1.1.c.loss-25-below-15").status == "not reproduced"
    text = page(rises, "1.1.b", "1.1.c")
    assert "The loss of the last batch is not lower after 25 epochs than after 15: 0.0096" in text
    assert "On new pictures the longest training does not help" in text
    assert "More epochs do not help on new pictures" in text
    flat = dict.fromkeys(LOSSES, 0.0096)
    assert "The loss of the last batch is lower" not in page(with_losses(frames, flat, "last_batch_loss"), "1.1.c")


def test_losses_that_others_print_after_another_length_are_told_so(frames: Frames) -> None:
    assert "The loss that is written after 25 epochs is what others print after 15." in part(frames, "1.1.c").notes


def test_training_loss_stands_beside_validation_and_written_loss(frames: Frames) -> None:
    changed = with_losses(with_losses(frames, {25: 0.02}), {25: 0.03}, "val_loss")
    table = next(item for item in part(changed, "1.1.c").tables if item.name == "losses")
    row = next(row for row in table.rows if row[0] == "25")
    assert [round(cell.value, 5) for cell in (row[1], row[3]) if isinstance(cell, Measured)] == [0.02, 0.03]
    assert isinstance(row[2], Measured)  # the last batch’s
    assert row[4] == "0.0096"
    assert changed.take(training_loss(BASE)).mean == pytest.approx(0.02, rel=1e-5)


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


def test_proxies_that_leave_it_open_are_told_one_by_one(frames: Frames) -> None:
    made = with_probe(frames, None, "references", 0, truth_colourfulness=np.full(12, 30.0, np.float32))
    for epoch, error, ssim in ((25, 20.0, 0.5), (50, 5.0, 0.1)):
        made = with_probe(
            made, REGRESSION, "quality", epoch, delta_e=np.full(12, error), ssim=np.full(12, ssim),
            colourfulness=np.full(12, float(epoch)),
        )  # fmt: skip
    told = page(made, "1.1.c")
    told_by = verdict(made, "1.1.c.colour-50-over-25").finding.brief.partition(": ")[2]
    assert told_by == (
        "“ΔE2000 is lower” holds, “SSIM is higher” does not hold, “Colourfulness is nearer to the truth” does not hold."
    )
    assert f"from 25 to 50 epochs, {' and '.join(told_by.rsplit(', ', 1))}" in told


def test_the_temperatures_stand_beside_truth_and_regression_of_the_same_pictures(frames: Frames) -> None:
    made = with_sweep(frames, [34, 33, 31, 28, 25, 22, 20])
    tail = np.concatenate([np.full(250, 31.0), np.full(750, 20.0)]).astype(np.float32)
    made = with_probe(made, None, "references", 0, truth_colourfulness=tail)
    sweep = next(figure for figure in part(made, "1.1.e").figures if figure.name == "sweep")
    assert "over the first 250 test pictures" in sweep.caption
    assert "Nearest to the truth is T = 0.2, with 31.0" in page(made, "1.1.e")


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
    assert f"the {nearer} is nearer to the truth on each seed." in page(made, "1.1.e")


@pytest.mark.parametrize(
    ("right", "words"),
    [
        ([0.9, 0.5, 0.1], "yes, by this measure it does on each seed"),
        ([0.1, 0.5, 0.9], "it says so worse on each seed"),
    ],
)
def test_classification_eases_or_does_not_by_how_its_measure_ranks_the_pictures(
    frames: Frames, right: list[float], words: str
) -> None:
    near_to_far = [1.0, 2.0, 3.0]
    made = with_probe(frames, CNN, "quality", 25, pixel_accuracy=np.array(right), delta_e=np.array(near_to_far))
    made = with_probe(
        made, REGRESSION, "quality", 25, mse=np.array([0.2, 0.1, 0.3]), delta_e=np.array(near_to_far)
    )  # half alike
    assert words in page(made, "1.1.e")


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
    assert [item.name for item in found["1.1.c"].figures] == ["pictures", "lengths", "others"]
    assert not found["1.1.c"].ready
    assert not found["1.1.d"].ready
    page(bare, *PARTS)


def test_pictures_of_the_lengths_stand_and_a_slider_has_all_between(frames: Frames) -> None:
    figures = {each.part: each for each in answer(frames)}["1.1.c"].figures
    assert [item.name for item in figures] == ["pictures", "lengths", "extremes-regression-colourize", "others"]
    pictures = figures[0]
    roles = [(strip.label, strip.role) for strip in pictures.strips]
    assert roles == [("grey", ""), ("truth", "")] + [(f"epoch {epoch}", "") for epoch in (15, 25, 50)]
    assert [(reel.label, reel.epochs) for reel in pictures.reels] == [("RegressionCNN", 50)]
    assert pictures.stops == [15, 25, 50]


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
    assert not nothing.take(hexagon_angle).ok
    assert not nothing.take(hexagon_spread).ok
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
