"""The form of a kept section: one of another form counts as not kept, for another version may have written it."""

from __future__ import annotations

import math
from typing import Any

from report.claims.verdict import STATUSES
from runs.forms import Form, between, fits


def _number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < 2**53 and math.isfinite(value)


def _or_none(form: Form) -> Form:
    return lambda value: value is None or fits(value, form)


def _named(value: Any) -> bool:
    """Whether it is a measured number with its name before it."""
    return type(value) is list and len(value) == 2 and type(value[0]) is str and fits(value[1], MEASURED)


#: A measured number, as :func:`report.export.measured_record` makes it.
MEASURED = {
    "value": _or_none(_number), "unit": str, "digits": between(0, 20), "spread": _or_none(_number),
    "n": between(0, 10**9), "runs": [str], "given?": bool,
}  # fmt: skip
SECTION_FORM = {
    "name": str,
    "data": str,
    "made": dict,
    "html": str,
    "parts": [{"part": str, "title": str, "anchor": str}],
    "verdicts": [
        {
            "id": str, "question": str, "status": lambda value: type(value) is str and value in STATUSES,
            "flags": [str], "statement": str, "written": str, "what": str, "n": between(0, 10**9),
        }
    ],
    "scores": [
        {
            "part": str, "anchor": str, "effect": _number, "measured": _or_none(MEASURED), "sentence": str,
            "shown?": [_named], "numbers?": [_named],
        }
    ],
    "answers": dict,
    "missing": [str],
}  # fmt: skip


def is_section(value: Any) -> bool:
    """Whether a value out of JSON is a section, as :func:`report.sections.write_section` keeps it."""
    return fits(value, SECTION_FORM) and len(value["verdicts"]) == len(value["scores"])
