import hashlib
import io
import os
import pickle
import time
import warnings
from http.client import HTTPMessage
from pathlib import Path

import numpy as np
import pytest
from torchvision.datasets import CIFAR10

from runs import disk
from runs.data import download, university
from runs.data.layouts.pickles import FOLDER
from runs.data.selection import Selection, ignore
from runs.data.sources.cifar10 import CIFAR10 as CIFAR10_SOURCE
from runs.data.university import ARCHIVE
from runs.errors import DataError, UsageError
from tests.runs.made_up_cifar import archive_of


@pytest.fixture(autouse=True)
def nowhere(elsewhere: Path) -> None:
    """Nothing lies in the working folder and at home."""


def read(root: Path, category: str = "horse", say=ignore, data: str = "cifar10"):
    found = CIFAR10_SOURCE.read(Selection(data, category, root, say))
    return found.train, found.test


class Answer(io.BytesIO):
    """What the university's server sends."""

    status = 200
    headers = HTTPMessage()


def serve(monkeypatch: pytest.MonkeyPatch, content: bytes, pinned: bytes | None = None) -> None:
    """A server that sends this, and the size and digest that are pinned."""
    pinned = pinned or content
    monkeypatch.setattr(download, "open_url", lambda request, seconds: Answer(content))
    monkeypatch.setattr(university, "BYTES", len(pinned))
    monkeypatch.setattr(university, "SHA256", hashlib.sha256(pinned).hexdigest())


def test_names_are_those_that_torchvision_uses():
    assert (CIFAR10.url, CIFAR10.filename, CIFAR10.base_folder) == (university.URL, university.ARCHIVE, FOLDER)


@pytest.mark.parametrize("category", ["airplane", "horse", "truck"])
def test_unpacked_folder_gives_one_class_in_its_order(made_up, tmp_path, category):
    made_up.unpack(tmp_path / "data")
    train, test = read(tmp_path, category=category)
    expected = made_up.of_class(category)
    np.testing.assert_array_equal(train, expected[0])
    np.testing.assert_array_equal(test, expected[1])
    assert train.flags.c_contiguous
    assert train.dtype == np.uint8


def test_warning_of_numpy_on_old_pickles_does_not_reach_the_user(made_up, tmp_path, monkeypatch):
    load_meta = CIFAR10._load_meta

    def warn(self):
        warnings.warn("dtype(): align should be passed as boolean", np.exceptions.VisibleDeprecationWarning, 2)
        load_meta(self)

    monkeypatch.setattr(CIFAR10, "_load_meta", warn)
    made_up.unpack(tmp_path)
    assert len(read(tmp_path)[0]) == 10


def test_archive_elsewhere_is_unpacked_into_the_root_and_left_as_it_was(made_up, tmp_path):
    root, elsewhere = tmp_path / "results" / "downloads", tmp_path / "home" / "data"
    made_up.put_archive(elsewhere)
    train, _ = read(root)
    np.testing.assert_array_equal(train, made_up.of_class("horse")[0])
    assert [entry.name for entry in root.iterdir()] == [FOLDER]
    assert [entry.name for entry in elsewhere.iterdir()] == [ARCHIVE]
    (elsewhere / ARCHIVE).unlink()
    np.testing.assert_array_equal(read(root)[0], train)


def test_download_is_kept_and_read(made_up, tmp_path, monkeypatch):
    serve(monkeypatch, made_up.archive)
    said: list[str] = []
    train, _ = read(tmp_path / "new", say=said.append)
    np.testing.assert_array_equal(train, made_up.of_class("horse")[0])
    assert university.URL in said[0]
    assert sorted(entry.name for entry in (tmp_path / "new").iterdir()) == sorted([ARCHIVE, FOLDER])


def test_what_a_dead_process_had_begun_to_unpack_is_cleared_away_and_what_is_at_work_is_not(made_up, tmp_path):
    made_up.put_archive(tmp_path)
    for name, age in (("old", 2 * disk.FORGOTTEN), ("young", 0)):
        (tmp_path / f"unpacking-{name}").mkdir()
        (tmp_path / f"unpacking-{name}" / "data_batch_1").write_bytes(b"half")
        os.utime(tmp_path / f"unpacking-{name}", (time.time() - age, time.time() - age))
    read(tmp_path)
    assert {entry.name for entry in tmp_path.iterdir()} == {ARCHIVE, FOLDER, "unpacking-young"}


