"""A check of this machine: what works, and what to do about the rest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from ctypes.util import find_library
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from runs.data.selection import HORSE, Pictures, Selection
from runs.environment import count_cores, find_processor
from runs.errors import DataError, RederiveError
from runs.storage.output_paths import DOWNLOADS, refuse_among_pictures
from runs.text import count_words

#: Free disk that the whole write-up with five seeds takes, in bytes, with room to spare.
ROOM = 2 * 10**9


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    Attributes:
        name: what was looked at.
        ok: whether it works.
        found: what was found.
        mend: the next step when it does not work.
        needed: whether a report cannot be made without it.
    """

    name: str
    ok: bool
    found: str
    mend: str = ""
    needed: bool = True


def examine(results: Path, data: str, category: str, resize: bool = False) -> Iterator[Check]:
    """Device, Pango, disk and pictures, one after another."""
    yield check_device()
    yield check_compiled()
    yield check_pango()
    yield check_disk(results)
    yield from check_pictures(results, data, category, resize)
    yield check_ray_here()


def check_device() -> Check:
    """What torch would train on."""
    import torch

    from runs.execution.device import choose_device, describe_refused_gpu

    device, name = choose_device("auto")
    if device == "cuda":
        return Check("device", True, f"cuda, {name}, torch {torch.__version__}, a training step works on it")
    refused = describe_refused_gpu()
    if refused:
        return Check("device", False, f"cpu, {find_processor()}, {count_cores()} cores", refused, needed=False)
    idle = "; Apple's GPU has no float64, which training takes" if torch.backends.mps.is_available() else ""
    return Check("device", True, f"cpu, {find_processor()}, {count_cores()} cores, torch {torch.__version__}{idle}")


def check_compiled() -> Check:
    """Whether the passes that are compiled for training on the CPU are kept."""
    from models.compiled_cache import HERE, find_folder

    if find_folder() is not None:
        return Check("compiled passes", True, "kept from one command to the next")
    folder = HERE / "__pycache__"
    found = f"{folder} cannot be written to: each command that trains on the CPU compiles anew, for some seconds"
    return Check("compiled passes", False, found, "Allow writing there", needed=False)


def check_pango() -> Check:
    """Whether WeasyPrint can make the PDF."""
    if find_library("pango-1.0") or find_library("pango-1.0-0"):
        return Check("Pango", True, "found, so the PDF can be made")
    mend = "Install it: apt-get install libpango-1.0-0 libpangoft2-1.0-0, or brew install pango"
    return Check("Pango", False, "not found: HTML works, the PDF does not", mend)


def check_disk(results: Path) -> Check:
    """Whether the results folder can be written to and has room."""
    there = next(folder for folder in (results.absolute(), *results.absolute().parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        return Check("results", False, f"{there} cannot be written to", "Allow writing there, or use --results DIR")
    free = shutil.disk_usage(there).free
    return Check(
        "results", free > ROOM, f"{results}, {free / 1e9:.0f} GB free", "Free some space, or use --results DIR"
    )


def check_pictures(results: Path, data: str, category: str, resize: bool = False) -> Iterator[Check]:
    """Every place where CIFAR-10 was found, and which pictures would be taken. Nothing is downloaded."""
    from runs.data.copies import count_copies, describe_copies
    from runs.data.sources import SOURCES, check_category, find_source
    from runs.data.sources.cifar10 import CIFAR10
    from runs.data.sources.load import check_path
    from runs.data.sources.photos import PHOTOS

    heard: list[str] = []
    wanted = Selection(data, category, results / DOWNLOADS, heard.append, resize)
    try:
        check_path(data)
        check_category(data, category)
        refuse_among_pictures(results, data)
        if data in ("auto", CIFAR10.name):
            found = yield from _look_for_cifar10(wanted)
            if found is None and data == CIFAR10.name:
                return
            found = found or PHOTOS.read(wanted)
        else:
            found = find_source(data).read(wanted)
    except RederiveError as error:
        yield Check("pictures", False, str(error), _advise(data))
        return
    left_out = f"; {count_words(len(found.passed_over), 'file')} beside them not taken" if found.passed_over else ""
    counts = f"{len(found.train)} to train on, {len(found.test)} to test"
    heard += filter(None, [describe_copies(count_copies(found.train, found.test))])
    if found.passed_over:
        heard.append(f"Not taken: {', '.join(found.passed_over[:5])}{' …' if len(found.passed_over) > 5 else ''}.")
    taken = f"{found.source}, {found.category}: {found.origin} ({counts}{_count_lacking(len(found.train))}{left_out})"
    yield Check("pictures", not heard, taken, " ".join(heard), needed=False)
    if data not in SOURCES and found.source == CIFAR10.name:
        yield from _compare(found, wanted)


def _count_lacking(pictures: int) -> str:
    """What is said where there are fewer training pictures than the largest batch of a full report holds."""
    from runs.specs.catalogue import list_goals
    from runs.specs.presets import PRESETS, SECTIONS

    goals = list_goals(PRESETS["write-up"], SECTIONS, 1)
    needed = max(goal.spec.batch_size for goal in goals)
    return f"; a full report needs at least {needed} training pictures" if pictures < needed else ""


def _look_for_cifar10(wanted: Selection) -> Generator[Check, None, Pictures | None]:
    """Every place where CIFAR-10 seems to lie, with what speaks against it; gives what the first good one holds."""
    from runs.data.sources.cifar10 import find_places, read_place

    taken: Pictures | None = None
    for place in find_places(wanted.root):
        where = f"{place.keeper}, {place.path}"
        try:
            found = read_place(place, wanted)
        except DataError as error:
            yield Check("CIFAR-10", False, f"{where}: not used", str(error), needed=False)
            continue
        yield Check("CIFAR-10", True, f"{where}: {found.origin}{'' if taken else '; this one would be taken'}")
        taken = taken or found
    if taken is None:
        yield Check(
            "CIFAR-10",
            False,
            "found nowhere on this machine",
            "run-all downloads it (170 MB) when it is asked for; or name where it lies: --data PATH",
            needed=wanted.data != "auto",
        )
    return taken


def _compare(found: Pictures, wanted: Selection) -> Iterator[Check]:
    """Whether what calls itself CIFAR-10 holds its horses."""
    from runs.data.sources.cifar10 import has_horses

    if found.category == HORSE and not has_horses(found):
        yield Check(
            "CIFAR-10",
            False,
            f"{wanted.data} has the layout of CIFAR-10, but its horses are other pictures",
            "Verdicts would count as of other data. Get it again, or look at what lies there",
            needed=False,
        )


def _advise(data: str) -> str:
    """What to do when the pictures that were asked for cannot be had."""
    if data == "photos":
        return "Install scikit-image and scikit-learn again, or give pictures of your own: --data PATH"
    return "Mend what is named, or use --data photos for pictures that need no download"


def check_ray_here() -> Check:
    """Whether runs can go to a Ray cluster; nothing else needs Ray."""
    try:
        return Check("Ray", True, f"{version('ray')}, so --engine ray works")
    except PackageNotFoundError:
        return Check("Ray", True, "not installed; --engine ray alone needs it: .venv/bin/pip install -e '.[cluster]'")
