"""Archives as trees of files, within bounds: of their entries, of what they unpack to, of each file.

Nothing is written to a path of an archive, links in one are passed over, and what it says of its own sizes is held to
the bounds as it is read.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import IO, cast

from runs.data.trees import MOST_FILES, FolderTree, Listing, Read, Tree, show_size
from runs.errors import DataError

#: Bytes that a whole archive may unpack to. CIFAR-10 as 60,000 pictures takes about 250 MB.
MOST_UNPACKED = 512 << 20
GZIP, BZIP2, XZ, ZIP = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", (b"PK\x03\x04", b"PK\x05\x06")
#: How archives begin that nothing here can open.
OTHERS = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!": "RAR", b"\x28\xb5\x2f\xfd": "Zstandard"}
#: What unpacking raises when an archive is damaged, encrypted or of a kind that is not known.
TROUBLES = (
    OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error, lzma.LZMAError, tarfile.TarError,
    zipfile.BadZipFile,
)  # fmt: skip


def is_archive(path: Path) -> bool:
    """Whether a file begins as a tar or zip archive does, whatever its name.

    Raises:
        DataError: it is an archive of another kind, or cannot be read.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
    except OSError as error:
        raise DataError(f"Expected to read {path}, got: {error.strerror}. Make it readable to you.") from None
    for begin, kind in OTHERS.items():
        if head.startswith(begin):
            raise DataError(f"Expected a tar or zip archive, but {path} is a {kind} archive. Unpack it, and name that.")
    return head.startswith((GZIP, BZIP2, XZ, *ZIP)) or head[257:262] == b"ustar"


def open_tree(path: Path) -> Tree:
    """The files of a folder or an archive.

    Raises:
        DataError: a file that is no archive, or one of a kind that cannot be opened.
    """
    if path.is_dir():
        return FolderTree(path, find_hub_folder(path))
    with path.open("rb") as stream:
        head = stream.read(4)
    return ZipTree(path) if head in ZIP else TarTree(path)


def find_hub_folder(path: Path) -> Path | None:
    """The folder of a data set in Hugging Face's cache, whose snapshots are links into its "blobs"; else None."""
    inside = [folder for folder in (path, *path.parents) if folder.name.startswith("datasets--")]
    return inside[0] if inside else None


class ArchiveTree(Tree):
    """An archive: its names are read once, its files in the order in which they lie in it."""

    def list_folder(self, folder: str = "") -> Listing:
        """What lies straight in a folder."""
        folders, files = self._folders.get(folder, (set(), set()))
        return Listing(tuple(sorted(folders)), tuple(sorted(files)))

    @cached_property
    def _folders(self) -> dict[str, tuple[set[str], set[str]]]:
        """The names of the folders and of the files in each folder."""
        found: dict[str, tuple[set[str], set[str]]] = {"": (set(), set())}
        for count, name in enumerate(self._names(), 1):
            if count > MOST_FILES:
                raise DataError(
                    f"Expected at most {MOST_FILES:,} files in {self.path}, found more. Give a smaller one."
                )
            parts = normalize_name(name).split("/")
            if {"", "..", "."} & set(parts):  # leads out of the archive, and so stands for nothing
                continue
            for depth, part in enumerate(parts):
                inside = found.setdefault("/".join(parts[:depth]), (set(), set()))
                inside[depth == len(parts) - 1].add(part)
        return found

    def _names(self) -> Iterable[str]:
        """The names of its plain files."""
        raise NotImplementedError

    def _refuse(self, error: Exception) -> DataError:
        return DataError(f"Expected a whole tar or zip archive at {self.path}, got: {error}. Get it again.")


def normalize_name(name: str) -> str:
    """A name in an archive, without "./" at its front."""
    return str(PurePosixPath(name.replace("\\", "/")))


class ZipTree(ArchiveTree):
    """A zip archive; numpy's ``.npz`` is one."""

    def _names(self) -> Iterable[str]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        except TROUBLES as error:
            raise self._refuse(error) from None
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise _refuse_size(self.path)
        return [entry.filename for entry in entries]

    def open_files(self, names: Sequence[str]) -> Iterator[tuple[str, Read]]:
        """Each of the files with what reads it, as they lie in the archive."""
        wanted = set(names)
        try:
            with zipfile.ZipFile(self.path) as archive:
                for entry in archive.infolist():
                    if normalize_name(entry.filename) in wanted and not entry.is_dir():

                        def read(most: int, entry: zipfile.ZipInfo = entry) -> bytes:
                            try:
                                with archive.open(entry) as stream:
                                    return _read_bounded(stream, self.locate(entry.filename), most)
                            except TROUBLES as error:
                                raise self._refuse(error) from None

                        yield normalize_name(entry.filename), read
        except TROUBLES as error:
            raise self._refuse(error) from None


class TarTree(ArchiveTree):
    """A tar archive, plain or compressed by gzip, bzip2 or xz. It is read from its front to its end."""

    def _names(self) -> Iterable[str]:
        return [entry.name for entry, _ in self._walk()]

    def open_files(self, names: Sequence[str]) -> Iterator[tuple[str, Read]]:
        """Each of the files with what reads it, as they lie in the archive."""
        wanted = set(names)
        for entry, stream in self._walk():
            name = normalize_name(entry.name)
            if name in wanted:
                yield name, partial(_read_bounded, stream, self.locate(name))
                wanted.discard(name)
            if not wanted:
                return

    def _walk(self) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
        """The plain files of the archive, one after another; one is open until the next is asked for."""
        try:
            with _unpack_stream(self.path) as raw, tarfile.open(fileobj=Bounded(raw, self.path), mode="r|") as archive:
                for count, entry in enumerate(archive):
                    vars(archive)["members"] = []  # what was passed is not remembered
                    if count > MOST_FILES:
                        raise DataError(f"Expected at most {MOST_FILES:,} files in {self.path}. Give a smaller one.")
                    stream = archive.extractfile(entry) if entry.isreg() else None
                    if stream is not None:
                        yield entry, stream
        except TROUBLES as error:
            raise self._refuse(error) from None


class Bounded(io.RawIOBase):
    """A stream that refuses to give more than an archive may unpack to."""

    def __init__(self, raw: IO[bytes], path: Path) -> None:
        super().__init__()
        self.raw, self.path, self.left = raw, path, MOST_UNPACKED

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises:
            DataError: the bound is passed.
        """
        content = self.raw.read(min(size, self.left + 1) if size >= 0 else self.left + 1)
        self.left -= len(content)
        if self.left < 0:
            raise _refuse_size(self.path)
        return content


def _unpack_stream(path: Path) -> IO[bytes]:
    """A tar archive without its compression."""
    with path.open("rb") as stream:
        head = stream.read(6)
    if head.startswith(GZIP):
        return cast("IO[bytes]", gzip.open(path))
    if head.startswith(BZIP2):
        return cast("IO[bytes]", bz2.open(path))
    return cast("IO[bytes]", lzma.open(path)) if head.startswith(XZ) else path.open("rb")


def _read_bounded(stream: IO[bytes], where: Path, most: int) -> bytes:
    try:
        content = stream.read(most + 1)
    except TROUBLES as error:
        raise DataError(f"Expected to unpack {where}, got: {error}. Get the archive again.") from None
    if len(content) > most:
        raise DataError(f"Expected at most {show_size(most)} in {where}, found more. Give another archive.")
    return content


def _refuse_size(path: Path) -> DataError:
    return DataError(
        f"Expected an archive that unpacks to {show_size(MOST_UNPACKED)} at most, but {path} holds more. Give one of "
        "CIFAR-10 alone, or a folder with a part of the pictures."
    )
