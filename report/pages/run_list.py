"""The list of the stored runs, one row for each, with where it was trained; a very long list is cut and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from report.pages.kept_sections import Record
from report.results.source import Source
from runs.specs.spec import RunSpec, show_exactly
from runs.text import show_duration

#: Runs that a page lists one by one, those of the first seeds first: a page of ten thousand opens in no browser.
MOST_LISTED = 400
#: Configurations that it counts the others by.
MOST_COUNTED = 200

_SPECIAL = {*RunSpec.model_fields, "run", "seconds", "epochs", "parameters", "stale", "diverged", "started", "gpu"}


def list_runs(source: Source) -> tuple[list[Record], list[Record]]:
    """The runs, one row each, and the environments that they were trained in, lettered."""
    letters: dict[tuple[tuple[str, str], ...], str] = {}
    rows = []
    for row in source.rows:
        place = tuple((str(key), str(row[key])) for key in row if key not in _SPECIAL and _list_known(row[key]))
        letter = letters.setdefault(place, _name_letter(len(letters)))
        marks = [mark for mark in ("stale", "diverged") if bool(row.get(mark, False))]
        rows.append(
            {
                "id": str(row["run"]),
                "epochs": int(row["epochs"]),
                "spec": {key: row[key] for key in RunSpec.model_fields if key in row},
                "differs": _differs_from(row),
                "parameters": f"{int(row['parameters']):,}" if _list_known(row.get("parameters")) else "–",
                "duration": show_duration(row["seconds"]),
                "started": str(row.get("started", "–"))[:16].replace("T", " "),
                "environment": letter,
                "marks": marks,
            }
        )
    return rows, [{"letter": letter, "facts": dict(place)} for place, letter in letters.items()]


def _differs_from(row: Mapping[str, Any]) -> str:
    """The fields of a run that differ from the baseline of its model, in words; "baseline" when none does."""
    shown = {"model", "seed"}
    words = [
        f"{key.replace('_', ' ')} {show_exactly(row[key]) if isinstance(row[key], float) else row[key]}"
        for key, about in RunSpec.model_fields.items()
        if key not in shown and key in row and row[key] != about.default
    ]
    return ", ".join(words) or "baseline"


def _list_known(value: Any) -> bool:
    return value is not None and value == value and str(value) != ""


def _name_letter(index: int) -> str:
    """A to Z, then AA, AB …."""
    return chr(65 + index) if index < 26 else _name_letter(index // 26 - 1) + _name_letter(index % 26)


def shorten_list(runs: Sequence[Record]) -> tuple[list[Record], list[Record], int]:
    """What a page shows of the rows of :func:`list_runs`.

    Returns:
        The runs that are listed, all of them or those of the first seeds; the others, one row a configuration; and
        how many runs are in neither.
    """
    if len(runs) <= MOST_LISTED:
        return list(runs), [], 0
    first = sorted(range(len(runs)), key=lambda place: (runs[place]["spec"]["seed"], place))[:MOST_LISTED]
    chosen = set(first)
    alike: dict[str, list[Record]] = {}
    for place, run in enumerate(runs):
        if place not in chosen:
            alike.setdefault(run["id"].removesuffix(f"-s{run['spec']['seed']}"), []).append(run)
    others = [_count_runs(name, group) for name, group in alike.items()]
    return (
        [runs[place] for place in sorted(chosen)],
        others[:MOST_COUNTED],
        sum(o["runs"] for o in others[MOST_COUNTED:]),
    )


def _count_runs(name: str, runs: Sequence[Record]) -> Record:
    """A configuration and the runs of it that are not listed."""
    return {
        "id": name,
        "runs": len(runs),
        "seeds": _show_span([run["spec"]["seed"] for run in runs]),
        "epochs": _show_span([run["epochs"] for run in runs]),
        "marks": sorted({mark for run in runs for mark in run["marks"]}),
    }


def _show_span(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"
