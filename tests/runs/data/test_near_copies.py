"""The same photograph in another frame, in other colours or mirrored is named; another of the same kind is not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from runs import probes
from runs.data.dataset import Dataset
from runs.data.near_copies import measure_likeness
from tests.runs.tiny import dataset, pictures

TRAIN, TEST = pictures(40, 1), pictures(6, 2)


def frame(picture: np.ndarray) -> np.ndarray:
    """The picture smaller, in a white frame."""
    out = np.full((32, 32, 3), 255, np.uint8)
    out[3:29, 3:29] = np.asarray(Image.fromarray(picture).resize((26, 26)))
    return out


def enlarge(picture: np.ndarray) -> np.ndarray:
    """A part of the picture, larger."""
    return np.asarray(Image.fromarray(picture[5:32, 0:27]).resize((32, 32)))


CHANGES = {
    "as it is": lambda one: one,
    "mirrored": lambda one: one[:, ::-1],
    "without colour": lambda one: one.mean(axis=2, keepdims=True).round().astype(np.uint8).repeat(3, axis=2),
    "duller and brighter": lambda one: (one * 0.5 + 100).astype(np.uint8),
    "in a white frame": frame,
    "cut": enlarge,
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_training_picture_is_named_and_no_other(change: str) -> None:
    test = np.concatenate([TEST, CHANGES[change](TRAIN[17])[None]])
    found = measure_likeness(TRAIN, test, chunk=3)
    assert found.near.tolist() == [False] * 6 + [True]
    assert found.nearest[6] == 17


def test_photograph_that_came_three_times_is_still_named() -> None:
    train = np.concatenate([TRAIN, TRAIN[17:18], TRAIN[17:18]])
    assert measure_likeness(train, TRAIN[17:18]).near.tolist() == [True]


def test_flat_pictures_are_like_nothing() -> None:
    flat = np.full((7, 32, 32, 3), 90, np.uint8)
    assert not measure_likeness(flat, flat).near.any()


def test_probe_of_the_pictures_counts_both_kinds() -> None:
    test = np.concatenate([TEST[:4], TRAIN[3:4], frame(TRAIN[5])[None]])
    probed = probes.measure_data("copies", Dataset(**{**vars(dataset()), "train": TRAIN, "test": test}))
    assert probed.arrays["near"].tolist() == [0, 0, 0, 0, 1, 1]
    assert probed.arrays["nearest"][4:].tolist() == [3, 5]
    assert probed.notes["copies"]["both"] == 1
