"""The commands that train: ``run-all`` and ``train``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from commands.options import (
    add_common_options,
    add_machine_options,
    build_request,
    recall_request,
    retrain_option,
    section_option,
)
from commands.output import INCOMPLETE, print_message, print_result, show_pages
from runs.specs.presets import choose_sections
from runs.specs.request import Request

if TYPE_CHECKING:
    from runs.execution.machine import Machine
    from runs.job import Retrain


@click.command("run-all")
@section_option
@add_common_options(training=True, recalled=True)
@add_machine_options
@retrain_option
@click.option("--pdf", is_flag=True, help="Also render the PDF.")
@click.option("--dry-run", is_flag=True, help="Only say what would be trained, and how long it would take.")
@click.option("--out", metavar="DIR", help="Where the pages go.  [default: RESULTS/report]")
def run_all(
    asked: Sequence[str], where: Machine, retrain: Retrain, pdf: bool, dry_run: bool, out: str | None, **wanted: Any
) -> None:
    """Train what is missing, measure, and render the report."""
    from report.make import make_report
    from report.pages.output_folder import check_output_folder
    from runs.job import describe_outlook, load_data, train_goals

    chosen, request = choose_sections(asked), recall_request(**wanted)
    check_output_folder(request, out)  # refused before hours of training
    dataset = load_data(request, print_message)
    goals = request.goals(chosen, dataset.palette_name)
    if dry_run:
        print_result("\n".join(describe_outlook(request, dataset, goals, where, retrain)))
        return
    store, complete = train_goals(request, dataset, goals, where, print_message, retrain=retrain)
    rendered = make_report(store, request, out, chosen if asked else (), pdf)
    show_pages(rendered)
    if not complete or any(run_wanted in rendered.missing for run_wanted in (goal.spec.id for goal in goals)):
        sys.exit(INCOMPLETE)


@click.command("train")
@add_common_options(training=True)
@add_machine_options
@retrain_option
@click.option("--model", required=True, metavar="regression|cnn|unet")
@click.option("--task", default="colourize", show_default=True, metavar="colourize|upscale")
@click.option("--batch-size", type=int, default=100, show_default=True)
@click.option("--lr", "learning_rate", type=float, default=0.001, show_default=True, help="Learning rate.")
@click.option("--order", default="relu-pool", show_default=True, metavar="relu-pool|pool-relu|pool-norm-relu")
@click.option("--filters", type=int, default=32, show_default=True)
@click.option("--kernel", type=int, default=3, show_default=True)
@click.option("--depth", type=int, default=1, show_default=True, help="Convolutions in the middle block.")
@click.option("--optimizer", default="adam", show_default=True, metavar="adam|sgd|rmsprop")
@click.option("--activation", default="relu", show_default=True, metavar="relu|leaky-relu|tanh")
@click.option("--loss", default="pixel", show_default=True, metavar="pixel|rotation-features|vgg16-features")
@click.option("--epochs", type=int, default=25, show_default=True)
def train(where: Machine, retrain: Retrain, epochs: int, **fields: Any) -> None:
    """Train runs of your own choosing; they lie beside the write-up's."""
    from runs.job import load_data, make_own_goals, train_goals
    from runs.specs.spec import make_spec
    from runs.status import describe_reached

    request = build_request(**{name: fields.pop(name) for name in vars(Request())})
    goals = make_own_goals(make_spec(**fields), epochs, request.seeds)
    dataset = load_data(request, print_message)
    store, complete = train_goals(request, dataset, goals, where, print_message, own=True, retrain=retrain)
    for line in describe_reached(store, goals):
        print_result(line)
    if not complete:
        sys.exit(INCOMPLETE)
