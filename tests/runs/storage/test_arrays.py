"""Files are written whole or not at all, and every altered byte is found on reading."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runs.errors import DamagedError, StoreError
from runs.storage import arrays as files
from runs.storage import filesystem, headers

RECORD: dict[str, Any] = {"name": "grün", "rows": [{"epoch": 1, "loss": 1e-7}, {"epoch": 2, "loss": None}], "n": 3}


def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "weight": rng.normal(size=(3, 2, 5)).astype(np.float32),
        "step": np.array(7, np.int64),  # no dimension at all
        "pictures": rng.integers(0, 256, (2, 3, 4), dtype=np.uint8),
        "half": rng.normal(size=9).astype(np.float16),
        "double": np.array([np.nan, np.inf, -0.0]),
        "none": np.zeros((0, 4), np.float32),
        "transposed": rng.normal(size=(3, 4)).T,
    }


def write_arrays(path: Path) -> None:
    files.write_arrays(path, arrays(), RECORD)


def write_json(path: Path) -> None:
    files.write_json(path, RECORD)


KINDS: dict[str, tuple[Callable[[Path], None], Callable[[Path], Any]]] = {
    "arrays": (write_arrays, files.read_arrays),
    "json": (write_json, files.read_json),
}
both = pytest.mark.parametrize(("write", "read"), KINDS.values(), ids=KINDS)


def test_arrays_and_record_come_back_bit_for_bit(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a")
    read, record = files.read_arrays(tmp_path / "a")
    assert record == RECORD == headers.read_head(tmp_path / "a").record
    assert read.keys() == arrays().keys()
    for name, array in arrays().items():
        assert read[name].dtype == array.dtype
        assert read[name].shape == array.shape
        assert read[name].tobytes() == array.tobytes(), name


def test_json_record_comes_back_and_people_can_read_it(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json")
    assert files.read_json(tmp_path / "a.json") == RECORD
    assert len((tmp_path / "a.json").read_text().splitlines()) > 5


def test_same_content_gives_the_same_bytes_in_whatever_order_it_comes(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a")
    turned = dict(reversed(arrays().items()))
    files.write_arrays(tmp_path / "b", turned, dict(reversed(RECORD.items())))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


# one bit of a digit; the case of a letter; the top bit; every bit; a space for a line end
@both
@pytest.mark.parametrize("change", [0x01, 0x20, 0x80, 0xFF, 0x2A], ids=hex)
def test_altered_byte_is_found_wherever_it_is(
    write: Callable[[Path], None], read: Callable[[Path], Any], change: int, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    write(path)
    whole = path.read_bytes()
    missed = []
    for place in range(change % 3, len(whole), 3):
        altered = bytearray(whole)
        altered[place] ^= change
        path.write_bytes(altered)
        try:
            read(path)
        except DamagedError:
            continue
        missed.append((place, whole[max(0, place - 20) : place + 20]))
    assert missed == []


@both
def test_file_cut_short_or_grown_is_found(
    write: Callable[[Path], None], read: Callable[[Path], Any], tmp_path: Path
) -> None:
    path = tmp_path / "a"
    write(path)
    whole = path.read_bytes()
    for length in {0, 1, 7, 8, 9, 100, *range(0, len(whole), 37), len(whole) - 2}:
        path.write_bytes(whole[:length])
        with pytest.raises(DamagedError, match="cut short"):
            read(path)
    path.write_bytes(whole + b"x")
    with pytest.raises(DamagedError):
        read(path)


def test_record_alone_is_verified_too(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a")
    whole = (tmp_path / "a").read_bytes()
    for place in range(whole.index(b"record"), whole.index(b'\\",\\"sha256'), 3):
        altered = bytearray(whole)
        altered[place] ^= 0x01
        (tmp_path / "a").write_bytes(altered)
        with pytest.raises(DamagedError):
            headers.read_head(tmp_path / "a")
    for content in (b"", whole[:8], whole[:200], b"\xff" * 300, whole[:-1], whole + b"\0"):
        (tmp_path / "a").write_bytes(content)
        with pytest.raises(DamagedError):
            headers.read_head(tmp_path / "a")


@pytest.mark.parametrize("content", [b"[]", b"3", b"{}", b'{"sha256": 3}', b"\xff\xfe", b"null"])
def test_json_that_is_not_ours_is_damage(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(DamagedError, match="Move it away"):
        files.read_json(tmp_path / "a.json")


def test_safetensors_file_of_another_program_is_damage(tmp_path: Path) -> None:
    from safetensors.numpy import save

    (tmp_path / "a").write_bytes(save(arrays()))
    for read in (files.read_arrays, headers.read_head):
        with pytest.raises(DamagedError):
            read(tmp_path / "a")


def test_missing_file_is_missing_and_not_damaged(tmp_path: Path) -> None:
    for read in (files.read_arrays, headers.read_head, files.read_json):
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "a")


def full_disk(handle: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@both
def test_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    write: Callable[[Path], None], read: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    filesystem.write_bytes(path, b"old")
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(StoreError, match=r"No space left.*--results"):
        write(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_interrupted_write_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "a"
    filesystem.write_bytes(path, b"old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_arrays(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_content_is_synced_before_it_is_renamed_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    seen: list[tuple[bool, bool]] = []
    sync = os.fsync

    def watched(handle: int) -> None:
        seen.append((path.exists(), os.path.samestat(os.fstat(handle), tmp_path.stat())))
        sync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    filesystem.write_bytes(path, b"new")
    assert seen == [(False, False), (True, True)]  # the content while its place is empty; the folder when it is there


@both
def test_file_in_place_of_the_folder_is_a_store_error(
    write: Callable[[Path], None], read: Callable[[Path], Any], tmp_path: Path
) -> None:
    (tmp_path / "results").write_text("no folder")
    with pytest.raises(StoreError, match="Expected to write"):
        write(tmp_path / "results" / "a")
    assert (tmp_path / "results").read_text() == "no folder"
