"""What a user asked for, as one value: which pictures, which preset, how many seeds, where results lie.

A command that trains makes a :class:`Request` of its options; one that reads may leave options out, and has what it
got as :class:`Wanted`. Quick to import: the commands take their defaults from here.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runs.data.palette_names import ASSIGNMENT, AUTO, PALETTES
from runs.data.selection import HORSE
from runs.data.sources import SOURCES, list_stored_as
from runs.errors import RUN_ALL, UsageError
from runs.specs.presets import MOST_ASKED, PRESETS, SECTIONS, Preset
from runs.text import PROGRAM, count_words

if TYPE_CHECKING:
    from runs.specs.catalogue import Goal


@dataclass(frozen=True)
class Request:
    """A choice of pictures, preset and seeds; the same in every command.

    Attributes:
        data: the name of a source or a path, as the user typed it.
        category: the class of pictures.
        preset: a name of ``PRESETS``.
        seeds: how many seeds, from 0.
        results: the results folder, as the user typed it.
        resize: whether pictures of a folder that have another size are brought to 32×32 pixels.
        palette: "auto", "assignment", "kmeans" or a file, as the user typed it.
        most_seeds: seeds beyond these count, up to so many in all, of the runs that have them; 0 for none.
    """

    data: str = "auto"
    category: str = HORSE
    preset: str = "write-up"
    seeds: int = 1
    results: str = "results"
    resize: bool = False
    palette: str = AUTO
    most_seeds: int = 0

    @property
    def chosen(self) -> Preset:
        """The preset."""
        return PRESETS[self.preset]

    def goals(self, sections: Sequence[str] = (), palette: str = ASSIGNMENT) -> list[Goal]:
        """The runs and probes that the sections need of data with a palette of this name; all sections when none is
        named.
        """
        from runs.specs.catalogue import list_goals

        return list_goals(self.chosen, sections, self.seeds, palette)

    def further_goals(self, sections: Sequence[str] = (), palette: str = ASSIGNMENT) -> list[Goal]:
        """The same runs and probes for the seeds that count beyond those of every run."""
        from runs.specs.catalogue import list_goals

        goals = list_goals(self.chosen, sections, self.most_seeds, palette)
        return [goal for goal in goals if goal.spec.seed >= self.seeds]

    def options(self) -> str:
        """What a command must be given to mean the same, e.g. ``--data photos --seeds 3``."""
        default = replace(Request(), seeds=self.chosen.seeds)
        return spell_option({name: value for name, value in vars(self).items() if value != getattr(default, name)})

    def describe(self) -> str:
        """Which pictures, how much and how many seeds, in words: "data auto, preset quick, 1 seed"."""
        return f"data {self.data}, preset {self.preset}, {count_words(self.seeds, 'seed')}"

    def command(self, name: str) -> str:
        """A command, with the options to mean the same."""
        return f"{PROGRAM} {name} {self.options()}".rstrip()

    def command_for(self, sections: Sequence[str], verb: str = "run-all") -> str:
        """The command that trains, measures and renders some sections, or all; with the options to mean the same."""
        chosen = "" if tuple(sections) in ((), SECTIONS) else f" --section {','.join(sections)}"
        return self.command(f"{verb}{chosen}")

    def completed(self, sentence: str) -> str:
        """A sentence that may end by proposing run-all, with the options to mean the same."""
        return sentence.removesuffix(RUN_ALL) + self.command("run-all") if sentence.endswith(RUN_ALL) else sentence

    def record(self) -> dict[str, Any]:
        """For ``request.json``; a folder also, and the file of a palette, by its whole path, so that it is found again
        from elsewhere.
        """
        return {
            "data": self.data,
            "category": self.category,
            "preset": self.preset,
            "seeds": self.seeds,
            "most_seeds": self.most_seeds,
            "folder": quote_whole(self.data),
            "resize": self.resize,
            "palette": quote_whole(self.palette) or self.palette,
        }


@dataclass(frozen=True)
class Wanted:
    """Which of the stored results are meant; what is None was left out, and is as it was last asked for.

    Attributes:
        data: the name of a source or a path, as the user typed it.
        category: the class of pictures.
        preset: a name of ``PRESETS``.
        seeds: how many seeds; all seeds lie together, so that this tells no results from others.
        resize: whether pictures of another size are brought to 32×32 pixels.
        palette: "auto", "assignment", "kmeans" or a file, as the user typed it.
        most_seeds: as in :class:`Request`.
    """

    data: str | None = None
    category: str | None = None
    preset: str | None = None
    seeds: int | None = None
    resize: bool | None = None
    palette: str | None = None
    most_seeds: int | None = None

    @property
    def named(self) -> str | None:
        """The pictures that are named; None where any will do, as with "auto"."""
        return None if self.data == "auto" else self.data

    def may_come_from(self, source: str) -> bool:
        """Whether stored results of a source may be of the pictures that are named, if pictures are named."""
        return self.named is None or source in list_stored_as(self.named)

    def same_folder(self, last: Mapping[str, Any]) -> bool:
        """Whether what was last asked for is of the path that is named now, if one is."""
        return self.named is None or self.named in SOURCES or last.get("folder", "") == quote_whole(self.named)

    def same_scale(self, last: Mapping[str, Any]) -> bool:
        """Whether the preset last asked for takes as many pictures as the one that is wanted now, if one is: fewer
        pictures are stored apart. Where none is on record it was the default.
        """
        if self.preset is None:
            return True
        return PRESETS[last.get("preset", Request.preset)].shortened == PRESETS[self.preset].shortened

    def words(self) -> str:
        """What tells the results from others, as options."""
        options = {"data": self.data, "category": self.category, "preset": self.preset, "palette": self.palette}
        return spell_option({name: value for name, value in options.items() if value})


def spell_option(options: Mapping[str, object]) -> str:
    """Options as a shell reads them, e.g. ``--data 'my horses'``; True is one that takes no value."""
    spelt = {f"--{name.replace('_', '-')}": value for name, value in options.items()}
    return " ".join(name if value is True else f"{name} {shlex.quote(str(value))}" for name, value in spelt.items())


def quote_whole(data: str) -> str:
    """The whole path of a folder or a palette's file; "" for what is named."""
    return "" if data in (*SOURCES, *PALETTES) else os.path.realpath(os.path.expanduser(data))  # noqa: PTH111


def check_seeds(seeds: int | None, preset: str) -> int:
    """The number of seeds: the one asked for, or the preset's.

    Raises:
        UsageError: below 1, or beyond any use.
    """
    if seeds is None:
        return PRESETS[preset].seeds
    if not 1 <= seeds <= MOST_ASKED:
        raise UsageError(
            f"--seeds: expected a number from 1 to {MOST_ASKED}, got {seeds}. Leave it out for the preset's own."
        )
    return seeds


def check_most_seeds(most: int | None, seeds: int) -> int:
    """The number of seeds up to which further ones count; 0 where none was asked for.

    Raises:
        UsageError: below the seeds of every run, or beyond any use.
    """
    if most and not seeds <= most <= MOST_ASKED:
        raise UsageError(
            f"--most-seeds: expected a number from {seeds}, the seeds of every run, to {MOST_ASKED}, got {most}. "
            "Leave it out to count these alone."
        )
    return most or 0
