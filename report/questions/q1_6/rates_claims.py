"""Question 1.6.a, what can be tuned: the two learning rates of the write-up, and how smoothly each one trains."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from report.judging.claim import Claim, Margin
from report.judging.kinds import Expected, Judgement, Ordering, Value
from report.judging.margins import ACCURACY, LOSS, about
from report.measures.common import fastest_epoch_seconds, final
from report.questions.written import CNN_FIGURES
from report.results.frames import Frames, Measure, make_measure
from report.results.values import Sample
from runs.specs.catalogue import BASE, CNN, CNN_FAST, SHORT, SWEEP
from runs.specs.spec import RunSpec, show_exactly

#: A loss that "falls smoothly" rises at no more than this share of its steps.
SMOOTH = 0.1

#: Median absolute value of normal noise, in standard deviations.
NORMAL_MEDIAN = 0.6744897501960817

CUT_OFF = "1.2.b of the write-up gives 1.55 for this network, which is this number cut off, not rounded."


def jitter(losses: ArrayLike) -> float:
    """Standard deviation of the epoch-to-epoch noise of a curve, in the curve's unit.

    Each point is held against the straight line through its two neighbours (Gasser, Sroka and
    Jennen-Steinmetz 1986), so a smooth fall counts for nothing; the median keeps the steep first epochs from
    deciding. NaN below three points and for a curve that is not finite.
    """
    curve = np.asarray(losses, dtype=np.float64)
    if len(curve) < 3 or not np.isfinite(curve).all():
        return math.nan
    off = curve[1:-1] - (curve[:-2] + curve[2:]) / 2  # variance 1.5 times that of the noise
    return float(np.median(np.abs(off)) / NORMAL_MEDIAN * math.sqrt(2 / 3))


def rising(losses: ArrayLike) -> float:
    """Share (0..1) of the steps of a curve that go up; NaN below two points and for a curve that is not finite."""
    curve = np.asarray(losses, dtype=np.float64)
    if len(curve) < 2 or not np.isfinite(curve).all():
        return math.nan
    return float((np.diff(curve) > 0).mean())


@make_measure
def val_jitter(frames: Frames, spec: RunSpec) -> Sample:
    """The jitter of the validation loss, one number a seed."""
    last = frames.preset.epoch(BASE)
    return frames.gather(spec, "val_loss", lambda rows: jitter(rows.until("val_loss", last)), last)


@make_measure
def val_rising(frames: Frames, spec: RunSpec) -> Sample:
    """The share of epochs at which the validation loss rises, one number a seed."""
    last = frames.preset.epoch(BASE)
    share = frames.gather(spec, "val_loss", lambda rows: rising(rows.until("val_loss", last)), last)
    return share.shown_as(unit="%", digits=1)


@Measure
def accuracy_gap(frames: Frames) -> Sample:
    """What the smaller rate has over the larger one in accuracy, one number a seed."""
    gap = frames.metric(CNN, "val_accuracy") - frames.metric(CNN_FAST, "val_accuracy")
    return gap.shown_as(unit="points")


@Measure
def time_ratio(frames: Frames) -> Sample:
    """The time of an epoch at the larger rate, as a share of that at the smaller one."""
    return frames.take(fastest_epoch_seconds(CNN_FAST)) / frames.take(fastest_epoch_seconds(CNN))


def figure(name: str, words: str, spec: RunSpec, column: str, written: float) -> Claim:
    """The claim that a final number of one rate is as written."""
    share, tolerance = column == "val_accuracy", about(written)
    text = f"{written * 100:.1f} %" if share else f"{written:.4f}"
    end = f"{text} of the pixels right" if share else f"a {words} of {text}"
    return Claim(
        f"1.6.a.{name}",
        f"The CNN at learning rate {show_exactly(spec.learning_rate)} ends with {end}.",
        text,
        Value(written, final(spec, column), tolerance.size, "%" if share else ""),
        tolerance.why,
        comment=CUT_OFF if name == "train-loss-slow" else "",
    )


def seconds(name: str, rate: str, written: str) -> Claim:
    """The claim on how long a rate takes, in seconds of another machine."""
    return Claim(
        f"1.6.a.{name}",
        f"Training the CNN at learning rate {rate} takes {written}.",
        written,
        Judgement(
            reason="Seconds belong to the machine that was timed, and the write-up does not name its own; only the "
            "ratio of both rates carries over, and that has its own claim.",
            because="another machine’s seconds",
        ),
        "No tolerance makes seconds of an unknown machine comparable.",
        role="machine",
    )


@make_measure
def moved(frames: Frames, spec: RunSpec, written_epoch: int = SHORT) -> Sample:
    """What another value of a setting adds to the CNN's validation loss, one number a seed."""
    tried, baseline = (frames.metric(each, "val_loss", written_epoch) for each in (spec, CNN))
    return tried - baseline


@make_measure
def ranked(frames: Frames, spec: RunSpec, written_epoch: int, *, worse: bool) -> Sample:
    """The validation losses of that value of a setting, of two, which ends worse (or better) on average."""
    tried, baseline = (frames.metric(each, "val_loss", written_epoch) for each in (spec, CNN))
    harms = frames.take(moved(spec, written_epoch)).mean > 0
    return tried if harms == worse else baseline


