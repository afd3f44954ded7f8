"""1.6: two learning rates, two orders, pixel and perceptual measures, larger pictures; from hand-made numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import spearmanr

from report.answers import Answer, Figure
from report.claims.kinds import Fact, Judgement, Value
from report.claims.larger import at_side, sides
from report.claims.order import RISING, different_metrics, different_pixels, pooled, rising_differences, saved
from report.claims.perception import NETWORKS, crossed_pairs, rank_correlation, ranks
from report.claims.q1_6 import CLAIMS
from report.claims.rates import jitter, rising
from report.frames import Frames, Measurement
from report.questions import larger, order, perception, q1_6, rates
from report.values import Measured, known
from runs.catalogue import CNN, CNN_FAST, CNN_POOL_FIRST, PRESETS, REGRESSION, UNET, UNET_UPSCALE
from runs.spec import RunSpec
from tests.fakes import fake_frames
from tests.report.edited import diverged, undrawn, verdicts, with_metric, with_probe
from tests.report.first_questions import text_of

ANSWERS = {"1.6.a": rates.answer, "1.6.b": order.answer, "1.6.c": perception.answer, "1.6.d": larger.answer}


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts and strips stay empty: sentences do not need them, and drawing takes long."""
    undrawn(monkeypatch, rates, order, perception, larger)
    for module, draw in ((perception, "scatter"), (larger, "strips")):
        monkeypatch.setattr(module, draw, lambda name, caption, alt, *_, **__: Figure(name, caption, alt))


def text(frames: Frames, part: str) -> str:
    """The text of one part as the report renders it; the others are gaps."""
    answers = [
        made(frames) if name == part else Answer(name, "", "", {"left out": None}) for name, made in ANSWERS.items()
    ]
    return text_of("q1_6.html.j2", answers)


def status(frames: Frames, claim: str) -> str:
    part, _, name = claim.rpartition(".")
    return verdicts(CLAIMS, part, frames)[name].status


def smooth(start: float, end: float) -> list[float]:
    return np.geomspace(start, end, 25).tolist()


def rough(start: float, end: float, size: float = 0.05) -> list[float]:
    return (np.geomspace(start, end, 25) + size * (-1.0) ** np.arange(25)).tolist()


def same_runs(frames: Frames) -> Frames:
    """Frames in which both orders were trained to the same bits."""
    epochs, pictures = frames.epochs.copy(), dict(frames.pictures)
    for seed in frames.seeds:
        one, other = CNN.with_seed(seed).id, CNN_POOL_FIRST.with_seed(seed).id
        columns = ["train_loss", "val_loss", "val_accuracy"]
        epochs.loc[epochs.run == other, columns] = epochs.loc[epochs.run == one, columns].to_numpy()
        pictures[other] = pictures[one].copy()
    return replace(frames, epochs=epochs, pictures=pictures)


def with_qualities(frames: Frames, accuracies: Sequence[float], delta_e: Sequence[float]) -> Frames:
    """Pixel accuracy and ΔE2000 of the four networks of 1.6.c, in their order."""
    for spec, share, distance in zip(NETWORKS.values(), accuracies, delta_e, strict=True):
        frames = with_probe(frames, spec, "quality", pixel_accuracy=[share] * 12, delta_e=[distance] * 12)
    return frames


def with_sizes(frames: Frames, **errors: Sequence[float]) -> Frames:
    """ΔE2000 by way at 64, 128 and 256 pixels, for both networks."""
    arrays = {f"{way}_delta_e": np.repeat(np.array(numbers)[:, None], 4, axis=1) for way, numbers in errors.items()}
    for spec in (CNN, UNET):
        frames = with_probe(frames, spec, "sizes", **arrays)
    return frames


# The measures


def test_a_smooth_fall_has_hardly_any_jitter_and_noise_has_its_own() -> None:
    assert jitter(np.linspace(3, 1, 25)) == pytest.approx(0, abs=1e-12)
    noise = np.random.default_rng(5).normal(0, 0.2, 20_000)
    assert jitter(noise) == pytest.approx(0.2, rel=0.03)
    assert jitter(noise + np.linspace(50, 0, 20_000)) == pytest.approx(0.2, rel=0.03)


