"""Each written number beside ours and those of others who did the same assignment: a table and a chart a part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from report.answers import Cell, Figure, Table
from report.drawing.dots import Dot, draw_dots
from report.questions.phrases import list_words
from report.results.frames import Frames
from report.results.others import Result, find_results, span_results
from report.results.values import Sample
from runs.specs.catalogue import BASE
from runs.specs.spec import RunSpec

#: How a column of the epochs is called; a training loss is the mean over the batches.
LABELS = {
    "train_loss": "training loss",
    "last_batch_loss": "last batch’s loss",
    "val_loss": "validation loss",
    "val_accuracy": "accuracy",
}
AMONG, BELOW, ABOVE, FEW = "among", "below all", "above all", "too few"
#: Whose numbers a sentence places.
THE_WRITTEN, OUR_MEAN = "the written one", "ours, the mean over the seeds,"
#: What the table and the figure of a part are called, and what the figure shows, in which colours.
TABLE, FIGURE = "beside-others", "others"
WRITTEN, OURS, OTHERS = "written", "ours, a dot a seed", "others"
HUES = {WRITTEN: "accent", OURS: "unet", OTHERS: "truth"}


@dataclass(frozen=True)
class Compared:
    """A number to be compared.

    Attributes:
        label: whose it is, e.g. "UNet, batch 100".
        spec: the run.
        column: a column of the epochs.
        written: as the write-up has it, a share in 0..1 where it is one; None where it gives none.
        epochs: after how many of the write-up's epochs.
        decimals: of the written number.
    """

    label: str
    spec: RunSpec
    column: str
    written: float | None = None
    epochs: int = BASE
    decimals: int = 4

    def sample(self, frames: Frames) -> Sample:
        """Ours, one number a seed."""
        return frames.metric(self.spec, self.column, self.epochs)

    @property
    def name(self) -> str:
        """Which number it is: "UNet: validation loss", "regression: last batch’s loss, 15 epochs"."""
        return f"{self.label}: {LABELS[self.column]}" + ("" if self.epochs == BASE else f", {self.epochs} epochs")

    def find_others(self) -> list[Result]:
        """The rows of others that hold this very number."""
        return find_results(self.spec, self.epochs, self.theirs) if self.comparable else []

    def find_span(self) -> tuple[float, float] | None:
        """From the least to the greatest of them; None below two."""
        return span_results(self.find_others(), self.theirs)

    @property
    def theirs(self) -> str:
        """The column that holds it in the others' rows: the regression's training loss there is the last batch's."""
        return "train_loss" if self.column == "last_batch_loss" else self.column

    @property
    def comparable(self) -> bool:
        """Whether others printed this very number: of a regression they printed no mean training loss."""
        return not (self.spec.model == "regression" and self.column == "train_loss")

    def show_other(self, other: Result) -> str:
        """A number of somebody else, with as many decimals as it was printed with."""
        value = float(getattr(other, self.theirs))
        floored = other.floored and self.column == "val_accuracy"
        return f"{100 * value:.0f} %" if floored else self.show(value)

    def show(self, value: float, decimals: int = 4) -> str:
        """A number as it is printed."""
        return f"{100 * value:.1f} %" if self.column == "val_accuracy" else f"{value:.{decimals}f}"


def tabulate_beside_others(frames: Frames, compared: Sequence[Compared]) -> Table:
    """Written, ours and others', a row a number, and whether the first two lie in the range of the third."""
    rows: list[list[Cell]] = []
    for one in compared:
        found, span = one.find_others(), one.find_span()
        ours = one.sample(frames)
        by_seed = ", ".join(one.show(value) for value in ours.values.values())
        rows.append(
            [
                one.name,
                None if one.written is None else one.show(one.written, one.decimals),
                ours.measured(),
                by_seed or None,
                ", ".join(f"{other.mark} {one.show_other(other)}" for other in found) or None,
                None if one.written is None else place_in(span, one.written),
                place_in(span, ours.mean) if ours.ok else None,
            ]
        )
    return Table(
        TABLE,
        "Each number as it is written, as ours, and as others printed it who did the same assignment. Where a number "
        "lies is told beside two others or more; no verdict rests on theirs. A letter is a notebook, an asterisk marks "
        "layers in the handout’s order, and an accuracy of a whole per cent was rounded down.",
        ["number", "written", "ours", "by seed", "others", "written lies", "ours lies"],
        rows,
    )


