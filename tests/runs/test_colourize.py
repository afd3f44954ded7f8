"""Colours under another picture's lightness; pictures from outside, and what is written of them."""

from __future__ import annotations

import errno
import io
import os
import struct
import tracemalloc
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFile
from skimage.color import rgb2lab
from torch import Tensor, nn

from runs.colourize import (
    MOST_PIXELS,
    colourize_picture,
    make_grey_input,
    make_small_input,
    read_picture,
    restore_lightness,
    run_network,
    save_png,
)
from runs.disk import use_disk
from runs.errors import DamagedError, DataError, StoreError, UsageError
from runs.execution.engine import Engine
from runs.specs.catalogue import Goal
from runs.specs.spec import RunSpec
from runs.status import describe_reached
from runs.storage.store import Store
from tests.runs import tiny
from tests.runs.disks import Failing

CNN = RunSpec(model="cnn", filters=4, batch_size=4)


def test_lightness_is_the_pictures_and_the_hue_the_networks() -> None:
    coloured = np.full((4, 4, 3), (150, 110, 90), np.uint8)
    picture = np.full((4, 4, 3), (130, 130, 130), np.uint8)
    lab = rgb2lab(restore_lightness(coloured, picture))
    assert np.allclose(lab[..., 0], rgb2lab(picture)[..., 0], atol=0.5)
    assert np.allclose(lab[..., 1:], rgb2lab(coloured)[..., 1:], atol=1.0)


def test_inputs_are_those_that_the_networks_were_trained_on() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    shades = make_grey_input(picture)
    assert shades.shape == (1, 8, 8, 1)
    np.testing.assert_allclose(shades[0, :5, :6, 0], picture.mean(axis=-1) / 256, rtol=1e-6)
    assert (shades[0, 5:, :6, 0] == shades[0, 4, :6, 0]).all()
    small = make_small_input(picture)
    assert small.shape == (1, 20, 24, 3)
    np.testing.assert_allclose(small[0, ::4, ::4], picture / 256, rtol=1e-6)
    assert (small[0, 3::4, 3::4] == small[0, ::4, ::4]).all()


