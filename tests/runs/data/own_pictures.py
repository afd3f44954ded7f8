"""Small pictures of noise, encoded; a folder of them read, or refused in words."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from runs.data.layouts.recognize import recognize
from runs.data.selection import Pictures, Selection
from runs.errors import DataError


def picture(level: int = 0, size: tuple[int, int] = (32, 32), mode: str = "RGB") -> Image.Image:
    noise = np.random.default_rng(level).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(noise).convert(mode)


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def take(folder: Path, category: str = "horse", **fields) -> Pictures:
    return recognize(folder).read(Selection(str(folder), category, folder, **fields))


def read(folder: Path, category: str = "horse", **fields) -> tuple[np.ndarray, np.ndarray]:
    found = take(folder, category, **fields)
    return found.train, found.test


def refused(folder: Path, *words: str, category: str = "horse") -> None:
    """Reading fails with a message that holds the words and a next step."""
    with pytest.raises(DataError) as caught:
        read(folder, category)
    text = str(caught.value)
    for word in words:
        assert word in text
    assert text.endswith(".")
    assert text.count(". ") >= 1 or "; or" in text, "says what came, then the next step"