def test_steep_first_epochs_do_not_count_as_jitter() -> None:
    steep = [9.0, 4.0, *np.linspace(2, 1.5, 23)]
    assert jitter(steep) < 0.01


@pytest.mark.parametrize("losses", [[], [1.0], [1.0, 2.0], [1.0, np.nan, 2.0, 3.0], [1.0, 2.0, np.inf, 4.0]])
def test_jitter_of_too_little_or_of_no_numbers_is_no_number(losses: list[float]) -> None:
    assert np.isnan(jitter(losses))


def test_rising_is_the_share_of_steps_that_go_up() -> None:
    assert rising([3, 2, 2.5, 2.5, 1]) == 0.25
    assert rising([1, 2, 3]) == 1
    assert np.isnan(rising([1]))
    assert np.isnan(rising([1, np.nan]))


def test_rank_correlation_is_that_of_scipy() -> None:
    rng = np.random.default_rng(2)
    for _ in range(5):
        a, b = rng.integers(0, 6, 40), rng.integers(0, 6, 40)  # with many ties
        assert rank_correlation(a, b) == pytest.approx(spearmanr(a, b).statistic)
    assert rank_correlation([1, 2, 3, np.nan], [10, 20, 30, -5]) == pytest.approx(1)
    assert np.isnan(rank_correlation([1, 1, 1], [1, 2, 3]))
    assert np.isnan(rank_correlation([1], [2]))


def test_equal_numbers_share_the_mean_of_their_ranks() -> None:
    assert ranks([30, 10, 20, 20]).tolist() == [4, 1, 2.5, 2.5]


def test_pooling_takes_the_largest_of_each_square() -> None:
    x = np.random.default_rng(0).standard_normal((3, 8, 6))
    expected = torch.nn.functional.max_pool2d(torch.from_numpy(x)[:, None], 2)[:, 0].numpy()
    np.testing.assert_array_equal(pooled(x), expected)


def test_rising_functions_commute_with_pooling_and_others_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = fake_frames(seeds=0)
    assert rising_differences(nothing).mean == 0
    monkeypatch.setitem(RISING, "falls", np.negative)  # type: ignore[arg-type]
    assert rising_differences(nothing).mean > 100


def test_the_share_saved_is_below_zero_where_it_costs() -> None:
    one, two = known(2.0), known(3.0)
    assert saved(lambda _: two, lambda _: one)(fake_frames(seeds=0)).mean == pytest.approx(1 / 3)
    assert saved(lambda _: one, lambda _: two)(fake_frames(seeds=0)).mean == pytest.approx(-0.5)


# All claims


def test_every_claim_of_1_6_is_judged_in_its_part(frames: Frames, plain: None) -> None:
    answers = q1_6.answer(frames)
    judged = [verdict.claim.id for answer in answers for verdict in answer.verdicts]
    assert sorted(judged) == sorted(claim.id for claim in CLAIMS)
    assert [len(answer.verdicts) for answer in answers] == [20, 10, 3, 2]
    for claim in CLAIMS:
        assert claim.statement.endswith(".")
        assert claim.written
        assert claim.why
        assert not isinstance(claim.test, Value) or claim.test.tolerance > 0
        assert not isinstance(claim.test, Fact) or claim.test.computation
        assert not isinstance(claim.test, Judgement) or claim.test.proxies or claim.test.reason


# a: learning rates


