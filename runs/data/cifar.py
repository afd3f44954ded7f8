"""CIFAR-10 in, from a folder, an archive or the network; the pictures of one class out.

torchvision reads the batches, and they are pickles: nothing is unpickled before its checksum holds. Fetching
and unpacking are done here, because torchvision turns to an unencrypted address when the encrypted one fails,
waits without end, and unpacks whatever an archive holds.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from runs.data import download
from runs.data.pixels import Pixels
from runs.disk import list_forgotten
from runs.errors import DataError, UsageError

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
FOLDER = "cifar-10-batches-py"
ARCHIVE = "cifar-10-python.tar.gz"
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
#: Bytes. The archive has 170 MB; a longer answer is something else.
MOST_BYTES = 256 << 20

Say = Callable[[str], None]


def read_cifar10(category: str, root: Path, places: Iterable[Path], say: Say) -> tuple[Pixels, Pixels]:
    """Training and test pictures of one class, (N, 32, 32, 3) and (M, 32, 32, 3) uint8, in CIFAR-10's order.

    Looked for in ``root`` and then in ``places``, first unpacked, then as the archive, which is unpacked into
    ``root``; then downloaded to ``root``. torchvision is imported only when there is something to read.

    Raises:
        UsageError: no such class.
        DataError: CIFAR-10 is neither here nor to be had; the text says why and how to place it by hand.
    """
    label = _find_label(category)
    known = list(dict.fromkeys((root, *places)))
    for place in known:
        if (place / FOLDER).is_dir():
            if is_intact(place):
                return _read_pictures(place, label)
            say(f"{place / FOLDER} is not used: files are missing or do not match their checksums.")
    for archive in (place / ARCHIVE for place in known):
        if archive.is_file():
            if _has_checksum(archive):
                return _read_pictures(_unpack(archive, root), label)
            say(f"{archive} is not used: it does not match its checksum.")
    why = download.find_obstacle(URL)
    if why is not None:
        raise DataError(f"CIFAR-10 is not here and cannot be downloaded ({why}). {_explain_by_hand(root)}")
    return _read_pictures(_unpack(_download(root, say), root), label)


def _find_label(category: str) -> int:
    """The number of a class."""
    if category not in CLASSES:
        raise UsageError(
            f"Expected a class of CIFAR-10 ({', '.join(CLASSES)}), got {category!r}. Name one of them with --category."
        )
    return CLASSES.index(category)


def is_intact(place: Path) -> bool:
    """Whether all files of CIFAR-10 lie unpacked in ``place`` and match their checksums."""
    from torchvision.datasets.utils import check_integrity

    return all(check_integrity(place / FOLDER / name, md5) for name, md5 in _list_checksums().items())


def _download(root: Path, say: Say) -> Path:
    """The archive in ``root``, fetched beside its name and renamed when its checksum holds."""
    say(f"Downloading CIFAR-10 (170 MB) from {URL} to {root}.")
    target = root / ARCHIVE
    part = None
    try:
        root.mkdir(parents=True, exist_ok=True)
        for left in list_forgotten(root, f"{ARCHIVE}*.part"):
            left.unlink()
        descriptor, name = tempfile.mkstemp(prefix=ARCHIVE, suffix=".part", dir=root)
        part = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            download.download_to(URL, file, MOST_BYTES, say)
        if not _has_checksum(part):
            raise DataError(f"What {URL} sent does not match the checksum of CIFAR-10. {_explain_by_hand(root)}")
        part.replace(target)
    except (OSError, download.FetchError) as error:
        raise DataError(
            f"The download of CIFAR-10 from {URL} to {root} failed: {error}. {_explain_by_hand(root)}"
        ) from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return target


def _unpack(archive: Path, root: Path) -> Path:
    """``root``, with the files of an archive whose checksum holds.

    Only the known files are copied out, each by its name and complete before it gets that name: no path of the
    archive is written to, on any Python (the filters of ``tarfile`` are missing from early releases of 3.11).
    """
    target = root / FOLDER
    try:
        target.mkdir(parents=True, exist_ok=True)
        for left in list_forgotten(root, "unpacking-*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix="unpacking-", dir=root) as beside, tarfile.open(archive) as tar:
            for name in _list_checksums():
                stream = tar.extractfile(f"{FOLDER}/{name}")
                if stream is None:
                    raise KeyError(f"{FOLDER}/{name} is no file")
                with stream, Path(beside, name).open("wb") as copy:
                    shutil.copyfileobj(stream, copy)
                Path(beside, name).replace(target / name)
    except (OSError, EOFError, KeyError, tarfile.TarError) as error:
        raise DataError(f"Expected to unpack {archive} into {root}, got: {error}. {_explain_by_hand(root)}") from None
    if not is_intact(root):
        raise DataError(f"The files in {archive} do not match their checksums. {_explain_by_hand(root)}")
    return root


def _read_pictures(place: Path, label: int) -> tuple[Pixels, Pixels]:
    """The training and test pictures of one class, from an intact folder; torchvision checks it once more."""
    from torchvision.datasets import CIFAR10

    found = []
    for train in (True, False):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", np.exceptions.VisibleDeprecationWarning)  # of numpy 2.4 on old pickles
            whole = CIFAR10(str(place), train=train, download=False)
        found.append(np.ascontiguousarray(whole.data[np.array(whole.targets) == label]))
    return found[0], found[1]


def _list_checksums() -> dict[str, str]:
    """The MD5 of every unpacked file, as torchvision knows them."""
    from torchvision.datasets import CIFAR10

    return dict([*CIFAR10.train_list, *CIFAR10.test_list, (CIFAR10.meta["filename"], CIFAR10.meta["md5"])])


def _has_checksum(archive: Path) -> bool:
    """Whether a file is the archive of CIFAR-10."""
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import check_integrity

    return bool(check_integrity(archive, CIFAR10.tgz_md5))


def _explain_by_hand(root: Path) -> str:
    """How to place the archive by hand."""
    return f"Fetch {URL} elsewhere and put {ARCHIVE} into {root}; or give a folder of pictures: --data FOLDER."
