"""Pictures at a path that the user gave: a folder, an archive or a file, told by its content."""

from __future__ import annotations

from runs.data.selection import Pictures, Selection
from runs.data.sources.source import Source

#: What pictures of a path may be stored as.
GIVES = ("folder", "folder-resized", "cifar10")


def read_pictures(wanted: Selection) -> Pictures:
    """One category of what lies there.

    Raises:
        UsageError: no such class of CIFAR-10.
        DataError: the pictures are not there, not readable or not of the right form.
    """
    from runs.data.layouts.recognize import recognize
    from runs.data.places import expand_home

    return recognize(expand_home(wanted.data)).read(wanted)


PATH = Source(
    "path",
    "a folder, archive (tar, zip) or file, told by its content: CIFAR-10 as torchvision, Keras, Hugging Face (parquet "
    "and arrow, with `pip install 'rederive[parquet]'`), fastai or TensorFlow Datasets keep it, its binary and its "
    "MATLAB version, an `.npz` with `x_train`, `y_train`, `x_test`, `y_test`; or pictures of your own: "
    "`train/<category>/` and `test/<category>/` (or `val`, `valid`) of PNG, JPEG, BMP or WebP files, 32×32 RGB, other "
    "sizes with `--resize`",
    read_pictures,
)
