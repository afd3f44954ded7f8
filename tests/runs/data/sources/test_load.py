import io
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from runs.data import fingerprint, photographs
from runs.data.dataset import make_dataset
from runs.data.sources.load import load_dataset
from runs.data.university import ARCHIVE
from runs.errors import DataError, UsageError

FEW = photographs.cut_patches((42, 18))


def encoded() -> bytes:
    out = io.BytesIO()
    Image.fromarray(FEW[0][0]).save(out, "PNG")
    return out.getvalue()


PICTURE = encoded()


@pytest.fixture(autouse=True)
def few(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing lies anywhere, and a few patches stand for all the photographs'."""
    monkeypatch.setattr(photographs, "cut_patches", lambda: FEW)


def horses(folder: Path, train: int, test: int) -> None:
    """A folder of pictures that look like the mean horse."""
    for part, mean, count in [("train", fingerprint.TRAIN_MEAN, train), ("test", fingerprint.TEST_MEAN, test)]:
        (folder / part / "horse").mkdir(parents=True)
        one = np.rint(np.array(mean)).astype(np.uint8).repeat(8, axis=0).repeat(8, axis=1)
        for number in range(count):
            Image.fromarray(one).save(folder / part / "horse" / f"{number}.png")


def test_auto_without_network_says_loudly_that_it_takes_the_photographs(tmp_path):
    said: list[str] = []
    dataset = load_dataset(root=tmp_path / "root", limit=(21, 9), say=said.append)
    assert (dataset.source, dataset.category, dataset.written) == ("photos", "patches", "other")
    assert (len(dataset.train), len(dataset.test)) == (21, 9)
    assert len(said) == 2  # the first says that a download is tried
    for part in ("NOT THE WRITE-UP'S DATA", "the test has no network", ARCHIVE, str(tmp_path / "root"), "--data"):
        assert part in said[1]


def test_auto_says_that_it_leaves_out_a_category_that_the_photographs_do_not_have(tmp_path):
    said: list[str] = []
    assert load_dataset(category="cat", root=tmp_path / "root", limit=(21, 9), say=said.append).category == "patches"
    assert "photographs, which have no category 'cat'. " in said[1]


def test_auto_takes_cifar10_where_it_is(made_up, tmp_path):
    made_up.unpack(tmp_path / "root")
    said: list[str] = []
    dataset = load_dataset(root=tmp_path / "root", say=said.append)
    assert (dataset.source, dataset.category, said) == ("cifar10", "horse", [])
    np.testing.assert_array_equal(dataset.train, made_up.of_class("horse")[0])


@pytest.mark.parametrize("place", ["data", "home/data"])
def test_cifar10_is_also_found_where_torchvision_is_told_to_put_it(made_up, tmp_path, place):
    made_up.put_archive(tmp_path / place)
    assert load_dataset("cifar10", root=tmp_path / "root").source == "cifar10"


def test_other_class_of_cifar10_is_not_the_write_ups_data(made_up, tmp_path):
    made_up.unpack(tmp_path)
    dataset = load_dataset("cifar10", "ship", root=tmp_path)
    assert (dataset.category, dataset.written) == ("ship", "other")
    np.testing.assert_array_equal(dataset.test, made_up.of_class("ship")[1])


def test_cifar10_without_network_stops_with_the_way_to_place_it(tmp_path):
    with pytest.raises(DataError, match=rf"the test has no network.*put {ARCHIVE} into .*root.*--data PATH"):
        load_dataset("cifar10", root=tmp_path / "root")


def test_nothing_to_read_means_no_wait_for_torchvision(monkeypatch, tmp_path):
    for name in ("torchvision", "torchvision.datasets", "torchvision.datasets.utils"):
        monkeypatch.setitem(sys.modules, name, None)
    assert load_dataset(root=tmp_path, limit=(9, 9)).source == "photos"


@pytest.mark.parametrize("data", ["auto", "cifar10"])
def test_unknown_class_is_refused_rather_than_replaced_by_photographs(tmp_path, data):
    with pytest.raises(UsageError, match="airplane"):
        load_dataset(data, "zebra", root=tmp_path)


def test_photographs_have_no_category_to_choose_from(tmp_path):
    for category in ("zebra", "cat"):
        with pytest.raises(UsageError, match=rf"--category with --data photos.*'{category}'"):
            load_dataset("photos", category, root=tmp_path, limit=(9, 9))
    for category in ("horse", "patches"):
        assert load_dataset("photos", category, root=tmp_path, limit=(9, 9)).id.startswith("photos-patches-")


def test_limit_gives_what_cutting_the_whole_set_gives(made_up, tmp_path):
    made_up.unpack(tmp_path)
    whole = load_dataset("cifar10", root=tmp_path)
    for train, test in ((4, 1), (99, 1), (4, 99)):
        cut = load_dataset("cifar10", root=tmp_path, limit=(train, test))
        about = (whole.source, whole.category, whole.origin)
        alone = make_dataset(*about, whole.train[:train], whole.test[:test], whole.written)
        assert cut.digest == alone.digest
        np.testing.assert_array_equal(cut.palette, alone.palette)
    assert load_dataset("cifar10", root=tmp_path, limit=(99, 99)).digest == whole.digest


def test_folder_of_copies_is_recognised_even_when_it_is_cut(monkeypatch, tmp_path):
    monkeypatch.setattr(fingerprint, "COUNTS", (3, 2))
    horses(tmp_path / "mirror", 3, 2)
    whole, cut = (load_dataset(str(tmp_path / "mirror"), root=tmp_path, limit=limit) for limit in (None, (2, 1)))
    assert (whole.source, whole.written, cut.written) == ("folder", "copies", "copies")
    assert (whole.palette_name, cut.palette_name) == ("assignment", "assignment")
    assert len(cut.train) == 2


def test_folder_of_other_pictures_is_other_data_and_its_origin_names_no_path(tmp_path):
    horses(tmp_path / "mirror", 2, 1)
    dataset = load_dataset("mirror", root=tmp_path)
    assert dataset.written == "other"
    assert "mirror" in dataset.origin
    assert str(tmp_path) not in dataset.origin


def test_folder_under_the_home_is_found(tmp_path):
    horses(tmp_path / "home" / "mirror", 1, 1)
    dataset = load_dataset("~/mirror", root=tmp_path)
    expected = make_dataset("folder", "horse", "", dataset.train, dataset.test, "other")
    assert dataset.id == expected.id


def test_misspelt_source_is_taken_for_a_path_and_the_sources_are_named(tmp_path):
    with pytest.raises(DataError, match=r'"auto", "cifar10", "photos".*nothing at cifar-10'):
        load_dataset("cifar-10", root=tmp_path)


def test_empty_source_is_refused(tmp_path):
    with pytest.raises(UsageError, match="--data"):
        load_dataset("", root=tmp_path)


@given(st.text(max_size=50) | st.text(alphabet="/.~\0\n\x1b{}*-a", max_size=12))
def test_any_name_of_a_source_is_one_of_ours_or_refused_and_nothing_is_made(elsewhere, name):
    deep = elsewhere / "a/b/c/d/e/f/g"  # ten dots and strokes lead no higher than where other tests work
    deep.mkdir(parents=True, exist_ok=True)
    os.chdir(deep)  # the fixture goes back
    before = sorted(elsewhere.rglob("*"))
    if name in ("auto", "photos"):
        assert load_dataset(name, root=elsewhere / "root").source == "photos"
    else:
        with pytest.raises((DataError, UsageError), match=r"Expected|cannot be downloaded"):
            load_dataset(name, root=elsewhere / "root")
    assert sorted(elsewhere.rglob("*")) == before


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["train", "test", "other"]),
            st.sampled_from(["horse", "\u202e\x1b[31m", ".hidden"]),
            st.sampled_from(["a.png", "b.JPG", "c.gif", "d", ".e.png", "\x1b.png"]),
            st.sampled_from(
                [b"", b"noise", b"\x89PNG\r\n\x1a\n", PICTURE, PICTURE[: len(PICTURE) // 2], PICTURE + b"more"]
            ),
        ),
        max_size=6,
    )
)
def test_any_folder_is_read_to_the_picture_or_refused_by_name(tmp_path_factory, tree):
    home = tmp_path_factory.mktemp("tree")
    for part, category, name, content in tree:
        (home / part / category).mkdir(parents=True, exist_ok=True)
        (home / part / category / name).write_bytes(content)
    files = {(part, name): content for part, category, name, content in tree if category == "horse"}
    shown = {key: one for key, one in files.items() if key[1] in ("a.png", "b.JPG", "\x1b.png")}
    counts = [sum(part == one for one, _ in shown) for part in ("train", "test")]
    whole = all(one in (PICTURE, PICTURE + b"more") for key, one in shown.items() if key[0] != "other")
    if all(counts) and whole:
        dataset = load_dataset(str(home), root=home / "root")
        assert [len(dataset.train), len(dataset.test)] == counts
    else:
        with pytest.raises(DataError, match=re.escape(str(home))):
            load_dataset(str(home), root=home / "root")
