"""What one question came to, kept on disk: its piece of the page, its verdicts, its numbers, what it was made from.

A section can so be made again alone; the others stay as they are, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, Field, TypeAdapter
from typing_extensions import TypedDict

from report.judging.verdict import STATUSES
from runs.disk import PART, get_disk, list_forgotten, write_whole
from runs.errors import RenderError
from runs.forms import Finite, fits

Amount = Annotated[int, Field(ge=0, le=10**9)]


class Measured(TypedDict):
    """A measured number, as :func:`report.pages.export.record_measured` makes it."""

    value: Finite | None
    unit: str
    digits: Annotated[int, Field(ge=0, le=20)]
    spread: Finite | None
    n: Amount
    runs: list[str]
    given: NotRequired[bool]


def _check_pair(pair: list[Any]) -> list[Any]:
    if not (isinstance(pair[0], str) and isinstance(pair[1], dict)):
        raise ValueError("expected a name and a number")
    return pair


#: A measured number with its name before it.
Named = Annotated[list[str | Measured], Field(min_length=2, max_length=2), AfterValidator(_check_pair)]


class KeptVerdict(TypedDict):
    """What is read of a verdict."""

    id: str
    question: str
    status: Literal[*STATUSES]  # type: ignore[valid-type]
    flags: list[str]
    statement: str
    written: str
    what: str
    n: Amount


class WrittenFigure(TypedDict):
    """A written figure and the numbers of the seeds, and of others who did the same."""

    written: Finite
    typed: str
    unit: str
    digits: Annotated[int, Field(ge=0, le=20)]
    seeds: list[Finite]
    others: NotRequired[list[Finite]]


class Score(TypedDict):
    """What the summary reads beside a verdict."""

    part: str
    anchor: str
    measured: Measured | None
    figure: NotRequired[WrittenFigure | None]
    shown: NotRequired[list[Named]]


class Part(TypedDict):
    """A part of a section; ``lead`` is what the front says of it, in pieces."""

    part: str
    title: str
    anchor: str
    lead: NotRequired[list[str | Measured]]
    outcome: NotRequired[str]


class Horses(TypedDict):
    """A row of pictures for the front."""

    label: str
    uri: Annotated[str, Field(pattern="^data:image/png;base64,")]
    width: Annotated[int, Field(ge=1, le=10**5)]
    height: Annotated[int, Field(ge=1, le=10**5)]
    alt: str


class KeptSection(TypedDict):
    """What is read of a kept section."""

    name: str
    data: str
    made: dict[str, Any]
    html: str
    printed: NotRequired[str]
    audit: NotRequired[str]
    parts: list[Part]
    horses: NotRequired[list[Horses]]
    verdicts: list[KeptVerdict]
    scores: list[Score]
    answers: dict[str, Any]
    missing: list[str]


SECTION_FORM = TypeAdapter(KeptSection)


def is_section(value: Any) -> bool:
    """Whether a value out of JSON is a section, as :func:`report.pages.kept_sections.write_section` keeps it."""
    return fits(value, SECTION_FORM) and len(value["verdicts"]) == len(value["scores"])


Record = dict[str, Any]

#: The most that a kept section may take; one of thousands of runs takes some megabytes.
MOST_BYTES = 256 << 20


@dataclass(frozen=True)
class Section:
    """One rendered question.

    Attributes:
        name: "1.3".
        data: the id of the data set that it speaks of.
        made: what it was made from, as :func:`report.pages.fingerprint.describe_inputs` tells it.
        html: its piece of the page.
        printed, audit: its pieces of the report and of the audit on paper; "" where an older program kept it.
        parts: its parts: part, title and anchor of each, its answer in pieces, and what that says of the write-up:
            "holds", "fails", "open", or "" where the write-up has no finding there.
        verdicts: the records of its verdicts, as in report.json.
        scores: beside each verdict what the summary needs: the measured number as the page shows it, the page's
            words for the interval, the anchor, and the effect (how far off, in units of what is allowed).
        answers: its answers for report.json, by part.
        missing: ids of the runs that are wanted and not stored.
        horses: the rows of pictures for the front, where this section has them.
    """

    name: str
    data: str
    made: Mapping[str, Any]
    html: str
    parts: Sequence[Mapping[str, Any]] = ()
    verdicts: Sequence[Record] = ()
    scores: Sequence[Record] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    missing: Sequence[str] = ()
    printed: str = ""
    audit: str = ""
    horses: Sequence[Record] = field(default_factory=list)


@dataclass(frozen=True)
class Absent:
    """A section that is not there to be shown, and why in a sentence."""

    name: str
    reason: str


def write_section(section: Section, out: Path) -> Path:
    """Keep a section in ``out``/sections; the file appears whole or not at all.

    Raises:
        RenderError: the folder cannot be written.
    """
    body = json.dumps(vars(section), allow_nan=False)
    text = json.dumps({"sha256": digest_section(body), "section": body}, ensure_ascii=False)
    return write_file(section_path(out, section.name), text.encode())


def read_section(out: Path, name: str, data: str) -> Section | Absent:
    """A kept section, its checksum verified; or why it cannot be shown: absent, damaged, or of other data."""
    path = section_path(out, name)
    if not path.is_file():
        return Absent(name, "This section has not been rendered yet.")
    try:
        kept = json.loads(get_disk().read(path, size=MOST_BYTES))
        if digest_section(kept["section"]) != kept["sha256"]:
            return Absent(name, f"The kept section {path.name} does not match its checksum.")
        fields = json.loads(kept["section"])
        if not is_section(fields):
            return Absent(name, f"The kept section {path.name} is of another form.")
        section = Section(**fields)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Absent(name, f"The kept section {path.name} cannot be read.")
    if section.name != name or section.data != data:
        return Absent(name, f"The kept section {path.name} was made from other data.")
    return section


def section_path(out: Path, name: str) -> Path:
    """Where a section is kept."""
    return out / "sections" / f"{name}.json"


def digest_section(text: str) -> str:
    """SHA-256 of a text, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def write_file(path: Path, content: bytes) -> Path:
    """A whole file or none.

    Raises:
        RenderError: the folder cannot be made or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in list_forgotten(path.parent, f".{path.name}.*{PART}"):
            get_disk().remove(left)
        write_whole(path, content)
    except OSError as error:
        raise RenderError(
            f"Expected to write {path}, got: {error.strerror or type(error).__name__}. "
            "What was there before is unchanged. Free space or make it writable, or give another folder with --out."
        ) from error
    return path