@pytest.mark.parametrize(
    ("claim", "spec", "column", "written", "off"),
    [
        ("train-loss-slow", CNN, "train_loss", 1.5579, 0.04),
        ("val-loss-slow", CNN, "val_loss", 1.5745, 0.04),
        ("accuracy-slow", CNN, "val_accuracy", 0.416, 0.011),
        ("train-loss-fast", CNN_FAST, "train_loss", 1.5182, 0.04),
        ("val-loss-fast", CNN_FAST, "val_loss", 1.5861, 0.07),
        ("accuracy-fast", CNN_FAST, "val_accuracy", 0.408, 0.021),
    ],
)
def test_a_written_figure_holds_at_itself_and_not_beyond_its_tolerance(
    frames: Frames, claim: str, spec: RunSpec, column: str, written: float, off: float
) -> None:
    for number, expected in ((written, "reproduced"), (written + off, "not reproduced")):
        assert status(with_metric(frames, spec, column, number), f"1.6.a.{claim}") == expected


def test_seconds_of_another_machine_are_not_assessable_but_their_ratio_is(frames: Frames) -> None:
    assert status(frames, "1.6.a.seconds-slow") == status(frames, "1.6.a.seconds-fast") == "not assessable"
    slow = with_metric(frames, CNN, "train_seconds", 10.0)
    assert status(with_metric(slow, CNN_FAST, "train_seconds", 10.2), "1.6.a.same-time") == "reproduced"
    assert status(with_metric(slow, CNN_FAST, "train_seconds", 12.0), "1.6.a.same-time") == "not reproduced"


def test_slow_epochs_do_not_change_the_time(frames: Frames) -> None:
    seconds = [30.0] * 20 + [10.0] * 2 + [500.0] * 3
    slow = with_metric(frames, CNN, "train_seconds", 10.0)
    assert status(with_metric(slow, CNN_FAST, "train_seconds", seconds), "1.6.a.same-time") == "reproduced"


@pytest.mark.parametrize(
    ("slow", "fast", "expected"),
    [
        (smooth(3, 1.5), rough(3, 1.5), ("reproduced", "reproduced", "reproduced")),
        (rough(3, 1.5), smooth(3, 1.5), ("not reproduced", "not reproduced", "not reproduced")),
    ],
    ids=["the larger rate jitters", "the smaller rate jitters"],
)
def test_jitter_is_told_of_the_rate_that_has_it(
    frames: Frames, plain: None, slow: list[float], fast: list[float], expected: tuple[str, ...]
) -> None:
    made = with_metric(with_metric(frames, CNN, "val_loss", slow), CNN_FAST, "val_loss", fast)
    found = verdicts(CLAIMS, "1.6.a", made)
    assert tuple(found[name].status for name in ("jitter", "rises", "smooth")) == expected
    way = "higher" if expected[0] == "reproduced" else "lower"
    assert f"(at 0.01 {way} on each seed). It rises at" in text(made, "1.6.a")


@pytest.mark.parametrize(
    ("fast", "better", "slightly"),
    [
        (0.408, "reproduced", "reproduced"),
        (0.30, "reproduced", "not reproduced"),
        (0.45, "not reproduced", "not reproduced"),
    ],
)
def test_better_and_slightly_better_are_two_statements(frames: Frames, fast: float, better: str, slightly: str) -> None:
    made = with_metric(with_metric(frames, CNN, "val_accuracy", 0.416), CNN_FAST, "val_accuracy", fast)
    assert status(made, "1.6.a.accuracy-better") == better
    assert status(made, "1.6.a.accuracy-slightly") == slightly


def test_training_loss_is_higher_at_one_rate_or_the_other(frames: Frames) -> None:
    made = with_metric(with_metric(frames, CNN, "train_loss", 1.6), CNN_FAST, "train_loss", 1.5)
    assert status(made, "1.6.a.train-loss-higher") == "reproduced"
    turned = with_metric(made, CNN_FAST, "train_loss", 1.7)
    assert status(turned, "1.6.a.train-loss-higher") == "not reproduced"


def test_a_rate_is_worth_tuning_when_the_result_depends_on_it(frames: Frames) -> None:
    one = with_metric(frames, CNN, "val_loss", 1.50)
    assert status(with_metric(one, CNN_FAST, "val_loss", 1.60), "1.6.a.tune-rate") == "reproduced"
    assert status(with_metric(one, CNN_FAST, "val_loss", 1.40), "1.6.a.tune-rate") == "reproduced"
    assert status(with_metric(one, CNN_FAST, "val_loss", 1.501), "1.6.a.tune-rate") == "not reproduced"


