"""Each written number beside ours and those of others who did the same assignment: a table and a chart a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.answers import Cell, Figure, Table
from report.drawing.charts import Panel, Series, draw_scatter
from report.results.frames import Frames
from report.results.others import find_results, span_results
from report.results.values import Sample
from runs.specs.catalogue import BASE
from runs.specs.spec import RunSpec

#: How a column of the epochs is called.
LABELS = {
    "train_loss": "training loss, mean of the batches",
    "last_batch_loss": "training loss, last batch",
    "val_loss": "validation loss",
    "val_accuracy": "validation accuracy",
}


@dataclass(frozen=True)
class Compared:
    """A number to be compared.

    Attributes:
        label: whose it is, e.g. "UNet, batch 100".
        spec: the run.
        column: a column of the epochs.
        written: as the write-up has it, a share in 0..1 where it is one; None where it gives none.
        epochs: after how many of the write-up's epochs.
    """

    label: str
    spec: RunSpec
    column: str
    written: float | None = None
    epochs: int = BASE

    def sample(self, frames: Frames) -> Sample:
        """Ours, one number a seed."""
        return frames.metric(self.spec, self.column, self.epochs)

    @property
    def theirs(self) -> str:
        """The column that holds it in the others' rows: the regression's training loss there is the last batch's."""
        return "train_loss" if self.column == "last_batch_loss" else self.column

    @property
    def comparable(self) -> bool:
        """Whether others printed this very number: of a regression they printed no mean training loss."""
        return not (self.spec.model == "regression" and self.column == "train_loss")

    def show(self, value: float) -> str:
        """A number as it is printed."""
        return f"{100 * value:.1f} %" if self.column == "val_accuracy" else f"{value:.4f}"


def tabulate_beside_others(frames: Frames, compared: Sequence[Compared]) -> Table:
    """Written, ours and others', a row a number, and whether the first two lie in the range of the third."""
    rows: list[list[Cell]] = []
    for one in compared:
        found = find_results(one.spec, one.epochs, one.theirs) if one.comparable else []
        span = span_results(found, one.theirs)
        ours = one.sample(frames)
        by_seed = ", ".join(one.show(value) for value in ours.values.values())
        rows.append(
            [
                f"{one.label}, {one.epochs} epochs: {LABELS[one.column]}",
                None if one.written is None else one.show(one.written),
                ours.measured(),
                by_seed or None,
                ", ".join(f"{other.label} {one.show(getattr(other, one.theirs))}" for other in found) or None,
                None if one.written is None else place_in(span, one.written),
                place_in(span, ours.mean) if ours.ok else None,
            ]
        )
    return Table(
        "beside-others",
        "Each number as it is written, as ours, and as others printed it who did the same assignment; no verdict rests "
        "on theirs. A letter is a notebook; an accuracy of a whole per cent was rounded down.",
        ["number", "written", "ours", "ours by seed", "others", "the written one", "ours, the mean"],
        rows,
    )


def place_in(span: tuple[float, float] | None, value: float) -> str:
    """Where a number lies beside the range of the others."""
    if span is None:
        return "too few others"
    return "below all others" if value < span[0] else "above all others" if value > span[1] else "among the others"


def draw_beside_others(frames: Frames, compared: Sequence[Compared]) -> list[Figure]:
    """The same as dots, each number a row of its own: relative to the mean of the others, in per cent; none where no
    number has two others, or none of them is ours.
    """
    written: list[tuple[float, float]] = []
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    labels: list[str] = []
    for one in compared:
        found = find_results(one.spec, one.epochs, one.theirs) if one.comparable else []
        if len(found) < 2:
            continue
        place = float(len(labels) + 1)
        values = [float(getattr(other, one.theirs)) for other in found]
        middle = sum(values) / len(values)
        labels.append(f"{int(place)}: {one.label}, {one.epochs} epochs, {LABELS[one.column]}")
        theirs += [(place, 100 * (value / middle - 1)) for value in values]
        ours += [(place, 100 * (value / middle - 1)) for value in one.sample(frames).values.values()]
        if one.written is not None:
            written.append((place, 100 * (one.written / middle - 1)))
    if not ours:
        return []
    series = [
        Series(name, [x for x, _ in points], [y for _, y in points], colour=colour)
        for name, points, colour in (
            ("others", theirs, "truth"),
            ("ours, a dot a seed", ours, "unet"),
            ("written", written, "accent"),
        )
        if points
    ]
    words = "; ".join(labels)
    return [
        draw_scatter(
            "others",
            f"Written, ours and others’, beside the mean of the others. {words}.",
            f"Dots above and below the mean of the others for {len(labels)} numbers.",
            Panel(series, "number", "difference from the mean of the others, %"),
        )
    ]
