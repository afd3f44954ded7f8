"""What lies at a path, told by its content: which layout, in which folder of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from runs.data.archives import is_archive, open_tree
from runs.data.layouts import LAYOUTS
from runs.data.layouts.class_folders import FOLDERS, LAYOUT
from runs.data.layouts.layout import Layout, join_names
from runs.data.selection import Pictures, Selection
from runs.data.trees import FolderTree, Tree, is_foreign
from runs.errors import DataError

#: How deep below a path a layout is looked for, and in how many folders: Hugging Face's cache has four levels.
MOST_DEPTH, MOST_FOLDERS = 5, 100
#: Folders of pictures, which may be anything, are found no deeper than archives have them.
MOST_DEPTH_OF_OWN = 1
#: How pickles begin that torch, joblib and Python write.
PICKLE = b"\x80"


@dataclass(frozen=True)
class Recognized:
    """A layout, and the folder of a tree that is of it."""

    layout: Layout
    tree: Tree
    folder: str

    def read(self, wanted: Selection) -> Pictures:
        """The wanted pictures.

        Raises:
            UsageError: no such class.
            DataError: they are not readable or not of the right form.
        """
        return self.layout.read(self.tree, self.folder, wanted)


def recognize(path: Path) -> Recognized:
    """The pictures at a path: a folder, an archive, or one of the files of a layout.

    Raises:
        DataError: there are none, or none that can be told.
    """
    if path.is_dir():
        found = search_tree(open_tree(path)) or _search_archives(path)
        if found is None:
            raise DataError(f"Expected pictures in {path}, found {_describe(path)}. Arrange them as {LAYOUT}.")
        return found
    if not path.is_file():
        raise DataError(f"Expected a folder, an archive or a file at {path}, but it is none of these. Correct --data.")
    if is_archive(path):
        found = search_tree(open_tree(path))
        if found is None:
            raise DataError(f"Expected pictures in the archive {path}, found no layout that is known. Use {LAYOUT}.")
        return found
    beside = recognize_straight(path.parent)
    if beside is not None:
        return beside
    with path.open("rb") as stream:
        pickled = stream.read(1) == PICKLE
    came = "a pickle, which can run programs and so is not opened" if pickled else "a file of another kind"
    raise DataError(
        f"Expected an archive, a folder of pictures or a file of CIFAR-10 at {path}, got {came}. Give the archive "
        "cifar-10-python.tar.gz, or a folder."
    )


def recognize_straight(folder: Path) -> Recognized | None:
    """CIFAR-10 whose files lie straight in a folder; None for other pictures and for none."""
    found = match_layout(open_tree(folder), "")
    return None if found is not None and found.layout is FOLDERS else found


def search_tree(tree: Tree) -> Recognized | None:
    """The first folder of a tree that is of a known layout, the nearest first."""
    waiting, seen = deque([("", 0)]), 0
    while waiting and seen < MOST_FOLDERS:
        folder, depth = waiting.popleft()
        seen += 1
        try:
            found = match_layout(tree, folder)
            inside = [name for name in tree.list_folder(folder).folders if not is_foreign(name)]
        except DataError:
            if not folder:
                raise
            continue  # one that cannot be looked into, or leads out of the tree, on the way
        if found is not None and (depth <= MOST_DEPTH_OF_OWN or found.layout is not FOLDERS):
            return found
        if depth < MOST_DEPTH:
            waiting.extend((join_names(folder, name), depth + 1) for name in inside)
    return None


def match_layout(tree: Tree, folder: str) -> Recognized | None:
    """The layout of one folder of a tree."""
    listing = tree.list_folder(folder)
    return next((Recognized(layout, tree, folder) for layout in LAYOUTS if layout.fits(listing)), None)


def _search_archives(path: Path) -> Recognized | None:
    """The first archive straight in a folder that holds a known layout."""
    for name in FolderTree(path).list_folder().files:
        if "cifar" in name.lower() and not is_foreign(name) and (path / name).is_file() and is_archive(path / name):
            found = search_tree(open_tree(path / name))
            if found is not None:
                return found
    return None


def _describe(path: Path) -> str:
    listing = FolderTree(path).list_folder()
    return ", ".join([*listing.folders, *listing.files][:20]) or "nothing"
