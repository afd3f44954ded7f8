"""A folder of pictures, as a user would give one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def folder_of_pictures(folder: Path, train: int, test: int, category: str = "horse") -> Path:
    """Smooth random pictures: a colour that changes across the picture, different in each."""
    rng = np.random.default_rng(3)
    ramp = np.linspace(0, 1, 32)[:, None, None]
    for part, count in (("train", train), ("test", test)):
        place = folder / part / category
        place.mkdir(parents=True)
        for index in range(count):
            one, other = rng.integers(0, 256, (2, 1, 1, 3))
            picture = (one * ramp + other * (1 - ramp)).repeat(32, axis=1) + rng.normal(0, 6, (32, 32, 3))
            Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(place / f"{index:04d}.png")
    return folder
