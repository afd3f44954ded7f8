"""The sources of pictures that ``--data`` can name, declared once: a new one is a file in this folder and a line here.

The choices of the commands, the messages, the README's table and the tests are derived from this.
"""

from __future__ import annotations

from runs.data.selection import HORSE
from runs.data.sources.auto import AUTO
from runs.data.sources.cifar10 import CIFAR10
from runs.data.sources.path import GIVES, PATH
from runs.data.sources.photos import PHOTOS
from runs.data.sources.source import Source
from runs.errors import UsageError

#: By name, in the order in which they are offered.
SOURCES: dict[str, Source] = {source.name: source for source in (AUTO, CIFAR10, PHOTOS)}


def find_source(data: str) -> Source:
    """The source that ``--data`` names; that of a path where it names none."""
    return SOURCES.get(data, PATH)


def list_stored_as(data: str) -> tuple[str, ...]:
    """The sources that the results of what ``--data`` names may be stored under."""
    return (data,) if data in SOURCES else GIVES


def spell_choices() -> str:
    """What ``--data`` takes, for a command's help: ``auto|cifar10|photos|PATH``."""
    return "|".join([*SOURCES, "PATH"])


def quote_names() -> str:
    """The names, for a sentence: ``"auto", "cifar10", "photos"``."""
    return ", ".join(f'"{name}"' for name in SOURCES)


def list_rows() -> list[tuple[str, str]]:
    """The rows of the README's table: what to type, and which pictures that gives."""
    rows = [(f"`{source.name}`", source.pictures) for source in SOURCES.values()]
    rows[0] = (f"{rows[0][0]} (default)", rows[0][1])
    return [*rows, ("`PATH`", PATH.pictures)]


def split_store_name(name: str) -> tuple[str, str]:
    """The source and the rest of the name of a results folder, ``source-category-digest``; a source may itself have
    a hyphen, and then the longest that fits is meant.
    """
    known = [source for source in (*SOURCES, *GIVES) if name.startswith(f"{source}-")]
    source = max(known, key=len) if known else name.partition("-")[0]
    return source, name[len(source) + 1 :]


def check_category(data: str | None, category: str | None) -> None:
    """Refuses a category of pictures that have none to choose from.

    Raises:
        UsageError: one is asked for of the photographs.
    """
    only = None if data is None else find_source(data).category
    if only is not None and category not in (None, HORSE, only):  # the first where nobody chose one
        raise UsageError(
            f"Expected no --category with --data {data}, for these pictures have none, got {category!r}. Leave it "
            "out, or name other pictures with --data."
        )