def test_download_of_something_else_is_refused_and_leaves_nothing(made_up, tmp_path, monkeypatch):
    serve(monkeypatch, made_up.archive[:-1] + b"x", pinned=made_up.archive)
    with pytest.raises(DataError, match=r"does not match the digest.*cifar-10-python\.tar\.gz into"):
        read(tmp_path / "root")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["data_batch_1", "test_batch", "batches.meta"])
def test_file_with_a_wrong_checksum_is_never_unpickled(made_up, tmp_path, name):
    trace = tmp_path / "trace"
    bomb = pickle.dumps(Bomb(trace), protocol=2)
    pickle.loads(bomb)
    assert trace.exists(), "the bomb of this test must work"
    trace.unlink()
    made_up.unpack(tmp_path)
    (tmp_path / FOLDER / name).write_bytes(bomb)
    said: list[str] = []
    with pytest.raises(DataError, match="not here, and it cannot be downloaded"):
        read(tmp_path, say=said.append)
    assert not trace.exists()
    assert "checksums" in said[0]


def test_archive_with_a_damaged_file_is_not_unpacked_and_a_whole_one_is_downloaded_over_it(
    made_up, tmp_path, monkeypatch
):
    files = {f"{FOLDER}/{name}": content for name, content in made_up.files.items()}
    made_up.put_archive(tmp_path, archive_of({**files, f"{FOLDER}/test_batch": b"damaged"}))
    said: list[str] = []
    with pytest.raises(DataError, match="cannot be downloaded"):
        read(tmp_path, say=said.append)
    assert [entry.name for entry in tmp_path.iterdir()] == [ARCHIVE]
    assert "test_batch is missing or do not match their checksums" in said[0]
    serve(monkeypatch, made_up.archive)
    np.testing.assert_array_equal(read(tmp_path)[0], made_up.of_class("horse")[0])
    assert (tmp_path / ARCHIVE).read_bytes() == made_up.archive


def test_damaged_folder_is_mended_from_the_archive(made_up, tmp_path):
    made_up.unpack(tmp_path)
    made_up.put_archive(tmp_path)
    (tmp_path / FOLDER / "data_batch_3").write_bytes(b"damaged")
    np.testing.assert_array_equal(read(tmp_path)[0], made_up.of_class("horse")[0])


def test_only_known_files_leave_an_archive(made_up, tmp_path, monkeypatch):
    files = {f"{FOLDER}/{name}": content for name, content in made_up.files.items()}
    files |= {"../outside": b"x", f"{FOLDER}/extra": b"x", str(tmp_path / "absolute"): b"x"}
    archive = archive_of(files)
    made_up.expect(monkeypatch, archive)
    made_up.put_archive(tmp_path / "root", archive)
    read(tmp_path / "root")
    assert [entry.name for entry in tmp_path.iterdir()] == ["root"]
    assert {entry.name for entry in (tmp_path / "root" / FOLDER).iterdir()} == set(made_up.files)


def test_link_in_an_archive_leads_nowhere(made_up, tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    secret.write_bytes(made_up.files["test_batch"])
    files = {f"{FOLDER}/{name}": content for name, content in made_up.files.items() if name != "test_batch"}
    archive = archive_of(files, links={f"{FOLDER}/test_batch": str(secret)})
    made_up.expect(monkeypatch, archive)
    made_up.put_archive(tmp_path / "root", archive)
    with pytest.raises(DataError, match="cannot be downloaded"):
        read(tmp_path / "root")
    assert not (tmp_path / "root" / FOLDER / "test_batch").exists()


def test_archive_with_other_files_than_its_checksum_promises_is_refused(made_up, tmp_path, monkeypatch):
    files = {f"{FOLDER}/{name}": content for name, content in made_up.files.items()}
    archive = archive_of({**files, f"{FOLDER}/test_batch": b"other"})
    made_up.expect(monkeypatch, archive)
    made_up.put_archive(tmp_path, archive)
    with pytest.raises(DataError, match="cannot be downloaded"):
        read(tmp_path)


def test_root_that_cannot_be_made_is_a_clear_error(made_up, tmp_path):
    made_up.put_archive(tmp_path / "data")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="cannot be downloaded"):
        read(tmp_path / "file" / "root")


def test_unknown_class_names_the_ten_before_anything_is_looked_for(monkeypatch, tmp_path):
    monkeypatch.setattr(download, "open_url", lambda *_: pytest.fail("looked for the network"))
    with pytest.raises(UsageError, match=r"airplane, .*, truck.*'zebra'"):
        read(tmp_path, category="zebra")


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)
