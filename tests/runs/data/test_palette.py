"""Whose palette is taken, and what the assignment's is."""

import numpy as np
import pytest

from runs.data.dataset import make_dataset
from runs.data.palette import choose_palette, read_assignment_palette
from runs.errors import UsageError
from tests.runs.data.course_file import write_course_file


def some_pictures() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return tuple(rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8) for count in (6, 3))


def test_assignment_palette_has_its_24_colours_in_full_and_none_is_a_whole_level():
    colours = read_assignment_palette()
    assert colours.shape == (24, 3)
    assert (round(colours.min(), 4), round(colours.max(), 4)) == (0.0433, 0.9641)
    assert not np.isclose(colours * 256 % 1, 0, atol=1e-6).all(axis=1).any()
    assert repr(float(colours[0, 0])) == "0.8693031057237298"


@pytest.mark.parametrize(("written", "name"), [("same", "assignment"), ("copies", "assignment"), ("other", "kmeans")])
def test_auto_takes_the_assignments_for_the_horses_alone(written, name):
    made = make_dataset("folder", "horse", "", *some_pictures(), written, palette=choose_palette("auto"))
    assert made.palette_name == name
    assert np.array_equal(made.palette, read_assignment_palette()) == (name == "assignment")


@pytest.mark.parametrize("name", ["assignment", "kmeans"])
def test_named_palette_is_taken_whatever_the_pictures(name):
    for written in ("same", "other"):
        made = make_dataset("folder", "horse", "", *some_pictures(), written, palette=choose_palette(name))
        assert made.palette_name == name


def test_palette_and_its_name_are_part_of_the_id(tmp_path):
    said: list[str] = []
    path = write_course_file(tmp_path / "mine.npy", np.random.default_rng(1).random((5, 3)))
    chosen = [choose_palette(name, said.append) for name in ("assignment", "kmeans", str(path))]
    made = [make_dataset("folder", "horse", "", *some_pictures(), "same", palette=palette) for palette in chosen]
    assert len({one.id for one in made}) == 3
    assert made[2].palette_name == "mine.npy"
    assert made[2].palette.shape == (5, 3)
    assert said == ["Palette: 5 colours of mine.npy, whose numbers were taken to be in 0..1."]


def test_file_with_the_assignments_colours_is_the_assignments(tmp_path):
    path = write_course_file(tmp_path / "mine.npy", read_assignment_palette())
    palette = choose_palette(str(path))
    assert palette is not None
    assert palette.name == "assignment"


@pytest.mark.parametrize("wanted", ["", "a\0b"])
def test_no_name_is_refused(wanted):
    with pytest.raises(UsageError, match="--palette"):
        choose_palette(wanted)
