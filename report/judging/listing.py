"""Verdicts as a list: for the terminal, for a page in Markdown, and as JUnit's XML for what shows tests."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from rich.table import Table
from rich.text import Text

from report.judging.verdict import STATUSES, Verdict
from report.results.format import show_number, show_plain
from runs.text import count_words

STYLES = {"reproduced": "green", "not reproduced": "red", "undecided": "yellow"}


def tabulate_verdicts(verdicts: Sequence[Verdict]) -> Table:
    """One row a verdict: the claim by its id, in words and in numbers, the status with its flags. Eighty columns hold
    it, and no id is broken.
    """
    table = Table(show_lines=False)
    table.add_column("claim", no_wrap=True)
    table.add_column("in words and in numbers", overflow="fold")
    table.add_column("verdict")
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


def count_statuses(verdicts: Sequence[Verdict]) -> str:
    """How many came to each status: "2 verdicts: 1 reproduced, 1 undecided"."""
    counts = {status: sum(verdict.status == status for verdict in verdicts) for status in STATUSES}
    told = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    return f"{count_words(len(verdicts), 'verdict')}{': ' if told else ''}{told}"


def write_markdown(verdicts: Sequence[Verdict]) -> str:
    """A table in Markdown, one row a verdict."""
    rows = ["| claim | statement | written | verdict | why |", "|---|---|---|---|---|"]
    for verdict in verdicts:
        cells = (
            verdict.claim.id,
            verdict.claim.statement,
            verdict.claim.written,
            _say_status(verdict),
            verdict.sentence,
        )
        rows.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(rows)


def write_junit(verdicts: Sequence[Verdict]) -> str:
    """JUnit's XML: a test case a claim, failed where it is not reproduced, skipped where nothing is decided."""
    failed = [verdict for verdict in verdicts if verdict.status == "not reproduced"]
    open_ones = [verdict for verdict in verdicts if verdict.status not in ("reproduced", "not reproduced")]
    counts = {"tests": len(verdicts), "failures": len(failed), "skipped": len(open_ones), "errors": 0}
    suite = ElementTree.Element("testsuite", {"name": "verdicts", **{key: str(value) for key, value in counts.items()}})
    for verdict in verdicts:
        case = ElementTree.SubElement(suite, "testcase", classname=verdict.claim.part, name=verdict.claim.id)
        if verdict.status == "reproduced":
            continue
        kind = "failure" if verdict in failed else "skipped"
        ElementTree.SubElement(case, kind, message=_say_status(verdict)).text = verdict.sentence
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def _say_status(verdict: Verdict) -> str:
    return f"{verdict.status} ({verdict.because})" if verdict.because else verdict.status
