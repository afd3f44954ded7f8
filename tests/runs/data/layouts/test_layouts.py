"""The same pictures from every layout in which people keep them: one order, one data id, and no network."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.data import archives, trees
from runs.data.layouts import class_folders, matlab, tables, tfrecord
from runs.data.layouts.class_folders import rank_name
from runs.data.layouts.pickles import FOLDER
from runs.data.layouts.recognize import recognize
from runs.data.selection import Selection
from runs.data.sources.load import load_dataset
from runs.errors import DataError, UsageError
from tests.runs.data.layouts import made_up_layouts as layouts
from tests.runs.made_up_cifar import MadeUp, archive_of


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> MadeUp:
    small = MadeUp()
    small.expect(monkeypatch)
    return small


def read(path: Path, root: Path, **fields):
    return recognize(path).read(Selection(str(path), fields.pop("category", "horse"), root, **fields))


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_every_layout_gives_the_same_pictures_in_the_same_order(made, tmp_path, layout):
    path = layouts.LAYOUTS[layout](made, tmp_path)
    for category in ("horse", "truck"):
        found = read(path, tmp_path / "root", category=category)
        for got, expected in zip((found.train, found.test), made.of_class(category), strict=True):
            np.testing.assert_array_equal(got, expected)
            assert got.flags.c_contiguous
    assert (found.source, found.category) == ("cifar10", "truck")


def test_every_layout_gives_one_data_id(made, tmp_path):
    ids = set()
    for number, writer in enumerate(layouts.LAYOUTS.values()):
        place = tmp_path / str(number)
        place.mkdir()
        ids.add(load_dataset(str(writer(made, place)), root=tmp_path / "root").id)
    (one,) = ids
    assert one.startswith("cifar10-horse-")


@pytest.mark.parametrize("layout", ["torchvision's folder", "binary folder", "fastai's folder", "TensorFlow Datasets"])
def test_hidden_and_foreign_files_are_passed_over(made, tmp_path, layout):
    path = layouts.LAYOUTS[layout](made, tmp_path)
    layouts.clutter(tmp_path)
    found = read(path, tmp_path / "root")
    np.testing.assert_array_equal(found.test, made.of_class("horse")[1])
    if layout == "fastai's folder":
        assert len(found.passed_over) == 8
        assert "cifar10/train/horse/notes.txt" in found.passed_over


def test_folders_that_a_mac_puts_into_archives_are_passed_over(made, tmp_path):
    files = layouts.fastai(made)
    odd = {f"__MACOSX/{name.rpartition('/')[0]}/._{name.rpartition('/')[2]}": b"x" for name in files}
    found = read(layouts.zipped(tmp_path / "a.zip", {**odd, **files}), tmp_path / "root")
    np.testing.assert_array_equal(found.train, made.of_class("horse")[0])


def test_kaggles_is_refused_with_its_reason(made, tmp_path):
    with pytest.raises(DataError, match=r"Kaggle's CIFAR-10: its test pictures come without labels.*Give any other"):
        read(layouts.kaggle(made, tmp_path), tmp_path)


@pytest.mark.parametrize(
    "layout", ["binary folder", "MATLAB folder", "npz", "TensorFlow Datasets", "torchvision's folder"]
)
def test_class_that_cifar10_does_not_have_is_refused_with_the_ten(made, tmp_path, layout):
    with pytest.raises(UsageError, match=r"airplane, .*truck.*'zebra'"):
        read(layouts.LAYOUTS[layout](made, tmp_path), tmp_path / "root", category="zebra")


def test_without_pyarrow_a_sentence_says_what_to_install(made, tmp_path, monkeypatch):
    path = layouts.hub(made, tmp_path)
    monkeypatch.setattr(tables, "find_spec", lambda name: None)
    with pytest.raises(DataError, match=r"Expected pyarrow.*pip install 'rederive\[parquet\]'"):
        read(path, tmp_path / "root")


def test_link_of_the_hub_that_leads_out_of_its_folder_is_refused(made, tmp_path):
    home = layouts.hub(made, tmp_path)
    (home / "blobs" / "test").rename(tmp_path / "outside")
    (home / "blobs" / "test").symlink_to(tmp_path / "outside")
    with pytest.raises(DataError, match="leads out of it"):
        read(home, tmp_path / "root")


def test_any_other_pickle_is_not_opened_and_the_next_step_is_named(made, tmp_path):
    for name, content in {"mine.pkl": b"\x80\x04N.", "model.pt": b"\x80\x02N."}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=r"got a pickle, which can run programs and so is not opened\. Give"):
            recognize(tmp_path / name)
    np.save(tmp_path / "objects.npy", np.array([{}], object))
    with pytest.raises(DataError, match="got a file of another kind"):
        recognize(tmp_path / "objects.npy")


def test_array_of_objects_is_not_unpickled(made, tmp_path):
    path = layouts.npz(made, tmp_path)
    objects = io.BytesIO()
    np.save(objects, np.array([{}], object))
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    layouts.zipped(path, {**files, "y_train.npy": objects.getvalue()})
    with pytest.raises(DataError, match=r"Expected an array of plain numbers in .*y_train"):
        read(path, tmp_path)


@pytest.mark.parametrize(
    ("layout", "change", "words"),
    [
        ("binary folder", ("cifar-10-batches-bin/data_batch_2.bin", lambda old: old[:-1]), "another form"),
        ("binary folder", ("cifar-10-batches-bin/test_batch.bin", lambda old: b"\x0b" + old[1:]), "label below 10"),
        ("MATLAB folder", ("cifar-10-batches-mat/test_batch.mat", lambda old: old[:500]), "Get cifar-10-matlab"),
        ("MATLAB folder", ("cifar-10-batches-mat/test_batch.mat", lambda old: b""), "Get cifar-10-matlab"),
        ("Hugging Face's datasets", ("uoft-cs___cifar10/plain_text/0.0.0/0123abcd/cifar10-test.arrow",
                                     lambda old: old[:900]), "Expected a table"),
        ("Hugging Face's hub", ("datasets--uoft-cs--cifar10/blobs/test", lambda old: old[:-9]), "Expected a table"),
        ("TensorFlow Datasets", ("tensorflow_datasets/cifar10/3.0.2/cifar10-test.tfrecord-00000-of-00001",
                                 lambda old: old[:-9]), "Expected records"),
        ("fastai's archive", ("cifar10.tgz", lambda old: old[: len(old) // 2]), "Get "),
        ("batches zipped again", ("mine.ZIP", lambda old: old[: len(old) // 2]), "Get it again"),
        ("npz", ("cifar10.npz", lambda old: old[: len(old) // 2]), "Get it again"),
    ],
)  # fmt: skip
def test_damaged_file_is_named_with_the_next_step(made, tmp_path, layout, change, words):
    path = layouts.LAYOUTS[layout](made, tmp_path)
    name, edit = change
    (tmp_path / name).write_bytes(edit((tmp_path / name).read_bytes()))
    with pytest.raises(DataError, match=words):
        read(path, tmp_path / "root")


@pytest.mark.parametrize("layout", ["fastai's archive", "torchvision's archive"])
def test_archive_that_unpacks_to_too_much_is_refused(made, tmp_path, monkeypatch, layout):
    path = layouts.LAYOUTS[layout](made, tmp_path)
    monkeypatch.setattr(archives, "MOST_UNPACKED", 60_000)
    with pytest.raises(DataError, match="unpacks to 58 kB at most"):
        read(path, tmp_path / "root")


def test_zip_that_unpacks_to_too_much_is_refused_before_it_is(made, tmp_path, monkeypatch):
    path = layouts.zipped(tmp_path / "a.zip", {"x_train.npy": bytes(70_000)})
    monkeypatch.setattr(archives, "MOST_UNPACKED", 60_000)
    with pytest.raises(DataError, match="unpacks to 58 kB at most"):
        recognize(path)


def test_zip_that_lies_about_its_sizes_is_held_to_them(made, tmp_path):
    """A file of 70 kB that is said to have 10 bytes gives an error or 10 bytes, never 70 kB."""
    path = layouts.zipped(tmp_path / "a.zip", {"x.bin": bytes(70_000)})
    content = path.read_bytes().replace(struct.pack("<I", 70_000), struct.pack("<I", 10))
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"Get (it|the archive) again"):
        archives.open_tree(path).read_file("x.bin")


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_archive_of_too_many_files_is_refused(tmp_path, monkeypatch, kind):
    files = {f"train/horse/{number}.png": b"" for number in range(12)}
    path = tmp_path / f"a.{kind}"
    layouts.zipped(path, files) if kind == "zip" else path.write_bytes(archive_of(files))
    monkeypatch.setattr(archives, "MOST_FILES", 10)
    with pytest.raises(DataError, match="at most 10 files"):
        recognize(path)


def test_file_in_an_archive_that_is_too_large_is_refused_as_it_is_read(made, tmp_path):
    path = layouts.LAYOUTS["binary archive"](made, tmp_path)
    with pytest.raises(DataError, match="at most 1 kB"):
        archives.open_tree(path).read_file("cifar-10-batches-bin/test_batch.bin", 1024)


def test_matlab_file_that_unpacks_to_too_much_is_refused(made, tmp_path, monkeypatch):
    path = layouts.LAYOUTS["MATLAB archive"](made, tmp_path)
    monkeypatch.setattr(matlab, "MOST_UNPACKED", 1000)
    with pytest.raises(DataError, match="unpack to 0 kB at most"):
        read(path, tmp_path)


def test_table_that_unpacks_to_too_much_is_refused(made, tmp_path, monkeypatch):
    path = layouts.hub(made, tmp_path)
    monkeypatch.setattr(tables, "MOST_UNPACKED", 1000)
    with pytest.raises(DataError, match="unpacks to more than"):
        read(path, tmp_path)


def test_names_that_lead_out_of_an_archive_and_links_in_it_stand_for_nothing(made, tmp_path):
    files = {"../../etc/x": b"x", "/absolute/x": b"x", "a/../../x": b"x", **layouts.pickled(made)}
    path = tmp_path / "a.tar.gz"
    path.write_bytes(archive_of(files, links={"train": "/etc", f"{FOLDER}/more": "/etc/passwd"}))
    tree = archives.open_tree(path)
    assert tree.list_folder() == trees.Listing((FOLDER,), ())
    assert "more" not in tree.list_folder(FOLDER).files
    before = sorted(tmp_path.rglob("*"))
    np.testing.assert_array_equal(read(path, tmp_path / "root").test, made.of_class("horse")[1])
    root = tmp_path / "root"
    assert sorted(tmp_path.rglob("*")) == sorted(
        [*before, root, root / FOLDER, *(root / FOLDER / n for n in made.files)]
    )


def test_archives_of_other_kinds_are_named(tmp_path):
    for begin, kind in archives.OTHERS.items():
        (tmp_path / "a").write_bytes(begin + bytes(600))
        with pytest.raises(DataError, match=f"is a {kind} archive. Unpack it"):
            recognize(tmp_path / "a")


def test_encrypted_zip_is_refused(made, tmp_path):
    path = layouts.zipped(tmp_path / "a.zip", {"train/horse/1.png": b"x", "test/horse/1.png": b"x"})
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + place] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="encrypted"):
        read(path, tmp_path)


def test_records_without_a_number_are_refused_for_their_order_is_lost(made, tmp_path):
    record = layouts.example("none", b"", 7)
    folder = tmp_path / "cifar10"
    content = struct.pack("<QI", len(record), 0) + record + bytes(4)
    layouts.write(folder, {f"cifar10-{half}.tfrecord": content for half in ("train", "test")})
    with pytest.raises(DataError, match="features id, image and label"):
        read(folder, tmp_path)


@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_refused(content):
    with suppress(ValueError, IndexError):
        for record in tfrecord.split_records(content):
            tfrecord.parse_example(record)
    with suppress(ValueError, IndexError):
        tfrecord.parse_example(content)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_matlab_file_of_bounded_size_or_refused(content):
    packed = struct.pack("<II", 15, 400) + zlib.compress(content)
    for one in (content, bytes(126) + b"IM" + packed):
        with suppress(DataError):
            assert len(matlab.unpack_elements(one, Path("x"))) <= matlab.MOST_UNPACKED + 128


def test_numbers_in_names_count_as_numbers():
    names = ["10_horse.png", "9_horse.png", "horse-2.png", "horse-10.png", "0009.png", "9.png"]
    assert sorted(names, key=rank_name) == [
        "0009.png", "9.png", "9_horse.png", "10_horse.png", "horse-2.png", "horse-10.png",
    ]  # fmt: skip


def test_tar_without_compression_is_read(made, tmp_path):
    with tarfile.open(tmp_path / "plain", "w") as archive:
        layouts.write(tmp_path / "beside", layouts.binary(made))
        archive.add(tmp_path / "beside", ".")
    np.testing.assert_array_equal(read(tmp_path / "plain", tmp_path).test, made.of_class("horse")[1])


def test_nothing_is_found_where_there_are_no_pictures(tmp_path):
    layouts.write(tmp_path / "a", {"b/c/notes.txt": b"x"})
    with pytest.raises(DataError, match=r"Expected pictures in .*found b\. Arrange them as train/<category>"):
        recognize(tmp_path / "a")
    path = layouts.zipped(tmp_path / "a.zip", {"notes.txt": b"x"})
    with pytest.raises(DataError, match="no layout that is known"):
        recognize(path)
    assert class_folders.LAYOUT.startswith("train/<category>/*.png|jpg|jpeg|bmp|webp and test|val|valid/")
