import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.data.dataset import COLOURS, Dataset, make_dataset, make_slug


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    rng = np.random.default_rng(0)
    train, test = (rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8) for count in (6, 3))
    return make_dataset("folder", "Some Category!", "Made up.", train, test, "other")


def test_palette_comes_from_the_training_pictures_alone(dataset):
    other = make_dataset("folder", "x", "", dataset.train, dataset.test[::-1], "other")
    np.testing.assert_array_equal(dataset.palette, other.palette)
    assert dataset.palette.shape == (COLOURS, 3)


def test_id_is_source_category_and_the_start_of_the_digest(dataset):
    assert dataset.id == f"folder-some-category-{dataset.digest[:8]}"
    assert re.fullmatch("[0-9a-f]{64}", dataset.digest)


def test_digest_is_that_of_the_arrays_however_they_lie_in_memory(dataset):
    copy = replace(dataset, origin="Elsewhere.", train=np.asfortranarray(dataset.train))
    assert copy.digest == dataset.digest


@pytest.mark.parametrize("part", ["train", "test", "palette"])
def test_digest_changes_with_every_array_and_its_order(dataset, part):
    array = getattr(dataset, part)
    touched = array.copy()
    touched.flat[-1] += 1
    digests = {
        dataset.digest,
        replace(dataset, **{part: touched}).digest,
        replace(dataset, **{part: array[::-1]}).digest,
    }
    assert len(digests) == 3


def test_digest_changes_when_a_picture_moves_from_training_to_test(dataset):
    both = np.concatenate([dataset.train, dataset.test])
    assert replace(dataset, train=both[:5], test=both[5:]).digest != dataset.digest


def record(dataset):
    arrays = {"train": len(dataset.train), "test": len(dataset.test), "palette": dataset.palette.tolist()}
    return {"source": dataset.source, "digest": dataset.digest, **arrays}


def test_palette_of_the_very_same_pictures_is_taken_from_their_record(dataset, monkeypatch):
    def refuse(*_):
        pytest.fail("the palette is fitted")

    known = [record(replace(dataset, train=dataset.train[::-1])), record(dataset)]
    monkeypatch.setattr("runs.data.dataset.fit_palette", refuse)
    made = make_dataset("folder", "Some Category!", "", dataset.train, dataset.test, "other", known)
    assert made.id == dataset.id
    np.testing.assert_array_equal(made.palette, dataset.palette)


@pytest.mark.parametrize(
    "changed",
    [{"source": "photos"}, {"digest": "0" * 64}, {"palette": [[0, 0, 0]] * COLOURS}, {"palette": [[1]]}, {"train": 1}],
    ids=lambda changed: next(iter(changed)),
)
def test_record_of_other_pictures_gives_no_palette(dataset, changed):
    known = [{**record(dataset), **changed}]
    made = make_dataset("folder", "Some Category!", "", dataset.train, dataset.test, "other", known)
    np.testing.assert_array_equal(made.palette, dataset.palette)
    other = make_dataset("folder", "x", "", dataset.train[::-1], dataset.test, "other", [record(dataset)])
    assert other.digest != dataset.digest


@given(st.text(alphabet="aZ9 -_/\\.é中\0\n", max_size=60))
def test_slug_is_safe_in_a_path(text):
    assert re.fullmatch("[a-z0-9](-?[a-z0-9])*", make_slug(text))
    assert len(make_slug(text)) <= 40


def test_slug_of_a_long_name_does_not_end_in_a_hyphen():
    assert make_slug("a" * 39 + " b") == "a" * 39