def test_the_gap_is_told_with_its_sign(frames: Frames, plain: None) -> None:
    made = with_metric(with_metric(frames, CNN, "val_accuracy", 0.40), CNN_FAST, "val_accuracy", 0.45)
    assert "leads in accuracy by −5.0 points ± 0.0 (n = 2)" in text(made, "1.6.a")


def test_a_setting_counts_as_tried_when_a_run_differs_in_it_alone(frames: Frames, plain: None) -> None:
    told = text(frames, "1.6.a")
    assert "more than one value of learning rate; optimizer" in told
    tried = {"sgd": {"optimizer": "sgd"}, "both": {"optimizer": "rmsprop", "filters": 16}}
    runs, epochs = frames.runs.copy(), [frames.epochs]
    for changes in tried.values():
        spec = CNN.model_copy(update=changes)
        runs.loc[spec.id] = {**runs.loc[CNN.id].to_dict(), **changes}
        epochs.append(frames.epochs[frames.epochs.run == CNN.id].assign(run=spec.id))
    more = replace(frames, runs=runs, epochs=pd.concat(epochs))
    found = rates.variants(more)
    assert [spec.optimizer for spec in found["optimizer"]] == ["sgd"]
    assert found["filters"] == []
    rows = rates.answer(more).tables[1].rows
    assert any(row[:2] == ["optimizer", "sgd"] and isinstance(row[2], Measured) for row in rows)


def test_the_table_holds_the_written_figures_beside_ours(frames: Frames, plain: None) -> None:
    rows = rates.answer(frames).tables[0].rows
    assert [row[2] for row in rows[:3]] == ["1.5579", "1.5745", "41.6 %"]
    assert [row[4] for row in rows[:3]] == ["1.5182", "1.5861", "40.8 %"]
    assert all(isinstance(row[1], Measured) and isinstance(row[3], Measured) for row in rows)


# b: orders


def test_equal_runs_are_equal_to_the_last_bit_and_one_bit_is_found(frames: Frames, plain: None) -> None:
    equal = same_runs(frames)
    assert different_metrics(equal).values == {0: 0, 1: 0}
    assert different_pixels(equal).values == {0: 0, 1: 0}
    assert status(equal, "1.6.b.same-losses") == status(equal, "1.6.b.same-pictures") == "reproduced"
    assert "agree in every loss, every accuracy and every pixel" in text(equal, "1.6.b")

    epochs = equal.epochs.copy()
    row = epochs.index[(epochs.run == CNN_POOL_FIRST.id) & (epochs.epoch == 7)]
    epochs.loc[row, "val_loss"] = np.nextafter(epochs.loc[row, "val_loss"], 9)
    assert different_metrics(replace(equal, epochs=epochs)).values == {0: 1, 1: 0}
    assert status(replace(equal, epochs=epochs), "1.6.b.same-losses") == "not reproduced"

    pictures = dict(equal.pictures)
    pictures[CNN_POOL_FIRST.id] = pictures[CNN_POOL_FIRST.id].copy()
    pictures[CNN_POOL_FIRST.id][3, 2, 1, 0, :] ^= 1  # one pixel, all its channels
    changed = replace(equal, pictures=pictures)
    assert different_pixels(changed).values == {0: 1, 1: 0}
    told = text(changed, "1.6.b")
    assert "agree in losses and accuracies, but not in the kept pictures" in told


def test_a_pixel_after_the_last_epoch_does_not_count(frames: Frames) -> None:
    equal = same_runs(frames)
    pictures = dict(equal.pictures)
    longer = np.concatenate([pictures[CNN.id], np.zeros_like(pictures[CNN.id][:1])])
    assert different_pixels(replace(equal, pictures={**pictures, CNN.id: longer})).values[0] == 0


def with_equal(frames: Frames, equal: Sequence[int]) -> Frames:
    return with_probe(frames, CNN, "commute", equal=equal)


