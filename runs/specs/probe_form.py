"""What is declared of a probe: what it applies to, its version, and the form of what it stores.

It is declared apart from the code that measures, for whatever reads stored results does without torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, get_args

from numpy.typing import NDArray
from pydantic import TypeAdapter

from runs.forms import Form, fits
from runs.specs.spec import Model, Task

#: Notes of which nothing is read.
ANY_NOTES = TypeAdapter(dict[str, Any])


@dataclass(frozen=True)
class Probe:
    """A probe, by what its files hold and what it can be taken of.

    Attributes:
        arrays: the type and the sides of each, as in "float32 M 3": a number stands for itself, a letter for one that
            is the same in all of the file, and "*" for any; no side is empty.
        notes: their form.
        values: what some of the arrays hold, where names follow from it.
        version: a stored file of another one is measured again; a change that makes a file of another form raises it.
        models: the kinds of network that it applies to; none where it measures the pictures themselves.
        tasks: what these have to be trained for.
    """

    arrays: Mapping[str, str] = field(default_factory=dict)
    notes: Form = ANY_NOTES
    values: Mapping[str, list[int]] = field(default_factory=dict)
    version: int = 1
    models: tuple[Model, ...] = get_args(Model)
    tasks: tuple[Task, ...] = get_args(Task)

    def find_misfit(self, arrays: Mapping[str, NDArray[Any]], notes: Any) -> str:
        """What of a stored file is not of this form, in words; "" when nothing is."""
        if not fits(notes, self.notes):
            return "its notes are of another form"
        sides: dict[str, int] = {}
        for one, form in self.arrays.items():
            if one not in arrays or not has_shape(arrays[one], form, sides):
                return f"its {one} is missing or of another type or shape"
        for one, values in self.values.items():
            if arrays[one].tolist() != values:
                return f"its {one} holds other values"
        return ""


def has_shape(array: NDArray[Any], form: str, sides: dict[str, int]) -> bool:
    """Whether an array has the type and the sides of a form, as in :class:`Probe`; ``sides`` are those known by their
    letters, and what is learnt is added.
    """
    kind, *wanted = _split_parts(form)
    if array.dtype.name != kind or array.ndim != len(wanted):
        return False
    return all(
        size > 0 and (side == "*" or size == (int(side) if side.isdigit() else sides.setdefault(side, size)))
        for side, size in zip(wanted, array.shape, strict=True)
    )


@lru_cache(maxsize=256)
def _split_parts(form: str) -> list[str]:
    return form.split()
