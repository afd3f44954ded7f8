import numpy as np
import pytest

from runs.data.fingerprint import COUNTS, TEST_MEAN, TRAIN_MEAN, are_the_horses, average_coarsely


def pictures(mean, count: int):
    """Pictures that are all the mean one, as near as whole levels come."""
    one = np.rint(np.array(mean)).astype(np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    return np.broadcast_to(one, (count, 32, 32, 3))


def test_pictures_with_the_mean_of_the_horses_are_the_horses():
    assert are_the_horses(pictures(TRAIN_MEAN, COUNTS[0]), pictures(TEST_MEAN, COUNTS[1]))


@pytest.mark.parametrize("counts", [(COUNTS[0] - 1, COUNTS[1]), (COUNTS[0], COUNTS[1] - 1)])
def test_a_part_of_the_horses_is_not_taken_for_all(counts):
    assert not are_the_horses(pictures(TRAIN_MEAN, counts[0]), pictures(TEST_MEAN, counts[1]))


@pytest.mark.parametrize("part", [0, 1])
def test_one_cell_two_levels_off_is_enough_to_tell_other_pictures(part):
    means = [np.array(TRAIN_MEAN), np.array(TEST_MEAN)]
    means[part][3, 1, 2] += 2
    assert not are_the_horses(pictures(means[0], COUNTS[0]), pictures(means[1], COUNTS[1]))


def test_training_and_test_pictures_are_not_interchangeable():
    assert not are_the_horses(pictures(TEST_MEAN, COUNTS[0]), pictures(TRAIN_MEAN, COUNTS[1]))


def test_coarse_mean_is_the_mean_over_each_square_of_eight():
    batch = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    expected = batch[:, 8:16, 24:32, 1].astype(float).mean()
    assert average_coarsely(batch)[1, 3, 1] == pytest.approx(expected)
