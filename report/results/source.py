"""Where a report takes its content from: tables in memory, or a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from report.results.frames import Frames
    from runs.specs.presets import Preset


class Source(Protocol):
    """Frames, as in :mod:`report.results.frames`, or a store that gives each section its own."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The record of the data set, as in :class:`report.results.frames.Frames`."""

    @property
    def preset(self) -> Preset:
        """Which epochs stand for the write-up's."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that the report is to speak of."""

    @property
    def copies(self) -> Mapping[str, int]:
        """How many pictures come twice, to the pixel or mirrored, as :func:`runs.data.copies.count_copies` counts them;
        empty where that is not stored.
        """

    @property
    def further(self) -> tuple[int, ...]:
        """Seeds beyond these that count where a run has them; none of them is ever missing."""

    @property
    def options(self) -> str:
        """What a command must be given to mean the same data and seeds."""

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Every run as a plain record: what ``Frames.runs`` holds, "run" (its id) and "seconds" (in all)."""

    @property
    def history(self) -> Sequence[Mapping[str, Any]]:
        """Every epoch of every run as a plain record, of ``COLUMNS`` at least."""

    def of(self, section: str) -> Frames:
        """What a section may see."""

    def inputs(self, section: str) -> str:
        """A digest of what a section is made from; "" where it is not known."""

    def lacks(self, section: str) -> bool:
        """Whether a section wants what is not stored, so that rendering alone would leave gaps."""
