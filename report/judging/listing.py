"""Verdicts in, a table for the terminal out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from report.judging.verdict import Verdict
from report.results.format import show_number, show_plain

STYLES = {"reproduced": "green", "not reproduced": "red", "undecided": "yellow"}


def listing(verdicts: Sequence[Verdict]) -> Table:
    """One row a verdict: the claim by its id, in words and in numbers, the status with its flags. Eighty columns hold
    it, and no id is broken.
    """
    table = Table(show_lines=False)
    table.add_column("claim", no_wrap=True)
    table.add_column("in words and in numbers", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    for verdict in verdicts:
        table.add_row(
            Text(verdict.claim.id),
            Text(f"{verdict.claim.statement}\nWritten: {verdict.claim.written}{_measured(verdict)}"),
            Text(
                "\n".join(filter(None, (verdict.status, verdict.because, *verdict.flags))),
                style=STYLES.get(verdict.status, "dim"),
            ),
        )
    return table


def _measured(verdict: Verdict) -> str:
    """The number itself, both sides of a comparison, or what the number is and it; "" where there is none."""
    if verdict.finding.sides and len(verdict.shown) == 2:
        return f"; measured: {show_plain(verdict.finding.sides[0])} against {show_number(verdict.finding.sides[1])}"
    return "".join(f"; {what or 'measured'}: {show_number(measured)}" for what, measured in verdict.shown)
