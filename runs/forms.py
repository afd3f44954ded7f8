"""The forms of records out of files, for pydantic to check: as strictly as JSON tells them, so that True is no number.

A checksum tells that nobody altered a record unawares, not that this version of the program wrote it.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

#: A form that is checked; records are declared as typed dictionaries, whose other fields are passed over.
Form = TypeAdapter[Any]


def _refuse_inexact(value: float) -> float:
    """A whole number that no float stands for exactly is none of ours."""
    if isinstance(value, int) and abs(value) >= 2**53:
        raise ValueError("expected at most 53 bits")
    return value


#: A number, or what a number became: not finite. Whole numbers stay what they are.
Number = Annotated[int | float, AfterValidator(_refuse_inexact)]
#: A number that is finite.
Finite = Annotated[int | Annotated[float, Field(allow_inf_nan=False)], AfterValidator(_refuse_inexact)]
#: A time that something took.
Seconds = Annotated[Finite, Field(ge=0)]
#: How many, or which one.
Count = Annotated[int, Field(ge=0, le=10**15)]


def fits(value: Any, form: Form) -> bool:
    """Whether a value out of JSON has a form."""
    try:
        form.validate_python(value, strict=True)
    except (ValidationError, RecursionError):
        return False
    return True
