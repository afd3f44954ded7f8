"""The answers as plain JSON values for programs, with the same content as the pages."""

from __future__ import annotations

import csv
import html
import io
import json
import math
import numbers
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from report.results.frames import COLUMNS
from report.results.values import Measured

if TYPE_CHECKING:
    from report.answers import Answer

_DIVISION = re.compile(r"<(/?)div\b")
_FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)


def record_answer(answer: Answer) -> dict[str, Any]:
    """All that an answer says, but for its pictures and verdicts."""
    return {
        "title": answer.title,
        "asked": answer.asked,
        "ready": answer.ready,
        "values": to_jsonable(answer.values),
        "tables": [
            {"name": t.name, "caption": t.caption, "columns": list(t.columns), "rows": to_jsonable(t.rows)}
            for t in answer.tables
        ],
        "figures": [
            {
                "name": f.name,
                "caption": f.caption,
                "alt": f.alt,
                "columns": list(f.columns),
                "rows": to_jsonable(f.rows),
            }
            for f in answer.figures
        ],
        "verdicts": [verdict.claim.id for verdict in answer.verdicts],
        "missing": list(answer.missing),
        "notes": list(answer.notes),
    }


def record_measured(measured: Measured | None) -> dict[str, Any] | None:
    """A measured number as JSON holds it; None for none."""
    if measured is None:
        return None
    return {
        "value": to_jsonable(measured.value),
        "unit": measured.unit,
        "digits": measured.digits,
        "spread": to_jsonable(measured.spread),
        "n": measured.n,
        "runs": list(measured.runs),
        "given": measured.given,
    }


def restore_measured(record: Mapping[str, Any] | None) -> Measured | None:
    """The inverse of :func:`record_measured`; a number that is not finite comes back as NaN."""
    if record is None:
        return None
    value = math.nan if record["value"] is None else float(record["value"])
    runs = tuple(record["runs"])
    return Measured(
        value, record["unit"], record["digits"], record["spread"], record["n"], runs, record.get("given", False)
    )


def to_jsonable(value: Any) -> Any:
    """Anything that a page speaks of as JSON; numbers that are not finite become null.

    Raises:
        TypeError: a value of a kind that no page speaks of.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Measured):
        return record_measured(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): to_jsonable(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [to_jsonable(item) for item in value]
    if hasattr(value, "tolist"):  # numpy's arrays and booleans
        return to_jsonable(value.tolist())
    raise TypeError(f"Expected text, numbers, or lists of them, got {type(value).__name__}.")


def split_lines(record: Mapping[str, Any]) -> str:
    """A record as JSON that people can read and compare: what it holds a line each, written by json's fast encoder,
    which knows no indents.

    Raises:
        ValueError: a number in it is not finite.
    """

    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    def entry(value: Any) -> str:
        if isinstance(value, dict) and value:
            return "{\n" + ",\n".join(f"{text(key)}: {text(item)}" for key, item in value.items()) + "\n}"
        if isinstance(value, list) and value:
            return "[\n" + ",\n".join(map(text, value)) + "\n]"
        return text(value)

    return "{\n" + ",\n".join(f"{text(key)}: {entry(value)}" for key, value in record.items()) + "\n}\n"


def extract_prose(page: str, anchor: str) -> list[str]:
    """The paragraphs of a part as plain text; none where the part is not ready.

    Args:
        page: the section's HTML.
        anchor: of the part.
    """
    section = page.partition(f'<section class="part" id="{anchor}">')[2].partition('<section class="part"')[0]
    _, opening, rest = section.partition('<div class="prose">')
    depth = 1 if opening else 0
    for tag in _DIVISION.finditer(rest):
        depth += -1 if tag[1] else 1
        if depth == 0:
            rest = rest[: tag.start()]
            break
    blocks = re.split(r"</(?:p|li|h\d|ul|ol)>", _FIGURE.sub("", rest)) if opening else []
    texts = [" ".join(html.unescape(re.sub(r"<[^>]+>", "", block)).split()) for block in blocks]
    return [text for text in texts if text]


def write_metrics(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The epochs of every run as one CSV table, with a head; numbers as they are stored."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
