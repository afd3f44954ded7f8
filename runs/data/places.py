"""Where people already have CIFAR-10: in which folder each tool keeps it, and under what names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

#: Folders of the user's own that are looked through beside the root; torchvision's examples use the first.
OWN = ("data", "~/data")
#: Parts of the names, in lower case, of what may be CIFAR-10 in such a folder.
MARKS, OTHERS = ("cifar10", "cifar-10", "plain_text"), ("cifar100", "cifar-100")
#: How the names of unfinished downloads and of their locks end.
PASSED = (".part", ".lock", ".incomplete")
#: Most entries of such a folder that are looked at.
MOST_ENTRIES = 2_000


@dataclass(frozen=True)
class Keeper:
    """A tool that keeps CIFAR-10.

    Attributes:
        name: its name.
        homes: where it keeps data, the first that is known counts: "$NAME/…" is known when the variable is set.
        names: what it calls CIFAR-10 there.
    """

    name: str
    homes: tuple[str, ...]
    names: tuple[str, ...]

    def list_places(self) -> list[Path]:
        """Where CIFAR-10 lies if the tool has it."""
        homes = [home for home in map(os.path.expandvars, self.homes) if not home.startswith("$")]
        return [expand_home(homes[0]) / name for name in self.names] if homes else []


#: The tools, in the order in which they are asked.
KEEPERS = (
    Keeper(
        "Keras",
        ("$KERAS_HOME/datasets", "~/.keras/datasets"),
        (
            "cifar-10-batches-py-target", "cifar-10-batches-py", "cifar-10-batches-py-target_archive",
            "cifar-10-batches-py.tar.gz",
        ),
    ),
    Keeper(
        "Hugging Face's hub",
        ("$HF_HUB_CACHE", "$HF_HOME/hub", "$XDG_CACHE_HOME/huggingface/hub", "~/.cache/huggingface/hub"),
        ("datasets--uoft-cs--cifar10", "datasets--cifar10"),
    ),
    Keeper(
        "Hugging Face's datasets",
        ("$HF_DATASETS_CACHE", "$HF_HOME/datasets", "$XDG_CACHE_HOME/huggingface/datasets",
         "~/.cache/huggingface/datasets"),
        ("uoft-cs___cifar10", "cifar10"),
    ),
    Keeper("fastai", ("$FASTAI_HOME", "~/.fastai"), ("data/cifar10", "archive/cifar10.tgz")),
    Keeper(
        "TensorFlow Datasets", ("$TFDS_DATA_DIR", "~/tensorflow_datasets"), ("cifar10",)
    ),
    Keeper("MXNet", ("$MXNET_HOME/datasets", "~/.mxnet/datasets"), ("cifar10",)),
)  # fmt: skip


def expand_home(path: str) -> Path:
    """A path, with ``~`` as the user's home; as it stands where nobody can tell that home."""
    return Path(os.path.expanduser(path))  # noqa: PTH111, for pathlib raises RuntimeError there


def list_own(root: Path) -> list[Path]:
    """The folders of the user's own, first the one to which CIFAR-10 is downloaded."""
    return [root, *map(expand_home, OWN)]


def list_places(root: Path) -> list[tuple[str, Path]]:
    """Who keeps CIFAR-10 and where, as far as something lies there; unpacked folders before archives.

    Args:
        root: the folder to which it is downloaded.
    """
    found = [("your own folder", place) for own in list_own(root) for place in _look_through(own)]
    for keeper in KEEPERS:
        found += [(keeper.name, place) for place in keeper.list_places()]
    once: dict[str, tuple[str, Path]] = {}
    for name, place in found:
        if os.path.lexists(place):
            once.setdefault(os.path.realpath(place), (name, place))
    return sorted(once.values(), key=lambda one: not one[1].is_dir())


def _look_through(folder: Path) -> Iterator[Path]:
    """What may be CIFAR-10 in a folder of the user's own: it itself, and what its name tells."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in islice(entries, MOST_ENTRIES))
    except OSError:
        return
    yield folder
    for name in names:
        low = name.lower()
        other = name.startswith(".") or low.endswith(PASSED) or any(mark in low for mark in OTHERS)
        if not other and any(mark in low for mark in MARKS):
            yield folder / name
