"""The written figures beside ours: one row a figure, with how far each seed lies off and how many are near."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from markupsafe import Markup

from report.drawing.colours import COLOURS, GRID, INK, SOFT
from report.judging.kinds.value import Value
from report.judging.verdict import Verdict
from report.results.format import show_amount, show_written
from report.results.frames import Frames
from report.results.others import find_results
from runs.specs.catalogue import BASE, CNN, CNN_FAST, REGRESSION, UNET, make_unet
from runs.specs.spec import RunSpec

_LENGTHS = (15, BASE, 50)
_BATCHES = (200, 100, 50, 20, 10)
_COLUMNS = {"train-loss": "training loss", "val-loss": "validation loss", "val-accuracy": "pixels right"}
_RATES = {"slow": "rate 0.001", "fast": "rate 0.01"}

#: The losses and accuracies that the write-up gives, by the claims that hold them, and what each is called. A figure
#: that it gives twice stands once.
FIGURES: Mapping[str, tuple[str, str]] = {
    **{f"1.1.c.loss-{epochs}": ("regression", f"{epochs} epochs, last batch’s loss") for epochs in _LENGTHS},
    "1.2.b.loss-cnn": ("cnn", "training loss (1.2.b)"),
    **{
        f"1.6.a.{key}-{rate}": ("cnn", f"{words}, {label}")
        for rate, words in _RATES.items()
        for key, label in {
            "train-loss": "training loss",
            "val-loss": "validation loss",
            "accuracy": "pixels right",
        }.items()
    },
    "1.3.b.loss": ("unet", "training loss (1.3.b)"),
    **{
        f"1.3.c.{key}-{batch}": ("unet", f"batch {batch}, {label}")
        for batch in _BATCHES
        for key, label in _COLUMNS.items()
    },
}
#: The run, the column of others' results and the number of epochs behind a figure that others printed as well. Of the
#: regression they printed the last batch's loss, as the write-up did, and as training loss it stands among theirs.
COMPARED: Mapping[str, tuple[RunSpec, str, int]] = {
    **{f"1.1.c.loss-{epochs}": (REGRESSION, "train_loss", epochs) for epochs in _LENGTHS},
    "1.2.b.loss-cnn": (CNN, "train_loss", BASE),
    "1.3.b.loss": (UNET, "train_loss", BASE),
    **{
        f"1.6.a.{key}-{rate}": (spec, column, BASE)
        for rate, spec in (("slow", CNN), ("fast", CNN_FAST))
        for key, column in (("train-loss", "train_loss"), ("val-loss", "val_loss"), ("accuracy", "val_accuracy"))
    },
    **{
        f"1.3.c.{key}-{batch}": (make_unet(batch), key.replace("-", "_"), BASE)
        for batch in _BATCHES
        for key in _COLUMNS
    },
}
_NETWORKS = {"regression": "RegressionCNN", "cnn": "CNN", "unet": "UNet"}

#: How far off is near, in per cent of the written figure.
NEAR = (2, 5, 10)
#: Per cent at either end of the drawing, and its size in units of its own.
_END, _WIDTH, _HEIGHT = 15.0, 200.0, 12.0


@dataclass(frozen=True)
class Row:
    """One written figure and what came out.

    Attributes:
        written, measured: as text.
        off: how far the mean of the seeds lies from the written figure, in per cent of it.
        drawing: a dot for each seed about a line that is the written figure.
    """

    network: str
    label: str
    anchor: str
    written: str
    measured: str
    off: float
    drawing: Markup

    @property
    def told(self) -> str:
        """How far off, as text: "+1.3 %"."""
        return f"{self.off:+.1f} %".replace("-", "−")


def record_figure(verdict: Verdict, frames: Frames) -> dict[str, Any] | None:
    """A written loss or accuracy with the number of each seed; None for any other claim, and without numbers."""
    test = verdict.claim.test
    if verdict.claim.id not in FIGURES or not isinstance(test, Value):
        return None
    sample = frames.take(test.measure)
    if not sample.ok:
        return None
    return {
        "written": test.written, "typed": verdict.claim.written, "unit": sample.unit, "digits": sample.digits,
        "seeds": [float(number) for number in sample.values.values()],
        "others": list_others(verdict.claim.id),
    }  # fmt: skip


def list_others(name: str) -> list[float]:
    """What others who did the same printed for a figure, as numbers; an accuracy that was rounded down is given in the
    middle of what it stands for.
    """
    if name not in COMPARED:
        return []
    spec, column, epochs = COMPARED[name]
    return [fmean(one.bounds(column)) for one in find_results(spec, epochs, column)]


def list_rows(entries: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The rows of the scoreboard, in the order of FIGURES.

    Args:
        entries: the verdicts with what stands beside them; those with a "figure" are shown.
    """
    known = {entry["record"]["id"]: entry for entry in entries if entry.get("figure")}
    return [_make_row(name, known[name]) for name in FIGURES if name in known]


