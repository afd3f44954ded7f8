"""Verdicts in, a table for the terminal out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from report.claims.verdict import Verdict
from report.format import number, plain

STYLES = {"reproduced": "green", "not reproduced": "red", "undecided": "yellow"}


def listing(verdicts: Sequence[Verdict]) -> Table:
    """One row a verdict: the claim, what was written, what was measured, the status and its flags."""
    table = Table(show_lines=False)
    for head in ("claim", "written", "measured", "verdict", "flags"):
        table.add_column(head, overflow="fold")
    for verdict in verdicts:
        table.add_row(
            Text(verdict.claim.id),
            Text(verdict.claim.written),
            Text(_measured(verdict)),
            Text(verdict.status, style=STYLES.get(verdict.status, "dim")),
            Text(", ".join(verdict.flags)),
        )
    return table


def _measured(verdict: Verdict) -> str:
    """The number itself, both sides of a comparison, or what the number is and it."""
    if verdict.sides:
        return f"{plain(verdict.sides[0])} against {number(verdict.sides[1])}"
    if verdict.measured is None:
        return "–"
    what = "" if verdict.what == "measured" else f"{verdict.what} "
    return what + number(verdict.measured)