def test_what_commutes_and_what_does_not_is_read_from_the_probe(frames: Frames, plain: None) -> None:
    as_written = with_equal(frames, [1, 1, 0, 0, 1])
    assert status(as_written, "1.6.b.tensors") == status(as_written, "1.6.b.network") == "reproduced"
    told = text(as_written, "1.6.b")
    assert "ReLU and MaxPool give the same either way round" in told
    assert "for that turns the order of its values round" in told

    turned = with_equal(frames, [0, 0, 1, 1, 0])
    assert status(turned, "1.6.b.tensors") == status(turned, "1.6.b.network") == "not reproduced"
    told = text(turned, "1.6.b")
    assert "ReLU and MaxPool do not give the same either way round" in told
    assert "outputs of the trained network are not the same" in told
    assert "Pooling before BatchNorm made no difference" in told
    assert "no difference was found on every seed" in told
    equal = [row[1] for row in order.answer(turned).tables[0].rows]
    assert equal[:5] == ["no", "no", "no", "yes", "yes"]


def with_times(frames: Frames, relu: Sequence[float], pool: Sequence[float], epoch: tuple[float, float]) -> Frames:
    """Seconds at downconv1, downconv2 and in the network, in both orders, and of an epoch."""
    arrays = {
        f"{name}_first_{kind}seconds": np.repeat(np.array(numbers)[:, None], 5, axis=1)
        for name, numbers in (("relu", relu), ("pool", pool))
        for kind in ("", "step_")
    }
    frames = with_probe(frames, CNN, "commute", **arrays)
    frames = with_metric(frames, CNN, "train_seconds", epoch[0])
    return with_metric(frames, CNN_POOL_FIRST, "train_seconds", epoch[1])


def test_a_lot_is_a_tenth_of_the_time(frames: Frames, plain: None) -> None:
    much = with_times(frames, (0.004, 0.002, 0.1), (0.002, 0.001, 0.08), (10, 8))
    little = with_times(frames, (0.004, 0.002, 0.1), (0.002, 0.001, 0.097), (10, 9.7))
    costs = with_times(frames, (0.002, 0.001, 0.1), (0.004, 0.002, 0.11), (10, 11))
    names = ("cheaper-measured", "a-lot")
    found = [[verdicts(CLAIMS, "1.6.b", made)[name].status for name in names] for made in (much, little, costs)]
    assert found == [
        ["reproduced", "reproduced"],
        ["reproduced", "not reproduced"],
        ["not reproduced", "not reproduced"],
    ]
    assert "together take less by 50.0 % ± 0.0 (n = 2)" in text(little, "1.6.b")
    told = text(costs, "1.6.b")
    assert "take no less: the share saved is −100.0 % ± 0.0 (n = 2)" in told
    assert "fastest epoch of training it is −10.0 % ± 0.0 (n = 2)" in told


def test_operations_are_counted_not_timed(frames: Frames) -> None:
    assert status(frames, "1.6.b.cheaper-counted") == "reproduced"
    dearer = with_probe(frames, CNN, "commute", pool_first_operations=[[90000, 1], [1, 1]])
    assert status(dearer, "1.6.b.cheaper-counted") == "not reproduced"


def test_conv2d_is_linear_and_unflipped_to_within_rounding(frames: Frames) -> None:
    assert status(frames, "1.6.b.linear") == status(frames, "1.6.b.no-flip") == "reproduced"
    bent = with_probe(frames, CNN, "commute", conv_linear_error=[0.3], conv_flip_error=[0.9])
    assert status(bent, "1.6.b.linear") == status(bent, "1.6.b.no-flip") == "not reproduced"


# c: pixels and the eye


