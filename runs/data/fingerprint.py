"""Whether pictures are the write-up's own horses: pixel for pixel, or as lossy copies.

Sixty of the horses are known by a digest of their pixels, in whatever order and kind of file they come. A mirror may
keep them as JPEG files. No checksum survives that, but the mean picture does: JPEG at quality 40 moves its coarse form
by half a level, while 6,000 other pictures of horses would move it by two or three.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runs.data.pixels import Pixels

#: CIFAR-10 horses (Krizhevsky, 2009), training and test.
COUNTS = (5000, 1000)
#: Digests of sixty of them, with their source.
DIGESTS = Path(__file__).with_name("horse_digests.txt")
#: Largest distance, in levels of 255, of any of the 96 means.
TOLERANCE = 1.0

#: The mean training picture of the JPEG copies, pooled to 4×4: rows of (R, G, B), in levels of 255.
TRAIN_MEAN = (
    ((128.2, 130.9, 123.7), (131.0, 131.7, 124.8), (131.0, 131.7, 124.7), (129.0, 131.8, 124.4)),
    ((123.9, 119.6, 105.1), (124.5, 109.8, 99.9), (123.9, 109.2, 99.6), (123.3, 118.4, 104.6)),
    ((129.5, 123.9, 102.0), (120.6, 110.0, 92.4), (119.8, 109.3, 91.6), (127.0, 120.9, 100.0)),
    ((136.0, 129.9, 104.0), (132.9, 126.4, 101.1), (132.5, 126.1, 100.6), (134.2, 128.2, 102.5)),
)
#: The mean test picture, likewise.
TEST_MEAN = (
    ((129.9, 133.2, 127.9), (134.5, 135.9, 130.8), (134.9, 136.1, 130.7), (129.0, 132.6, 127.1)),
    ((124.6, 120.4, 107.9), (127.5, 112.5, 103.1), (126.5, 111.8, 102.6), (124.0, 119.7, 107.2)),
    ((129.1, 123.5, 104.3), (122.2, 111.2, 94.6), (120.7, 109.5, 92.6), (127.5, 121.1, 101.3)),
    ((133.2, 127.3, 103.2), (132.4, 125.9, 101.4), (131.6, 125.1, 100.2), (132.5, 126.4, 101.2)),
)


def recognise_horses(train: Pixels, test: Pixels) -> str:
    """What (N, 32, 32, 3) training and (M, 32, 32, 3) test pictures are: "same", the horses of CIFAR-10 pixel for
    pixel; "copies", lossy copies of them; "other".
    """
    if (len(train), len(test)) != COUNTS:
        return "other"
    found = {(part, digest_picture(one)) for part, pictures in (("train", train), ("test", test)) for one in pictures}
    if read_digests() <= found:
        return "same"
    near = all(
        float(np.abs(average_coarsely(pictures) - np.array(reference)).max()) <= TOLERANCE
        for pictures, reference in ((train, TRAIN_MEAN), (test, TEST_MEAN))
    )
    return "copies" if near else "other"


@cache
def read_digests() -> frozenset[tuple[str, str]]:
    """The known horses: each its part, "train" or "test", and its digest."""
    lines = DIGESTS.read_text(encoding="utf-8").splitlines()
    rows = (line.split() for line in lines if not line.startswith("#"))
    return frozenset((part, digest) for digest, part, _ in rows)


def digest_picture(picture: Pixels) -> str:
    """SHA-256 of a picture's pixels (32, 32, 3), row by row, as 64 hex digits."""
    return hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest()


def average_coarsely(pictures: Pixels) -> NDArray[np.float64]:
    """(N, 32, 32, 3) -> (4, 4, 3): the mean picture, pooled 8×8, in levels of 255."""
    total: NDArray[np.float64] = pictures.mean(axis=0, dtype=np.float64)
    return total.reshape(4, 8, 4, 8, 3).mean(axis=(1, 3))
