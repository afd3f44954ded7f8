"""1.6.b: pooling before or after the non-linearity, from hand-made runs and probes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from report.drawing.colours import COLOURS
from report.questions.q1_6 import order
from report.questions.q1_6.claims import CLAIMS
from report.questions.q1_6.order_claims import (
    RISING,
    different_metrics,
    different_pixels,
    pooled,
    rising_differences,
    saved,
)
from report.results.frames import Frames, Measure
from report.results.values import make_known
from runs.specs.catalogue import CNN, CNN_POOL_FIRST
from tests.fakes import fake_frames
from tests.report.conceptual import no_drawing, status, text
from tests.report.edited import verdicts, with_metric, with_probe


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    no_drawing(monkeypatch)


def same_runs(frames: Frames) -> Frames:
    """Frames in which both orders were trained to the same bits."""
    epochs, pictures = frames.epochs.copy(), dict(frames.pictures)
    for seed in frames.seeds:
        one, other = CNN.with_seed(seed).id, CNN_POOL_FIRST.with_seed(seed).id
        columns = ["train_loss", "val_loss", "val_accuracy"]
        epochs.loc[epochs.run == other, columns] = epochs.loc[epochs.run == one, columns].to_numpy()
        pictures[other] = pictures[one].copy()
    return replace(frames, epochs=epochs, pictures=pictures)


def test_pooling_takes_the_largest_of_each_square() -> None:
    x = np.random.default_rng(0).standard_normal((3, 8, 6))
    expected = torch.nn.functional.max_pool2d(torch.from_numpy(x)[:, None], 2)[:, 0].numpy()
    np.testing.assert_array_equal(pooled(x), expected)


def test_rising_functions_commute_with_pooling_and_others_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = fake_frames(seeds=0)
    assert nothing.take(rising_differences).mean == 0
    monkeypatch.setitem(RISING, "falls", np.negative)  # type: ignore[arg-type]
    assert fake_frames(seeds=0).take(rising_differences).mean > 100


def test_the_share_saved_is_below_zero_where_it_costs() -> None:
    one, two = Measure(lambda frames: make_known(2.0)), Measure(lambda frames: make_known(3.0))
    assert fake_frames(seeds=0).take(saved(two, one)).mean == pytest.approx(1 / 3)
    assert fake_frames(seeds=0).take(saved(one, two)).mean == pytest.approx(-0.5)


def test_equal_runs_are_equal_to_the_last_bit_and_one_bit_is_found(frames: Frames, plain: None) -> None:
    equal = same_runs(frames)
    assert equal.take(different_metrics).values == {0: 0, 1: 0}
    assert equal.take(different_pixels).values == {0: 0, 1: 0}
    assert status(equal, "1.6.b.same-losses") == status(equal, "1.6.b.same-pictures") == "reproduced"
    assert "agree in every loss, every accuracy and every pixel" in text(equal, "1.6.b")

    epochs = equal.epochs.copy()
    row = epochs.index[(epochs.run == CNN_POOL_FIRST.id) & (epochs.epoch == 7)]
    epochs.loc[row, "val_loss"] = np.nextafter(epochs.loc[row, "val_loss"], 9)
    assert replace(equal, epochs=epochs).take(different_metrics).values == {0: 1, 1: 0}
    assert status(replace(equal, epochs=epochs), "1.6.b.same-losses") == "not reproduced"

    pictures = dict(equal.pictures)
    pictures[CNN_POOL_FIRST.id] = pictures[CNN_POOL_FIRST.id].copy()
    pictures[CNN_POOL_FIRST.id][3, 2, 1, 0, :] ^= 1  # one pixel, all its channels
    changed = replace(equal, pictures=pictures)
    assert changed.take(different_pixels).values == {0: 1, 1: 0}
    told = text(changed, "1.6.b")
    assert "agree in losses and accuracies, but not in the kept pictures" in told


def test_runs_that_differ_on_a_gpu_say_nothing_of_the_order(frames: Frames, plain: None) -> None:
    runs = frames.runs.assign(gpu=[run.startswith(CNN_POOL_FIRST.with_seed(0).id[:-1]) for run in frames.runs.index])
    there, names = replace(frames, runs=runs), ("same-losses", "same-pictures")
    alike = replace(same_runs(frames), runs=runs)
    on_cpu, on_gpu, equal = (verdicts(CLAIMS, "1.6.b", one) for one in (frames, there, alike))
    for name in names:
        assert on_cpu[name].status == "not reproduced"
        assert on_gpu[name].status == "not assessable"
        assert on_gpu[name].measured == on_cpu[name].measured
        assert on_gpu[name].runs == on_cpu[name].runs
        assert "two trainings of the same run may differ as well" in on_gpu[name].sentence
        assert equal[name].status == "reproduced"
    caveat = "They were trained on a GPU, where two trainings of the same run may differ as well."
    assert caveat in text(there, "1.6.b")
    assert caveat not in text(frames, "1.6.b")
    assert caveat not in text(alike, "1.6.b")


def test_a_pixel_after_the_last_epoch_does_not_count(frames: Frames) -> None:
    equal = same_runs(frames)
    pictures = dict(equal.pictures)
    longer = np.concatenate([pictures[CNN.id], np.zeros_like(pictures[CNN.id][:1])])
    assert replace(equal, pictures={**pictures, CNN.id: longer}).take(different_pixels).values[0] == 0


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
    much = with_times(frames, (0.03, 0.01, 0.1), (0.015, 0.005, 0.08), (10, 8))
    odd = with_times(frames, (0.004, 0.002, 0.1), (0.002, 0.001, 0.08), (10, 8))
    little = with_times(frames, (0.004, 0.002, 0.1), (0.002, 0.001, 0.097), (10, 9.7))
    costs = with_times(frames, (0.002, 0.001, 0.1), (0.004, 0.002, 0.11), (10, 11))
    names = ("cheaper-measured", "a-lot")
    found = [[verdicts(CLAIMS, "1.6.b", made)[name].status for name in names] for made in (much, little, costs, odd)]
    assert found == [
        ["reproduced", "reproduced"],
        ["reproduced", "not reproduced"],
        ["not reproduced", "not reproduced"],
        ["reproduced", "reproduced"],
    ]
    told = text(little, "1.6.b")
    assert "of both blocks take 50.0 % less" in told
    assert "whose convolutions cost the same in both orders, takes 3.0 % less" in told
    assert "the clock’s noise" not in told
    assert "the clock’s noise" in text(odd, "1.6.b")
    told = text(costs, "1.6.b")
    assert "of both blocks take 100.0 % more" in told
    assert "fastest epoch of training takes 10.0 % more" in told


def test_operations_are_counted_not_timed(frames: Frames) -> None:
    assert status(frames, "1.6.b.cheaper-counted") == "reproduced"
    dearer = with_probe(frames, CNN, "commute", pool_first_operations=[[90000, 1], [1, 1]])
    assert status(dearer, "1.6.b.cheaper-counted") == "not reproduced"


def test_conv2d_is_linear_and_unflipped_to_within_rounding(frames: Frames) -> None:
    assert status(frames, "1.6.b.linear") == status(frames, "1.6.b.no-flip") == "reproduced"
    bent = with_probe(frames, CNN, "commute", conv_linear_error=[0.3], conv_flip_error=[0.9])
    assert status(bent, "1.6.b.linear") == status(bent, "1.6.b.no-flip") == "not reproduced"


def test_an_order_has_one_colour_on_every_chart(frames: Frames) -> None:
    both = order.draw_times(frames), order.draw_trajectories(frames)
    for figure in both:
        assert figure is not None
        assert figure.svg is not None
        drawn = {key for key, colour in COLOURS.items() if colour in figure.svg or f"--c-{key})" in figure.svg}
        assert {"cnn", "accent"} <= drawn
        assert not {key for key in drawn if key.startswith("extra-")}
