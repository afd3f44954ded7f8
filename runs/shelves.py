"""A results folder in, the stores in it out, and why others are left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runs import access
from runs.asked import last_asked, when_asked
from runs.dataset import slug
from runs.errors import StoreError
from runs.request import Wanted
from runs.store import Store

#: How the name of a store ends: with the beginning of a digest of its pictures.
NAME_OF_STORE = re.compile(r".+-[0-9a-f]{8}")


def is_meant(store: Store, last: Mapping[str, Any], wanted: Wanted) -> bool:
    """Whether a store, of which this was last asked for, holds what is wanted."""
    return (
        wanted.source in (None, store.data["source"])
        and wanted.same_folder(last)
        and wanted.category in (None, store.data["category"], last.get("category"))
        and wanted.same_scale(last)
    )


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

    def may_be_meant(self, wanted: Wanted) -> bool:
        """Whether what is wanted may be this store: it is one of ours, and neither its name nor what was last asked
        for of it tells that it holds other pictures.
        """
        name, last, category = self.folder.name, self.request or {}, wanted.category
        if self.request is None and not NAME_OF_STORE.fullmatch(name):
            return False
        return (
            (wanted.source is None or name.startswith(f"{wanted.source}-"))
            and (not last.get("folder") or wanted.same_folder(last))
            and (category is None or f"-{slug(category)}-" in name or last.get("category", category) == category)
            and ("preset" not in last or wanted.same_scale(last))
        )


def records(results: Path) -> list[Path]:
    """The records of pictures in a results folder."""
    return [path for name in access.listed(results) if access.there(path := results / name / "data.json")]


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
