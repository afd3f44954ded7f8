"""Arrays of many files in, the same in bounded memory out: numbers are kept, pictures as long as there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from numpy.typing import NDArray

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
            self.taken += size(arrays)
            while self.taken > self.limit and len(self._held) > 1:
                self.taken -= size(self._held.popitem(last=False)[1])
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


def size(arrays: Arrays) -> int:
    """Bytes of all arrays."""
    return sum(array.nbytes for array in arrays.values())
