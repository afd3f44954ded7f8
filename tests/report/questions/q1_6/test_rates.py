"""1.6.a: two learning rates, from hand-made curves."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from report.judging.margins import LOSS
from report.judging.paired import make_step
from report.questions.q1_6 import rates
from report.questions.q1_6.claims import CLAIMS
from report.questions.q1_6.rates_claims import jitter, rising
from report.results.frames import Frames
from report.results.values import Measured, Sample
from runs.specs.catalogue import CNN, CNN_FAST, SWEEP, TUNABLE
from runs.specs.spec import RunSpec
from tests.fakes import fake_frames
from tests.report.conceptual import no_drawing, status, text
from tests.report.edited import verdicts, with_metric


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    no_drawing(monkeypatch)


def smooth(start: float, end: float) -> list[float]:
    return np.geomspace(start, end, 25).tolist()


def rough(start: float, end: float, size: float = 0.05) -> list[float]:
    return (np.geomspace(start, end, 25) + size * (-1.0) ** np.arange(25)).tolist()


def test_all_that_can_be_tuned_has_a_name_on_the_page_and_its_runs_are_seen() -> None:
    assert set(rates.SETTINGS) == set(TUNABLE)


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


@pytest.mark.parametrize(
    ("claim", "spec", "column", "written", "off"),
    [
        ("train-loss-slow", CNN, "train_loss", 1.5579, 0.05),
        ("val-loss-slow", CNN, "val_loss", 1.5745, 0.06),
        ("accuracy-slow", CNN, "val_accuracy", 0.416, 0.016),
        ("train-loss-fast", CNN_FAST, "train_loss", 1.5182, 0.05),
        ("val-loss-fast", CNN_FAST, "val_loss", 1.5861, 0.06),
        ("accuracy-fast", CNN_FAST, "val_accuracy", 0.408, 0.016),
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
    assert "In accuracy the smaller rate is 5.0 points behind." in text(made, "1.6.a")
    turned = with_metric(frames, CNN, "val_accuracy", 0.60)
    assert " ahead." in text(with_metric(turned, CNN_FAST, "val_accuracy", 0.45), "1.6.a")


@pytest.mark.parametrize("field", SWEEP)
def test_a_setting_of_the_sweep_can_be_tuned_when_the_result_depends_on_it(frames: Frames, field: str) -> None:
    names = {"filters": "feature-maps", "depth": "layers"}
    claim = f"1.6.a.tune-{names.get(field, field)}"
    one = with_metric(frames, CNN, "val_loss", 1.50)
    told = [status(with_metric(one, SWEEP[field], "val_loss", loss), claim) for loss in (1.60, 1.40, 1.503)]
    assert told == ["reproduced", "reproduced", "not reproduced"]


def test_a_sweep_that_was_not_trained_is_missing_and_the_page_says_so(plain: None) -> None:
    without = fake_frames(without=tuple(spec.with_seed(0).id for spec in SWEEP.values()), seeds=1)
    assert status(without, "1.6.a.tune-optimizer") == "missing"
    assert "What another optimizer or number of feature maps" in text(without, "1.6.a")


def test_the_sentence_names_the_setting_that_moves_the_loss_most(frames: Frames, plain: None) -> None:
    made = frames
    for spec, loss in ((CNN, 1.50), *zip(SWEEP.values(), (1.52, 1.30, 1.51, 1.49), strict=True)):
        made = with_metric(made, spec, "val_loss", loss)
    told = text(made, "1.6.a")
    said = re.search(r"The number of feature maps moves the validation loss most \(Figure 1\.6.\d\): to ([\d.]+)", told)
    assert said is not None
    assert said[1] == "1.3000"


def test_a_setting_counts_as_tried_when_a_run_differs_in_it_alone(frames: Frames, plain: None) -> None:
    told = text(frames, "1.6.a")
    assert (
        "one other value each of optimizer, number of feature maps, number of layers in the middle, activation" in told
    )
    assert "side of the kernels" not in told  # the write-up does not list it
    tried = {"sgd": {"optimizer": "sgd"}, "both": {"optimizer": "rmsprop", "filters": 16}}
    runs, epochs = frames.runs.copy(), [frames.epochs]
    for changes in tried.values():
        spec = CNN.model_copy(update=changes)
        runs.loc[spec.id] = {**runs.loc[CNN.id].to_dict(), **changes}
        epochs.append(frames.epochs[frames.epochs.run == CNN.id].assign(run=spec.id))
    more = replace(frames, runs=runs, epochs=pd.concat(epochs))
    found = rates.list_variants(more)
    assert [spec.optimizer for spec in found["optimizer"]] == ["rmsprop", "sgd"]
    assert [spec.optimizer for spec in found["filters"]] == ["adam"]
    rows = rates.answer(more).tables[1].rows
    assert any(row[:2] == ["optimizer", "sgd"] and isinstance(row[2], Measured) for row in rows)


def test_the_table_holds_the_written_figures_beside_ours(frames: Frames, plain: None) -> None:
    rows = rates.answer(frames).tables[0].rows
    assert [row[2] for row in rows[:3]] == ["1.5579", "1.5745", "41.6 %"]
    assert [row[4] for row in rows[:3]] == ["1.5182", "1.5861", "40.8 %"]
    assert all(isinstance(row[1], Measured) and isinstance(row[3], Measured) for row in rows)


@pytest.mark.parametrize("n", [3, 10])
def test_settings_that_make_no_difference_are_seldom_called_worth_tuning(n: int) -> None:
    """Which of two values is the worse the seeds say, and the size of a difference is never below 0: neither may
    make more decisions between equals than an ordering makes.
    """
    rng = np.random.default_rng(n)
    found = []
    for first, second in 1.5 + 0.02 * rng.standard_normal((2000, 2, n)):
        losses = sorted((first, second), key=np.mean, reverse=True)
        found.append(make_step(*(Sample(dict(enumerate(each.tolist()))) for each in losses), LOSS.size).way)
    assert 0 < np.mean([way == "above" for way in found]) <= 0.05
