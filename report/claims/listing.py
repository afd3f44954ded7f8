"""Verdicts in, a table for the terminal out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from report.claims.verdict import Verdict
from report.format import number

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
            Text(number(verdict.measured) if verdict.measured else "–"),
            Text(verdict.status, style=STYLES.get(verdict.status, "dim")),
            Text(", ".join(verdict.flags)),
        )
    return table
