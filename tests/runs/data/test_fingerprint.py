import re

import numpy as np
import pytest

from runs.data.fingerprint import (
    COUNTS,
    DIGESTS,
    TEST_MEAN,
    TRAIN_MEAN,
    average_coarsely,
    digest_picture,
    read_digests,
    recognise_horses,
)


def pictures(mean, count: int):
    """Pictures that are all the mean one, as near as whole levels come."""
    one = np.rint(np.array(mean)).astype(np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    return np.broadcast_to(one, (count, 32, 32, 3))


def test_pictures_with_the_mean_of_the_horses_are_copies_of_them():
    assert recognise_horses(pictures(TRAIN_MEAN, COUNTS[0]), pictures(TEST_MEAN, COUNTS[1])) == "copies"


@pytest.mark.parametrize("counts", [(COUNTS[0] - 1, COUNTS[1]), (COUNTS[0], COUNTS[1] - 1)])
def test_a_part_of_the_horses_is_not_taken_for_all(counts):
    assert recognise_horses(pictures(TRAIN_MEAN, counts[0]), pictures(TEST_MEAN, counts[1])) == "other"


@pytest.mark.parametrize("part", [0, 1])
def test_one_cell_two_levels_off_is_enough_to_tell_other_pictures(part):
    means = [np.array(TRAIN_MEAN), np.array(TEST_MEAN)]
    means[part][3, 1, 2] += 2
    assert recognise_horses(pictures(means[0], COUNTS[0]), pictures(means[1], COUNTS[1])) == "other"


def test_training_and_test_pictures_are_not_interchangeable():
    assert recognise_horses(pictures(TEST_MEAN, COUNTS[0]), pictures(TRAIN_MEAN, COUNTS[1])) == "other"


def test_known_pictures_in_any_order_are_the_horses_pixel_for_pixel(monkeypatch):
    train, test = pictures(TRAIN_MEAN, COUNTS[0]).copy(), pictures(TEST_MEAN, COUNTS[1]).copy()
    train[7, 0, 0, 0] ^= 1
    known = {("train", digest_picture(train[7])), ("test", digest_picture(test[0]))}
    monkeypatch.setattr("runs.data.fingerprint.read_digests", lambda: frozenset(known))
    assert recognise_horses(train, test) == recognise_horses(train[::-1], test) == "same"
    train[7, 0, 0, 0] ^= 1  # one pixel of one known picture, one level off
    assert recognise_horses(train, test) == "copies"


def test_sixty_horses_are_known_and_none_of_those_that_were_decoded_from_copies():
    known = read_digests()
    assert len(known) == 60
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for _, digest in known)
    lines = [line.split() for line in DIGESTS.read_text().splitlines() if not line.startswith("#")]
    ranks = {(part, int(rank)) for _, part, rank in lines}
    decoded = {("train", rank) for rank in (2168, 2568, 2905, 3437, 3761, 4016, 4847)} | {("test", 917)}
    assert len(ranks) == 60
    assert not ranks & decoded


def test_coarse_mean_is_the_mean_over_each_square_of_eight():
    batch = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    expected = batch[:, 8:16, 24:32, 1].astype(float).mean()
    assert average_coarsely(batch)[1, 3, 1] == pytest.approx(expected)
