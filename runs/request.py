"""What a user asked for, as one value: which pictures, which preset, how many seeds, where results lie."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runs.asked import UNKNOWN, last_asked, pictures, when_asked, whole
from runs.catalogue import Goal, goals
from runs.errors import StoreError, UsageError
from runs.presets import PRESETS, Preset
from runs.shelves import Unread, opened
from runs.store import Store

DEFAULT_RESULTS = "results"


@dataclass(frozen=True)
class Request:
    """A choice of pictures, preset and seeds; the same in every command.

    Attributes:
        data: "auto", "cifar10", "photos" or a folder, as the user typed it.
        category: the class of pictures.
        preset: a name of ``PRESETS``.
        seeds: how many seeds, from 0.
        results: the results folder, as the user typed it.
    """

    data: str = "auto"
    category: str = "horse"
    preset: str = "write-up"
    seeds: int = 1
    results: str = DEFAULT_RESULTS

    @property
    def chosen(self) -> Preset:
        """The preset."""
        return PRESETS[self.preset]

    def goals(self, sections: Sequence[str] = ()) -> list[Goal]:
        """The runs and probes that the sections need; all sections when none is named."""
        return goals(self.chosen, sections, self.seeds)

    def options(self) -> str:
        """What a command must be given to mean the same, e.g. ``--data photos --seeds 3``."""
        default = Request()
        parts = []
        for name in ("data", "category", "preset", "seeds", "results"):
            value = getattr(self, name)
            if value != (self.chosen.seeds if name == "seeds" else getattr(default, name)):
                parts += [f"--{name}", shlex.quote(str(value))]
        return " ".join(parts)

    def record(self) -> dict[str, Any]:
        """For ``request.json``; a folder also by its whole path, so that it is found again from elsewhere."""
        return {
            "data": self.data,
            "category": self.category,
            "preset": self.preset,
            "seeds": self.seeds,
            "folder": whole(self.data),
        }


def check_seeds(seeds: int | None, preset: str) -> int:
    """The number of seeds: the one asked for, or the preset's.

    Raises:
        UsageError: below 1, or beyond any use.
    """
    if seeds is None:
        return PRESETS[preset].seeds
    if not 1 <= seeds <= 10_000:
        raise UsageError(f"--seeds: expected a number from 1 to 10000, got {seeds}. Leave it out for the preset's own.")
    return seeds


def find(
    results: str,
    data: str | None,
    category: str | None,
    preset: str | None,
    seeds: int | None,
    say: Callable[[str], None] = lambda text: None,
) -> tuple[Store, Request]:
    """The stored results that a report is to speak of; what is not asked for is as it was last asked for.

    Args:
        results: as the user typed it.
        data: as the user typed it; this and the rest None where it was left out.
        category: the class of pictures.
        preset: a name of ``PRESETS``.
        seeds: how many.
        say: told what cannot be read on the way, a sentence at a time.

    Raises:
        StoreError: nothing is stored yet, or nothing of what was asked for, or what was last asked for may be what
            cannot be read.
    """
    there, unread = opened(Path(results))
    for store in there:
        last, trouble = last_asked(store.folder)
        request = last or {}
        if data not in (None, "auto") and not matches(store, request, str(data)):
            continue
        if category is not None and store.data["category"] != category and request.get("category") != category:
            continue
        if preset is not None and (preset == "quick") != (request.get("preset") == "quick"):
            continue
        _pass_over(store, unread, data, category, preset, say)
        name = preset or str(request.get("preset", "write-up"))
        count = seeds if seeds is not None or preset is not None else request.get("seeds")
        _tell_of_request(store, request, trouble, data, say)
        return store, Request(
            str(data) if data not in (None, "auto") else pictures(request, store.data["source"]),
            category or str(request.get("category", store.data["category"])),
            name,
            check_seeds(count, name),
            results,
        )
    asked = {"data": data, "category": category, "preset": preset}
    wanted = " ".join(f"--{name} {shlex.quote(value)}" for name, value in asked.items() if value)
    place = "" if results == DEFAULT_RESULTS else f"--results {shlex.quote(results)}"
    command = " ".join(filter(None, ("python cli.py run-all", wanted, place)))
    names = ", ".join(store.data["id"] for store in there) or "nothing"
    troubles = "".join(f" {one.trouble}" for one in unread)
    raise StoreError(
        f"Expected stored results in {results}{f' for {wanted}' if wanted else ''}, found {names}.{troubles} "
        f"Train them: {command}"
    )


def _pass_over(
    store: Store,
    unread: Sequence[Unread],
    data: str | None,
    category: str | None,
    preset: str | None,
    say: Callable[[str], None],
) -> None:
    """Tells of the stores that cannot be read beside the one that is spoken of.

    Raises:
        StoreError: one of them may be what was last asked for.
    """
    asked = when_asked(store.folder)
    for other in unread:
        if other.asked >= asked and other.may_be_meant(data, category, preset):
            raise StoreError(
                f"Expected to speak of what was last asked for, but that may be {other.folder}, which cannot be "
                f"read. To speak of {store.data['id']} instead, ask for it by --data and --category, or move the "
                f"other folder away. {other.trouble}"
            )
        say(f"Passed over, for it cannot be read: {other.folder}. {other.trouble}")


def _tell_of_request(
    store: Store, request: dict[str, Any], trouble: str, data: str | None, say: Callable[[str], None]
) -> None:
    """Tells what is not known of what was last asked for of a store."""
    if trouble:
        say(
            "It is not known what was last asked for: --preset and --seeds are the write-up's where they are not "
            f"named. {trouble}"
        )
    if data in (None, "auto") and pictures(request, store.data["source"]) == UNKNOWN:
        say(
            f"Expected the folder of these pictures in {store.folder / 'request.json'}, but it is not known. Name it "
            f"with --data; the commands that are proposed say {UNKNOWN} in its place."
        )


def matches(store: Store, request: dict[str, Any], data: str) -> bool:
    """Whether a store holds the pictures that were asked for by name or folder."""
    if data in ("cifar10", "photos"):
        return bool(store.data["source"] == data)
    return bool(request.get("folder")) and request.get("folder") == whole(data)
