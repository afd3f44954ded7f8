"""Question 1.1, colourization as regression: the answers 1.1.a to 1.1.e."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from report.answers import Answer, Cell, Figure, Table
from report.drawing.charts import Panel, Series, band_of_seeds, draw_chart, draw_strips
from report.judging.judge import judge_part
from report.judging.kinds.judgement import say_each_proxy
from report.judging.verdict import Verdict
from report.measures.common import printed_loss, training_loss
from report.measures.picture_quality import LOOKS, quality, reference
from report.questions.beside_others import Compared, draw_beside_others, say_outliers, tabulate_beside_others
from report.questions.extremes import draw_comparisons, measure_distance
from report.questions.from_samples import (
    draw_reels,
    find_picture,
    list_missing,
    list_points,
    map_statuses,
    write_remarks,
)
from report.questions.phrases import list_words, relate, say_epochs, say_first_pictures, say_length, say_on_seeds
from report.questions.q1_1 import leads
from report.questions.q1_1.claims import CLAIMS
from report.questions.q1_1.colour_space import answer_colour_space
from report.questions.q1_1.layers import answer_network
from report.questions.q1_1.reading_off import answer_reading_off
from report.questions.written import LOSSES
from report.results.frames import Frames
from report.results.others import find_results, span_results
from report.results.values import make_computed
from runs.specs.catalogue import BASE, LONG, REGRESSION, SHORT

LENGTHS = (SHORT, BASE, LONG)
LOSS = "squared error in RGB (pixels in 0..1)"
#: What the pictures are measured by at each length of training.
KEYS = ("delta_e", "ssim", "psnr", "colourfulness")


def answer(frames: Frames) -> list[Answer]:
    """The five parts of 1.1."""
    return [
        answer_network(frames),
        answer_epochs(frames),
        answer_lengths(frames),
        answer_colour_space(frames),
        answer_reading_off(frames),
    ]


def answer_epochs(frames: Frames) -> Answer:
    """1.1.b: how long it trains, and what the training does in that time."""
    base = frames.preset.epoch(BASE)
    samples = {
        "first": frames.gather(REGRESSION, "train_loss", lambda rows: rows.at("train_loss", 1), 1),
        "train": frames.take(training_loss(BASE)),
        "val": frames.metric(REGRESSION, "val_loss"),
        "total": frames.total(REGRESSION, "train_seconds"),
        "seconds": frames.total(REGRESSION, "train_seconds").map(lambda total: total / base, digits=2),
    }
    values: dict[str, Any] = {name: sample.measured() for name, sample in samples.items()}
    values |= {"trained": say_length(frames, BASE), "trend": relate(samples["train"], samples["first"])}
    values["trend_seeds"] = say_on_seeds(samples["train"], samples["first"])
    later = frames.metric(REGRESSION, "val_loss", LONG)
    values["goes_on"] = later.ok
    if later.ok:
        values |= {
            "longer": say_length(frames, LONG),
            "val_long": later.measured(),
            "val_goes": relate(later, samples["val"]),
            "val_goes_seeds": say_on_seeds(later, samples["val"]),
        }
    rows: list[list[Cell]] = [
        [
            say_epochs(frames, written),
            frames.total(REGRESSION, "train_seconds", written).measured(),
            frames.total(REGRESSION, "val_seconds", written).measured(),
        ]
        for written in LENGTHS
    ]
    verdicts = judge_part("1.1.b", CLAIMS, frames)
    epochs = make_computed(base, digits=0, runs=samples["train"].runs) if samples["train"].ok else None
    lead, outcome = leads.lead_epochs(epochs, base != BASE, map_statuses(verdicts))
    return Answer(
        "1.1.b",
        "Epochs",
        "For how many epochs the network trains in the notebook as it was given out.",
        values=values,
        lead=lead,
        outcome=outcome,
        written=leads.WRITTEN["1.1.b"],
        evidence=leads.prove_epochs(samples["first"], samples["train"], samples["total"]),
        shown=(),
        figures=_draw_training(frames),
        tables=[
            Table(
                "time",
                "Time that the training took from the first epoch on, and the validation after each epoch.",
                ["epochs", "training", "validation"],
                rows,
            )
        ],
        verdicts=verdicts,
        missing=list_missing(*samples.values(), later),
        notes=write_remarks(*samples.values(), later),
    )


def _draw_training(frames: Frames) -> list[Figure]:
    """The loss of training and validation over all epochs; none without a run."""
    curves = [
        Series("training", *band_of_seeds(frames.curve(REGRESSION, "train_loss", LONG)), colour="regression"),
        Series("validation", *band_of_seeds(frames.curve(REGRESSION, "val_loss", LONG)), colour="truth", dashed=True),
    ]
    if not any(map(math.isfinite, curves[0].y)):
        return []
    marks = [(float(frames.preset.epoch(written)), say_epochs(frames, written)) for written in LENGTHS]
    ends = [
        f"The {series.label} loss goes from {series.y[0]:.4f} to {series.y[-1]:.4f}"
        f" in {len(series.x)} epochs; its least value is {np.nanmin(series.y):.4f}."
        for series in curves
        if any(map(math.isfinite, series.y))
    ]
    return [
        draw_chart(
            "training",
            "RegressionCNN's loss over the epochs, on a logarithmic scale. The upright lines stand at the three "
            "lengths of training that the write-up compares.",
            " ".join(ends),
            Panel(curves, "epoch", LOSS, log_y=True, marks=marks),
        )
    ]


#: What is held beside others' results: the loss that the notebook prints is that of an epoch's last batch.
COMPARED = tuple(
    Compared("regression", REGRESSION, column, LOSSES[length] if column != "val_loss" else None, length)
    for length in LENGTHS
    for column in ("last_batch_loss", "train_loss", "val_loss")
)


def answer_lengths(frames: Frames) -> Answer:
    """1.1.c: the loss and the colours after the write-up's three lengths of training."""
    train = {written: frames.take(training_loss(written)) for written in LENGTHS}
    val = {written: frames.metric(REGRESSION, "val_loss", written) for written in LENGTHS}
    final = {written: frames.take(printed_loss(written)) for written in LENGTHS}
    looks = {key: {written: frames.take(quality(REGRESSION, key, written)) for written in LENGTHS} for key in KEYS}
    truth = frames.take(reference("truth", "colourfulness"))
    names = dict(zip(LENGTHS, ("short", "base", "long"), strict=True))
    values: dict[str, Any] = {"truth": truth.measured()}
    for written, name in names.items():
        values |= {
            name: say_epochs(frames, written),
            f"train_{name}": train[written].measured(),
            f"val_{name}": val[written].measured(),
            f"final_{name}": final[written].measured(),
            f"delta_e_{name}": looks["delta_e"][written].measured(),
            f"colourful_{name}": looks["colourfulness"][written].measured(),
        }
    verdicts = judge_part("1.1.c", CLAIMS, frames)
    status = map_statuses(verdicts)
    lead, outcome = leads.lead_lengths(final[SHORT], final[LONG], status)
    grey = relate(looks["delta_e"][LONG], frames.take(reference("grey", "delta_e")))
    values |= {
        "loss_early": status["loss-25-below-15"],
        "loss_late": status["loss-50-below-25"],
        "colour_early": status["colour-25-over-15"],
        "colour_late": status["colour-50-over-25"],
        "proxies_early": _tabulate_proxies("1.1.c.colour-25-over-15", verdicts),
        "proxies_late": _tabulate_proxies("1.1.c.colour-50-over-25", verdicts),
        "val_late": relate(val[LONG], val[BASE]),
        "val_late_seeds": say_on_seeds(val[LONG], val[BASE]),
        "trained": say_length(frames, BASE),
        "scaled": frames.preset.epoch(BASE) != BASE,
    }
    everything = [
        *train.values(),
        *final.values(),
        *val.values(),
        *(sample for row in looks.values() for sample in row.values()),
    ]
    losses: list[list[Cell]] = [
        [
            say_epochs(frames, written),
            train[written].measured(),
            final[written].measured(),
            val[written].measured(),
            f"{LOSSES[written]:.4f}",
        ]
        for written in LENGTHS
    ]
    pictures: list[list[Cell]] = [
        [say_epochs(frames, written), *(looks[key][written].measured() for key in KEYS)] for written in LENGTHS
    ]
    return Answer(
        "1.1.c",
        "Shorter and longer training",
        "To train again for other numbers of epochs: how the pictures and the training loss change with more of them, "
        "and with fewer.",
        values=values,
        lead=lead,
        outcome=outcome,
        written=leads.WRITTEN["1.1.c"],
        evidence=leads.prove_lengths(
            {name: looks["colourfulness"][written] for written, name in names.items()},
            truth,
            None if grey is None else grey == "higher",
        ),
        shown=("pictures", "losses"),
        figures=[
            *_draw_strips(frames),
            *_list_points(frames, train, final, looks),
            *draw_comparisons(frames, {"RegressionCNN": REGRESSION}),
            *draw_beside_others(frames, COMPARED),
        ],
        tables=[
            Table(
                "losses", "RegressionCNN's loss.", ["epochs", "training", "last batch", "validation", "written"], losses
            ),
            Table(
                "quality",
                "What the network paints of the test pictures, beside the truth. Means over the pictures.",
                ["epochs", *(LOOKS[key].label for key in KEYS)],
                [*pictures, ["truth", None, None, None, truth.measured()]],
            ),
            tabulate_beside_others(frames, COMPARED),
        ],
        verdicts=verdicts,
        missing=list_missing(*everything, measure_distance(frames, REGRESSION)),
        notes=[
            "The training loss is the mean over the batches of an epoch, taken while the weights still move; the "
            "validation loss is that of the test pictures after the epoch.",
            *filter(None, [say_outliers(frames, COMPARED), say_other_length()]),
            *write_remarks(*everything),
        ],
    )


