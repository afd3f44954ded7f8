"""The stores in a results folder, the one that is meant among them, and what was last asked for of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from runs.data.dataset import make_slug
from runs.data.palette import choose_palette
from runs.data.palette_names import AUTO
from runs.data.sources import check_category, split_store_name
from runs.errors import RUN_ALL, StoreError
from runs.specs.request import Request, Wanted, check_most_seeds, check_seeds, spell_option
from runs.specs.spec import RECIPE
from runs.storage import filesystem
from runs.storage.last_request import (
    UNKNOWN,
    describe_pictures,
    find_asking_time,
    read_last_request,
    read_pointer,
)
from runs.storage.record_forms import is_outdated
from runs.storage.store import Store

Say = Callable[[str], None]

#: How the name of a store ends: with the beginning of a digest of its pictures.
NAME_OF_STORE = re.compile(r".+-[0-9a-f]{8}")


@dataclass(frozen=True)
class Found:
    """A folder that holds a store, if only one that cannot be opened.

    Attributes:
        folder: its place.
        store: the store; None when it cannot be opened.
        trouble: why not, in a sentence.
        last: what was last asked for of it; empty when that is not known.
        lost: why that is not known, in a sentence; "" where nothing was asked for.
    """

    folder: Path
    store: Store | None
    trouble: str = ""
    last: Mapping[str, Any] = field(default_factory=dict)
    lost: str = ""

    @property
    def source(self) -> str:
        """The source of its pictures, as its record or else its name tells."""
        return self.store.data["source"] if self.store else split_store_name(self.folder.name)[0]

    @property
    def category(self) -> str:
        """The category of its pictures, likewise; out of a name it comes as a slug."""
        if self.store:
            return str(self.store.data["category"])
        return split_store_name(self.folder.name)[1].rpartition("-")[0]

    @property
    def asked(self) -> str:
        """When something was last asked for of it, as text that sorts by time; "" where nothing was."""
        return find_asking_time(self.folder, self.last)

    def may_be_meant(self, wanted: Wanted) -> bool:
        """Whether it holds what is wanted; what cannot be read may, as long as nothing that is known speaks against it,
        if it is a store of ours at all.
        """
        if not (self.store or self.last or NAME_OF_STORE.fullmatch(self.folder.name)):
            return False
        unknown = set() if self.store else {"folder", "preset"} - {name for name, value in self.last.items() if value}
        categories = {make_slug(self.category), make_slug(self.last.get("category", self.category))}
        return (
            wanted.may_come_from(self.source)
            and ("folder" in unknown or wanted.same_folder(self.last))
            and (wanted.category is None or make_slug(wanted.category) in categories)
            and ("preset" in unknown or wanted.same_scale(self.last))
            and (self.store is None or _has_palette(self.store, wanted.palette))
        )

    def resolve(self, wanted: Wanted, results: str) -> Request:
        """The request in full: what was left out is as it was last asked for, else as the store itself tells; the
        seeds go with the preset.
        """
        preset = wanted.preset or self.last.get("preset", Request.preset)
        again = wanted.seeds is None and wanted.preset is None
        seeds = check_seeds(self.last.get("seeds") if again else wanted.seeds, preset)
        most = wanted.most_seeds
        if most is None and again and self.last.get("most_seeds"):
            most = max(seeds, self.last["most_seeds"])
        return Request(
            describe_pictures(self.last, self.source) if wanted.named is None else wanted.named,
            wanted.category or self.last.get("category", self.category),
            preset,
            seeds,
            results,
            resize=self.last.get("resize", False) if wanted.resize is None else wanted.resize,
            palette=wanted.palette or self.last.get("palette", AUTO),
            most_seeds=check_most_seeds(most, seeds),
        )

    def mend(self, wanted: Wanted, results: str) -> str:
        """Why it cannot be read, and the command that mends it, as far as its name and files tell."""
        return self.resolve(wanted, results).completed(self.trouble)


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
    there = list_found(Path(results), say)
    meant = [one for one in there if one.may_be_meant(wanted)]
    chosen = next((one for one in meant if one.store), None)
    if chosen is None or chosen.store is None:
        raise StoreError(_describe_lack(there, meant, wanted, results))
    request = chosen.resolve(wanted, results)
    if meant[0] is not chosen:
        raise StoreError(
            f"Expected to speak of what was last asked for, but that may be {meant[0].folder}, which cannot be "
            f"read. To speak of {chosen.store.data['id']} instead, ask for it by --data and --category, or move the "
            f"other folder away. {meant[0].mend(wanted, results)}"
        )
    for other in there:
        if other.store is None:
            say(f"Passed over, for it cannot be read: {other.folder}. {other.mend(Wanted(), results)}")
    _tell_unknown(chosen, request, say)
    _tell_recipe(chosen.store, request, say)
    return chosen.store, request


def complete_request(results: str, wanted: Wanted, say: Say) -> Request:
    """What a command that trains is asked for: what was left out is as it was last asked for of the same pictures in
    this results folder, which is said; where nothing was, it is as the commands have it by themselves.

    Raises:
        UsageError: a number of seeds that makes no sense.
        StoreError: the results folder cannot be looked into.
    """
    meant = [one for one in list_found(Path(results), say) if one.asked and one.may_be_meant(Wanted(wanted.data))]
    typed = {name: value for name, value in vars(wanted).items() if value is not None}
    if not meant or "data" not in meant[0].last:
        preset = wanted.preset or Request.preset
        seeds = check_seeds(wanted.seeds, preset)
        most = check_most_seeds(wanted.most_seeds, seeds)
        return Request(**{**typed, "seeds": seeds, "most_seeds": most, "results": results})
    request = meant[0].resolve(wanted, results)
    if wanted.data is not None:
        request = Request(**{**vars(request), "data": wanted.data})
    default = Request(seeds=request.chosen.seeds)
    names = [name for name in vars(wanted) if name not in typed and getattr(request, name) != getattr(default, name)]
    if names:
        taken = spell_option({name: getattr(request, name) for name in names})
        say(f"As last asked for in {results}: {taken}")
    return request


def _describe_lack(there: Sequence[Found], meant: Sequence[Found], wanted: Wanted, results: str) -> str:
    """That nothing can be read of what is wanted, what there is, and one piece of advice."""
    words, names = wanted.words(), ", ".join(one.store.data["id"] for one in there if one.store) or "nothing"
    if meant:  # to mend what was last asked for
        advice = meant[0].mend(wanted, results)
    else:
        options = {"seeds": wanted.seeds, "results": None if results == Request.results else results}
        more = spell_option({name: value for name, value in options.items() if value})
        advice = " ".join(filter(None, (f"Train them: {RUN_ALL}", words, more)))
    return f"Expected stored results in {results}{f' for {words}' if words else ''}, found {names}. {advice}"


def _tell_unknown(chosen: Found, request: Request, say: Say) -> None:
    """Tells what is not known of what was last asked for of a store."""
    if chosen.lost:
        say(
            "It is not known what was last asked for: --preset and --seeds are the write-up's where they are not "
            f"named. {request.completed(chosen.lost)}"
        )
    if request.data == UNKNOWN:
        say(
            f"Expected the folder of these pictures in {chosen.folder / 'request.json'}, but it is not known. Name it "
            f"with --data; the commands that are proposed say {UNKNOWN} in its place."
        )


def _tell_recipe(store: Store, request: Request, say: Say) -> None:
    """Tells where an earlier recipe made the results of a store."""
    if is_outdated(store.data):
        say(
            f"The results in {store.folder} were made by recipe {store.data['recipe']}, and today's is {RECIPE}, which "
            "gives other numbers. They stay as they are, and are shown as stale. To train anew beside them: "
            f"{request.command('run-all')}"
        )


def _has_palette(store: Store, wanted: str | None) -> bool:
    """Whether a store's palette is the one that is wanted, if one is."""
    palette = choose_palette(wanted or AUTO)
    if palette is None:
        return True
    if palette.colours is None:
        return bool(store.data["palette_name"] == palette.name)
    return np.array_equal(palette.colours, np.array(store.data["palette"]))


def list_found(results: Path, say: Say = lambda text: None) -> list[Found]:
    """The stores of a results folder, those that cannot be opened among them: first the one that the folder points to,
    then the one asked for last.
    """
    pointed, trouble = read_pointer(results)
    if trouble:
        say(trouble)
    found = [_look_into(results / name) for name in filesystem.list_folder(results) if _is_store(results / name)]
    return sorted(found, key=lambda one: (one.folder.name == pointed, one.asked), reverse=True)


def _is_store(folder: Path) -> bool:
    return filesystem.exists(folder / "data.json")


def _look_into(folder: Path) -> Found:
    try:
        store, trouble = Store.open(folder), ""
    except StoreError as error:
        store, trouble = None, str(error)
    last, lost = read_last_request(folder)
    return Found(folder, store, trouble, last or {}, lost)


def list_stores(results: Path) -> list[Store]:
    """Every store of a results folder, the one asked for last first. Damaged or foreign ones are left out."""
    return [one.store for one in list_found(results) if one.store]
