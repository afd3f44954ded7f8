"""Files under one path, by their names: a folder, or an archive that is never unpacked. Nothing is written."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from runs.errors import DataError

#: Most entries of one folder, and of one archive.
MOST_FILES = 200_000
#: Bytes of the largest single file: CIFAR-10's training pictures as one array have 154 MB.
MOST_BYTES = 256 << 20
#: Folders that systems put beside one's own.
FOREIGN = ("__MACOSX", "@eaDir")

#: Gives the bytes of a file, at most so many.
Read = Callable[[int], bytes]


@dataclass(frozen=True)
class Listing:
    """What lies straight in a folder of a tree, by name and in alphabetical order."""

    folders: tuple[str, ...]
    files: tuple[str, ...]


class Tree(ABC):
    """Files under one path. Names are relative to it, with "/" between folders; "" is the path itself."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def list_folder(self, folder: str = "") -> Listing:
        """What lies straight in a folder.

        Raises:
            DataError: it leads out of the path, holds too much or cannot be read.
        """

    @abstractmethod
    def open_files(self, names: Sequence[str]) -> Iterator[tuple[str, Read]]:
        """Each of the files with what reads it, in the order that is quickest; to be read before the next one is
        asked for.

        Raises:
            DataError: when a file is read: it is larger than was asked for, leads out of the path or is unreadable.
        """

    def read_file(self, name: str, most: int = MOST_BYTES) -> bytes:
        """All bytes of one file.

        Raises:
            DataError: it is not there, or as in :meth:`open_files`.
        """
        for _, read in self.open_files([name]):
            return read(most)
        raise DataError(f"Expected {name} in {self.path}, but it is not there. Get {self.path.name} again.")

    def locate(self, name: str) -> Path:
        """Where a file lies, for messages."""
        return self.path / name


class FolderTree(Tree):
    """A folder on disk. Links are followed where they stay inside it.

    Args:
        path: the folder.
        home: what links may not lead out of, where that is a folder further up.
    """

    def __init__(self, path: Path, home: Path | None = None) -> None:
        super().__init__(path)
        self.home = (home or path).resolve()

    def list_folder(self, folder: str = "") -> Listing:
        """What lies straight in a folder."""
        place = self.path / folder
        check_inside(place, self.home)
        try:
            with os.scandir(place) as entries:
                found = list(islice(entries, MOST_FILES + 1))
        except OSError as error:
            raise DataError(f"Expected to look through {place}, got: {error}. Make it readable to you.") from None
        if len(found) > MOST_FILES:
            raise DataError(
                f"Expected at most {MOST_FILES:,} files in {place}, found more. Give a folder with a part of them."
            )
        folders = {entry.name for entry in found if _is_folder(entry)}
        return Listing(tuple(sorted(folders)), tuple(sorted({entry.name for entry in found} - folders)))

    def open_files(self, names: Sequence[str]) -> Iterator[tuple[str, Read]]:
        """Each of the files with what reads it, in the given order."""
        for name in names:
            yield name, partial(self._read, self.path / name)

    def _read(self, path: Path, most: int) -> bytes:
        if path.is_symlink():
            check_inside(path, self.home)
        if not path.is_file():
            raise DataError(f"Expected a file, found something that is no plain file: {path}. Remove it.")
        try:
            with path.open("rb") as stream:
                content = stream.read(most + 1)
        except OSError as error:
            raise DataError(f"Expected to read {path}, got: {error.strerror}. Make it readable to you.") from None
        if len(content) > most:
            raise DataError(f"Expected at most {show_size(most)} in {path}, found more. Remove it, or give another.")
        return content


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder, or a link to one; links in a circle are none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def check_inside(path: Path, home: Path) -> None:
    """Refuses a path whose links lead out of a folder, or nowhere.

    Raises:
        DataError: they do.
    """
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        raise DataError(f"Expected {path} to lead to a file, but it is a broken link. Remove it.") from None
    if not target.is_relative_to(home):
        raise DataError(
            f"Expected only files inside {home}, but {path} is a link that leads out of it, to {target}. "
            "Links are not followed out of the folder: copy what it points to, or remove the link."
        )


def is_foreign(name: str) -> bool:
    """Whether a file or folder is hidden, or was put there by a system."""
    return name.startswith(".") or name in FOREIGN


def show_size(count: int) -> str:
    """A number of bytes in words, e.g. "4 MB"."""
    return f"{count >> 20} MB" if count >= 1 << 20 else f"{count >> 10} kB"
