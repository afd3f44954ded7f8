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
import threading
import warnings
from collections.abc import Callable, Iterable
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import numpy as np

from runs.errors import DataError, UsageError
from runs.pixels import Pixels

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
FOLDER = "cifar-10-batches-py"
ARCHIVE = "cifar-10-python.tar.gz"
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

#: How long to look for the network before going without it.
PROBE_SECONDS = 5.0
#: How long a download may stand still.
STALL_SECONDS = 20.0
#: More than the archive has; a longer answer is not the archive.
MOST_BYTES = 256 << 20

Say = Callable[[str], None]


def read(category: str, root: Path, places: Iterable[Path], say: Say) -> tuple[Pixels, Pixels]:
    """Training and test pictures of one class, (N, 32, 32, 3) and (M, 32, 32, 3) uint8, in CIFAR-10's order.

    Looked for in ``root`` and then in ``places``, first unpacked, then as the archive, which is unpacked into
    ``root``; then downloaded to ``root``.

    Raises:
        UsageError: no such class.
        DataError: CIFAR-10 is neither here nor to be had; the text says why and how to place it by hand.
    """
    label = _label(category)
    known = list(dict.fromkeys((root, *places)))
    folders = [place for place in known if (place / FOLDER).is_dir()]
    archives = [place / ARCHIVE for place in known if (place / ARCHIVE).is_file()]
    for place in folders:
        if intact(place):
            return _pictures(place, label)
        say(f"{place / FOLDER} is left alone: files are missing or do not match their checksums.")
    for archive in archives:
        if _has_checksum(archive):
            return _pictures(_unpacked(archive, root), label)
        say(f"{archive} is left alone: it does not match its checksum.")
    why = obstacle(URL)
    if why is not None:
        raise DataError(f"CIFAR-10 is not here and cannot be downloaded ({why}). {_by_hand(root)}")
    say(f"Downloading CIFAR-10 (170 MB) from {URL} to {root}.")
    return _pictures(_unpacked(_downloaded(URL, root, say), root), label)


def _label(category: str) -> int:
    """The number of a class."""
    if category not in CLASSES:
        raise UsageError(
            f"Expected a class of CIFAR-10 ({', '.join(CLASSES)}), got {category!r}. Name one of them with --category."
        )
    return CLASSES.index(category)


def intact(place: Path) -> bool:
    """Whether all files of CIFAR-10 lie unpacked in ``place`` and match their checksums."""
    from torchvision.datasets.utils import check_integrity

    return all(check_integrity(place / FOLDER / name, md5) for name, md5 in _checksums().items())


def obstacle(url: str, seconds: float = PROBE_SECONDS) -> str | None:
    """Why the address cannot be had within ``seconds``, or None. Looking up the name counts, which has no limit
    of its own: the attempt is made on a thread that is left behind.
    """
    answer: list[str | None] = []

    def attempt() -> None:
        try:
            with opened(Request(url, method="HEAD"), seconds):
                answer.append(None)
        except (OSError, HTTPException, ValueError) as error:
            answer.append(_reason(error))

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(seconds)
    return answer[0] if answer else f"no answer within {seconds:g} s"


class HttpsOnly(HTTPRedirectHandler):
    """Follows redirects to encrypted addresses alone."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """The request that follows a redirect.

        Raises:
            URLError: the redirect leads to an unencrypted address.
        """
        if not newurl.lower().startswith("https://"):
            raise URLError(f"redirected to an unencrypted address, {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def opened(request: Request, seconds: float) -> Any:
    """The open response to a request; each wait of it ends after ``seconds``.

    Raises:
        OSError: no answer, or a redirect to an unencrypted address.
    """
    return build_opener(HttpsOnly).open(request, timeout=seconds)


def _downloaded(url: str, root: Path, say: Say) -> Path:
    """The archive, fetched beside its name and renamed when its checksum holds."""
    target = root / ARCHIVE
    part = None
    try:
        root.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=ARCHIVE, suffix=".part", dir=root)
        part = Path(name)
        with os.fdopen(descriptor, "wb") as file, opened(Request(url), STALL_SECONDS) as response:
            _copy(response, file, say)
        if not _has_checksum(part):
            raise DataError(f"What {url} sent does not match the checksum of CIFAR-10. {_by_hand(root)}")
        part.replace(target)
    except (OSError, HTTPException) as error:
        raise DataError(f"The download of CIFAR-10 from {url} failed: {_reason(error)}. {_by_hand(root)}") from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return target


def _reason(error: Exception) -> str:
    """What kept an address from us, without the wrapping of urllib."""
    inner = error.reason if isinstance(error, URLError) and not isinstance(error, HTTPError) else error
    return "no answer in time" if isinstance(inner, TimeoutError) else str(inner) or type(inner).__name__


def _copy(response: Any, file: IO[bytes], say: Say) -> None:
    """The whole response into a file, told at every quarter of it."""
    length = int(response.headers.get("Content-Length") or 0)
    done, told = 0, 0
    while chunk := response.read(1 << 16):
        file.write(chunk)
        done += len(chunk)
        if done > MOST_BYTES:
            raise OSError("more data came than CIFAR-10 has")
        if length and 4 * done // length > told:
            told = 4 * done // length
            say(f"CIFAR-10: {done >> 20} of {length >> 20} MB.")


def _unpacked(archive: Path, root: Path) -> Path:
    """``root``, with the files of an archive whose checksum holds.

    Only the known files are copied out, each by its name: no path or link of the archive is followed.
    """
    target = root / FOLDER
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="unpacking-", dir=root) as beside, tarfile.open(archive) as tar:
            for name in _checksums():
                stream = tar.extractfile(f"{FOLDER}/{name}")
                if stream is None:
                    raise DataError(f"Expected a file {FOLDER}/{name} in {archive}, got none. {_by_hand(root)}")
                with stream, Path(beside, name).open("wb") as copy:
                    shutil.copyfileobj(stream, copy)
                Path(beside, name).replace(target / name)
    except (OSError, EOFError, KeyError, tarfile.TarError) as error:
        raise DataError(f"Expected to unpack {archive} into {root}, got: {error}. {_by_hand(root)}") from None
    if not intact(root):
        raise DataError(f"The files in {archive} do not match their checksums. {_by_hand(root)}")
    return root


def _pictures(place: Path, label: int) -> tuple[Pixels, Pixels]:
    """The training and test pictures of one class, from an intact folder; torchvision checks it once more."""
    from torchvision.datasets import CIFAR10

    found = []
    for train in (True, False):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numpy on the age of these pickles
            whole = CIFAR10(str(place), train=train, download=False)
        found.append(np.ascontiguousarray(whole.data[np.array(whole.targets) == label]))
    return found[0], found[1]


def _checksums() -> dict[str, str]:
    """The MD5 of every unpacked file, as torchvision knows them."""
    from torchvision.datasets import CIFAR10

    return dict([*CIFAR10.train_list, *CIFAR10.test_list, (CIFAR10.meta["filename"], CIFAR10.meta["md5"])])


def _has_checksum(archive: Path) -> bool:
    """Whether a file is the archive of CIFAR-10."""
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import check_integrity

    return bool(check_integrity(archive, CIFAR10.tgz_md5))


def _by_hand(root: Path) -> str:
    """How to place the archive by hand."""
    return f"Fetch {URL} elsewhere and put {ARCHIVE} into {root}; or give a folder of pictures: --data FOLDER."
