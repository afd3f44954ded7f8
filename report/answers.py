"""What one part of a question says: measured values, tables, figures, verdicts, and the gaps that are left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from report.results.sentence import Sentence
from report.results.values import Measured

if TYPE_CHECKING:
    from report.judging.verdict import Verdict

#: What a table cell may hold: text, a measured number, or nothing (shown as a dash).
Cell = str | Measured | None


@dataclass(frozen=True)
class Table:
    """A table for a page; numbers in it are Measured.

    Attributes:
        name: short and unique in its part, e.g. "losses"; anchors are made of it.
        caption: a sentence.
        columns: heads, with units.
        rows: one list of cells a row; the first cell is the row's head.
    """

    name: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Strip:
    """One row of small pictures: a label, a PNG at its own resolution, and its size in pixels.

    Attributes:
        role: "prediction" and "truth" are laid over each other on a screen; "aside" gives way to these two there, and
            is left out of the report on paper; "" always stands.
        alt: what the row shows, for those who do not see it.
    """

    label: str
    png: bytes
    width: int
    height: int
    role: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Reel:
    """The same row of small pictures after each epoch from 1 on, below each other in one PNG.

    ``width`` and ``height`` are those of one row, in pixels.
    """

    label: str
    png: bytes
    width: int
    height: int
    epochs: int


@dataclass(frozen=True)
class Drawing:
    """One drawn picture: an SVG element, and the words for those who do not see it."""

    svg: str
    alt: str


@dataclass(frozen=True)
class Figure:
    """A picture for a page, with the words for those who do not see it and the numbers behind it.

    Either ``drawings`` (a chart, a panel each) or ``strips`` (pixels) is set.

    Attributes:
        name: short and unique in its part; anchors are made of it.
        caption: a sentence.
        alt: what the picture shows, made from its data.
        columns, rows: the data behind a chart, as text and plain numbers, for the table and the CSV below it.
        across: how many drawings stand beside each other where the page is wide enough.
        scale: how many times the pixels of the strips are to be enlarged, without smoothing.
        reels: what a slider moves through the epochs, where there is one; the strips say as much without it.
        stops: the epochs at which the strips stand.
        tiles: how many pictures are in a row of those strips that are laid over each other.
        groups: what each equal share of a row shows, from the left, e.g. "worst"; none where a row is one.
    """

    name: str
    caption: str
    alt: str
    drawings: Sequence[Drawing] = ()
    strips: Sequence[Strip] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str | float | int | None]] = ()
    across: int = 1
    scale: int = 2
    reels: Sequence[Reel] = ()
    stops: Sequence[int] = ()
    tiles: int = 0
    groups: Sequence[str] = ()

    @property
    def svg(self) -> str | None:
        """All its drawings in one division, as a page has them; None without any."""
        return f"<div>{''.join(drawing.svg for drawing in self.drawings)}</div>" if self.drawings else None

    @property
    def epochs(self) -> int:
        """The last epoch of the reels; 0 without any."""
        return max((reel.epochs for reel in self.reels), default=0)


@dataclass(frozen=True)
class Answer:
    """One part of a question, answered from what is stored.

    Attributes:
        part: "1.1.c".
        title: a few words.
        asked: what the assignment asked, in our own words.
        values: everything the part's template speaks of. A None is a number that no run has given yet.
        figures, tables: in the order in which they are to stand.
        verdicts: one for each claim of the part.
        missing: ids of the runs that are wanted and not stored.
        notes: remarks on the data or method that hold whatever the numbers.
        lead: the answer in one sentence; None where its numbers are not there.
        outcome: what became of the write-up's finding: "holds", "fails", "open"; "" where it has none there.
        finding: that in a sentence, where the answer speaks of something else; None where the answer says it.
        written: what the write-up said of it, in our own words.
        evidence: a few sentences of what the answer rests on; a None is one whose numbers are not there.
        shown: names of the figures and tables that stand open, the others are folded away; None for the first of each.
    """

    part: str
    title: str
    asked: str
    values: Mapping[str, Any] = field(default_factory=dict)
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    verdicts: Sequence[Verdict] = ()
    missing: Sequence[str] = ()
    notes: Sequence[str] = ()
    lead: Sentence | None = None
    outcome: str = ""
    finding: Sentence | None = None
    written: str = ""
    evidence: Sequence[Sentence | None] = ()
    shown: Sequence[str] | None = None

    @property
    def section(self) -> str:
        """The question this part belongs to: "1.1" of "1.1.c"."""
        return self.part.rsplit(".", 1)[0]

    @property
    def ready(self) -> bool:
        """Whether every number that the template speaks of is there."""
        return all(value is not None for value in self.values.values())

    @property
    def opened(self) -> Sequence[str]:
        """Names of the figures and tables that stand open: those that it names, else the first of each."""
        if self.shown is not None:
            return self.shown
        return [*(figure.name for figure in self.figures[:1]), *(table.name for table in self.tables[:1])]

    @property
    def sentences(self) -> list[Sentence]:
        """The answer and what it rests on, as far as the numbers are there."""
        return [sentence for sentence in (self.lead, *self.evidence) if sentence is not None]

    @property
    def seeds(self) -> int:
        """The most seeds that a number of this part rests on; 0 where all are computed."""
        return max((number.n for number in self.numbers), default=0)

    @property
    def one_seed(self) -> bool:
        """Whether a number of this part rests on a single seed."""
        return any(number.n == 1 for number in self.numbers)

    @property
    def numbers(self) -> list[Measured]:
        """All measured numbers of this part: those of its text, its tables and its verdicts."""
        values = (item for value in self.values.values() for item in (value if isinstance(value, list) else [value]))
        cells = (cell for table in self.tables for row in table.rows for cell in row)
        told = (number for sentence in self.sentences for number in sentence.numbers)
        judged = (
            number
            for verdict in self.verdicts
            for number in (
                verdict.measured,
                *(number for _, number in (*verdict.finding.proxies, *verdict.finding.beside)),
            )
        )
        return [number for number in (*told, *values, *cells, *judged) if isinstance(number, Measured)]

    @property
    def runs(self) -> frozenset[str]:
        """Ids of the runs behind its numbers."""
        return frozenset(run for number in self.numbers for run in number.runs)
