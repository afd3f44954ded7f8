import io
import os
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from runs.data import pictures, trees
from runs.errors import DataError
from tests.runs.data.own_pictures import encoded, picture, read, refused


def test_pictures_come_sorted_by_name_to_the_pixel(folder):
    train, test = read(folder)
    np.testing.assert_array_equal(train, [np.asarray(picture(1)), np.asarray(picture(0))])
    np.testing.assert_array_equal(test, [np.asarray(picture(2))])
    assert train.dtype == np.uint8


def test_jpeg_under_each_of_its_names_is_read(folder):
    for name in ("c.jpg", "d.JPEG"):
        (folder / "train/horse" / name).write_bytes(encoded(picture(3), "JPEG"))
    train, _ = read(folder)
    assert len(train) == 4
    assert np.abs(train[2].astype(int) - np.asarray(picture(3)).astype(int)).mean() < 60
    np.testing.assert_array_equal(train[2], train[3])


def test_hidden_files_and_files_that_are_no_pictures_are_passed_over(folder):
    for name in ("._a.png", ".DS_Store", "notes.txt", "Thumbs.db"):
        (folder / "train/horse" / name).write_bytes(b"x")
    assert len(read(folder)[0]) == 2


def test_missing_folder_is_named(tmp_path):
    refused(tmp_path / "nowhere", "nowhere", "none of these")


def test_file_in_place_of_a_folder_is_named(folder):
    refused(folder / "train/horse/a.png", "a.png", "a file of another kind")


def test_missing_part_is_named_with_what_is_there(folder):
    (folder / "test").rename(folder / "holdout")
    refused(folder, "found holdout, train", "train/<category>")


@pytest.mark.parametrize("category", ["zebra", "", ".", "..", "../train/horse", "horse/", "Horse"])
def test_unknown_category_lists_those_that_are_there(folder, category):
    refused(folder, "cat, horse", "--category", category=category)


def test_category_that_only_one_part_has_is_missed_in_the_other(folder):
    refused(folder, str(Path("pictures", "test")), "found: horse", category="cat")


def test_empty_part_is_named(folder):
    (folder / "test/horse/a.png").rename(folder / "test/horse/a.gif")
    refused(folder, str(Path("test", "horse")), "none among 1 files")


@pytest.mark.parametrize("size", [(16, 16), (32, 33), (64, 32)])
def test_wrong_size_is_named_with_the_file(folder, size):
    (folder / "train/horse/b.png").write_bytes(encoded(picture(0, size)))
    refused(folder, str(Path("train", "horse", "b.png")), "32×32", f"{size[0]}×{size[1]}")


@pytest.mark.parametrize(
    ("mode", "kind"), [("L", "PNG"), ("P", "PNG"), ("RGBA", "PNG"), ("1", "PNG"), ("CMYK", "JPEG"), ("L", "JPEG")]
)
def test_other_colour_mode_is_named_with_the_file(folder, mode, kind):
    (folder / "train/horse/b.png").write_bytes(encoded(picture(0, mode=mode), kind))
    refused(folder, "b.png", "RGB", f"colour mode {mode}.")


@pytest.mark.parametrize(("mode", "kind"), [("I;16", "PNG"), ("LA", "PNG"), ("CMYK", "JPEG"), ("YCbCr", "JPEG")])
def test_deep_see_through_and_printed_pictures_are_refused_or_plain_colour(folder, mode, kind):
    image = Image.new("I;16", (32, 32), 40_000) if mode == "I;16" else picture(0, mode=mode)
    (folder / "train/horse/b.png").write_bytes(encoded(image, kind))
    if mode == "YCbCr":  # what every JPEG in colour holds
        assert read(folder)[0].shape == (2, 32, 32, 3)
    else:
        refused(folder, "b.png", "RGB", f"colour mode {mode}")


def test_moving_picture_is_refused(folder):
    out = io.BytesIO()
    picture().save(out, "PNG", save_all=True, append_images=[picture(1), picture(2)])
    (folder / "train/horse/b.png").write_bytes(out.getvalue())
    refused(folder, "b.png", "3 pictures that move")


def test_name_with_orders_is_named_and_read_like_any_other(folder):
    (folder / "train/horse/\x1b[31m\u202e\n.png").write_bytes(encoded(picture(4)))
    assert len(read(folder)[0]) == 3


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "PPM"])
def test_other_format_under_a_known_name_is_refused(folder, kind):
    (folder / "train/horse/b.png").write_bytes(encoded(picture(), kind))
    refused(folder, "b.png", "not PNG, JPEG, BMP or WebP")


