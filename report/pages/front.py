"""Rendered sections in, what stands before and behind them out: scoreboard, findings, notices, every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from report.drawing.colours import STATUS_COLOURS
from report.judging.verdict import STATUSES, Status
from report.pages.export import to_jsonable
from report.pages.filters import anchor
from report.pages.kept_sections import Absent, Record, Section
from report.pages.others import collect_beside_others
from report.pages.run_list import list_runs, shorten_list
from report.results.format import show_per_cent
from report.results.frames import Source
from report.results.sequential import ORDERING_LEVEL, VALUE_LEVEL
from runs.specs.presets import TITLES


@dataclass(frozen=True)
class PageInfo:
    """What the pages say of themselves.

    Attributes:
        made: date and time, as it is to be read.
        commit: of this code.
        environment: device, versions …: name -> text.
        options: what a command must be given to mean the same results, e.g. "--data photos --seeds 3".
        moment: date, time and zone as programs read it (ISO 8601), e.g. "2026-03-01T12:00:00+00:00".
    """

    made: str
    commit: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    options: str = ""
    moment: str = ""


#: What a program must know of the units of numbers.
UNITS = {
    "%": "a share in 0..1: times 100 it is per cent",
    "points": "a difference of shares, in -1..1: times 100 it is percentage points",
    "": "a plain number",
}

#: The write-up's main results, in its order, and what each is about: the loss that it begins with, and how each of its
#: networks compares with the one before.
MAIN = {
    "1.1.c.loss-25": "its first loss",
    "1.2.b.images-better": "the CNN beside the regression",
    "1.3.b.val-accuracy": "the UNet beside the CNN",
}

#: Flags that say the runs are not those that the statement spoke of.
_ELSEWHERE = ("other data", "quick", "stale")

#: The statuses of what the runs have a word on, the weightiest first, and what each says of a statement.
_DECIDED: Mapping[Status, str] = {
    "not reproduced": "does not hold",
    "reproduced": "holds",
    "undecided": "these runs leave open",
}


@dataclass(frozen=True)
class Chosen:
    """A verdict for the front, and why it is there: it is on a main result, or weighs most of the other parts, or the
    write-up contradicts itself in it.
    """

    entry: Record
    why: Literal["main", "weighs most", "against itself"]


def list_entries(sections: Sequence[Section]) -> list[Record]:
    """Every verdict of every section: its record, and beside it what the summary needs."""
    return [
        {"shown": [], "numbers": [], **score, "record": record, "section": section.name}
        for section in sections
        for record, score in zip(section.verdicts, section.scores, strict=True)
    ]


def count_statuses(verdicts: Sequence[Record]) -> Record:
    """How many of how many, in all and by question, with the places of the pieces of a bar 100 wide."""
    rows = []
    for name, title in TITLES.items():
        own = [entry["record"]["status"] for entry in verdicts if entry["section"] == name]
        if own:
            rows.append({"name": name, "title": title, **_count(own)})
    records = [entry["record"] for entry in verdicts]
    # no seed is behind what was counted or computed
    computed = sum(record["status"] == "reproduced" and not record["n"] for record in records)
    return {**_count([record["status"] for record in records]), "computed": computed, "rows": rows}


def _count(statuses: Sequence[str]) -> Record:
    pieces, at = [], 0.0
    for status in STATUSES:
        count = statuses.count(status)
        if count:
            width = 100 * count / len(statuses)
            colour = STATUS_COLOURS[status]
            pieces.append({"status": status, "count": count, "x": at, "width": width, "colour": colour})
            at += width
    return {"total": len(statuses), "reproduced": statuses.count("reproduced"), "pieces": pieces}


def choose_findings(verdicts: Sequence[Record]) -> list[Chosen]:
    """The verdicts that matter most, of those that the runs have a word on: those on the main results, in the order of
    the write-up; then the weightiest of the other parts; then one in which the write-up contradicts itself, of whatever
    part, unless one stands there already.

    What does not hold weighs more than what holds, and that more than what is open; among these what rests on the
    write-up's own pictures and epochs, then the larger effect. What rests on one of several readings of the words comes
    after all that does not.
    """

    def rank(entry: Record) -> tuple[bool, int, int, float]:
        record = entry["record"]
        flags = record.get("flags", ())
        kind = list(_DECIDED).index(record["status"])
        return bool(record.get("reading")), kind, sum(flag in flags for flag in _ELSEWHERE), -entry["effect"]

    def against_itself(entry: Record) -> bool:
        return "self-contradicting" in entry["record"].get("flags", ())

    ordered = sorted((entry for entry in verdicts if entry["record"]["status"] in _DECIDED), key=rank)
    by_id = {entry["record"]["id"]: entry for entry in ordered}
    chosen = [Chosen(by_id[name], "main") for name in MAIN if name in by_id]
    parts = {each.entry["part"] for each in chosen}
    chosen += [Chosen(entry, "weighs most") for entry in ordered if entry["part"] not in parts][:1]
    if not any(against_itself(each.entry) for each in chosen):
        chosen += [Chosen(entry, "against itself") for entry in ordered if against_itself(entry)][:1]
    return chosen


def explain_choice(chosen: Sequence[Chosen]) -> str:
    """What the findings are and why they were chosen, in the order in which they stand."""
    main = [MAIN[each.entry["record"]["id"]] for each in chosen if each.why == "main"]
    lead = "The write-up’s main results"
    if len(main) < len(MAIN):
        lead = "Those of the write-up’s main results that can be judged here"
    told = [f"{lead}: {', '.join(main)}."] if main else []
    for each in chosen:
        if each.why == "weighs most":
            weightiest = "Then the weightiest of the other parts" if main else "The weightiest of all"
            told.append(f"{weightiest}, which {_DECIDED[each.entry['record']['status']]}.")
        elif each.why == "against itself":
            told.append("Then one in which the write-up contradicts itself.")
    return " ".join(told)


def list_notices(source: Source) -> list[Record]:
    """What a reader must know before any number: whose pictures these are, and how much was trained."""
    data, found = source.data, []
    if data["written"] == "other":
        found.append({"weight": "loud", "short": "Not the write-up's data", "kind": "other"})
    elif data["written"] == "copies":
        found.append({"weight": "mild", "short": "Lossy copies of the write-up's data", "kind": "copies"})
    if source.preset.shortened:
        found.append({"weight": "loud", "short": "Quick runs", "kind": "quick"})
    return found


def list_differences(section: Section, made: Mapping[str, Any]) -> list[str]:
    """In what a kept section differs from what would be rendered now."""
    words = {
        "preset": "another preset", "seeds": "other seeds", "runs": "other runs or epochs than are stored now",
        "inputs": "other measurements than are stored now", "code": "other code or templates",
    }  # fmt: skip
    changed = [key for key in words if section.made.get(key) != made[key]]
    return [words[key] for key in changed if key != "inputs" or "runs" not in changed]


def collect_contents(
    source: Source, shown: Sequence[Section | Absent], made: Mapping[str, Mapping[str, Any]], pages: PageInfo
) -> dict[str, Any]:
    """All that the templates of the report speak of."""
    there = [section for section in shown if isinstance(section, Section)]
    verdicts = list_entries(there)
    chosen = choose_findings(verdicts)
    runs, environments = list_runs(source)
    listed, others, uncounted = shorten_list(runs)
    return {
        "pages": pages,
        "data": source.data,
        "preset": source.preset,
        "seeds": source.seeds,
        "most_seeds": len(source.seeds) + len(source.further),
        "notices": list_notices(source),
        "board": count_statuses(verdicts),
        "findings": [each.entry for each in chosen],
        "why_these": explain_choice(chosen),
        "beside_others": collect_beside_others(there),
        "verdicts": verdicts,
        "sections": [_describe_chapter(section, made) for section in shown],
        "runs": runs,
        "listed": listed,
        "others": others,
        "uncounted": uncounted,
        "environments": environments,
        "missing": list(dict.fromkeys(run for section in there for run in section.missing)),
        "statuses": STATUSES,
        "levels": {"value": show_per_cent(VALUE_LEVEL), "ordering": show_per_cent(ORDERING_LEVEL)},
    }


def _describe_chapter(section: Section | Absent, made: Mapping[str, Mapping[str, Any]]) -> Record:
    """One section as the templates see it."""
    chapter = {"name": section.name, "title": TITLES[section.name], "anchor": anchor(section.name, "q")}
    if isinstance(section, Absent):
        return {**chapter, "html": None, "reason": section.reason, "parts": [], "outdated": []}
    parts, old = section.parts, list_differences(section, made[section.name])
    return {**chapter, "html": section.html, "parts": parts, "outdated": old}


def record_report(
    source: Source, shown: Sequence[Section | Absent], pages: PageInfo, about: Mapping[str, Any]
) -> Record:
    """report.json: the same content as the pages, for programs."""
    there = [section for section in shown if isinstance(section, Section)]
    record = {
        "data": dict(source.data),
        "environment": {**pages.environment, "made": pages.made, "commit": pages.commit},
        "preset": source.preset.name,
        "seeds": list(source.seeds),
        "units": UNITS,
        "answers": {part: answer for section in there for part, answer in section.answers.items()},
        "runs": about["runs"],
        "environments": about["environments"],
        "missing": about["missing"],
        "sections": {
            section.name: _drop_inputs(section.made) if isinstance(section, Section) else {"absent": section.reason}
            for section in shown
        },
        "verdicts": [verdict for section in there for verdict in section.verdicts],
    }
    return {key: to_jsonable(value) for key, value in record.items()}


def _drop_inputs(made: Mapping[str, Any]) -> Record:
    """What a section was made from, without the digest that changes with the times of files."""
    return {key: value for key, value in made.items() if key != "inputs"}
