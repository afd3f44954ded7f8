"""32×32 patches of the photographs that scikit-image and scikit-learn ship: real pixels without a download.

Every photograph is cut in two by an upright line: training patches come from the left part, test patches from
the right part, so that no pixel is in both, whatever the size of the window. Windows of 32, 64 and 96 pixels
are averaged down to 32, so that a patch shows a texture, a part or a small scene.
"""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from runs.data.pixels import Pixels, to_grey
from runs.errors import DataError

#: Where the photographs lie inside the installed packages. The files are opened directly: the loaders of
#: scikit-image would download what a wheel leaves out.
PHOTOGRAPHS = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "cat": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "temple": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
}
SIDE = 32  # pixels
#: A window of 32, 64 or 96 pixels is averaged down by these to 32.
SHRINKS = (1, 2, 3)
#: Widest test part, in pixels: the largest crop that a probe asks for.
TEST_WIDTH = 256
#: As many patches as there are horses in CIFAR-10.
COUNTS = (5000, 1000)
#: Patches whose grey levels have a smaller standard deviation are left out: sky and blurred ground, nearly
#: constant, would otherwise be a sixth of all.
FLAT = 6.0  # levels


def list_photographs() -> dict[str, Pixels]:
    """The whole photographs by name, each (H, W, 3) uint8. Those that a package does not ship are left out.

    Raises:
        DataError: none of them is there, or one cannot be read.
    """
    found = {}
    for name, (package, path) in PHOTOGRAPHS.items():
        file = _find_installed(package) / path
        if file.is_file():
            try:
                with Image.open(file) as picture:
                    found[name] = np.asarray(picture.convert("RGB"))
            except OSError as error:
                raise DataError(
                    f"Expected the photograph {file} of {package} to be readable, got: {error}. "
                    "Install scikit-image and scikit-learn again, or give a folder of pictures: --data FOLDER."
                ) from None
    if not found:
        raise DataError(
            "Expected the photographs that scikit-image and scikit-learn ship, found none of them installed. "
            "Install both packages from their wheels, or give a folder of pictures: --data FOLDER."
        )
    return found


def split_photograph(photograph: Pixels) -> tuple[Pixels, Pixels]:
    """(H, W, 3) -> its training part (left) and its test part (right, at most half and 256 pixels wide)."""
    border = photograph.shape[1] - min(TEST_WIDTH, photograph.shape[1] // 2)
    return photograph[:, :border], photograph[:, border:]


def cut_patches(counts: tuple[int, int] = COUNTS) -> tuple[Pixels, Pixels]:
    """Training and test patches, (N, 32, 32, 3) and (M, 32, 32, 3) uint8, N and M at most ``counts``.

    They take turns over photographs and window sizes, so that the first of them are a fair mix too.
    """
    split = [split_photograph(photograph) for photograph in list_photographs().values()]
    return _mix([train for train, _ in split], counts[0]), _mix([test for _, test in split], counts[1])


def _mix(regions: list[Pixels], count: int) -> Pixels:
    """The first ``count`` patches of all regions and window sizes, taken in turns."""
    share = count / (len(regions) * len(SHRINKS))
    drawn = math.ceil(1.5 * share)  # some drop out as flat; the other streams fill in for one that runs dry
    streams = [_cut_grid(region, shrink, drawn) for shrink in SHRINKS for region in regions]
    rank = np.concatenate([np.arange(len(stream)) for stream in streams])
    turns = np.argsort(rank, kind="stable")[:count]
    return np.concatenate(streams)[turns]


def _cut_grid(region: Pixels, shrink: int, drawn: int) -> Pixels:
    """Up to ``drawn`` patches of (32·shrink)² windows that cover the region evenly, without the flat ones."""
    rows, columns = (side - SIDE * shrink + 1 for side in region.shape[:2])  # places of a window
    if rows < 1 or columns < 1:
        return np.empty((0, SIDE, SIDE, 3), np.uint8)
    # The additive recurrence of Roberts (2018), "R2": any number of first points covers the square evenly.
    steps = np.outer(np.arange(drawn), [0.7548776662466927, 0.5698402909980532])
    spread = np.modf(shrink / 4 + steps)[0]  # other places for each window size
    top, left = (spread * (rows, columns)).astype(int).T
    inside = np.arange(SIDE) * shrink
    y = (top[:, None] + inside)[:, :, None]  # (drawn, 32, 1)
    x = (left[:, None] + inside)[:, None, :]  # (drawn, 1, 32)
    cut = _average(region, shrink)[y, x]  # (drawn, 32, 32, 3)
    return cut[to_grey(cut).std(axis=(1, 2)) >= FLAT / 256]


def _average(region: Pixels, shrink: int) -> Pixels:
    """(H, W, 3) -> (H-s+1, W-s+1, 3): the mean of the s×s square that begins at each pixel, rounded."""
    rows, columns = (side - shrink + 1 for side in region.shape[:2])
    total = np.full((rows, columns, 3), shrink**2 // 2, np.uint16)
    for down in range(shrink):
        for right in range(shrink):
            total += region[down : down + rows, right : right + columns]
    return (total // shrink**2).astype(np.uint8)


def _find_installed(package: str) -> Path:
    """The folder of a package, without importing it; a folder that is not there when it is not installed."""
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else Path(package, "is-not-installed")
