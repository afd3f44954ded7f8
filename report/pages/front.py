"""All that the templates of the report speak of besides the sections: the front, notices, every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from report.judging.verdict import STATUSES
from report.pages.export import to_jsonable
from report.pages.filters import anchor
from report.pages.kept_sections import Absent, Record, Section
from report.pages.others import collect_beside_others
from report.pages.run_list import list_runs, shorten_list
from report.pages.scoreboard import count_near, draw_axis, list_rows
from report.pages.summary import (
    answer_title,
    count_findings,
    describe_cost,
    list_differences_from_write_up,
    list_outcomes,
)
from report.results.format import show_per_cent
from report.results.sequential import ORDERING_LEVEL, VALUE_LEVEL
from report.results.source import Source
from runs.data.copies import count_in_words
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


def list_entries(sections: Sequence[Section]) -> list[Record]:
    """Every verdict of every section: its record, and beside it what the summary needs."""
    return [
        {"shown": [], **score, "record": record, "section": section.name}
        for section in sections
        for record, score in zip(section.verdicts, section.scores, strict=True)
    ]


def list_notices(source: Source) -> list[Record]:
    """What a reader must know before any number: whose pictures these are, and how much was trained."""
    data, found = source.data, []
    if data["written"] == "other":
        found.append({"weight": "loud", "short": "Not the write-up's data", "kind": "other"})
    elif data["written"] == "copies":
        found.append({"weight": "mild", "short": "Lossy copies of the write-up's data", "kind": "copies"})
    if any(source.copies.get(kind) for kind in ("both", "both mirrored")):
        told = count_in_words(source.copies)
        found.append({"weight": "loud", "short": "Tested on training pictures", "kind": "shared", "told": told})
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
    rows = [] if source.preset.shortened or source.data["written"] == "other" else list_rows(verdicts)
    runs_made, cost = describe_cost(source)
    runs, environments = list_runs(source)
    listed, others, uncounted = shorten_list(runs)
    return {
        "pages": pages,
        "data": source.data,
        "preset": source.preset,
        "seeds": source.seeds,
        "most_seeds": len(source.seeds) + len(source.further),
        "notices": list_notices(source),
        "answer": answer_title(source, verdicts, rows),
        "outcomes": [] if source.preset.shortened else list_outcomes(shown),
        "otherwise": list_differences_from_write_up(source, pages.environment),
        "cost": {"runs": runs_made, "time": cost},
        "findings": count_findings(verdicts),
        "rows": rows,
        "near": count_near(rows),
        "axis": draw_axis(),
        "horses": next((section.horses for section in there if section.horses), []),
        "beside_others": collect_beside_others(there),
        "verdicts": verdicts,
        "sections": [_describe_chapter(section, made, source) for section in shown],
        "runs": runs,
        "listed": listed,
        "others": others,
        "uncounted": uncounted,
        "environments": environments,
        "missing": list(dict.fromkeys(run for section in there for run in section.missing)),
        "statuses": STATUSES,
        "levels": {"value": show_per_cent(VALUE_LEVEL), "ordering": show_per_cent(ORDERING_LEVEL)},
    }


def _describe_chapter(section: Section | Absent, made: Mapping[str, Mapping[str, Any]], source: Source) -> Record:
    """One section as the templates see it; ``fill`` is the command that makes it, where it is not there."""
    chapter = {"name": section.name, "title": TITLES[section.name], "anchor": anchor(section.name, "q"), "fill": ""}
    if isinstance(section, Absent):
        return {
            **chapter,
            "html": None,
            "printed": None,
            "audit": None,
            "reason": section.reason,
            "fill": "run-all" if source.lacks(section.name) else "report",
            "parts": [],
            "outdated": [],
        }
    parts, old = section.parts, list_differences(section, made[section.name])
    pieces = {"html": section.html, "printed": section.printed, "audit": section.audit}
    return {**chapter, **pieces, "reason": "", "parts": parts, "outdated": old}


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
