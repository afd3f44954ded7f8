"""Question 1.6.a, what can be tuned: the answer, which shows both learning rates side by side."""

from __future__ import annotations

from collections.abc import Mapping

from report.answers import Answer, Cell, Figure, Table
from report.drawing.charts import draw_chart
from report.judging.judge import judge_part
from report.judging.kinds import Value
from report.measures.common import fastest_epoch_seconds
from report.questions.curves import draw_over_epochs
from report.questions.from_samples import list_missing, map_statuses, write_remarks
from report.questions.phrases import say_length, say_side
from report.questions.q1_6 import leads
from report.questions.q1_6.rates_claims import CLAIMS, accuracy_gap, moved, time_ratio, val_jitter, val_rising
from report.results.format import show_written
from report.results.frames import Frames
from report.results.values import Sample
from runs.specs.catalogue import BASE, CNN, CNN_FAST, SHORT, SWEEP
from runs.specs.spec import RunSpec, show_exactly

#: Both rates, their names on a page, and their colours.
RATES: Mapping[RunSpec, str] = {spec: show_exactly(spec.learning_rate) for spec in (CNN, CNN_FAST)}
COLOUR_KEYS: Mapping[RunSpec, str] = {CNN: "cnn", CNN_FAST: "accent"}

#: What can be tuned: the field of a run, and its name on a page.
SETTINGS: Mapping[str, str] = {
    "learning_rate": "learning rate",
    "optimizer": "optimizer",
    "filters": "number of feature maps",
    "depth": "number of layers in the middle",
    "kernel": "side of the kernels",
    "activation": "activation function",
}

#: What the write-up's list leaves out; it stands on the page only where a run with another value is stored.
UNLISTED = ("kernel",)

#: The colours of the sweep's curves.
SWEEP_COLOURS: Mapping[str, str] = {
    "optimizer": "extra-1", "filters": "extra-2", "depth": "extra-3", "activation": "extra-4",
}  # fmt: skip

CURVES: Mapping[str, str] = {"val_loss": "validation loss", "train_loss": "training loss"}


def answer(frames: Frames) -> Answer:
    """1.6.a: the two rates in curves and numbers, and what else was tried."""
    slow, fast = (list_numbers(frames, spec) for spec in RATES)
    samples = {f"{name}_slow": sample for name, sample in slow.items()} | {
        f"{name}_fast": sample for name, sample in fast.items()
    }
    gap = frames.take(accuracy_gap)
    ahead = gap.mean >= 0
    samples |= {"gap": gap if ahead else gap.map(lambda value: -value), "ratio": frames.take(time_ratio)}
    sides = {f"{name}_side": say_side(fast[name], slow[name]) for name in slow if name != "seconds"}
    tried = list_variants(frames)
    beyond = {} if frames.preset.shortened else SWEEP
    curves = [drawn for drawn in (draw_rates(frames), draw_sweep(frames) if beyond else None) if drawn]
    swept = {field: frames.take(moved(spec)) for field, spec in beyond.items()}
    strongest = max(
        (field for field in swept if swept[field].ok), key=lambda field: abs(swept[field].mean), default=None
    )
    verdicts = judge_part("1.6.a", CLAIMS, frames)
    finding, outcome = leads.judge_rates(fast["jitter"], slow["jitter"], map_statuses(verdicts))
    moves = (find_end(frames, CNN), find_end(frames, SWEEP[strongest])) if strongest else (slow["val"], fast["val"])
    return Answer(
        "1.6.a",
        "What can be tuned",
        "Five hyperparameters that could be tuned, beside the number of epochs and the batch size.",
        values={name: sample.measured() for name, sample in samples.items()}
        | sides
        | {
            "gap_leads": ahead,
            "rate_slow": RATES[CNN],
            "rate_fast": RATES[CNN_FAST],
            "length": say_length(frames, BASE),
        }
        | {"swept": [SETTINGS[field] for field in swept if swept[field].ok], "swept_for": say_length(frames, SHORT)}
        | {"strongest": SETTINGS[strongest] if strongest else "", "baseline": find_end(frames, CNN).measured()}
        | {"strongest_loss": find_end(frames, SWEEP[strongest]).measured() if strongest else ""}
        | {"untried": [words for field, words in SETTINGS.items() if not tried[field] and field not in UNLISTED]}
        | {"tried": [words for field, words in SETTINGS.items() if tried[field]]},
        lead=leads.lead_rates(strongest or "", *moves),
        finding=finding,
        outcome=outcome,
        written=leads.WRITTEN["1.6.a"],
        evidence=[finding, *leads.prove_rates(slow, fast)],
        shown=("rates",),
        figures=curves,
        tables=[compare_rates(slow, fast), *([tabulate_tuning(frames, tried)] if beyond else [])],
        verdicts=verdicts,
        missing=list_missing(*samples.values(), *swept.values()),
        notes=write_remarks(*samples.values()),
    )


def list_numbers(frames: Frames, spec: RunSpec) -> dict[str, Sample]:
    """How one rate ends, how smoothly it gets there, and how long an epoch takes."""
    return {
        "train": frames.metric(spec, "train_loss"),
        "val": frames.metric(spec, "val_loss"),
        "accuracy": frames.metric(spec, "val_accuracy"),
        "jitter": frames.take(val_jitter(spec)),
        "rising": frames.take(val_rising(spec)),
        "seconds": frames.take(fastest_epoch_seconds(spec)),
    }


