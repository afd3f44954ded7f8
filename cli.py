"""The commands: parse, call once, print. The only place that prints or exits."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from runs.errors import RederiveError, describe_ending, raise_terminated
from runs.specs.presets import PRESETS, choose_sections
from runs.specs.request import Request, Wanted, check_seeds
from runs.text import Plain, make_visible, spell_out

if TYPE_CHECKING:
    from rich.console import RenderableType

    from report.pages.render import Rendered
    from runs.execution.machine import Machine
    from runs.storage.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])

#: Exit codes besides click's own 2 for bad usage.
FAILED, INCOMPLETE = 1, 3
MISSING = "any run asked for, of any seed, or a measurement of one"


class Group(click.Group):
    """Turns the project's errors into one sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; an error that a user can meet ends in its sentence, never in a traceback."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            vars(error)["message"] = make_visible(error.message)
            raise
        except (RederiveError, KeyboardInterrupt, OSError) as error:
            sentence, code = describe_ending(error)
            if not sentence:
                raise
            print_message(sentence)
            ctx.exit(code)


def print_message(text: str) -> None:
    """A message that is not a result: to standard error. A command that it proposes means what was asked for."""
    context = click.get_current_context(silent=True)
    request = context and context.find_root().obj
    click.echo(make_visible(request.completed(text) if request else text), err=True)


def remember_request(request: Request) -> Request:
    """What was asked for, once that is known: for what is said from then on."""
    click.get_current_context().find_root().obj = request
    return request


def print_result(text: str) -> None:
    """A result: to standard output."""
    click.echo(make_visible(text))


def print_table(table: RenderableType) -> None:
    """A table to standard output."""
    from rich.console import Console

    Console().print(Plain(table))


