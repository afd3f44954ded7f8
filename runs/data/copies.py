"""Pictures that come twice, to the pixel or mirrored: within a half, and in both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from runs.data.pixels import Pixels
from runs.text import count_words

Half = Literal["train", "test", "both"]


@dataclass(frozen=True)
class Copy:
    """A picture that another one is a copy of.

    Attributes:
        half: "train" or "test" for two of the same half, "both" for a test picture that is a training picture.
        picture: the place of the later one, or of the test picture.
        original: the place of the earlier one, or of the training picture.
        mirrored: whether it is the same only when one of them is mirrored.
    """

    half: Half
    picture: int
    original: int
    mirrored: bool


def find_copies(train: Pixels, test: Pixels) -> list[Copy]:
    """The copies among (N, 32, 32, 3) training and (M, 32, 32, 3) test pictures; each picture once within its half,
    and each test picture once in both, as a plain copy where it is one.
    """
    digests = {half: digest_both_ways(pictures) for half, pictures in (("train", train), ("test", test))}
    found: list[Copy] = []
    for half, own in (("train", digests["train"]), ("test", digests["test"])):
        seen: dict[bytes, int] = {}
        for place, pair in enumerate(own):
            found += _match(half, place, pair, seen)
            seen.setdefault(pair[0], place)
    of_train = {plain: place for place, (plain, _) in reversed(list(enumerate(digests["train"])))}
    for place, pair in enumerate(digests["test"]):
        found += _match("both", place, pair, of_train)
    return found


def digest_both_ways(pictures: Pixels) -> list[tuple[bytes, bytes]]:
    """A digest of each picture as it is, and one of it mirrored from left to right."""
    mirrored = pictures[:, :, ::-1]
    return [(_digest(plain), _digest(other)) for plain, other in zip(pictures, mirrored, strict=True)]


def _digest(picture: Pixels) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(picture).tobytes(), digest_size=16).digest()


def _match(half: str, place: int, pair: tuple[bytes, bytes], seen: dict[bytes, int]) -> list[Copy]:
    """The copy that a picture is of one of those seen; none where it is of none."""
    for mirrored, digest in enumerate(pair):
        if digest in seen:
            return [Copy(half, place, seen[digest], bool(mirrored))]  # type: ignore[arg-type]
    return []


def count_copies(train: Pixels, test: Pixels) -> dict[str, int]:
    """How many copies there are, by half and kind: "both", "both mirrored", "train", …"""
    counts = {f"{half}{kind}": 0 for half in ("both", "train", "test") for kind in ("", " mirrored")}
    for copy in find_copies(train, test):
        counts[f"{copy.half}{' mirrored' if copy.mirrored else ''}"] += 1
    return counts


#: What is said of each kind.
SAYS = {
    "both": "also a training picture, pixel for pixel",
    "both mirrored": "a training picture mirrored",
    "train": "a training picture for the second time",
    "train mirrored": "another training picture mirrored",
    "test": "a test picture for the second time",
    "test mirrored": "another test picture mirrored",
}


def describe_copies(counts: Mapping[str, int]) -> str:
    """The copies for a terminal; "" where there are none. What is tested on pictures that were trained on is no
    validation, and that is said.
    """
    said = count_in_words(counts)
    advice = " Validation on pictures that were trained on says too much good of a network: remove them from one half."
    return f"COPIES: {said}{advice if counts['both'] else ''}" if said else ""


def count_in_words(counts: Mapping[str, int]) -> str:
    """The copies in one sentence; "" where there are none."""
    parts = []
    for kind, words in SAYS.items():
        if counts[kind]:
            noun = "training picture" if kind.startswith("train") else "test picture"
            parts.append(f"{count_words(counts[kind], noun)} {'is' if counts[kind] == 1 else 'are'} {words}")
    return f"{'; '.join(parts)}." if parts else ""