def place_in(span: tuple[float, float] | None, value: float) -> str:
    """Where a number lies beside the range of the others."""
    if span is None:
        return FEW
    return BELOW if value < span[0] else ABOVE if value > span[1] else AMONG


def draw_beside_others(frames: Frames, compared: Sequence[Compared]) -> list[Figure]:
    """The same as dots in rows, each number beside the mean of ours, in per cent; none where nothing of ours has a
    written number or one of others beside it.
    """
    rows: list[str] = []
    series: dict[str, list[Dot]] = {name: [] for name in HUES}
    told: list[str] = []
    for one in compared:
        ours, found = one.sample(frames), one.find_others()
        if not (ours.ok and ours.mean and (found or one.written is not None)):
            continue

        def off(value: float, middle: float = ours.mean) -> float:
            return 100 * (value / middle - 1)

        place = len(rows)
        rows.append(one.name)
        series[OURS] += [Dot(place, off(value), name=f"seed {seed}") for seed, value in ours.values.items()]
        if one.written is not None:
            series[WRITTEN].append(Dot(place, off(one.written)))
        for other in found:
            low, high = other.bounds(one.theirs)
            series[OTHERS].append(Dot(place, off(low), off(high) if high > low else None, other.label))
        told.append(f"{rows[-1]}: {', '.join(say_places(frames, one))}")
    if not rows:
        return []
    return [draw_rows(rows, series, "; ".join(told))]


def draw_rows(rows: Sequence[str], series: Mapping[str, Sequence[Dot]], told: str) -> Figure:
    """The chart itself; ``told`` says in words what its rows show."""
    return draw_dots(
        FIGURE,
        "Written, ours and others’: how far each lies from the mean of ours. A line marks an accuracy that was "
        "printed as a whole per cent, rounded down.",
        f"Dots in {len(rows)} rows. {told}.",
        rows,
        {name: dots for name, dots in series.items() if dots},
        "difference from the mean of ours, %",
        HUES,
    )


def say_places(frames: Frames, one: Compared) -> list[str]:
    """Where the written number and ours lie beside those of others, in words."""
    span, ours = one.find_span(), one.sample(frames)
    said = [] if one.written is None else [f"the written one lies {place_in(span, one.written)}"]
    return said + ([f"ours {place_in(span, ours.mean)}"] if ours.ok else [])


def say_outliers(frames: Frames, compared: Sequence[Compared]) -> str:
    """Whether the write-up, and whether we, stand apart from all others, in whole sentences; "" where no number has
    two others and ours beside it.
    """
    there = [one for one in compared if one.find_span() and one.sample(frames).ok]
    ours = {one.name: place_in(one.find_span(), one.sample(frames).mean) for one in there}
    written = {one.name: place_in(one.find_span(), one.written) for one in there if one.written is not None}
    return " ".join(
        say_outside(whose, places) for whose, places in ((THE_WRITTEN, written), (OUR_MEAN, ours)) if places
    )


def say_among(whose: str, places: Mapping[str, str]) -> str:
    """How many of some numbers lie among those of others."""
    among = sum(place == AMONG for place in places.values())
    if len(places) == 1:
        return f"{whose} {'lies' if among else 'does not lie'} among theirs"
    return f"{whose} lies among theirs in {among} of {len(places)}"


def say_outside(whose: str, places: Mapping[str, str]) -> str:
    """How many of some numbers, by their names, lie among those of others, and which do not."""
    outside = [f"{name} ({place})" for name, place in places.items() if place != AMONG]
    count = "the number" if len(places) == 1 else "the numbers"
    lead = f"Of {count} that at least two others printed, {say_among(whose, places)}"
    return f"{lead}; not so {list_words(outside)}." if outside and len(places) > 1 else f"{lead}."