def add_common_options(*, training: bool, first: int = 5) -> Callable[[Command], Command]:
    """The options that mean the same in every command, or the ``first`` of them: where and which pictures, how many
    of them, how many seeds. A report takes up what was last asked for.
    """
    taken, last = (Request, "") if training else (Wanted, " [default: as last asked for]")
    seeds = "the preset's" if training else "as last asked for; with --preset, its own"

    def about(name: str, told: str, **more: Any) -> Callable[[Command], Command]:
        default = getattr(taken, name)
        return click.option(f"--{name}", default=default, show_default=training, help=told + last, **more)

    options = [
        click.option("--results", default=Request.results, show_default=True, metavar="DIR", help="Where results lie."),
        about("data", "The pictures.", metavar="auto|cifar10|photos|FOLDER"),
        about("category", "The class of pictures."),
        about("preset", "How much to train.", type=click.Choice(list(PRESETS))),
        click.option("--seeds", type=int, metavar="N", help=f"Seeds 0 to N-1.  [default: {seeds}]"),
    ]

    def decorate(command: Command) -> Command:
        for option in reversed(options[:first]):
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
            "--workers", type=int, metavar="N", help="Runs side by side.  [default: one a core, two on a GPU]"
        ),
        click.option("--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), default="auto", show_default=True),
        click.option("--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True),
        click.option("--address", metavar="HOST:PORT", help="A Ray cluster.  [default: a Ray of this machine alone]"),
    ):
        placed = option(placed)
    return placed


def build_request(data: str, category: str, preset: str, seeds: int | None, results: str) -> Request:
    """What the common options of a command that trains ask for."""
    return remember_request(Request(data, category, preset, check_seeds(seeds, preset), results))


def find_stored(results: str, **wanted: Any) -> tuple[Store, Request]:
    """The stored results that the common options of a command that reads mean, and the request in full."""
    from runs.storage.find_store import find

    store, request = find(results, Wanted(**wanted), print_message)
    return store, remember_request(request)


def show_pages(rendered: Rendered) -> None:
    """Where the pages are, and what the verdicts come to."""
    print_result(f"{rendered.told}: {rendered.html}")
    if rendered.pdf:
        print_result(str(rendered.pdf))
    for gap in rendered.gaps:
        print_message(gap)


section_option = click.option("--section", "asked", multiple=True, metavar="1.N", help="One question; repeatable.")


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Re-derives a write-up: trains its networks again and says of each claim whether it still holds."""
    signal.signal(signal.SIGTERM, raise_terminated)
    spell_out()


@cli.command("run-all")
@section_option
@add_common_options(training=True)
@add_machine_options
@click.option("--pdf", is_flag=True, help="Also render the PDF.")
@click.option("--dry-run", is_flag=True, help="Only say what would be trained, and how long it would take.")
@click.option("--out", metavar="DIR", help="Where the pages go.  [default: RESULTS/report]")
def run_all(asked: Sequence[str], where: Machine, pdf: bool, dry_run: bool, out: str | None, **wanted: Any) -> None:
    """Train what is missing, measure, and render the report."""
    from report.make import make_report
    from report.pages.output_folder import check_output_folder
    from runs.job import describe_outlook, load_data, train_goals

    chosen, request = choose_sections(asked), build_request(**wanted)
    check_output_folder(request, out)  # refused before hours of training
    goals = request.goals(chosen)
    dataset = load_data(request, print_message)
    if dry_run:
        print_result("\n".join(describe_outlook(request, dataset, goals, where)))
        return
    store, complete = train_goals(request, dataset, goals, where, print_message)
    rendered = make_report(store, request, out, chosen if asked else (), pdf)
    show_pages(rendered)
    if not complete or any(run_wanted in rendered.missing for run_wanted in (goal.spec.id for goal in goals)):
        sys.exit(INCOMPLETE)


@cli.command("train")
@add_common_options(training=True)
@add_machine_options
@click.option("--model", required=True, metavar="regression|cnn|unet")
@click.option("--task", default="colourize", show_default=True, metavar="colourize|upscale")
@click.option("--batch-size", type=int, default=100, show_default=True)
@click.option("--lr", "learning_rate", type=float, default=0.001, show_default=True, help="Learning rate.")
@click.option("--order", default="relu-pool", show_default=True, metavar="relu-pool|pool-relu")
@click.option("--filters", type=int, default=32, show_default=True)
@click.option("--kernel", type=int, default=3, show_default=True)
@click.option("--depth", type=int, default=1, show_default=True, help="Convolutions in the middle block.")
@click.option("--optimizer", default="adam", show_default=True, metavar="adam|sgd|rmsprop")
@click.option("--activation", default="relu", show_default=True, metavar="relu|leaky-relu|tanh")
@click.option("--loss", default="pixel", show_default=True, metavar="pixel|rotation-features|vgg16-features")
@click.option("--epochs", type=int, default=25, show_default=True)
def train(where: Machine, epochs: int, **fields: Any) -> None:
    """Train runs of your own choosing; they lie beside the write-up's."""
    from runs.job import load_data, make_own_goals, train_goals
    from runs.specs.spec import make_spec
    from runs.status import describe_reached

    request = build_request(**{name: fields.pop(name) for name in vars(Request())})
    goals = make_own_goals(make_spec(**fields), epochs, request.seeds)
    dataset = load_data(request, print_message)
    store, complete = train_goals(request, dataset, goals, where, print_message, own=True)
    for line in describe_reached(store, goals):
        print_result(line)
    if not complete:
        sys.exit(INCOMPLETE)


@cli.command("report")
@section_option
@add_common_options(training=False)
@click.option("--pdf", is_flag=True, help="Also render the PDF.")
@click.option("--out", metavar="DIR", help="Where the pages go.  [default: RESULTS/report]")
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser.")
@click.option("--strict", is_flag=True, help=f"Exit with 3 when something is stale or missing: {MISSING}.")
def report(asked: Sequence[str], pdf: bool, out: str | None, open_page: bool, strict: bool, **wanted: Any) -> None:
    """Render what is stored. A section alone leaves the others as they are."""
    from report.make import make_report

    chosen = choose_sections(asked) if asked else ()
    store, request = find_stored(**wanted)
    rendered = make_report(store, request, out, chosen, pdf)
    show_pages(rendered)
    if open_page:
        click.launch(str(rendered.html))
    stale = [verdict["id"] for verdict in rendered.verdicts if "stale" in verdict["flags"]]
    if strict and (rendered.missing or stale):
        print_message(f"Not complete: runs with gaps: {len(rendered.missing)}, stale verdicts: {len(stale)}.")
        sys.exit(INCOMPLETE)


@cli.command("status")
@add_common_options(training=False)
@click.option("--workers", type=int, metavar="N", help="Runs side by side, for the time left.")
@click.option("--verify", is_flag=True, help="Read every byte of every file, as run-all does; else only heads.")
def status(workers: int | None, verify: bool, **wanted: Any) -> None:
    """What is trained, what is missing, how long the rest takes."""
    from runs.environment import count_cores
    from runs.execution.plan import make_plan
    from runs.status import describe_left, draw_status
    from runs.storage.damage_report import describe_damage

    store, request = find_stored(**wanted)
    goals = request.goals()
    hurt = describe_damage(store, [goal.spec.id for goal in goals]) if verify else {}
    left = make_plan(store.without(hurt), goals, store.data["train"], whole=False)
    print_table(draw_status(store, goals, left))
    if store.locked():
        print_message("Another process is training here right now.")
    for sentence in hurt.values():
        print_message(sentence)
    if left.empty and hurt:
        sys.exit(INCOMPLETE)
    if left.empty:
        print_result(f"All is trained and measured. Render it: {request.command('report')} --pdf")
        return
    print_result(f"{describe_left(goals, left, workers or count_cores())} Do it: {request.command('run-all')}")
    sys.exit(INCOMPLETE)


@cli.command("verdicts")
@section_option
@add_common_options(training=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option(
    "--fail-on",
    type=click.Choice(["not-reproduced", "undecided", "missing"]),
    multiple=True,
    help=f"Exit with 3 when a verdict says so; with missing, when it lacks {MISSING}. Repeatable.",
)
def verdicts(asked: Sequence[str], as_json: bool, fail_on: Sequence[str], **wanted: Any) -> None:
    """What the stored runs say of every claim."""
    from report.judging.record import verdict_record
    from report.make import command_for_part, judge_sections

    store, request = find_stored(**wanted)
    judged = judge_sections(store, request, choose_sections(asked), print_message)
    if as_json:
        records = [verdict_record(one, command_for_part(request, one.claim.part)) for one in judged]
        print_result(json.dumps(records, indent=2))
    else:
        from report.judging.listing import listing

        print_table(listing(judged))
    if set(fail_on) & ({one.status.replace(" ", "-") for one in judged} | {"missing" for one in judged if one.missing}):
        sys.exit(INCOMPLETE)


@cli.command("diff")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
def diff(first: Path, second: Path) -> None:
    """Two results side by side: FIRST and SECOND are report.json files, or folders that hold one."""
    from report.pages.compare import compare, draw_comparison, read_report

    comparison = compare(read_report(first), read_report(second))
    print_table(draw_comparison(comparison))
    if comparison.flipped:
        sys.exit(INCOMPLETE)


@cli.command("colourize")
@click.argument("image", type=click.Path(path_type=Path))
@add_common_options(training=False, first=4)
@click.option("--run", default="unet-b100-lr0.001-s0", show_default=True, help="The network: the id of a stored run.")
@click.option(
    "--temperature", default=0.0, show_default=True, help="CNN, UNet: 0, the likeliest colour; to 1, ever duller."
)
@click.option("--keep-lightness", is_flag=True, help="Take the lightness of the picture, not the network's.")
@click.option("--out", type=click.Path(path_type=Path), help="The PNG to write.  [default: IMAGE-coloured.png]")
@click.option("--force", is_flag=True, help="Replace the PNG where there is one.")
def colourize(
    image: Path, out: Path | None, force: bool, run: str, temperature: float, keep_lightness: bool, **wanted: Any
) -> None:
    """Colour a picture of yours, of any size, by a trained network; one for super-resolution enlarges it."""
    from runs.colourize import colourize_picture, read_picture, save_png
    from runs.storage.damage_report import advise_on_damage
    from runs.storage.output_paths import choose_picture_path

    store, request = find_stored(**wanted)
    target = choose_picture_path(image, out, force)
    with advise_on_damage(run, request):
        save_png(colourize_picture(store, run, read_picture(image), temperature, keep_lightness), target)
    print_result(str(target))


@cli.command("doctor")
@add_common_options(training=True, first=3)
def doctor(results: str, data: str, category: str) -> None:
    """What works on this machine, and the command that mends what does not."""
    from runs.doctor import examine

    troubled = False
    for check in examine(Path(results), data, category):
        print_result(f"{'ok  ' if check.ok else 'LOOK'}  {check.name}: {check.found}")
        if not check.ok:
            troubled = troubled or check.needed
            print_result(f"      {check.mend}")
    if troubled:
        sys.exit(FAILED)


if __name__ == "__main__":
    cli(prog_name="python cli.py")
