"""What the front says: the answer in a sentence, what holds and what does not, and what was done otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from report.drawing.colours import STATUS_COLOURS
from report.judging.verdict import STATUSES
from report.pages.kept_sections import Absent, Record, Section
from report.pages.scoreboard import Row
from report.results.source import Source
from runs.data.palette_names import ASSIGNMENT

#: The answers of parts that the front lists, in the order of their weight, and how many of each kind at most.
MAIN = (
    "1.3.b", "1.3.c", "1.2.b", "1.1.c", "1.6.b", "1.1.d", "1.1.e", "1.5.b", "1.4.b", "1.5.c", "1.6.c", "1.6.a", "1.4.a",
    "1.1.a",
)  # fmt: skip
MOST = 4
#: From this share of what is decided on, most of it holds; up to the other, little does.
MANY, FEW = 0.6, 0.3
#: A figure that lies this many per cent off, or less, comes back.
BACK = 5.0

OUTCOMES = {"holds": "What holds", "fails": "What does not", "open": "What is open"}


@dataclass(frozen=True)
class Outcome:
    """One of the three lists: its head, and the answers of the parts in it."""

    head: str
    entries: Sequence[Mapping[str, Any]]


def list_outcomes(shown: Sequence[Section | Absent]) -> list[Outcome]:
    """What holds, what does not and what is open: the answers of the parts, the weightiest first."""
    parts = {part["part"]: part for section in shown if isinstance(section, Section) for part in section.parts}
    ordered = [parts[name] for name in MAIN if name in parts and parts[name].get("lead")]
    return [
        Outcome(head, [part for part in ordered if part.get("outcome") == name][:MOST])
        for name, head in OUTCOMES.items()
    ]


def is_finding(record: Mapping[str, Any]) -> bool:
    """Whether a statement is a finding of the write-up, and no setting or reading of its words."""
    return record.get("role", "finding") == "finding" and not record.get("below")


def count_findings(verdicts: Sequence[Record]) -> Record:
    """How many findings came to each status, with the places of the pieces of a bar 100 wide."""
    statuses = [entry["record"]["status"] for entry in verdicts if is_finding(entry["record"])]
    pieces, at = [], 0.0
    for status in STATUSES:
        count = statuses.count(status)
        if count:
            width = 100 * count / len(statuses)
            pieces.append({"status": status, "count": count, "x": at, "width": width, "colour": STATUS_COLOURS[status]})
            at += width
    return {"total": len(statuses), "reproduced": statuses.count("reproduced"), "pieces": pieces}


def answer_title(source: Source, verdicts: Sequence[Record], rows: Sequence[Row]) -> str:
    """Whether the write-up holds, in one sentence."""
    if source.preset.shortened:
        return "This quick report shows the machinery at work; whether the write-up holds, only full runs can say."
    statuses = [entry["record"]["status"] for entry in verdicts if is_finding(entry["record"])]
    held, refused = statuses.count("reproduced"), statuses.count("not reproduced")
    if not held + refused:
        return "Nothing can be said yet: the runs that would tell are not stored."
    near = sum(abs(row.off) <= BACK for row in rows)
    share = held / (held + refused)
    decided = f"{held} of the {held + refused} findings that are decided"
    figures = f"{near} of its {len(rows)} losses and accuracies come back within {BACK:g} %"
    if source.data["written"] == "other":
        return (
            "These are other pictures than the write-up's, so its figures cannot be tested; "
            f"of its findings that can be, {held} hold and {refused} do not."
        )
    if share >= MANY and rows and near / len(rows) >= MANY:
        return f"Yes, in the main: {figures}, and {decided} hold."
    if share <= FEW:
        return f"No: {figures}, and only {decided} hold."
    if share >= MANY:
        return f"In part: {decided} hold, but only {figures}."
    return f"In part: {figures}, but only {decided} hold."


def list_differences_from_write_up(source: Source, environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is not as the write-up had it, or may not be: a word for it, and a sentence."""
    data, seeds = source.data, len(source.seeds)
    pixels = {
        "same": "The horses are the write-up's own, pixel for pixel.",
        "copies": "The horses are the write-up's own, from copies that lost a little in JPEG.",
    }.get(str(data["written"]), f"The pictures are {data['origin']}, and not the write-up's horses.")
    palette = (
        "The 24 colours are those of the file that the assignment gave out."
        if data.get("palette_name") == ASSIGNMENT
        else "The 24 colours are centres found here by k-means; the write-up used a file that the assignment gave out."
    )
    machine = environment.get("device", "")
    return [
        ("Pixels", pixels),
        ("Palette", palette),
        (
            "Layer order",
            "Each block applies ReLU before MaxPool, as the write-up prints its regression; the order in its CNN and "
            "UNet it does not give.",
        ),
        (
            "Machine",
            "The write-up names no machine, so its seconds are shown and not judged."
            + (f" These runs: {machine}." if machine else ""),
        ),
        (
            "Seeds",
            "The write-up trained each network once; here each was trained once as well, so noise is not known."
            if seeds == 1
            else f"The write-up trained each network once; here each was trained with {seeds} seeds.",
        ),
    ]


def describe_cost(source: Source) -> tuple[int, str]:
    """How many runs there are, and how long they took together, as text: "3.4 core hours"."""
    seconds = [float(row["seconds"]) for row in source.rows]
    total = sum(each for each in seconds if math.isfinite(each)) / 3600
    return len(seconds), f"{total:.1f} core hours" if total >= 1 else f"{60 * total:.0f} core minutes"