def say_other_length() -> str:
    """Which written losses are those that others print after another number of epochs; "" for none."""
    spans = {length: span_results(find_results(REGRESSION, length, "train_loss"), "train_loss") for length in LENGTHS}
    found = [
        f"after {length} epochs is what others print after {other}"
        for length in LENGTHS
        for other, span in spans.items()
        if other != length and span is not None and span[0] <= LOSSES[length] <= span[1]
    ]
    return f"The loss that is written {list_words(found)}." if found else ""


def _tabulate_proxies(name: str, verdicts: Sequence[Verdict]) -> str:
    """What each proxy of a judgement comes to: "“SSIM is higher” holds and “ΔE2000 is lower” is open"."""
    return list_words(say_each_proxy(next(verdict.finding.states for verdict in verdicts if verdict.claim.id == name)))


def _draw_strips(frames: Frames) -> list[Figure]:
    """Grey, truth, and the predictions after each length of training; none without a prediction."""
    made: dict[str, NDArray[np.uint8]] = {}
    for written in LENGTHS:
        pictures = find_picture(frames, REGRESSION, frames.preset.epoch(written))
        if pictures is not None:
            made[f"epoch {say_epochs(frames, written)}"] = pictures
    if not made:
        return []
    samples = frames.data_probe("samples")
    given = {} if samples is None else {row: samples.arrays[row] for row in ("grey", "truth")}
    figure = draw_strips(
        "pictures",
        f"{say_first_pictures(given | made)}: what the network sees, the truth, and what it paints after each length "
        "of training.",
        f"Rows of small pictures: {', '.join([*given, *made])}.",
        given | made,
    )
    stops = [frames.preset.epoch(written) for written in LENGTHS]
    return [replace(figure, reels=draw_reels(frames, {"RegressionCNN": REGRESSION}, max(stops)), stops=stops)]


