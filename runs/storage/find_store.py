"""A results folder in, the stores in it out, and why others are left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runs.data.dataset import make_slug
from runs.data.sources import check_category, split_store_name
from runs.errors import RUN_ALL, StoreError
from runs.specs.request import Request, Wanted, check_seeds, spell_option
from runs.storage import filesystem
from runs.storage.last_request import UNKNOWN, describe_pictures, find_asking_time, read_last_request
from runs.storage.store import Store

Say = Callable[[str], None]


def find(results: str, wanted: Wanted, say: Say = lambda text: None) -> tuple[Store, Request]:
    """The stored results that a report is to speak of; what is not asked for is as it was last asked for.

    Args:
        results: as the user typed it.
        wanted: what the user asked for.
        say: told what cannot be read on the way, a sentence at a time.

    Raises:
        StoreError: nothing is stored yet, or nothing of what was asked for, or what was last asked for may be what
            cannot be read.
        UsageError: a number of seeds that makes no sense, or a category of the photographs.
    """
    check_category(wanted.data, wanted.category)
    there, unread = open_if_there(Path(results))
    for store in there:
        record, trouble = read_last_request(store.folder)
        last = record or {}
        if is_meant(store, last, wanted):
            request = _resolve(last, store.data["source"], store.data["category"], wanted, results)
            _pass_over(store, unread, wanted, results, say)
            _tell_unknown(store, request, trouble, say)
            return store, request
    words, names = wanted.words(), ", ".join(store.data["id"] for store in there) or "nothing"
    meant = [other for other in unread if other.may_be_meant(wanted)]
    if meant:  # one piece of advice: to mend what was last asked for
        advice = _mend(max(meant, key=lambda other: other.asked), wanted, results)
    else:
        options = {"seeds": wanted.seeds, "results": None if results == Request.results else results}
        more = spell_option({name: value for name, value in options.items() if value})
        advice = " ".join(filter(None, (f"Train them: {RUN_ALL}", words, more)))
    raise StoreError(f"Expected stored results in {results}{f' for {words}' if words else ''}, found {names}. {advice}")


def _mend(other: Unread, wanted: Wanted, results: str) -> str:
    """Why a store cannot be read, and the command that mends it, as far as its name and files tell."""
    source, rest = split_store_name(other.folder.name)
    return _resolve(other.request or {}, source, rest.rpartition("-")[0], wanted, results).completed(other.trouble)


def _pass_over(store: Store, unread: Sequence[Unread], wanted: Wanted, results: str, say: Say) -> None:
    """Tells of the stores that cannot be read beside the one that is spoken of.

    Raises:
        StoreError: one of them may be what was last asked for.
    """
    asked = find_asking_time(store.folder)
    for other in unread:
        if other.asked >= asked and other.may_be_meant(wanted):
            raise StoreError(
                f"Expected to speak of what was last asked for, but that may be {other.folder}, which cannot be "
                f"read. To speak of {store.data['id']} instead, ask for it by --data and --category, or move the "
                f"other folder away. {_mend(other, wanted, results)}"
            )
        say(f"Passed over, for it cannot be read: {other.folder}. {_mend(other, Wanted(), results)}")


def _tell_unknown(store: Store, request: Request, trouble: str, say: Say) -> None:
    """Tells what is not known of what was last asked for of a store."""
    if trouble:
        say(
            "It is not known what was last asked for: --preset and --seeds are the write-up's where they are not "
            f"named. {request.completed(trouble)}"
        )
    if request.data == UNKNOWN:
        say(
            f"Expected the folder of these pictures in {store.folder / 'request.json'}, but it is not known. Name it "
            f"with --data; the commands that are proposed say {UNKNOWN} in its place."
        )


def _resolve(last: Mapping[str, Any], source: str, category: str, wanted: Wanted, results: str) -> Request:
    """The request in full: what was left out is as it was last asked for, else as the store itself tells; the seeds
    go with the preset.
    """
    preset = wanted.preset or last.get("preset", Request.preset)
    return Request(
        describe_pictures(last, source) if wanted.named is None else wanted.named,
        wanted.category or last.get("category", category),
        preset,
        check_seeds(last.get("seeds") if wanted.seeds is None and wanted.preset is None else wanted.seeds, preset),
        results,
    )


#: How the name of a store ends: with the beginning of a digest of its pictures.
NAME_OF_STORE = re.compile(r".+-[0-9a-f]{8}")


def is_meant(store: Store, last: Mapping[str, Any], wanted: Wanted) -> bool:
    """Whether a store, of which this was last asked for, holds what is wanted."""
    return (
        wanted.may_come_from(store.data["source"])
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
            wanted.may_come_from(split_store_name(name)[0])
            and (not last.get("folder") or wanted.same_folder(last))
            and (category is None or f"-{make_slug(category)}-" in name or last.get("category", category) == category)
            and ("preset" not in last or wanted.same_scale(last))
        )


def list_records(results: Path) -> list[Path]:
    """The records of pictures in a results folder."""
    return [path for name in filesystem.list_folder(results) if filesystem.exists(path := results / name / "data.json")]


def open_if_there(results: Path) -> tuple[list[Store], list[Unread]]:
    """The stores of a results folder, the one asked for last first, and those that are damaged or foreign."""
    found, unread = [], []
    for path in list_records(results):
        folder = path.parent
        try:
            found.append((find_asking_time(folder), Store.open(folder)))
        except StoreError as error:
            unread.append(Unread(folder, str(error), find_asking_time(folder), read_last_request(folder)[0]))
    return [store for _, store in sorted(found, key=lambda pair: pair[0], reverse=True)], unread


def list_stores(results: Path) -> list[Store]:
    """Every store of a results folder, the one asked for last first. Damaged or foreign ones are left out."""
    return open_if_there(results)[0]
