"""The commands on stored runs by their names: ``runs list``, ``runs export`` and ``runs delete``."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import add_common_options, find_stored
from commands.output import print_message, print_result, print_table
from commands.settings import Command
from commands.status import json_option
from runs.errors import StoreError, UsageError
from runs.text import PROGRAM, count_words

if TYPE_CHECKING:
    from runs.storage.store import Store


@click.group("runs")
def runs() -> None:
    """List, export or delete stored runs."""


@runs.command("list", cls=Command)
@add_common_options(training=False)
@json_option
def list_runs(as_json: bool, **wanted: Any) -> None:
    """Every stored run and what it came to, whether the report asks for it or not."""
    from runs.status import draw_runs, list_records

    store, request = find_stored(**wanted)
    goals = {goal.spec.id for goal in request.goals(palette=store.data["palette_name"])}
    records = list_records(store, goals)
    if as_json:
        print_result(json.dumps(records, indent=1))
        return
    print_table(draw_runs(records))
    print_message(f"{count_words(len(records), 'run')} in {store.folder}.")


@runs.command("export", cls=Command)
@click.argument("names", nargs=-1, required=True, metavar="RUN...")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), metavar="FILE.zip", help="The archive.")
@add_common_options(training=False)
def export_runs(names: Sequence[str], target: Path, **wanted: Any) -> None:
    """Pack runs, with weights, epochs and measurements, into one archive."""
    from report.pages.kept_sections import write_file
    from runs.storage.output_paths import refuse_inside_stores

    store, _ = find_stored(**wanted)
    folders = find_folders(store, names)
    refuse_inside_stores(target, "--to")
    if target.exists():
        raise UsageError(f"--to: expected a file that is not there yet, got {target}. Name another one.")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in folders:
            for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
                archive.write(path, Path(folder.name) / path.relative_to(folder))
    print_result(str(write_file(target, packed.getvalue())))


@runs.command("delete", cls=Command)
@click.argument("names", nargs=-1, required=True, metavar="RUN...")
@add_common_options(training=False)
def delete_runs(names: Sequence[str], **wanted: Any) -> None:
    """Take runs out of the results. They are set aside under another name; what that frees is freed by you."""
    from runs.storage.paths import DELETED

    store, _ = find_stored(**wanted)
    if store.locked():
        raise StoreError(f"Expected {store.folder} at rest, but another process trains there. Delete when it is done.")
    with store.lock():
        aside = [store.set_aside(folder, DELETED) for folder in find_folders(store, names)]
    for path in aside:
        print_result(str(path))
    print_message(
        f"{count_words(len(aside), 'run')} set aside, of which no report speaks any more. To have one back, give its "
        "folder its old name; to free the disk, remove it."
    )


def find_folders(store: Store, names: Sequence[str]) -> list[Path]:
    """The folders of some runs, in the order of their names.

    Raises:
        UsageError: one of them is not stored.
    """
    there = set(store.runs())
    for name in names:
        if name not in there:
            raise UsageError(
                f"Expected the name of a stored run, got {name!r}. {PROGRAM} runs list names the {len(there)} that are "
                "there."
            )
    return [store.folder / name for name in sorted(set(names))]
