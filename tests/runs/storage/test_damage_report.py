"""Every stored file is verified: whatever byte is altered, it is found, named, kept aside and made again."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from report.results.stored import Shelf
from runs.data.dataset import Dataset
from runs.disk import use_disk
from runs.errors import DamagedError, StoreError
from runs.specs.presets import PRESETS
from runs.specs.request import Wanted
from runs.storage import arrays as files
from runs.storage import records
from runs.storage.find_store import find
from runs.storage.readable_copies import make_copies, make_run_json
from runs.storage.store import Store
from tests.runs.disks import Counting
from tests.runs.replayed import GOALS, UNET, check_whole, run_all

pytestmark = pytest.mark.usefixtures("threads")

#: Each kind of file, and the run that it belongs to.
KINDS = {
    "state": (UNET.id, f"{UNET.id}/state.safetensors"),
    "snapshot": (UNET.id, f"{UNET.id}/snapshots/epoch-001.safetensors"),
    "probe": (UNET.id, f"{UNET.id}/probes/layers-001.safetensors"),
    "probe of the pictures": ("data", "probes/samples.safetensors"),
}
#: Shares of a file, from its first byte to its last: length, header, record, checksums, arrays.
REGIONS = (0.0, 0.05, 0.2, 0.5, 0.8, 1.0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, data: Dataset) -> Store:
    """A finished run-all, only to be copied."""
    return run_all(tmp_path_factory.mktemp("whole"), data)


@pytest.fixture
def store(whole: Store, bench: Path) -> Store:
    shutil.copytree(whole.folder, bench / whole.folder.name)
    return Store.open(bench / whole.folder.name)


def flipped(content: bytes, place: int) -> bytes:
    """One bit turned, another one from byte to byte."""
    return content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]


def test_bit_turned_in_any_byte_of_any_kind_of_file_is_found(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    tried = 0
    for _, name in KINDS.values():
        path = store.folder / name
        content = path.read_bytes()
        for place in range(len(content)):
            path.write_bytes(flipped(content, place))
            assert records.make_trouble(path), (name, place)
        tried += len(content)
        path.write_bytes(content)
    for path in (store.folder / "data.json", store.folder / "request.json"):
        content = path.read_bytes()
        for place in range(len(content)):
            path.write_bytes(flipped(content, place))
            with pytest.raises(DamagedError, match=path.name):
                files.read_json(path)
        tried += len(content)
        path.write_bytes(content)
    record = store.record(UNET.id)
    assert record is not None
    for name, content in make_copies(record).items():
        path = store.folder / UNET.id / name
        for place in range(len(content)):
            path.write_bytes(flipped(content, place))
            assert not make_run_json(path, content), (name, place)
        tried += len(content)
    assert tried > 5000
    with capsys.disabled():
        print(f"\n{tried} files with one bit turned, in every byte of eight kinds: each found.")


def altered(content: bytes) -> Iterator[bytes]:
    """Empty, cut short, and with a bit turned in each region."""
    yield b""
    yield content[:5]
    yield content[: len(content) // 2]
    yield content[:-1]
    yield content + b"\0"
    for share in REGIONS:
        yield flipped(content, int(share * (len(content) - 1)))


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_file_is_named_kept_aside_and_made_again_to_the_same_bits(
    kind: str, store: Store, data: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    run, name = KINDS[kind]
    path = store.folder / name
    content = path.read_bytes()
    kept: list[bytes] = []
    for number, broken in enumerate(altered(content), 1):
        path.write_bytes(broken)
        said: list[str] = []
        with use_disk(Counting()):
            run_all(store.folder.parent, data, said.append)
        kept.append(broken)
        (notice,) = [text for text in said if "altered, cut short or moved" in text]
        assert notice.startswith(run)
        top, _, inside = name.partition("/")
        aside = store.folder / (f"{top}.damaged" if number == 1 else f"{top}.{number}.damaged") / inside
        assert str(aside if kind != "state" else aside.parent) in notice
        assert aside.read_bytes() == broken
    asides = sorted(store.folder.glob("*.damaged"))
    assert len(asides) == len(kept)  # none took the place of another
    again = [file for file in store.folder.rglob(path.name) if ".damaged" not in str(file.relative_to(store.folder))]
    assert path in again
    for one in asides:
        shutil.rmtree(one)
    check_whole(store, complete=True)
    with capsys.disabled():
        print(f"\n{len(kept)} damaged files ({kind}): each named, kept aside and made again.")


def foreign(path: Path) -> None:
    """A whole file with the right checksum, whose record is none that is read here."""
    arrays, record = files.read_arrays(path)
    files.write_arrays(path, arrays, {**record, "rows": None, "notes": None, "epoch": None})


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with pipes that have names")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("put", [foreign, pipe, folder, circle])
def test_what_is_none_of_our_files_is_named_kept_aside_and_made_again(
    kind: str, put: Callable[[Path], None], store: Store, data: Dataset
) -> None:
    run, name = KINDS[kind]
    put(store.folder / name)
    said: list[str] = []
    run_all(store.folder.parent, data, said.append)
    (notice,) = [text for text in said if "altered, cut short or moved" in text]
    assert notice.startswith(run)
    (aside,) = store.folder.glob("*.damaged")
    top, _, inside = name.partition("/")
    assert os.path.lexists(aside / inside)
    assert aside.name == f"{top}.damaged"
    shutil.rmtree(aside)
    check_whole(store, complete=True)


def test_report_in_between_shows_the_gap_whichever_byte_of_the_run_is_altered(store: Store) -> None:
    path = store.folder / UNET.id / "state.safetensors"
    content = path.read_bytes()
    runs = [goal.spec.id for goal in GOALS]
    assert set(Shelf(store, PRESETS["quick"], (0,)).verified(runs).runs.index) == set(runs)
    for share in REGIONS:
        path.write_bytes(flipped(content, int(share * (len(content) - 1))))
        frames = Shelf(store, PRESETS["quick"], (0,)).verified(runs)
        assert UNET.id not in frames.runs.index
        assert UNET.id not in set(frames.epochs.run)


@pytest.mark.parametrize("name", ["run.json", "epochs.csv"])
def test_copy_for_people_that_says_something_else_is_named_and_written_anew(
    name: str, store: Store, data: Dataset
) -> None:
    path = store.folder / UNET.id / name
    content = path.read_bytes()
    for broken in altered(content):
        path.write_bytes(broken)
        said: list[str] = []
        run_all(store.folder.parent, data, said.append)
        assert [text for text in said if str(path) in text]
        assert make_run_json(path, content)
    path.unlink()
    run_all(store.folder.parent, data)
    assert make_run_json(path, content)


def test_damaged_request_is_kept_aside(store: Store, data: Dataset) -> None:
    path = store.folder / "request.json"
    for broken in altered(path.read_bytes()):
        path.write_bytes(broken)
        assert store.request() is None
        said: list[str] = []
        run_all(store.folder.parent, data, said.append)
        assert store.request() is not None
        assert [text for text in said if "request.json" in text and "Moved to" in text]
    kept = {one.read_bytes() for one in store.folder.glob("request.json*damaged")}
    assert len(kept) == len(list(altered(b"0" * 100)))


def test_damaged_record_of_the_pictures_is_named_and_left_as_it_is(store: Store, data: Dataset) -> None:
    path = store.folder / "data.json"
    before = {one: one.read_bytes() for one in store.folder.rglob("*") if one.is_file() and one != path}
    for broken in altered(path.read_bytes()):
        path.write_bytes(broken)
        with pytest.raises(DamagedError, match=r"data\.json.*Move it away"):
            run_all(store.folder.parent, data)
        with pytest.raises(Exception, match=r"data\.json.*Move it away"):
            find(str(store.folder.parent), Wanted())
        assert path.read_bytes() == broken
    assert {one: one.read_bytes() for one in before} == before
    path.unlink()
    with use_disk(Counting()):
        check_whole(run_all(store.folder.parent, data), complete=True)


@pytest.mark.parametrize("kind", ["snapshot", "probe", "probe of the pictures"])
def test_folder_that_is_a_link_to_another_disk_is_looked_through_and_mended(
    kind: str, store: Store, data: Dataset, tmp_path: Path
) -> None:
    if tmp_path.stat().st_dev == store.folder.stat().st_dev:
        pytest.skip("needs two disks: /dev/shm, which is memory, and that of temporary files")
    run, name = KINDS[kind]
    path, elsewhere = store.folder / name, tmp_path / "elsewhere"
    shutil.move(path.parent, elsewhere)
    path.parent.symlink_to(elsewhere)
    broken = path.read_bytes()[:-1] + b"?"
    path.write_bytes(broken)
    assert list(store.troubles(run)) == [path]
    said: list[str] = []
    run_all(store.folder.parent, data, said.append)
    assert [text.split(":")[0] for text in said if "cut short or moved" in text] == [run]
    assert path.parent.is_symlink()
    (aside,) = elsewhere.glob("*.damaged")  # where it can go without being copied, however long it is
    assert aside.name == f"{path.name}.damaged"
    assert aside.read_bytes() == broken
    assert list(store.folder.glob("*.damaged")) == []
    assert list(store.troubles(run)) == []
    assert path.is_file()
    check_whole(store, complete=False)


class Layered(Counting):
    """A disk on which no folder can get another name, as where layers lie over each other."""

    def rename(self, source: Path, target: Path) -> None:
        if source.is_dir():
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        super().rename(source, target)


def test_damaged_run_that_cannot_be_set_aside_stops_the_command_and_stays(store: Store, data: Dataset) -> None:
    path = store.folder / UNET.id / "state.safetensors"
    path.write_bytes(broken := path.read_bytes()[:-1])
    with use_disk(Layered()), pytest.raises(StoreError, match=rf"{UNET.id}\.damaged, but: .*What was stored before"):
        run_all(store.folder.parent, data)
    assert path.read_bytes() == broken
