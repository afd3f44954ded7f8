"""The arrays of a store as mappings that read when asked: probes, kept pictures, and a choice among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from report.results.frames import Measurement
from runs.errors import DamagedError
from runs.specs.probe_outputs import DATA_PROBES, RUN_PROBES

if TYPE_CHECKING:
    from runs.storage.store import Store


from collections import OrderedDict

Arrays = Mapping[str, NDArray[Any]]

#: Bytes that all large arrays of a report may take together.
ROOM = 192 * 2**20
#: Arrays of more bytes than these are large.
LARGE = 16 * 2**10


class Room:
    """Arrays by the name of their file; those that were asked for longest ago go first."""

    def __init__(self, limit: int = ROOM) -> None:
        self.limit, self.taken = limit, 0
        self._held: OrderedDict[object, Arrays] = OrderedDict()

    def get(self, name: object, read: Callable[[], Arrays | None]) -> Arrays | None:
        """The arrays of that name, read when they are not held; None where there are none."""
        if name in self._held:
            self._held.move_to_end(name)
            return self._held[name]
        arrays = read()
        if arrays is not None:
            self._held[name] = arrays
            self.taken += count_bytes(arrays)
            while self.taken > self.limit and len(self._held) > 1:
                self.taken -= count_bytes(self._held.popitem(last=False)[1])
        return arrays


class Held(Mapping[str, NDArray[Any]]):
    """The arrays of one file. Small ones stay; large ones lie in a room, and are read again when they had to go.

    Args:
        arrays: as they were read.
        room: where the large ones go.
        name: their name there.
        read: reads them again; None when the file is gone or damaged by now.
    """

    def __init__(self, arrays: Arrays, room: Room, name: object, read: Callable[[], Arrays | None]) -> None:
        self._names = tuple(arrays)
        self._small = {key: array for key, array in arrays.items() if array.nbytes <= LARGE}
        self._room, self._name = room, name
        self._read = lambda: self._large(read())
        if len(self._small) < len(arrays):
            room.get(name, lambda: self._large(arrays))

    def _large(self, arrays: Arrays | None) -> Arrays | None:
        return None if arrays is None else {key: arrays[key] for key in self._names if key not in self._small}

    def __getitem__(self, key: str) -> NDArray[Any]:
        if key in self._small or key not in self._names:
            return self._small[key]
        large = self._room.get(self._name, self._read)
        if large is None:
            raise KeyError(key)
        return large[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def count_bytes(arrays: Arrays) -> int:
    """Bytes of all arrays."""
    return sum(array.nbytes for array in arrays.values())


#: Run id or "data", probe name, epoch.
Key = tuple[str, str, int]
Name = TypeVar("Name")
Value = TypeVar("Value")


class StoredProbes(Mapping[Key, Measurement]):
    """The probes of a store, read from disk when asked for; those of another version count as not there.

    Args:
        store: where they lie.
        room: where large arrays go.
        there: whether anything lies at a path; a probe that cannot be read and is there is damaged.
    """

    def __init__(self, store: Store, room: Room, there: Callable[[Path], bool]) -> None:
        self.store, self.room, self.there = store, room, there
        self.read: dict[Key, Measurement | None] = {}
        self.damaged: list[Path] = []

    def _find(self, key: Key) -> Measurement | None:
        if key not in self.read:
            run, name, epoch = key
            stored = self.store.probe(run, name, epoch)
            if stored is None and self.there(path := self.store.probe_path(run, name, epoch)):
                self.damaged.append(path)
            version = (DATA_PROBES if run == "data" else RUN_PROBES).get(name)
            current = stored is not None and stored.record.get("version") == version
            self.read[key] = (
                Measurement(Held(stored.arrays, self.room, key, lambda: self._again(key)), stored.record["notes"])
                if stored and current
                else None
            )
        return self.read[key]

    def _again(self, key: Key) -> dict[str, NDArray[Any]] | None:
        stored = self.store.probe(*key)
        return None if stored is None else stored.arrays

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and self._find(key) is not None

    def __getitem__(self, key: Key) -> Measurement:
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[Key]:
        return iter([key for key, found in self.read.items() if found is not None])

    def __len__(self) -> int:
        return sum(1 for _ in self)


class StoredPictures(Mapping[str, NDArray[np.uint8]]):
    """The kept predictions of the runs of a store, read and verified when asked for."""

    def __init__(self, store: Store, runs: list[str], room: Room) -> None:
        self.store, self.room = store, room
        self.runs = dict.fromkeys(runs)

    def __getitem__(self, run: str) -> NDArray[np.uint8]:
        held = self.room.get((run, "pictures"), lambda: self._read(run)) if run in self.runs else None
        if held is None:
            raise KeyError(run)
        return held["pictures"]

    def _read(self, run: str) -> dict[str, NDArray[np.uint8]] | None:
        try:
            pictures = self.store.pictures(run)
        except DamagedError:
            return None
        return None if pictures is None else {"pictures": pictures}

    def __iter__(self) -> Iterator[str]:
        return iter(self.runs)

    def __len__(self) -> int:
        return len(self.runs)


class Chosen(Mapping[Name, Value]):
    """Those items of a mapping whose names are chosen; the mapping itself is shared, with what it has read."""

    def __init__(self, whole: Mapping[Name, Value], chosen: Callable[[Name], bool]) -> None:
        self.whole, self.chosen = whole, chosen

    def __getitem__(self, name: Name) -> Value:
        if not self.chosen(name):
            raise KeyError(name)
        return self.whole[name]

    def __iter__(self) -> Iterator[Name]:
        return (name for name in self.whole if self.chosen(name))

    def __len__(self) -> int:
        return sum(1 for _ in self)
