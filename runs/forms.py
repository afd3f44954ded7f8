"""A record from a file in, whether it has the form that is read here out.

A checksum tells that nobody altered a record unawares, not that this version of the program wrote it.
"""

from __future__ import annotations

import math
from typing import Any

#: A type; a list with the form of each item; a dictionary with the form of each field, "name?" where it may be
#: missing; or a function that says whether a value will do.
Form = Any


def fits(value: Any, form: Form) -> bool:
    """Whether a value out of JSON has a form; fields that the form does not name are passed over."""
    if isinstance(form, dict):
        return isinstance(value, dict) and all(_check_field(value, name, wanted) for name, wanted in form.items())
    if isinstance(form, list):
        return isinstance(value, list) and all(fits(item, form[0]) for item in value)
    if isinstance(form, type):
        return type(value) is form  # True is no number here
    return bool(form(value))


def _check_field(record: dict[str, Any], name: str, wanted: Form) -> bool:
    key = name.removesuffix("?")
    return fits(record[key], wanted) if key in record else name.endswith("?")


def make_between(least: int, most: int) -> Form:
    """The form of a whole number within bounds."""
    return lambda value: type(value) is int and least <= value <= most


def is_number(value: Any) -> bool:
    """Whether a value out of JSON is a number, or what a number became: not finite."""
    return type(value) is float or (type(value) is int and abs(value) < 2**53)


def is_share(value: Any) -> bool:
    """Whether a value out of JSON is a number from 0 to 1."""
    return is_number(value) and 0 <= value <= 1


def is_seconds(value: Any) -> bool:
    """Whether a value out of JSON is a time that something took."""
    return is_number(value) and 0 <= value < math.inf