def _make_row(name: str, entry: Mapping[str, Any]) -> Row:
    network, label = FIGURES[name]
    figure = entry["figure"]
    written, seeds = figure["written"], figure["seeds"]
    mean = fmean(seeds)
    offs = [100 * (number / written - 1) for number in seeds]
    others = [100 * (number / written - 1) for number in figure.get("others", ())]
    return Row(
        _NETWORKS[network],
        label,
        entry["anchor"],
        show_written(written, figure["unit"], figure["typed"]),
        show_amount(mean, figure["unit"], figure["digits"]),
        100 * (mean / written - 1),
        draw_row(offs, others, COLOURS[network], f"{label}: the mean lies {100 * (mean / written - 1):+.1f} % off."),
    )


def count_near(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """For each of NEAR, how many rows lie no further off: (per cent, rows)."""
    return [(bound, sum(abs(row.off) <= bound for row in rows)) for bound in NEAR]


def draw_row(offs: Sequence[float], others: Sequence[float], colour: str, alt: str) -> Markup:
    """A dot for each seed and a diamond for each of the others, by how many per cent they lie off; what lies beyond an
    end of the axis stands at that end.
    """
    middle = _HEIGHT / 2

    def place(off: float) -> float:
        return _WIDTH / 2 * (1 + max(-1.0, min(1.0, off / _END))) if math.isfinite(off) else 0.0

    bands = "".join(
        f'<rect x="{place(-bound):.1f}" y="0" width="{place(bound) - place(-bound):.1f}" height="{_HEIGHT:g}" '
        f'fill="{SOFT}" fill-opacity="0.1"/>'
        for bound in reversed(NEAR)
    )
    diamonds = "".join(
        f'<path d="M{place(off):.1f} {middle - 3.5:.1f}l3.5 3.5l-3.5 3.5l-3.5 -3.5z" fill="none" stroke="{SOFT}"/>'
        for off in others
    )
    dots = "".join(
        f'<circle cx="{place(off):.1f}" cy="{middle:g}" r="2.8" fill="{colour}" fill-opacity="0.8"/>' for off in offs
    )
    line = f'<path d="M{_WIDTH / 2:g} 0V{_HEIGHT:g}" stroke="{INK}" stroke-width="1"/>'
    return Markup('<svg class="dots" viewBox="-4 0 {} {}" role="img"><title>{}</title>{}</svg>').format(
        f"{_WIDTH + 8:g}", f"{_HEIGHT:g}", alt, Markup(bands + line + diamonds + dots)
    )


def draw_axis() -> Markup:
    """The axis above the rows: per cent off the written figure."""
    ticks = "".join(
        f'<text x="{_WIDTH / 2 * (1 + tick / _END):.1f}" y="9" font-size="9" text-anchor="middle" fill="{SOFT}">'
        f"{f'{tick:+d}'.replace('-', '−') if tick else '0'}</text>"
        for tick in (-10, -5, 0, 5, 10)
    )
    return Markup(
        f'<svg class="dots" viewBox="-4 0 {_WIDTH + 8:g} {_HEIGHT:g}" role="img">'
        f"<title>An axis in per cent of the written figure, from −{_END:g} to {_END:g}.</title>{ticks}"
        f'<path d="M0 {_HEIGHT:g}H{_WIDTH:g}" stroke="{GRID}"/></svg>'
    )