def worth(spec: RunSpec, written_epoch: int) -> Judgement:
    """The test that a setting is worth tuning: another value of it ends at another validation loss.

    Which of the two is larger the numbers themselves say. An interval of the paired differences that leaves out 0
    on either side decides, so that this errs no more often than an ordering does.
    """
    return Judgement(
        {
            "the two values end at different validation losses": Ordering(
                ranked(spec, written_epoch, worse=True),
                ranked(spec, written_epoch, worse=False),
                LOSS,
                ("the worse of the two values", "the better"),
            )
        }
    )


#: How "can be tuned" is read.
TUNING = (
    "Any setting can be set to another value. It is worth tuning where the result depends on it, and so the words are "
    "read here."
)


def tune(name: str, words: str, field: str) -> Claim:
    """The claim that a setting can be tuned, held against the one other value that the sweep tries."""
    spec = SWEEP[field]
    return Claim(
        f"1.6.a.tune-{name}",
        f"The {words} can be tuned.",
        f"can be tuned: {words}",
        worth(spec, SHORT),
        "One other value is tried, for fewer epochs: where it makes no difference, a third still might.",
        reading=TUNING,
        comment="Beyond the write-up, which tunes it in no run: the sweep here sets it to "
        f"{getattr(spec, field)} in place of {getattr(CNN, field)}.",
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.6.a.tune-rate",
        "The learning rate can be tuned.",
        "can be tuned: learning rate",
        worth(CNN_FAST, BASE),
        "The two rates of the write-up, at its own length of training.",
        reading=TUNING,
    ),
    tune("optimizer", "optimizer", "optimizer"),
    tune("feature-maps", "number of feature maps", "filters"),
    tune("layers", "number of layers", "depth"),
    tune("activation", "activation function", "activation"),
    figure("train-loss-slow", "training loss", CNN, "train_loss", CNN_FIGURES["train_loss"]),
    figure("val-loss-slow", "validation loss", CNN, "val_loss", CNN_FIGURES["val_loss"]),
    figure("accuracy-slow", "accuracy", CNN, "val_accuracy", CNN_FIGURES["val_accuracy"]),
    seconds("seconds-slow", "0.001", "57 to 58 s"),
    figure("train-loss-fast", "training loss", CNN_FAST, "train_loss", 1.5182),
    figure("val-loss-fast", "validation loss", CNN_FAST, "val_loss", 1.5861),
    figure("accuracy-fast", "accuracy", CNN_FAST, "val_accuracy", 0.408),
    seconds("seconds-fast", "0.01", "57 s"),
    Claim(
        "1.6.a.same-time",
        "The CNN trains for about the same time at both learning rates.",
        "57–58 s and 57 s",
        Expected(round(57 / 57.5, 3), time_ratio, 0.1, anywhere=True),
        "The ratio carries over to any machine. The fastest epoch of each run is taken, as it is disturbed least; a "
        "tenth is what is left of other work on a shared machine.",
        comment="The rate changes no operation, so any difference comes from the machine.",
    ),
    Claim(
        "1.6.a.jitter",
        "The CNN’s validation loss jitters at learning rate 0.01, more than at 0.001.",
        "jitters at 0.01",
        Ordering(
            val_jitter(CNN_FAST),
            val_jitter(CNN),
            Margin(0.001, "", "less than a tenth of the gap that the write-up has between the two rates, 0.0116"),
            ("the jitter at 0.01", "at 0.001"),
        ),
        "Jitter is the noise of an epoch about the line through its neighbours, which a smooth fall leaves at zero.",
    ),
    Claim(
        "1.6.a.rises",
        "The CNN’s validation loss goes up from one epoch to the next more often at learning rate 0.01.",
        "jitters at 0.01 and falls smoothly at 0.001",
        Ordering(
            val_rising(CNN_FAST),
            val_rising(CNN),
            Margin(0.04, "points", "one of the 24 steps from epoch to epoch"),
            ("the share of rises at 0.01", "at 0.001"),
        ),
        "The same statement counted in another way: the share of epochs that end above the one before.",
        below="1.6.a.jitter",
    ),
    Claim(
        "1.6.a.smooth",
        "The CNN’s validation loss falls smoothly at learning rate 0.001.",
        "falls smoothly at 0.001",
        Expected(0.0, val_rising(CNN), SMOOTH, "%", anywhere=True),
        "A loss that falls smoothly never rises; one step in ten is allowed, our reading.",
    ),
    Claim(
        "1.6.a.accuracy-better",
        "The CNN’s accuracy is better at learning rate 0.001 than at 0.01.",
        "accuracy is slightly better at 0.001",
        Ordering(final(CNN, "val_accuracy"), final(CNN_FAST, "val_accuracy"), ACCURACY, ("rate 0.001", "rate 0.01")),
        "Paired by seed.",
    ),
    Claim(
        "1.6.a.accuracy-slightly",
        "The CNN’s accuracy is only slightly better at learning rate 0.001.",
        "slightly better (41.6 % against 40.8 %)",
        Expected(0.008, accuracy_gap, 0.012, "points"),
        "The written gap, and as far from it as would take it to two points, which is no longer slight.",
        below="1.6.a.accuracy-better",
    ),
    Claim(
        "1.6.a.train-loss-higher",
        "The CNN’s training loss is higher at learning rate 0.001 than at 0.01.",
        "training loss is higher at 0.001",
        Ordering(final(CNN, "train_loss"), final(CNN_FAST, "train_loss"), LOSS, ("rate 0.001", "rate 0.01")),
        "Paired by seed.",
    ),
)
