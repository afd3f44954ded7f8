"""A results folder in, the stores in it out, and why others are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runs import files
from runs.asked import NAMED, last_asked, when_asked, whole
from runs.dataset import slug
from runs.errors import StoreError
from runs.store import Store

#: How the name of a store ends: with the beginning of a digest of its pictures.
NAME_OF_STORE = re.compile(r".+-[0-9a-f]{8}")


@dataclass(frozen=True)
class Unread:
    """A store that cannot be opened.

    Attributes:
        folder: its place.
        trouble: why, in a sentence.
        asked: when something was last asked for of it, as far as files tell.
        request: what that was; None when that is not known either.
    """

    folder: Path
    trouble: str
    asked: float
    request: dict[str, Any] | None

    def may_be_meant(self, data: str | None, category: str | None, preset: str | None) -> bool:
        """Whether a request may speak of this store: it is one of ours, and nothing tells that it holds other
        pictures.
        """
        name, known = self.folder.name, self.request or {}
        if self.request is None and not NAME_OF_STORE.fullmatch(name):
            return False
        if data not in (None, "auto"):
            if not name.startswith(f"{data}-" if data in NAMED else "folder-"):
                return False
            if known.get("folder") and known["folder"] != whole(str(data)):
                return False
        if category is not None and f"-{slug(category)}-" not in name and known.get("category", category) != category:
            return False
        return preset is None or "preset" not in known or (preset == "quick") == (known["preset"] == "quick")


def records(results: Path) -> list[Path]:
    """The records of pictures in a results folder."""
    return [path for name in files.listed(results) if files.there(path := results / name / "data.json")]


def opened(results: Path) -> tuple[list[Store], list[Unread]]:
    """The stores of a results folder, the one asked for last first, and those that are damaged or foreign."""
    found, unread = [], []
    for path in records(results):
        folder = path.parent
        try:
            found.append((when_asked(folder), Store.open(folder)))
        except StoreError as error:
            unread.append(Unread(folder, str(error), when_asked(folder), last_asked(folder)[0]))
    return [store for _, store in sorted(found, key=lambda pair: pair[0], reverse=True)], unread


def stores(results: Path) -> list[Store]:
    """Every store of a results folder, the one asked for last first. Damaged or foreign ones are left out."""
    return opened(results)[0]
