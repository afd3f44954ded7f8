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
    """What was measured, in a row."""
    if verdict.sides and len(verdict.shown) == 2:
        return f"{plain(verdict.sides[0])} against {number(verdict.sides[1])}"
    return "; ".join(f"{what} {number(measured)}".strip() for what, measured in verdict.shown) or "–"
