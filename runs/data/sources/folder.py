"""A folder of pictures, at the path that the user gave."""

from __future__ import annotations

from runs.data.sources.source import Pictures, Selection, Source


def read_pictures(wanted: Selection) -> Pictures:
    """One category of a folder.

    Raises:
        DataError: the pictures are not there, not readable or not of the right form.
    """
    from runs.data import folder as folders
    from runs.data.fingerprint import are_the_horses
    from runs.data.places import expand_home

    folder = expand_home(wanted.data)
    train, test = folders.read_folder(folder, wanted.category)
    copies = are_the_horses(train, test)
    what = "copies of the CIFAR-10 horses" if copies else f'pictures of the category "{wanted.category}"'
    return Pictures("folder", wanted.category, f"{what} (folder {folder.resolve().name})", train, test)


FOLDER = Source("folder", "`train/<category>/*.png` or `jpg`, and `test/<category>/…`, 32×32 RGB", read_pictures)
