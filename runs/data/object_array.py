"""Reading the one kind of pickled array that the course gave out, without unpickling: nothing that it names is called.

NumPy stores an array of objects as a pickle. The course's palette is one, of a float array and a number, written by
Python 2 in protocol 2. Its instructions are followed here on plain values, and only those that such a file has.
"""

from __future__ import annotations

import math
import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: What such a file may name: how NumPy rebuilds an array, an array's class, a kind of number, a number of that kind.
REBUILD, ARRAY, KIND, NUMBER = (
    "numpy.core.multiarray _reconstruct",
    "numpy ndarray",
    "numpy dtype",
    "numpy.core.multiarray scalar",
)
#: More dimensions, or more numbers, has no palette.
MOST_NUMBERS = 1 << 16


@dataclass(eq=False)
class Made:
    """What a pickle would make: of which name, from which values, in which state."""

    name: str
    values: Any
    state: Any = None


@dataclass(frozen=True)
class Named:
    """A name in a pickle, as text."""

    text: str


MARK = object()


def read_object_array(pickled: bytes) -> list[NDArray[np.float64]]:
    """The float arrays in a pickled array of objects: each float64, of its own shape. Single numbers are passed over.

    Raises:
        ValueError: it holds anything else; the text says what.
    """
    match _follow(pickled):
        case Made(name=name, values=(Named(text=kind), (0,), "b"), state=(1, (int(),), Made(), False, list(items))) if (
            name == REBUILD and kind == ARRAY
        ):
            return [array for item in items if (array := _to_floats(item)) is not None]
    raise ValueError("a pickle of something that is no array of objects")


def _to_floats(item: Any) -> NDArray[np.float64] | None:
    """A float array of a pickle; None for a single number."""
    match item:
        case Made(
            name=name,
            values=(Named(text=kind), (0,), "b"),
            state=(1, tuple(shape), Made() as number, False, str(raw)),
        ) if name == REBUILD and kind == ARRAY and _is_float(number):
            if not all(type(size) is int and 0 <= size <= MOST_NUMBERS for size in shape):
                raise ValueError("an array of no possible shape")
            content = raw.encode("latin-1")
            if len(content) != 8 * math.prod(shape):
                raise ValueError("an array that is not as long as its shape says")
            return np.frombuffer(content, "<f8").reshape(shape).astype(np.float64)
        case Made(name=name, values=(Made() as number, str(raw))) if name == NUMBER and _is_float(number):
            return None
    raise ValueError("an object that is no array of float64")


def _is_float(kind: Made) -> bool:
    """Whether a kind of number is float64, least byte first."""
    return (kind.name, kind.values) == (KIND, ("f8", 0, 1)) and kind.state == (3, "<", None, None, None, -1, -1, 0)


def _follow(pickled: bytes) -> Any:
    """What a pickle describes, as plain values, tuples, lists and :class:`Made`.

    Raises:
        ValueError: it has an instruction or a name that no such file has.
    """
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    argument: Any
    for instruction, argument, _ in pickletools.genops(pickled):
        name = instruction.name
        if name == "STOP":
            break
        if name in ("BINPUT", "LONG_BINPUT"):
            memo[argument] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(memo[argument])
        elif name in PLAIN:
            stack.append(argument)
        elif name in STEPS:
            STEPS[name](stack, argument)
        else:
            raise ValueError(f"a pickle with the instruction {name}")
    if len(stack) != 1:
        raise ValueError("a pickle that ends early")
    return stack[0]


def _to_mark(stack: list[Any]) -> list[Any]:
    """Takes what lies above the last mark off the stack, and the mark."""
    start = max(place for place, value in enumerate(stack) if value is MARK)
    values = stack[start + 1 :]
    del stack[start:]
    return values


def _name(stack: list[Any], text: str) -> None:
    if text not in (REBUILD, ARRAY, KIND, NUMBER):
        raise ValueError(f"a pickle that names {text.replace(' ', '.')}")
    stack.append(Named(text))


def _tuple(count: int) -> Callable[[list[Any], Any], None]:
    def take(stack: list[Any], _: Any) -> None:
        values = tuple(stack[-count:])
        del stack[-count:]
        stack.append(values)

    return take


def _reduce(stack: list[Any], _: Any) -> None:
    values, named = stack.pop(), stack.pop()
    if not isinstance(named, Named):
        raise ValueError("a pickle that calls something without a name")
    stack.append(Made(named.text, values))


def _build(stack: list[Any], _: Any) -> None:
    state = stack.pop()
    if not isinstance(stack[-1], Made):
        raise ValueError("a pickle that changes something that it did not make")
    stack[-1].state = state


def _append_all(stack: list[Any], _: Any) -> None:
    values = _to_mark(stack)
    if not isinstance(stack[-1], list):
        raise ValueError("a pickle that appends to something that is no list")
    stack[-1].extend(values)


def _check_protocol(_: list[Any], version: int) -> None:
    if version != 2:
        raise ValueError(f"a pickle of protocol {version}")


#: Instructions whose argument is a value, and those that do something.
PLAIN = ("BININT", "BININT1", "BININT2", "BINSTRING", "SHORT_BINSTRING")
STEPS: dict[str, Callable[[list[Any], Any], None]] = {
    "PROTO": _check_protocol,
    "GLOBAL": _name,
    "MARK": lambda stack, _: stack.append(MARK),
    "NONE": lambda stack, _: stack.append(None),
    "NEWFALSE": lambda stack, _: stack.append(False),
    "EMPTY_LIST": lambda stack, _: stack.append([]),
    "TUPLE": lambda stack, _: stack.append(tuple(_to_mark(stack))),
    "TUPLE1": _tuple(1),
    "TUPLE2": _tuple(2),
    "TUPLE3": _tuple(3),
    "APPENDS": _append_all,
    "REDUCE": _reduce,
    "BUILD": _build,
}
