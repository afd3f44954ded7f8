"""The paths of everything in the results, made from names: no other module makes them, and none leaves its folder."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path

from runs.errors import UsageError
from runs.text import PROGRAM

#: Letters and digits first and last, in between also dots, hyphens and underscores: a name of one file or
#: folder on every system, hidden on none, and never a way up or elsewhere.
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")


#: How the name of what was moved away ends: it was damaged, or was asked to be made again, or to be deleted.
DAMAGED, REPLACED, DELETED = ".damaged", ".replaced", ".deleted"


def is_set_aside(name: str) -> bool:
    """Whether a file or folder of a store was moved out of its place, and is kept."""
    return name.endswith((DAMAGED, REPLACED, DELETED))


def is_name(text: str) -> bool:
    """Whether a text can be the name of one file or folder of ours."""
    return bool(NAME.fullmatch(text)) and ".." not in text


def make_path(folder: Path, *names: str) -> Path:
    """The path of some names, each in the one before, the first in ``folder``.

    Raises:
        UsageError: a name could lead elsewhere, or is no name at all.
    """
    for name in names:
        if not is_name(name):
            raise UsageError(
                f"Expected a name of letters, digits, dots and hyphens in {folder}, got {name[:100]!r}. "
                f"Name a run as `{PROGRAM} status` lists it."
            )
    return folder.joinpath(*names)


def find_unused(path: Path, *inside: str, mark: str = DAMAGED) -> Path:
    """The name that a path gets when it is set aside, or what lies inside it: one that nothing has yet."""
    names = (f"{path.name}{f'.{count}' if count > 1 else ''}{mark}" for count in itertools.count(1))
    places = (path.with_name(name).joinpath(*inside) for name in names)
    return next(place for place in places if not os.path.lexists(place))
