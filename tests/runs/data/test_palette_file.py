"""A palette's file: its colours and unit as they stand in it, or a refusal that names the file and the next step."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from runs.data.palette_file import read_palette_file
from runs.errors import DataError
from tests.runs.data.course_file import write_course_file

LEVELS = [[0, 0, 0], [12, 200, 7], [255, 255, 255]]
SHARES = [[0.0, 0.0, 0.0], [0.25, 0.5, 0.75], [1.0, 1.0, 1.0]]


def put(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def save(path: Path, array: np.ndarray) -> Path:
    np.save(path, array)
    return path


def test_course_file_is_read_as_it_is(tmp_path):
    colours = np.random.default_rng(0).random((24, 3))
    found, unit = read_palette_file(write_course_file(tmp_path / "palette.npy", colours))
    assert unit == "0..1"
    np.testing.assert_array_equal(found, colours)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "r,g,b\n0,0,0\n12,200,7\n255,255,255\n"),
        ("a.CSV", "# made by hand\n0, 0, 0\n12, 200, 7\n\n255, 255, 255"),
        ("a.json", json.dumps(LEVELS)),
        ("a.json", json.dumps({"unit": "0..255", "colours": LEVELS})),
    ],
)
def test_levels_are_divided_by_256(tmp_path, name, content):
    found, unit = read_palette_file(put(tmp_path / name, content))
    assert unit == "0..255"
    np.testing.assert_array_equal(found, np.array(LEVELS) / 256)


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float32])
def test_plain_array_of_levels_is_read(tmp_path, kind):
    found, unit = read_palette_file(save(tmp_path / "a.npy", np.array(LEVELS, kind)))
    assert unit == "0..255"
    np.testing.assert_array_equal(found, np.array(LEVELS) / 256)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", "\n".join(",".join(map(str, row)) for row in SHARES)), ("a.json", json.dumps(SHARES))],
)
def test_shares_are_taken_as_they_are(tmp_path, name, content):
    found, unit = read_palette_file(put(tmp_path / name, content))
    assert unit == "0..1"
    np.testing.assert_array_equal(found, SHARES)


def test_black_and_white_is_ambiguous_until_its_unit_is_said(tmp_path):
    black_and_white = [[0, 0, 0], [1, 1, 1]]
    with pytest.raises(DataError, match="unit is not clear"):
        read_palette_file(put(tmp_path / "a.json", json.dumps(black_and_white)))
    for unit, scale in (("0..1", 1), ("0..255", 256)):
        found, said = read_palette_file(
            put(tmp_path / "a.json", json.dumps({"unit": unit, "colours": black_and_white}))
        )
        assert said == unit
        np.testing.assert_array_equal(found, np.array(black_and_white) / scale)
        found, said = read_palette_file(put(tmp_path / "a.csv", f"# unit: {unit}\n0,0,0\n1,1,1\n"))
        assert said == unit
        np.testing.assert_array_equal(found, np.array(black_and_white) / scale)
    bits = np.array(black_and_white, np.uint8)  # bytes are levels
    np.testing.assert_array_equal(read_palette_file(save(tmp_path / "a.npy", bits))[0], bits / 256)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "0,0,0\n", "1 colour"),
        ("a.csv", "", "0 colours"),
        ("a.csv", "0,0\n1,2\n", "three"),
        ("a.csv", "r,g,b\n0,0,0\nx,y,z\n", "not of numbers"),
        ("a.csv", "0,0,0\n0,0,nan\n", "outside"),
        ("a.csv", "0,0,0\n0,0,-1\n", "outside"),
        ("a.csv", "0,0,0\n0,0,256\n", "outside"),
        ("a.csv", "# unit: 0..1\n0,0,0\n0,0,2\n", "above 1"),
        ("a.csv", "# unit: percent\n0,0,0\n0,0,2\n", "the unit 'percent'"),
        ("a.csv", "0,0,0\n9,9,9\n9,9,9\n", "twice"),
        ("a.csv", b"\xff\xfe\x00", "damaged"),
        ("a.json", "{}", "damaged"),
        ("a.json", "[[0,0,0],[true,1,2]]", "three numbers"),
        ("a.json", '[[0,0,0],["1",1,2]]', "three numbers"),
        ("a.json", "[" * 100000, "damaged"),
        ("a.json", json.dumps([[i, 0, 0] for i in range(256)]), "256 colours"),
        ("a.npy", b"not an array", "got "),
        ("a.txt", "0,0,0\n1,2,3\n", "the ending '.txt'"),
        ("palette", "0,0,0\n1,2,3\n", "without an ending"),
        ("a.csv", " " * (1 << 21), "megabytes"),
    ],
)
def test_anything_else_is_refused_by_name_with_the_next_step(tmp_path, name, content, said):
    path = put(tmp_path / name, content)
    with pytest.raises(DataError, match=re.escape(said)) as caught:
        read_palette_file(path)
    assert str(path) in str(caught.value)
    assert str(caught.value).endswith("with three numbers a colour.")


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((2, 3), complex), np.zeros((2, 2, 3)), np.array(["a", "b"])])
def test_arrays_of_another_kind_are_refused(tmp_path, array):
    with pytest.raises(DataError, match="an array of"):
        read_palette_file(save(tmp_path / "a.npy", array))


def test_pickled_array_of_anything_else_is_refused(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.array([print, 2], object), allow_pickle=True)
    with pytest.raises(DataError, match="a pickle"):
        read_palette_file(path)


def test_file_that_is_not_there_and_a_folder_are_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_palette_file(tmp_path / "a.csv")
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(DataError, match="no file"):
        read_palette_file(tmp_path / "b.csv")