def test_networks_that_change_places_are_counted_in_pairs(frames: Frames, plain: None) -> None:
    alike = with_qualities(frames, (0.2, 0.4, 0.5, 0.3), (9, 7, 6, 8))
    assert crossed_pairs("delta_e")(alike).values == {0: 0, 1: 0}
    turned = with_qualities(frames, (0.2, 0.4, 0.5, 0.3), (6, 8, 9, 7))
    assert crossed_pairs("delta_e")(turned).values == {0: 1, 1: 1}
    one = with_qualities(frames, (0.2, 0.4, 0.5, 0.3), (9, 6, 7, 8))
    assert crossed_pairs("delta_e")(one).values == {0: pytest.approx(1 / 6), 1: pytest.approx(1 / 6)}
    told = text(one, "1.6.c")
    assert "First by pixels right: UNet;" in told
    assert "by ΔE2000: CNN;" in told
    assert "17 % ± 0 (n = 2) change places by ΔE2000" in told
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


def test_a_loss_that_nobody_trained_with_is_not_assessable(frames: Frames) -> None:
    assert status(frames, "1.6.c.pleasing") == status(frames, "1.6.c.semantic") == "not assessable"


# d: larger outputs


def test_a_size_is_found_by_its_side_not_its_place(frames: Frames) -> None:
    made = with_sizes(frames, direct=(1, 2, 3))
    assert sides(made) == [64, 128, 256]
    assert at_side(UNET, "direct", "delta_e", 128)(made).values == {0: 2, 1: 2}
    assert at_side(UNET, "direct", "delta_e")(made).values == {0: 2, 1: 2}
    assert at_side(UNET, "direct", "delta_e", 99)(made).diverged == (UNET.id, UNET.with_seed(1).id)


def test_enlarged_colour_helps_when_it_beats_none(frames: Frames, plain: None) -> None:
    helps = with_sizes(frames, direct=(5, 6, 7), upsampled=(6, 6, 6), grey=(9, 9, 9))
    harms = with_sizes(frames, direct=(7, 6, 5), upsampled=(9, 9, 9), grey=(6, 6, 6))
    assert status(helps, "1.6.d.upsampling") == "reproduced"
    assert status(harms, "1.6.d.upsampling") == "not reproduced"
    told = [text(made, "1.6.d") for made in (helps, harms)]
    assert "the network on the whole is higher on each seed, and beside none the enlarged colour is lower" in told[0]
    assert "the network on the whole is lower on each seed, and beside none the enlarged colour is higher" in told[1]


def test_averages_are_held_against_repeated_pixels(frames: Frames) -> None:
    truth = np.tile(np.linspace(0, 250, 32).astype(np.uint8)[None, None, :, None], (10, 32, 1, 3))
    truth[:, 10:20, 12:18] = 0
    near, far = np.clip(truth.astype(int) + 3, 0, 255).astype(np.uint8), np.zeros_like(truth)
    rows = {"truth": truth, "grey": truth, "bicubic": near, "palette": truth}

    def stored(**more: Any) -> Frames:
        return replace(frames, probes={**frames.probes, ("data", "samples", 0): Measurement(rows | more)})

    assert status(stored(small=far, bilinear=near), "1.6.d.averages") == "reproduced"
    assert status(stored(small=near, bilinear=far), "1.6.d.averages") == "not reproduced"


