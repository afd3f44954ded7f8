"""The commands that train: ``run-all`` and ``train``."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from commands.options import (
    add_common_options,
    add_machine_options,
    build_request,
    complete_value,
    recall_request,
    retrain_option,
    section_option,
)
from commands.output import INCOMPLETE, print_message, print_result, remember_request, show_pages
from commands.settings import Command
from runs.errors import UsageError
from runs.specs.presets import choose_sections
from runs.specs.request import Request
from runs.text import read_duration

if TYPE_CHECKING:
    from report.until_decided import Trial
    from runs.data.dataset import Dataset
    from runs.execution.machine import Machine
    from runs.job import Retrain
    from runs.storage.store import Store

#: With --until-decided: seeds of every run at least, for two have no interval yet, and of any run at most.
FIRST_SEEDS, MOST_SEEDS = 3, 20


@click.command("run-all", cls=Command)
@section_option
@add_common_options(training=True, recalled=True)
@add_machine_options
@retrain_option
@click.option(
    "--until-decided",
    is_flag=True,
    help=f"Train further seeds where they decide findings: from {FIRST_SEEDS} of every run, up to --most-seeds of some."
    f"  [default: {MOST_SEEDS}]",
)
@click.option("--budget", metavar="TIME", help="With --until-decided: 90min, 2h … at most, the first seeds included.")
@click.option("--pdf", is_flag=True, help="Also render the PDF.")
@click.option("--dry-run", is_flag=True, help="Only say what would be trained, and how long it would take.")
@click.option(
    "--out", metavar="DIR", help="Where the pages go.  [default: RESULTS/report]", shell_complete=complete_value
)
def run_all(
    asked: Sequence[str],
    where: Machine,
    retrain: Retrain,
    until_decided: bool,
    budget: str | None,
    pdf: bool,
    dry_run: bool,
    out: str | None,
    **wanted: Any,
) -> None:
    """Train what is missing, measure, and render the report."""
    from report.make import make_report
    from report.pages.output_folder import check_output_folder
    from runs.job import describe_outlook, load_data, train_goals
    from runs.storage.records import DATA

    ends = time.monotonic() + read_budget(budget, until_decided)
    chosen, request = choose_sections(asked), recall_request(**wanted)
    if until_decided:
        seeds = max(request.seeds, FIRST_SEEDS)
        request = remember_request(
            replace(request, seeds=seeds, most_seeds=max(request.most_seeds or MOST_SEEDS, seeds))
        )
    check_output_folder(request, out)  # refused before hours of training
    dataset = load_data(request, print_message)
    goals = request.goals(chosen, dataset.palette_name)
    if dry_run:
        print_result("\n".join(describe_outlook(request, dataset, goals, where, retrain)))
        if until_decided:
            print_result("\n".join(describe_further(request, dataset, chosen, where)))
        return
    store, complete = train_goals(request, dataset, goals, where, print_message, retrain=retrain)
    if until_decided:
        from report.until_decided import describe_tally, train_until_decided

        trial = make_trial(store, request, dataset, chosen, where)
        tally, why = train_until_decided(trial, ends - time.monotonic())
        print_message(f"{describe_tally(tally)} {why}")
    rendered = make_report(store, request, out, chosen if asked else (), pdf)
    show_pages(rendered)
    wanted_ids = {DATA, *(goal.spec.id for goal in goals)}
    if not complete or not wanted_ids.isdisjoint(rendered.list_missing(chosen)):
        sys.exit(INCOMPLETE)


def read_budget(budget: str | None, until_decided: bool) -> float:
    """The seconds that --budget gives; endless where it is left out.

    Raises:
        UsageError: it is no time, or nothing takes it.
    """
    if budget is None:
        return math.inf
    if not until_decided:
        raise UsageError(
            "--budget: expected --until-decided with it, for what was asked for by number of seeds is trained in full. "
            "Add --until-decided, or leave --budget out."
        )
    try:
        return read_duration(budget)
    except ValueError:
        raise UsageError(
            f"--budget: expected a time such as 90min, 2h or 1h30m, got {budget!r}. Correct it and try again."
        ) from None


def make_trial(store: Store, request: Request, dataset: Dataset, sections: Sequence[str], where: Machine) -> Trial:
    """What a training until all is decided needs: the runs allowed, the judging and the training."""
    from report.make import judge_sections
    from report.until_decided import Trial
    from runs.execution.plan import make_plan
    from runs.job import count_workers, train_goals

    palette = dataset.palette_name
    goals = [*request.goals(sections, palette), *request.further_goals(sections, palette)]
    return Trial(
        goals,
        lambda: judge_sections(store, request, sections, lambda told: None),
        lambda: make_plan(store, goals, len(dataset.train), whole=False),
        lambda chosen, aim: train_goals(request, dataset, chosen, where, print_message, aim=aim),
        count_workers(where),
    )


def describe_further(request: Request, dataset: Dataset, sections: Sequence[str], where: Machine) -> list[str]:
    """Which further seeds would be trained for which finding, as far as what is stored tells; a line each."""
    from report.until_decided import list_outlook
    from runs.job import open_stored

    store = open_stored(request, dataset)
    if store is None:
        return ["Which findings these seeds leave open, and what is trained for them then, shows once they are stored."]
    return ["For the findings that are open now:", *list_outlook(make_trial(store, request, dataset, sections, where))]


@click.command("train", cls=Command)
@add_common_options(training=True, first=6)
@add_machine_options
@retrain_option
@click.option("--model", required=True, metavar="regression|cnn|unet", shell_complete=complete_value)
@click.option(
    "--task", default="colourize", show_default=True, metavar="colourize|upscale", shell_complete=complete_value
)
@click.option("--batch-size", type=int, default=100, show_default=True)
@click.option("--lr", "learning_rate", type=float, default=0.001, show_default=True, help="Learning rate.")
@click.option(
    "--order",
    default="relu-pool",
    show_default=True,
    metavar="relu-pool|pool-relu|pool-norm-relu",
    shell_complete=complete_value,
)
@click.option("--filters", type=int, default=32, show_default=True)
@click.option("--kernel", type=int, default=3, show_default=True)
@click.option("--depth", type=int, default=1, show_default=True, help="Convolutions in the middle block.")
@click.option(
    "--optimizer", default="adam", show_default=True, metavar="adam|sgd|rmsprop", shell_complete=complete_value
)
@click.option(
    "--activation", default="relu", show_default=True, metavar="relu|leaky-relu|tanh", shell_complete=complete_value
)
@click.option(
    "--loss",
    default="pixel",
    show_default=True,
    metavar="pixel|rotation-features|vgg16-features",
    shell_complete=complete_value,
)
@click.option("--epochs", type=int, default=25, show_default=True)
def train(where: Machine, retrain: Retrain, epochs: int, **fields: Any) -> None:
    """Train runs of your own choosing; they lie beside the write-up's."""
    from runs.job import load_data, make_own_goals, train_goals
    from runs.specs.spec import make_spec
    from runs.status import describe_reached

    request = build_request(**{name: fields.pop(name) for name in vars(Request()) if name in fields})
    goals = make_own_goals(make_spec(**fields), epochs, request.seeds)
    dataset = load_data(request, print_message)
    store, complete = train_goals(request, dataset, goals, where, print_message, own=True, retrain=retrain)
    for line in describe_reached(store, goals):
        print_result(line)
    if not complete:
        sys.exit(INCOMPLETE)
