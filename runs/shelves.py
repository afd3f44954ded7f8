"""A results folder in, the stores in it out, and why others are left out."""

from __future__ import annotations

from pathlib import Path

from runs import files
from runs.errors import StoreError
from runs.store import Store


def records(results: Path) -> list[Path]:
    """The records of pictures in a results folder."""
    return [path for name in files.listed(results) if files.there(path := results / name / "data.json")]


def troubles(results: Path) -> list[str]:
    """Why stores of a results folder are left out of :func:`stores`: a sentence each."""
    found = []
    for path in records(results):
        try:
            Store.open(path.parent)
        except StoreError as error:
            found.append(str(error))
    return found


def stores(results: Path) -> list[Store]:
    """Every store of a results folder, the one asked for last first. Damaged or foreign ones are left out."""
    found = []
    for path in records(results):
        try:
            store = Store.open(path.parent)
        except StoreError:
            continue
        request = path.parent / "request.json"
        found.append(((request if request.exists() else path).stat().st_mtime, store))
    return [store for _, store in sorted(found, key=lambda pair: pair[0], reverse=True)]
