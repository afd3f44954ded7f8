"""Where compiled passes are kept from one command to the next: beside the code that they were compiled from."""

from __future__ import annotations

import hashlib
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def find_folder() -> Path | None:
    """The folder for what these very modules compile to, made if need be; None where nothing can be written there.

    It lies among Python's own compiled files, and is trusted as they are. Its name follows from the text of all
    modules, for a change in one of them may change what another compiles to.
    """
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py")))).hexdigest()
    folder = HERE / "__pycache__" / f"compiled-{digest[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None