def _list_points(
    frames: Frames, train: dict[int, Any], final: dict[int, Any], looks: dict[str, dict[int, Any]]
) -> list[Figure]:
    """The loss, of the epoch and of its last batch, beside the written one, and the pictures' measures, at the three
    lengths of training.
    """
    if not any(sample.ok for sample in train.values()):
        return []
    epochs = [frames.preset.epoch(written) for written in LENGTHS]
    written = (
        []
        if frames.preset.shortened
        else [
            Series("write-up", epochs, [LOSSES[each] for each in LENGTHS], colour="reference", dashed=True, marker=True)
        ]
    )
    truth = frames.take(reference("truth", "colourfulness"))
    losses = [list_points("training", epochs, list(train.values()), "regression"), *written]
    if any(sample.ok for sample in final.values()):
        losses.append(list_points("last batch", epochs, list(final.values()), "muted"))
    panels = [Panel(losses, "epochs", LOSS)]
    for key in ("delta_e", "ssim", "colourfulness"):
        levels = [(truth.mean, "truth")] if key == "colourfulness" and truth.ok else []
        series = [list_points("", epochs, list(looks[key].values()), "regression")]
        panels.append(Panel(series, "epochs", LOOKS[key].label, levels=levels))
    means = ", ".join(f"{sample.mean:.4f} after {epoch}" for epoch, sample in zip(epochs, train.values(), strict=True))
    return [
        draw_chart(
            "lengths",
            "Loss and pictures after the three lengths of training. ΔE2000 is better when low, SSIM when high, "
            "colourfulness when near the truth.",
            f"Training loss by epochs: {means}.",
            *panels,
            columns=3,
        )
    ]
