"""The options that several commands share, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from commands.output import print_message, remember_request
from runs.data.sources import spell_choices
from runs.specs.presets import PRESETS, SECTIONS
from runs.specs.request import Request, Wanted, check_most_seeds, check_seeds

if TYPE_CHECKING:
    from runs.storage.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])


def complete_value(context: click.Context, option: click.Parameter, begun: str) -> list[CompletionItem]:
    """What a shell may complete for an option, as its metavar says: words such as ``cnn|unet``, the questions for
    ``1.N``, else files or folders, for a word in capitals.
    """
    words = (option.metavar or "").split("|")
    known = SECTIONS if words == ["1.N"] else [word for word in words if word.islower()]
    found = [CompletionItem(word) for word in known if word.startswith(begun)]
    if found or not any(word.isupper() for word in words if word != "1.N"):
        return found
    return [CompletionItem(begun, type="dir" if words == ["DIR"] else "file")]


section_option = click.option(
    "--section",
    "asked",
    multiple=True,
    metavar="1.N",
    help="Questions, such as 1.3 or 1.3,1.4; repeatable. A part, such as 1.3.c, stands for its question, of verdicts "
    "for itself.",
    shell_complete=complete_value,
)
retrain_option = click.option(
    "--retrain",
    type=click.Choice(["stale", "all"]),
    is_flag=False,
    flag_value="stale",
    metavar="[stale|all]",
    help="Train again what other code of the recipe trained, or all; what was stored is kept aside.",
)


def refuse_empty(context: click.Context, option: click.Parameter, value: str) -> str:
    """A name that is no name, as an unset variable of a shell leaves it, is no folder.

    Raises:
        BadParameter: it is empty.
    """
    if not value.strip():
        raise click.BadParameter("expected the name of a folder, got nothing. Name one, or leave the option out.")
    return value


def add_common_options(*, training: bool, recalled: bool = False, first: int = 7) -> Callable[[Command], Command]:
    """The options that mean the same in every command, or the ``first`` of them: where and which pictures, how many
    of them, how many seeds, which palette. A report takes up what was last asked for, and so does a command that
    trains where it is ``recalled``.
    """
    known = training and not recalled
    taken = Request if known else Wanted
    seeds = "as last asked for" + (", else the preset's" if training else "") + "; with --preset, its own"
    seeds = "the preset's" if known else seeds

    def about(name: str, told: str, **more: Any) -> Callable[[Command], Command]:
        first_time = f", else {getattr(Request, name)}" if training else ""
        last = "" if known else f" [default: as last asked for{first_time}]"
        return click.option(f"--{name}", default=getattr(taken, name), show_default=known, help=told + last, **more)

    options = [
        click.option(
            "--results",
            default=Request.results,
            show_default=True,
            metavar="DIR",
            help="Where results lie.",
            callback=refuse_empty,
            shell_complete=complete_value,
        ),
        about("data", "The pictures.", metavar=spell_choices(), shell_complete=complete_value),
        about("category", "The class of pictures."),
        about("preset", "How much to train.", type=click.Choice(list(PRESETS))),
        click.option("--seeds", type=int, metavar="N", help=f"Seeds 0 to N-1.  [default: {seeds}]"),
        about(
            "palette",
            "The colours of the classes; auto takes the assignment's for the horses.",
            metavar="auto|assignment|kmeans|FILE",
            shell_complete=complete_value,
        ),
        click.option(
            "--most-seeds",
            type=int,
            metavar="N",
            help="Count further seeds, up to N in all, of the runs that have them.",
        ),
    ]

    resize = click.option(
        "--resize",
        is_flag=True,
        default=False if known else None,
        help="Bring pictures of a folder that have another size to 32×32; their results lie apart.",
    )

    def decorate(command: Command) -> Command:
        for option in reversed([*options[:first], *([resize] if training else [])]):
            command = option(command)
        return command

    return decorate


def add_machine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where to train; a command gets them as one :class:`runs.execution.machine.Machine`."""

    @wraps(command)
    def placed(*, workers: int | None, device: str, engine: str, address: str | None, **others: Any) -> Any:
        from runs.execution.machine import Machine

        return command(where=Machine(workers, device, engine, address), **others)

    for option in (
        click.option(
            "--workers",
            type=int,
            metavar="N",
            help="Runs side by side.  [default: one a core, as memory allows; two on a GPU]",
        ),
        click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True),
        click.option("--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True),
        click.option("--address", metavar="HOST:PORT", help="A Ray cluster.  [default: a Ray of this machine alone]"),
    ):
        placed = option(placed)
    return placed


def build_request(preset: str, seeds: int | None, most_seeds: int | None = None, **others: Any) -> Request:
    """What the common options of a command that trains ask for."""
    seeds = check_seeds(seeds, preset)
    return remember_request(
        Request(preset=preset, seeds=seeds, most_seeds=check_most_seeds(most_seeds, seeds), **others)
    )


def recall_request(results: str, **wanted: Any) -> Request:
    """What the common options of ``run-all`` ask for: what is left out is as it was last asked for."""
    from runs.storage.find_store import complete_request

    return remember_request(complete_request(results, Wanted(**wanted), print_message))


def find_stored(results: str, **wanted: Any) -> tuple[Store, Request]:
    """The stored results that the common options of a command that reads mean, and the request in full."""
    from runs.storage.find_store import find

    store, request = find(results, Wanted(**wanted), print_message)
    return store, remember_request(request)
