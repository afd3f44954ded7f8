"""A made-up CIFAR-10 of a hundred pictures, with checksums that torchvision is told to expect."""

from __future__ import annotations

import hashlib
import io
import pickle
import re
import tarfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from torchvision.datasets import CIFAR10

from runs.data.layouts.layout import CLASSES
from runs.data.layouts.pickles import BATCHES, FOLDER
from runs.data.university import ARCHIVE

META = "batches.meta"


class MadeUp:
    """The files of a small CIFAR-10, and what its pictures are."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.pictures: dict[str, NDArray[np.uint8]] = {}
        self.labels: dict[str, list[int]] = {}
        self.files: dict[str, bytes] = {META: pickle.dumps({"label_names": list(CLASSES)}, protocol=2)}
        for name in BATCHES:
            self.pictures[name] = rng.integers(0, 256, (20, 32, 32, 3), dtype=np.uint8)
            self.labels[name] = rng.permutation(np.arange(20) % 10).tolist()
            planes = np.ascontiguousarray(self.pictures[name].transpose(0, 3, 1, 2).reshape(20, 3072))
            self.files[name] = _aged(pickle.dumps({"data": planes, "labels": self.labels[name]}, protocol=2))
        self.archive = archive_of({f"{FOLDER}/{name}": content for name, content in self.files.items()})

    def of_class(self, category: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The training and test pictures of one class, picked one by one."""
        label = CLASSES.index(category)
        chosen = {
            name: [picture for picture, of in zip(self.pictures[name], self.labels[name], strict=True) if of == label]
            for name in BATCHES
        }
        return np.stack([picture for name in BATCHES[:5] for picture in chosen[name]]), np.stack(chosen["test_batch"])

    def expect(self, monkeypatch: pytest.MonkeyPatch, archive: bytes | None = None) -> None:
        """Make torchvision hold these files for CIFAR-10's own."""
        monkeypatch.setattr(CIFAR10, "train_list", [[name, md5(self.files[name])] for name in BATCHES[:5]])
        monkeypatch.setattr(CIFAR10, "test_list", [["test_batch", md5(self.files["test_batch"])]])
        monkeypatch.setattr(CIFAR10, "meta", {**CIFAR10.meta, "md5": md5(self.files[META])})
        monkeypatch.setattr(CIFAR10, "tgz_md5", md5(archive or self.archive))

    def unpack(self, place: Path) -> None:
        """Lay the unpacked files into a place."""
        (place / FOLDER).mkdir(parents=True)
        for name, content in self.files.items():
            (place / FOLDER / name).write_bytes(content)

    def put_archive(self, place: Path, archive: bytes | None = None) -> None:
        """Lay the archive into a place."""
        place.mkdir(parents=True, exist_ok=True)
        (place / ARCHIVE).write_bytes(archive or self.archive)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def archive_of(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    """A compressed archive of files and symbolic links."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            tar.addfile(entry)
    return out.getvalue()


def _aged(pickled: bytes) -> bytes:
    """The pickle as the numpy of 2009 wrote it: the old module, and whole numbers for truth values."""
    old_module = pickled.replace(b"cnumpy._core.", b"cnumpy.core.")
    aged, count = re.subn(rb"\x89\x88(\x87q.R)", b"K\x00K\x01\\1", old_module, flags=re.DOTALL)
    assert count == 1
    return aged
