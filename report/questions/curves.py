"""Panels that draw a line over the epochs for each run, and the words for them, made from their lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from report.drawing.charts import Panel, Series, band_of_seeds
from report.results.frames import UNITS, Frames
from runs.specs.catalogue import BASE
from runs.specs.spec import RunSpec


def draw_over_epochs(
    frames: Frames,
    column: str,
    y_label: str,
    runs: Mapping[str, tuple[RunSpec, str]],
    written_epoch: int = BASE,
    *,
    dashed: Collection[str] = (),
    levels: Sequence[tuple[float, str]] = (),
) -> Panel:
    """A column of the epochs table up to the epoch that stands for the write-up's, shares in per cent: one line for
    each run of which anything is stored, by its label, with a key of COLOURS. ``dashed`` names the labels of some.
    """
    factor = 100.0 if UNITS.get(column, ("", 0))[0] == "%" else 1.0
    curves = {label: frames.curve(spec, column, written_epoch) * factor for label, (spec, _) in runs.items()}
    lines = [
        Series(label, *band_of_seeds(curve), colour=runs[label][1], dashed=label in dashed)
        for label, curve in curves.items()
        if not curve.empty
    ]
    return Panel(lines, "epoch", y_label, levels=levels)


def find_last_values(panels: Iterable[Panel]) -> str:
    """Where each line of some panels ends, for those who do not see them; "" without any line."""
    return "; ".join(f"{line.label} {line.y[-1]:.4g} ({panel.y_label})" for panel in panels for line in panel.series)
