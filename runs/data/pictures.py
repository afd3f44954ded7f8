"""Picture files decoded to 32×32 pixels: each held to size, mode and format before its pixels are, the bad ones
counted.
"""

from __future__ import annotations

import io
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from runs.data.decoding import decode_strictly
from runs.data.pixels import Pixels
from runs.data.trees import Tree, is_foreign
from runs.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")
FORMATS = ("PNG", "JPEG", "BMP", "WEBP")
SIDE = 32  # pixels
#: Bytes of the largest file: a 32×32 picture takes some kilobytes, with a colour profile some hundred; a photograph
#: that is to be resized takes megabytes.
MOST_BYTES, MOST_BYTES_RESIZED = 4 << 20, 64 << 20
#: Pixels of the largest picture that is resized.
MOST_PIXELS = 100_000_000
#: Seconds that reading all pictures may take: more than a full folder takes on a slow disk.
MOST_SECONDS, MOST_SECONDS_RESIZED = 300.0, 3600.0
#: So many bad pictures are named.
NAMED = 5


class BadPictureError(Exception):
    """A picture that cannot be taken; the text is what came, as in "16×16 pixels"."""

    def __init__(self, came: str, size_alone: bool = False) -> None:
        super().__init__(came)
        self.size_alone = size_alone


def is_picture(name: str) -> bool:
    """Whether a file is taken for a picture, by its name."""
    return not is_foreign(name) and name.lower().endswith(SUFFIXES)


def decode_picture(content: bytes, resize: bool = False) -> tuple[Pixels, bool]:
    """(32, 32, 3) uint8 of one picture file, checked before it is decoded, and whether it had another size.

    With ``resize`` a larger or smaller one is turned upright, cut to its central square and brought to 32×32 pixels by
    Lanczos's filter.

    Raises:
        BadPictureError: another size, mode or format, several frames, or damage.
    """
    try:
        with warnings.catch_warnings(), decode_strictly():
            warnings.simplefilter("ignore")  # a picture is either refused below or whole
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                width, height = picture.size
                if picture.size != (SIDE, SIDE) and (not resize or width * height > MOST_PIXELS):
                    raise BadPictureError(f"{width}×{height} pixels", size_alone=not resize)
                if picture.mode != "RGB":
                    raise BadPictureError(f"colour mode {picture.mode}")
                if (frames := getattr(picture, "n_frames", 1)) > 1:
                    raise BadPictureError(f"{frames} pictures that move")
                if picture.size == (SIDE, SIDE):
                    return np.asarray(picture), False
                upright = ImageOps.exif_transpose(picture)
                return np.asarray(ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS)), True
    except BadPictureError:
        raise
    except UnidentifiedImageError:
        raise BadPictureError("a file that is not PNG, JPEG, BMP or WebP, or damaged") from None
    except Exception as error:  # a damaged picture raises whatever its decoder happens to meet
        raise BadPictureError(f"a file that cannot be read: {error}") from None


@dataclass
class Gathering:
    """Pictures as they are decoded, and those that could not be taken: all are counted, the first ones are named.

    Attributes:
        place: where they lie, for messages.
        resize: whether other sizes are brought to 32×32 pixels.
        seen: how many pictures there were.
        bad: what came of each that cannot be taken.
        size_alone: how many of those only have another size.
        resized: how many were brought to 32×32 pixels.
    """

    place: Path
    resize: bool = False
    seen: int = 0
    bad: list[str] = field(default_factory=list)
    size_alone: int = 0
    resized: int = 0
    begun: float = field(default_factory=lambda: time.monotonic())

    def add(self, where: str, content: bytes) -> Pixels | None:
        """A picture decoded; None for one that is bad."""
        self.seen += 1
        try:
            picture, resized = decode_picture(content, self.resize)
        except BadPictureError as error:
            self.bad.append(f"{where}: {error}")
            self.size_alone += error.size_alone
            return None
        self.resized += resized
        return picture

    def read_files(self, tree: Tree, names: list[str]) -> Pixels:
        """(N, 32, 32, 3) uint8 of the picture files of a tree, in the order of the names; bad ones are left at 0.

        Raises:
            DataError: a file that leads out of the tree or is no plain file, or all take too long.
        """
        pictures = np.zeros((len(names), SIDE, SIDE, 3), np.uint8)
        rank = {name: number for number, name in enumerate(names)}
        most = MOST_BYTES_RESIZED if self.resize else MOST_BYTES
        limit = MOST_SECONDS_RESIZED if self.resize else MOST_SECONDS
        for count, (name, read) in enumerate(tree.open_files(names), 1):
            picture = self.add(name, read(most))
            if picture is not None:
                pictures[rank[name]] = picture
            if time.monotonic() - self.begun > limit:
                raise DataError(
                    f"Expected to read {tree.path} within {limit:g} s, got as far as {tree.locate(name)}, number "
                    f"{count} of {len(names)}. Copy it to a faster disk, or give a part of the pictures."
                )
        return pictures

    def check(self) -> None:
        """Refuses all when one is bad.

        Raises:
            DataError: with the number of bad ones and the first of them.
        """
        if not self.bad:
            return
        several = f"{len(self.bad)} of {self.seen} are not" if len(self.bad) > 1 else "one is not"
        more = f"; and {len(self.bad) - NAMED} more" if len(self.bad) > NAMED else ""
        if self.size_alone == len(self.bad):
            mend = f"Give --resize to have them brought to {SIDE}×{SIDE}, or replace or remove them."
        else:
            mend = f"Replace or remove them, or convert them to {SIDE}×{SIDE} RGB as PNG or JPEG."
        raise DataError(
            f"Expected readable pictures of {SIDE}×{SIDE} pixels in colour mode RGB in {self.place}, but {several}: "
            f"{'; '.join(self.bad[:NAMED])}{more}. {mend}"
        )