def compare_rates(slow: Mapping[str, Sample], fast: Mapping[str, Sample]) -> Table:
    """Both rates beside the written figures."""
    heads = {
        "train": "training loss",
        "val": "validation loss",
        "accuracy": "pixels right",
        "jitter": "jitter of the validation loss",
        "rising": "epochs at which it rises",
        "seconds": "fastest epoch of training",
    }
    names = {"train": "train-loss", "val": "val-loss", "accuracy": "accuracy"}
    figures = {claim.id.rsplit(".", 1)[1]: claim for claim in CLAIMS}

    def said(key: str, rate: str) -> str | None:
        claim = figures.get(f"{names.get(key)}-{rate}")
        if claim is None or not isinstance(claim.test, Value):
            return None
        return show_written(claim.test.written, claim.test.unit, claim.written)

    rows: list[list[Cell]] = [
        [head, slow[key].measured(), said(key, "slow"), fast[key].measured(), said(key, "fast")]
        for key, head in heads.items()
    ]
    slow_name, fast_name = RATES.values()
    return Table(
        "rates",
        "Both learning rates after the last epoch. Jitter is the standard deviation of the epoch-to-epoch noise: how "
        "far an epoch lies off the line through its neighbours (Gasser, Sroka and Jennen-Steinmetz 1986).",
        ["", f"rate {slow_name}", "written", f"rate {fast_name}", "written"],
        rows,
    )


def list_variants(frames: Frames) -> dict[str, list[RunSpec]]:
    """Stored runs of the CNN that differ from the baseline in one setting only, by that setting."""
    found: dict[str, list[RunSpec]] = {field: [] for field in SETTINGS}
    fields = [field for field in RunSpec.model_fields if field in frames.runs.columns]
    for row in frames.runs.to_dict("records"):
        spec = RunSpec(**{field: getattr(row[field], "item", lambda kept=row[field]: kept)() for field in fields})
        spec = spec.with_seed(0)
        different = [field for field in fields if getattr(spec, field) != getattr(CNN, field)]
        if len(different) == 1 and different[0] in found and spec not in found[different[0]]:
            found[different[0]].append(spec)
    return found


def tabulate_tuning(frames: Frames, tried: Mapping[str, list[RunSpec]]) -> Table:
    """Every setting that can be tuned, the values tried and where each ends."""
    baseline = ", ".join(tell_rates(getattr(CNN, field)) for field in SETTINGS)
    rows: list[list[Cell]] = [["baseline", baseline, *list_ends(frames, CNN)]]
    for field, words in SETTINGS.items():
        for spec in tried[field]:
            rows.append([words, tell_rates(getattr(spec, field)), *list_ends(frames, spec)])
        if not tried[field] and field not in UNLISTED:
            rows.append([words, f"{tell_rates(getattr(CNN, field))} only", None, None])
    return Table(
        "tuning",
        f"What can be tuned, and where the CNN stands after {say_length(frames, SHORT).rstrip(',')} with each value of "
        "which a run is stored; all else is as in the baseline. The write-up tries the learning rate alone: the other "
        "values go beyond it.",
        ["setting", "value", "validation loss", "pixels right"],
        rows,
    )


def list_ends(frames: Frames, spec: RunSpec) -> list[Cell]:
    """Validation loss and accuracy of a run at the last epoch of the sweep."""
    return [find_end(frames, spec, column).measured() for column in ("val_loss", "val_accuracy")]


def find_end(frames: Frames, spec: RunSpec, column: str = "val_loss") -> Sample:
    """A column of the epochs table at the last epoch of the sweep, one number a seed."""
    return frames.metric(spec, column, SHORT)


def draw_sweep(frames: Frames) -> Figure | None:
    """Validation loss of the baseline and of each run of the sweep over the epochs; None without any of them."""
    changed = {
        f"{SETTINGS[field]}: {tell_rates(getattr(spec, field))}": (spec, SWEEP_COLOURS[field])
        for field, spec in SWEEP.items()
    }
    lines = {"baseline": (CNN, "cnn")} | changed
    panel = draw_over_epochs(frames, "val_loss", "validation loss", lines, SHORT, dashed=changed)
    if len(panel.series) < 2:
        return None
    ends = "; ".join(f"{line.label} ends at {line.y[-1]:.4g}" for line in panel.series)
    return draw_chart(
        "sweep",
        "Beyond the write-up: the CNN with one setting changed at a time.",
        f"Validation loss over the epochs. {ends}.",
        panel,
    )


def tell_rates(value: object) -> str:
    """A setting's value as text."""
    return show_exactly(value) if isinstance(value, float) else str(value)


def draw_rates(frames: Frames) -> Figure | None:
    """Loss and accuracy of both rates over the epochs; None without any run."""
    lines = {f"rate {rate}": (spec, COLOUR_KEYS[spec]) for spec, rate in RATES.items()}
    panels = [draw_over_epochs(frames, column, label, lines) for column, label in CURVES.items()]
    words = [
        f"{panel.y_label} at {line.label}: {line.y[0]:.4g} at first, {line.y[-1]:.4g} at last"
        for panel in panels
        for line in panel.series
    ]
    if not words:
        return None
    return draw_chart(
        "rates",
        "The CNN at both learning rates, epoch by epoch: validation loss and training loss.",
        f"{len(panels)} line charts over the epochs. {'; '.join(words)}.",
        *panels,
        columns=2,
    )
