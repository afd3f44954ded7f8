"""Memory that is free, given back to the system: a worker keeps what it frees, and so would only ever grow."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any


@cache
def _trim() -> Any:
    """The ``malloc_trim`` of glibc; None where there is none, as on macOS and with musl."""
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


def give_back() -> None:
    """Gives back what is free. Between pieces of work, not within: asking for it anew takes time."""
    trim = _trim()
    if trim is not None:
        trim(0)
