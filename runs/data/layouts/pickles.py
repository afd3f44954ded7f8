"""CIFAR-10 as torchvision and Keras keep it: pickles, which are read when a checksum has vouched for each, and only
then.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np

from runs.data.layouts.layout import Layout, find_label, join_names, make_cifar10
from runs.data.pixels import Pixels
from runs.data.selection import Pictures, Selection
from runs.data.trees import FolderTree, Tree
from runs.disk import list_forgotten
from runs.errors import DataError

FOLDER = "cifar-10-batches-py"
BATCHES = ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch")
#: Bytes of the largest of the files; each batch has 31 MB.
MOST_BYTES = 64 << 20


def read_pickles(tree: Tree, folder: str, wanted: Selection) -> Pictures:
    """One class, in CIFAR-10's own order, as torchvision reads it. What lies in an archive, or in a folder of another
    name, is first copied to the root, each file by its known name.

    Raises:
        UsageError: no such class.
        DataError: a file is missing, or no checksum vouches for it; it is not opened then.
    """
    label = find_label(wanted.category)
    place = tree.path / folder
    if isinstance(tree, FolderTree) and place.name == FOLDER:
        root = place.parent
        _check_files(tree, folder)
    else:
        root = wanted.root
        if not is_intact(root) or not _is_known_archive(tree.path):
            _copy_files(tree, folder, root)
    train, test = (_read_half(root, label, half) for half in (True, False))
    return make_cifar10(wanted, train, test, "its version for Python", vouched=True)


def list_checksums() -> dict[str, str]:
    """The MD5 of every unpacked file, as torchvision knows them."""
    from torchvision.datasets import CIFAR10

    return dict([*CIFAR10.train_list, *CIFAR10.test_list, (CIFAR10.meta["filename"], CIFAR10.meta["md5"])])


def is_intact(root: Path) -> bool:
    """Whether all files of CIFAR-10 lie unpacked in the root and match their checksums."""
    from torchvision.datasets.utils import check_integrity

    return all(check_integrity(root / FOLDER / name, md5) for name, md5 in list_checksums().items())


def _is_known_archive(path: Path) -> bool:
    """Whether a path is the archive of CIFAR-10 to the byte, so that what was unpacked of it before can be taken."""
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import check_integrity

    return path.is_file() and bool(check_integrity(path, CIFAR10.tgz_md5))


def _check_files(tree: Tree, folder: str) -> dict[str, bytes]:
    """The bytes of all files, vouched for.

    Raises:
        DataError: one is missing, or its checksum is another.
    """
    sums = list_checksums()
    names = {join_names(folder, name): name for name in sums}
    found = {names[name]: read(MOST_BYTES) for name, read in tree.open_files(list(names)) if _is_there(tree, name)}
    other = [name for name in sums if name not in found or _digest(found[name]) != sums[name]]
    if other:
        raise DataError(
            f"Expected the files of CIFAR-10 in {tree.locate(folder)}, but {', '.join(other)} "
            f"{'is' if len(other) == 1 else 'are'} missing or do not match their checksums. They are pickles, which "
            "can run programs, and so they are not opened. Get cifar-10-python.tar.gz again, or give the binary "
            "version."
        )
    return found


def _is_there(tree: Tree, name: str) -> bool:
    return not isinstance(tree, FolderTree) or (tree.path / name).exists()


def _digest(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _copy_files(tree: Tree, folder: str, root: Path) -> None:
    """The vouched files in the root, each complete before it gets its name."""
    found = _check_files(tree, folder)
    try:
        (root / FOLDER).mkdir(parents=True, exist_ok=True)
        for left in list_forgotten(root, "unpacking-*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix="unpacking-", dir=root) as beside:
            for name, content in found.items():
                Path(beside, name).write_bytes(content)
                Path(beside, name).replace(root / FOLDER / name)
    except OSError as error:
        raise DataError(
            f"Expected to copy the files of {tree.path} to {root}, got: {error}. Give a folder with room by --results."
        ) from None


def _read_half(root: Path, label: int, train: bool) -> Pixels:
    """(N, 32, 32, 3): one class of one half, from an intact folder; torchvision checks it once more."""
    from torchvision.datasets import CIFAR10

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.VisibleDeprecationWarning)  # of numpy 2.4 on old pickles
        whole = CIFAR10(str(root), train=train, download=False)
    return np.ascontiguousarray(whole.data[np.array(whole.targets) == label])


PICKLES = Layout("CIFAR-10 for Python", lambda listing: set(BATCHES) <= set(listing.files), read_pickles)
