"""Arrays in bounded memory: numbers stay, pictures make room for others and come back the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from report.results.stored_arrays import LARGE, Held, Room, count_bytes

NUMBER = np.arange(3.0)


def pictures(value: int) -> np.ndarray[Any, Any]:
    return np.full(LARGE + 1, value, np.uint8)


class Disk:
    """Files of one number and one picture each; counts how often each is read."""

    def __init__(self) -> None:
        self.reads: dict[int, int] = {}
        self.gone: set[int] = set()

    def read(self, name: int) -> Mapping[str, np.ndarray[Any, Any]] | None:
        self.reads[name] = self.reads.get(name, 0) + 1
        return None if name in self.gone else {"number": NUMBER + name, "picture": pictures(name)}

    def held(self, name: int, room: Room) -> Held:
        arrays = self.read(name)
        assert arrays is not None
        return Held(arrays, room, name, lambda: self.read(name))


def test_room_holds_no_more_than_it_may_and_lets_the_longest_unused_go() -> None:
    disk, room = Disk(), Room(limit=2 * (LARGE + 1))
    files = [disk.held(name, room) for name in range(3)]  # 0 had to go
    assert room.taken == 2 * (LARGE + 1)
    assert [int(files[name]["picture"][0]) for name in (2, 1, 0, 1)] == [2, 1, 0, 1]
    assert disk.reads == {0: 2, 1: 1, 2: 1}
    assert room.taken == 2 * (LARGE + 1)
    assert int(files[2]["picture"][0]) == 2  # went when 0 came back
    assert disk.reads[2] == 2


def test_numbers_are_never_read_again() -> None:
    disk, room = Disk(), Room(limit=1)
    files = [disk.held(name, room) for name in range(5)]
    assert [list(held["number"]) for held in files] == [list(NUMBER + name) for name in range(5)]
    assert set(disk.reads.values()) == {1}


def test_what_is_gone_by_then_is_missing() -> None:
    disk, room = Disk(), Room(limit=1)
    first = disk.held(0, room)
    disk.held(1, room)
    disk.gone.add(0)
    with pytest.raises(KeyError):
        first["picture"]
    assert list(first["number"]) == list(NUMBER)


def test_held_arrays_are_those_of_the_file() -> None:
    held = Disk().held(7, Room())
    assert list(held) == ["number", "picture"]
    assert len(held) == 2
    assert "picture" in held
    assert "other" not in held
    with pytest.raises(KeyError):
        held["other"]
    assert {name: array.tobytes() for name, array in held.items()} == {
        "number": (NUMBER + 7).tobytes(), "picture": pictures(7).tobytes(),
    }  # fmt: skip


def test_one_file_larger_than_the_room_is_held_alone() -> None:
    room = Room(limit=1)
    assert room.get("a", lambda: {"picture": pictures(1)}) is not None
    assert room.taken == LARGE + 1
    assert room.get("b", lambda: None) is None
    assert count_bytes(room.get("a", lambda: None) or {}) == LARGE + 1