def test_photographs_are_shown_whole_where_small_and_by_their_middle_where_large(
    frames: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[dict[str, Any]] = []

    def strips(name: str, caption: str, alt: str, rows: dict[str, Any], scale: int = 2) -> Figure:
        drawn.append({"rows": rows, "scale": scale})
        return Figure(name, caption, alt)

    monkeypatch.setattr(larger, "strips", strips)
    small, large = larger.pictures(frames, 64), larger.pictures(frames, 256)
    assert small is not None
    assert large is not None
    assert [list(each["rows"]) for each in drawn] == [["input", "whole photograph", "small, enlarged", "truth"]] * 2
    assert [each["scale"] for each in drawn] == [2, 1]
    truth = frames.probes[UNET.id, "sizes", 25].arrays
    np.testing.assert_array_equal(drawn[0]["rows"]["truth"], truth["truth_64"])
    np.testing.assert_array_equal(drawn[1]["rows"]["truth"], truth["truth_256"][:, 64:192, 64:192])
    assert small.caption.startswith("Photographs of 64×64 pixels")
    assert large.caption.startswith("The middle, 128×128 pixels, of photographs of 256×256 pixels")
    assert "left grey: ΔE2000" in small.alt


def test_averages_are_told_without_the_network_that_is_not_trained(plain: None) -> None:
    without = fake_frames(without=("unet-upscale",), seeds=1)
    answer = larger.answer(without)
    assert answer.ready
    assert "trained for it" not in text(without, "1.6.d").partition("What the write-up said")[0].partition("Table")[0]
    assert UNET_UPSCALE.id not in answer.missing


# Figures, gaps


def test_every_part_has_charts_with_words_made_of_their_numbers(frames: Frames) -> None:
    answers = q1_6.answer(frames)
    for answer in answers:
        assert answer.ready
        assert answer.figures
        assert answer.tables
        assert all(figure.alt and (figure.svg or figure.strips) for figure in answer.figures)
    assert "validation loss at rate 0.01" in answers[0].figures[0].alt
    assert "the whole network: ReLU first" in answers[1].figures[0].alt
    assert "UNet, ΔE2000: rank correlation" in answers[2].figures[0].alt
    assert "at 256" in answers[3].figures[0].alt


@pytest.mark.parametrize(
    ("stored", "ready"),
    [
        (lambda: fake_frames(probes=False, seeds=1), [True, False, False, False]),
        (lambda: fake_frames(without=("",), probes=False), [False] * 4),
        (lambda: fake_frames(seeds=0), [False] * 4),
        (lambda: replace(fake_frames(seeds=0), seeds=(0, 1)), [False] * 4),
        (lambda: fake_frames(without=("cnn-b100-lr0.01-",), seeds=1), [False, True, False, True]),
        (lambda: fake_frames(without=("cnn-b100-lr0.001-pool",), seeds=1), [True, False, True, True]),
        (lambda: fake_frames(without=("unet-b100-lr",), seeds=1), [True, True, False, False]),
        (lambda: fake_frames(without=(REGRESSION.model,), seeds=1), [True, True, False, True]),
        (lambda: replace(fake_frames(seeds=1), pictures={}), [True, False, True, True]),
        (lambda: fake_frames(PRESETS["quick"], seeds=1), [True] * 4),
    ],
    ids=[
        "no probes", "nothing", "no seeds", "seeds not stored", "no larger rate", "no other order", "no UNet",
        "no regression", "no pictures", "quick",
    ],
)  # fmt: skip
def test_nothing_that_may_be_stored_crashes_the_page(
    stored: Callable[[], Frames], ready: list[bool], plain: None
) -> None:
    answers = q1_6.answer(stored())
    told = text_of("q1_6.html.j2", answers)
    assert all(answer.title in told for answer in answers)
    assert [answer.ready for answer in answers] == ready


def test_a_missing_run_is_named_with_the_command_that_makes_it(plain: None) -> None:
    told = text(fake_frames(without=("cnn-b100-lr0.01-",), seeds=1), "1.6.a")
    assert CNN_FAST.id in told
    assert "Fill it: python cli.py run-all --section 1.6" in told
    assert "jitters by" not in told


def test_a_diverged_rate_is_told_and_left_out(frames: Frames, plain: None) -> None:
    made = diverged(frames, CNN_FAST, 0)
    answer = rates.answer(made)
    assert answer.ready
    assert any(CNN_FAST.id in note for note in answer.notes)
    gone = diverged(made, CNN_FAST, 1)
    assert not rates.answer(gone).ready
    assert status(gone, "1.6.a.val-loss-fast") == "not assessable"
    assert status(gone, "1.6.a.jitter") == "not assessable"


def test_a_quick_training_says_what_it_stands_for(plain: None) -> None:
    told = text(fake_frames(PRESETS["quick"], seeds=1), "1.6.a")
    assert "After 5 epochs, which stand for the write-up’s 25," in told
    assert "(one seed)" in told
