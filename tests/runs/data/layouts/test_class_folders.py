"""Folders of the user's own: bad pictures counted, other sizes, one category, other endings and names."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from runs.errors import DataError
from tests.runs.data.own_pictures import encoded, picture, read, refused, take


def test_all_bad_pictures_are_counted_and_the_first_five_named(folder):
    for number in range(7):
        (folder / "train/horse" / f"{number}.png").write_bytes(encoded(picture(number, (16, 16))))
    (folder / "test/horse/a.png").write_bytes(b"noise")
    with pytest.raises(DataError) as caught:
        read(folder)
    text = str(caught.value)
    assert "but 8 of 10 are not: train/horse/0.png: 16×16 pixels; train/horse/1.png" in text
    assert "train/horse/4.png" in text
    assert "train/horse/5.png" not in text
    assert "; and 3 more. Replace or remove them" in text
    (folder / "test/horse/a.png").write_bytes(encoded(picture(1)))
    refused(folder, "7 of 10", "Give --resize")


def test_other_sizes_are_resized_when_that_is_asked_for_and_it_is_said_loudly(folder):
    wide = np.zeros((40, 96, 3), np.uint8)
    wide[:, 20:76] = 200  # the central square, and what the filter sees beside it
    Image.fromarray(wide).save(folder / "train/horse/a.png")
    said: list[str] = []
    found = take(folder, resize=True, say=said.append)
    assert len(said) == 1
    assert said[0].startswith("RESIZED: 1 of 3 pictures")
    assert (found.train[0] == 200).all()
    np.testing.assert_array_equal(found.train[1], np.asarray(picture(0)))
    assert found.source == "folder-resized"
    assert "1 of 3 of them brought to 32×32 pixels" in found.origin


def test_resized_picture_is_turned_upright_first(folder):
    tall = np.zeros((64, 64, 3), np.uint8)
    tall[:32] = 255  # above
    exif = Image.Exif()
    exif[0x0112] = 3  # stored upside down
    Image.fromarray(tall[::-1].copy()).save(folder / "train/horse/a.png", exif=exif)
    train, _ = read(folder, resize=True)
    assert train[0, :14].min() > 250
    assert train[0, 18:].max() < 5


def test_asking_for_resizing_where_nothing_has_another_size_changes_nothing(folder):
    said: list[str] = []
    found, plain = take(folder, resize=True, say=said.append), take(folder)
    assert (found.source, found.origin, said) == (plain.source, plain.origin, [])


def test_only_category_is_taken_where_nobody_chose_one(folder, tmp_path):
    for part in ("train", "test"):
        (folder / part / "horse").rename(folder / part / "dog")
    (folder / "train" / "cat").rename(tmp_path / "cat")
    said: list[str] = []
    found = take(folder, say=said.append)
    assert (found.category, len(found.train)) == ("dog", 2)
    assert "'dog', the only category" in said[0]
    refused(folder, "found: dog", category="zebra")


def test_files_that_are_not_taken_are_counted(folder):
    for name in ("train/horse/a.gif", "train/horse/.DS_Store", "test/horse/notes.txt", "train/cat/b.gif"):
        (folder / name).write_bytes(b"x")
    assert sorted(take(folder).passed_over) == ["test/horse/notes.txt", "train/horse/.DS_Store", "train/horse/a.gif"]


def test_endings_in_any_case_and_bmp_and_webp_are_read(folder):
    (folder / "train/horse/c.BMP").write_bytes(encoded(picture(5), "BMP"))
    out = io.BytesIO()
    picture(6).save(out, "WEBP", lossless=True)
    (folder / "train/horse/d.WebP").write_bytes(out.getvalue())
    train, _ = read(folder)
    np.testing.assert_array_equal(train[2:], [np.asarray(picture(5)), np.asarray(picture(6))])


@pytest.mark.parametrize("name", ["val", "valid"])
def test_half_for_testing_may_have_other_names(folder, name):
    (folder / "test").rename(folder / name)
    assert len(read(folder)[1]) == 1