@pytest.mark.parametrize("content", [b"", b"no picture", encoded(picture())[:200], encoded(picture(), "JPEG")[:300]])
def test_damaged_picture_is_named(folder, content):
    (folder / "test/horse/a.png").write_bytes(content)
    refused(folder, str(Path("test", "horse", "a.png")), "readable pictures")


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_decompression_bomb_is_refused_before_it_is_decoded(folder, monkeypatch, side):
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(99))), (b"IEND", b"")]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    (folder / "train/horse/b.png").write_bytes(content)
    decoded: list[object] = []
    load = ImageFile.ImageFile.load
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: (decoded.append(self.size), load(self))[1])
    refused(folder, "b.png")
    assert (side, side) not in decoded


def test_file_of_megabytes_is_refused(folder, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 10_000)
    (folder / "train/horse/b.png").write_bytes(encoded(picture()) + bytes(10_000))
    refused(folder, "b.png", "at most 9 kB")


def test_too_many_files_are_refused_without_reading_them(folder, monkeypatch):
    (folder / "train/horse/c.png").write_bytes(b"")
    monkeypatch.setattr(trees, "MOST_FILES", 2)
    refused(folder, "at most 2 files", str(Path("train", "horse")))


def test_pipe_with_the_name_of_a_picture_is_refused_rather_than_waited_for(folder):
    os.mkfifo(folder / "train/horse/c.png")
    refused(folder, "c.png", "no plain file")


def test_folder_with_the_name_of_a_picture_is_refused(folder):
    (folder / "train/horse/c.png").mkdir()
    refused(folder, "c.png", "no plain file")


def test_folder_that_takes_too_long_is_refused_with_how_far_it_got(folder, monkeypatch):
    moments = iter([0.0, 1.0, pictures.MOST_SECONDS + 1])
    monkeypatch.setattr(pictures.time, "monotonic", lambda: next(moments))
    refused(folder, "within 300 s", str(Path("train", "horse", "b.png")), "number 2 of 2")


def test_pictures_take_no_more_memory_than_their_pixels_and_one_file(folder):
    for number in range(300):
        (folder / "train/horse" / f"{number}.png").write_bytes(encoded(picture(number)) + bytes(200_000))
    tracemalloc.start()
    try:
        train, _ = read(folder)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < train.nbytes + 2 * pictures.MOST_BYTES  # the files have 60 megabytes


@pytest.mark.parametrize("path", ["train", "train/horse", "train/horse/a.png"])
def test_link_that_leads_out_of_the_folder_is_refused(folder, tmp_path, path):
    outside = tmp_path / "outside"
    (folder / path).rename(outside)
    (folder / path).symlink_to(outside)
    refused(folder, "leads out of it", "outside")


def test_part_that_lies_outside_is_not_even_listed(folder, tmp_path):
    (folder / "train").rename(tmp_path / "outside")
    (folder / "train").symlink_to(tmp_path / "outside")
    refused(folder, "leads out of it", category="zebra")


def test_links_inside_the_folder_and_to_it_are_followed(folder, tmp_path):
    (folder / "test/horse/b.png").symlink_to("../../train/horse/b.png")
    (tmp_path / "link").symlink_to(folder)
    _, test = read(tmp_path / "link")
    np.testing.assert_array_equal(test[1], np.asarray(picture(0)))


@pytest.mark.parametrize("target", ["c.png", "nowhere.png"])
def test_link_to_nothing_is_named(folder, target):
    (folder / "train/horse/c.png").symlink_to(target)
    refused(folder, "c.png", "broken link")


def test_folder_that_cannot_be_looked_through_is_a_clear_error(folder, monkeypatch):
    def closed(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", closed)
    refused(folder, "Permission denied", "readable to you")


GOOD = {"PNG": encoded(picture()), "JPEG": encoded(picture(), "JPEG")}


@given(st.sampled_from(sorted(GOOD)), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8))
def test_any_damage_gives_a_picture_or_a_clear_error(kind, changes):
    content = bytearray(GOOD[kind])
    for place, value in changes:
        content[place] = value
    try:
        found, _ = pictures.decode_picture(bytes(content))
    except pictures.BadPictureError:
        return
    assert found.shape == (32, 32, 3)
    assert found.dtype == np.uint8


@given(st.text(max_size=30))
def test_category_of_any_text_is_one_that_is_there_or_refused(tmp_path_factory, category):
    home = tmp_path_factory.getbasetemp() / "categories"
    for part in ("train", "test"):
        (home / part / "horse").mkdir(parents=True, exist_ok=True)
        (home / part / "horse" / "a.png").write_bytes(GOOD["PNG"])
    (home / "outside.png").write_bytes(GOOD["PNG"])
    if category == "horse":
        assert len(read(home, category)[0]) == 1
    else:
        with pytest.raises(DataError):
            read(home, category)
