import socket

import numpy as np
import pytest
import torch
from torch.nn import functional

from runs.data import photographs
from runs.errors import DataError


@pytest.fixture
def made_up(monkeypatch):
    """Photographs whose training part is dark and whose test part is bright, each with a red of its own."""
    rng = np.random.default_rng(0)
    found = {}
    for number, (height, width) in enumerate([(200, 640), (130, 260), (96, 200)]):
        picture = rng.integers(0, 120, (height, width, 1), dtype=np.uint8).repeat(3, axis=2)
        picture[:, width - min(256, width // 2) :] += 135
        picture[..., 0] = 10 * number
        found[f"photo {number}"] = picture
    monkeypatch.setattr(photographs, "list_photographs", lambda: found)
    return found


@pytest.fixture(scope="module")
def real():
    return photographs.cut_patches()


def test_as_many_patches_as_there_are_horses(real):
    assert [part.shape for part in real] == [(5000, 32, 32, 3), (1000, 32, 32, 3)]
    assert {part.dtype for part in real} == {np.dtype(np.uint8)}


def test_patches_are_the_same_each_time(real):
    for once, again in zip(real, photographs.cut_patches(), strict=True):
        np.testing.assert_array_equal(once, again)


def test_no_real_patch_comes_twice_or_in_both_parts(real):
    assert len({patch.tobytes() for part in real for patch in part}) == 6000


def test_training_and_test_patches_share_no_part_of_a_photograph(made_up):
    train, test = photographs.cut_patches((300, 300))
    assert train[..., 1:].max() < 120
    assert test[..., 1:].min() >= 135


def test_parts_make_up_the_photograph_and_do_not_overlap():
    picture = np.arange(30 * 700 * 3, dtype=np.uint32).reshape(30, 700, 3)
    train, test = photographs.split_photograph(picture)
    np.testing.assert_array_equal(np.concatenate([train, test], axis=1), picture)
    assert test.shape[1] == 256
    assert photographs.split_photograph(picture[:, :101])[1].shape[1] == 50


def test_test_parts_of_most_photographs_have_room_for_crops_of_256_pixels():
    rooms = [
        photographs.split_photograph(photograph)[1].shape for photograph in photographs.list_photographs().values()
    ]
    assert sum(min(height, width) >= 256 for height, width, _ in rooms) >= 5
    assert all(min(height, width) >= 128 for height, width, _ in rooms)


def test_first_patches_are_a_fair_mix_of_photographs_and_window_sizes(made_up):
    train, _ = photographs.cut_patches((90, 9))
    assert np.bincount(train[:9, 0, 0, 0] // 10).tolist() == [3, 3, 3]
    spread = train[:9, ..., 1].astype(float).std(axis=(1, 2))  # noise, averaged over 1, 4 and 9 pixels
    assert np.histogram(spread, [9, 14, 25, 40])[0].tolist() == [3, 3, 3]


def test_any_number_of_first_patches_begins_the_full_set(made_up):
    few, many = photographs.cut_patches((30, 9))[0], photographs.cut_patches((300, 9))[0]
    np.testing.assert_array_equal(few, many[:30])


def test_windows_cover_the_whole_of_a_region():
    y, x = np.mgrid[:200, :300]
    region = np.stack([x * 255 // 300, y * 255 // 200, (x + y) % 2 * 255], axis=-1).astype(np.uint8)
    corners = photographs._cut_grid(region, 1, 80)[:, 0, 0, :2].astype(int) // 60  # of 0..3 in x, 0..3 in y
    assert len({tuple(corner) for corner in corners.tolist()}) == 16


@pytest.mark.parametrize("shrink", photographs.SHRINKS)
def test_patch_is_the_average_of_its_window(shrink):
    side = 32 * shrink  # room for one window
    region = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    planes = torch.from_numpy(region).permute(2, 0, 1)[None].double()
    expected = functional.avg_pool2d(planes, shrink)[0].permute(1, 2, 0).numpy()
    (found,) = photographs._cut_grid(region, shrink, 1)
    assert np.abs(found - expected).max() <= 0.5


def test_nearly_constant_patches_are_left_out_and_others_take_their_place(made_up):
    made_up["sky"] = np.full((200, 640, 3), 180, np.uint8)
    train, _ = photographs.cut_patches((90, 9))
    assert len(train) == 90
    assert (train[..., 0] < 180).all()


def test_photograph_too_small_for_a_window_gives_what_it_can(monkeypatch):
    noise = np.random.default_rng(0).integers(0, 256, (40, 90, 3), dtype=np.uint8)
    monkeypatch.setattr(photographs, "list_photographs", lambda: {"small": noise})
    train, test = photographs.cut_patches((6, 3))
    assert (len(train), len(test)) == (3, 2)


def test_photographs_are_read_without_a_network(monkeypatch):
    monkeypatch.setattr(socket, "socket", lambda *args, **kwargs: pytest.fail("opened a socket"))
    found = photographs.list_photographs()
    assert list(found) == list(photographs.PHOTOGRAPHS)
    for photograph in found.values():
        assert photograph.ndim == 3
        assert photograph.shape[2] == 3
        assert photograph.dtype == np.uint8


def test_photograph_that_a_package_does_not_ship_is_left_out(monkeypatch):
    monkeypatch.setitem(photographs.PHOTOGRAPHS, "missing", ("skimage", "data/not_shipped.png"))
    monkeypatch.setitem(photographs.PHOTOGRAPHS, "other", ("no_such_package_here", "a.png"))
    assert not {"missing", "other"} & set(photographs.list_photographs())


def test_no_photographs_at_all_is_a_clear_error(monkeypatch, tmp_path):
    monkeypatch.setattr(photographs, "_find_installed", lambda package: tmp_path)
    with pytest.raises(DataError, match=r"found none.*--data FOLDER"):
        photographs.list_photographs()


def test_damaged_photograph_is_named(monkeypatch, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/astronaut.png").write_bytes(b"damaged")
    monkeypatch.setattr(photographs, "_find_installed", lambda package: tmp_path)
    with pytest.raises(DataError, match=r"astronaut\.png.*Install"):
        photographs.list_photographs()
