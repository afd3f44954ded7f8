"""Where CIFAR-10 is looked for."""

from __future__ import annotations

import os
from pathlib import Path

#: Where CIFAR-10 is also looked for, beside the root: torchvision's examples put it there.
PLACES = ("data", "~/data")


def expand_home(path: str) -> Path:
    """A path, with ``~`` as the user's home; as it stands where nobody can tell that home."""
    return Path(os.path.expanduser(path))  # noqa: PTH111, for pathlib raises RuntimeError there