def test_a_picture_too_large_to_be_enlarged_is_refused_before_anything_is_computed() -> None:
    with pytest.raises(UsageError, match="at most"):
        make_small_input(np.broadcast_to(np.uint8(0), (MOST_PIXELS // 16 + 1, 1, 3)))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A narrow CNN, trained for an epoch."""
    store = Store.create(tmp_path, tiny.dataset())
    assert Engine(store, tiny.dataset(), 1).run([Goal(CNN, {1: ()})]).failed == {}
    return store


def test_a_damaged_run_is_named_as_such(store: Store) -> None:
    path = store.folder / CNN.id / "state.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedError, match=r"state\.safetensors"):
        colourize_picture(store, CNN.id, np.zeros((8, 8, 3), np.uint8), 0, keep_lightness=False)


@pytest.mark.parametrize("weights", ["none", "of another shape"])
def test_a_run_with_weights_that_are_not_its_networks_is_named(store: Store, weights: str) -> None:
    stored = store.state(CNN.id)
    assert stored is not None
    arrays = {name: array[None] for name, array in stored.arrays.items()} if weights != "none" else {}
    store.save(CNN.id, replace(stored, arrays={**arrays, "pictures": stored.arrays["pictures"]}))
    with pytest.raises(StoreError, match=rf"the weights of {CNN.id} in .* another network's\. Move that folder away"):
        colourize_picture(store, CNN.id, np.zeros((8, 8, 3), np.uint8), 0, keep_lightness=False)


def test_a_diverged_run_colours_nothing(store: Store) -> None:
    stored = store.state(CNN.id)
    assert stored is not None
    store.save(CNN.id, replace(stored, record={**stored.record, "diverged": True}))
    with pytest.raises(StoreError, match="diverged"):
        colourize_picture(store, CNN.id, np.zeros((8, 8, 3), np.uint8), 0, keep_lightness=False)
    assert list(describe_reached(store, [Goal(CNN, {1: ()})])) == [
        f"{CNN.id}: diverged in epoch 1: its loss is no number any more"
    ]


def test_a_thin_picture_counts_with_what_is_added_to_it(store: Store) -> None:
    thin = np.broadcast_to(np.uint8(0), (1, MOST_PIXELS // 3, 3))
    with pytest.raises(UsageError, match="once four divides its sides"):
        colourize_picture(store, CNN.id, thin, 0, keep_lightness=False)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_a_picture_that_memory_does_not_hold_is_refused(error: Exception) -> None:
    class Full(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise error

    with pytest.raises(UsageError, match="Expected enough memory for a picture of 8×4 pixels"):
        run_network(Full(), np.zeros((1, 4, 8, 1), np.float32))


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, more: bytes = b"", last: bytes = b"") -> bytes:
    """A PNG of black pixels, eight rows at most, with further chunks before and after its pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes((3 * 8 + 1) * 8))
    parts = (chunk(b"IHDR", head), more, chunk(b"IDAT", rows), last, chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


TEXT_BOMB = chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(64 << 20)))
PROFILE_BOMB = chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(64 << 20)))


def saved(mode: str, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 10, 10)).convert(mode).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        png(60_000, 60_000), png(2**31 - 1, 1), png(2**32 - 1, 2**32 - 1), png(0, 0), png(3400, 3400), png(4000, 4000),
        png(8, 8, TEXT_BOMB), png(8, 8, last=TEXT_BOMB), png(8, 8, PROFILE_BOMB), b"", b"no picture",
        saved("RGB")[:50], saved("RGB", "JPEG")[:400], saved("I", "TIFF"), saved("F", "TIFF"),
    ],
    ids=[
        "wide and high", "wide", "largest", "none", "cut short", "too many pixels", "text", "text at the end",
        "profile", "empty", "no picture", "half PNG", "half JPEG", "16 bits", "floats",
    ],
)  # fmt: skip
def test_hostile_picture_is_refused_with_its_name_and_within_bounds(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does
    path = tmp_path / "hostile.png"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"hostile\.png.*\. \w") as caught:
            read_picture(path)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.exit_code == 1
    assert most < 64 << 20


@pytest.mark.parametrize("mode", ["RGB", "L", "LA", "P", "1", "RGBA"])
def test_picture_of_any_mode_of_eight_bits_is_read(tmp_path: Path, mode: str) -> None:
    (tmp_path / "picture.png").write_bytes(saved(mode))
    assert read_picture(tmp_path / "picture.png").shape == (8, 8, 3)


def test_first_picture_of_a_moving_one_and_one_for_print_are_read(tmp_path: Path) -> None:
    more = [Image.new("RGB", (8, 8))] * 3
    for kind in ("GIF", "PNG", "WEBP"):
        (tmp_path / "moving").write_bytes(saved("RGB", kind, save_all=True, append_images=more))
        assert read_picture(tmp_path / "moving")[0, 0, 0] > 150
    (tmp_path / "print").write_bytes(saved("CMYK", "JPEG"))
    assert read_picture(tmp_path / "print").shape == (8, 8, 3)


def test_only_files_are_written_and_nothing_else_is_replaced(tmp_path: Path) -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe", ".", ""):
        with pytest.raises(UsageError, match="--out"):
            save_png(picture, tmp_path / name)
    (tmp_path / "file").write_text("x")
    for name in ("file/below.png", "n" * 300):
        with pytest.raises(StoreError, match="--out"):
            save_png(picture, tmp_path / name)
    for number in (errno.ENOSPC, errno.EIO, errno.EACCES):
        for at in range(6):  # create, two halves, sync, close, rename
            with pytest.raises(StoreError, match=r"--out"), use_disk(Failing(at, number)):
                save_png(picture, tmp_path / "file")
            assert (tmp_path / "file").read_text() == "x"
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "pipe", "file"}
    save_png(picture, tmp_path / "new" / "picture.png")
    assert read_picture(tmp_path / "new" / "picture.png").shape == (2, 2, 3)
