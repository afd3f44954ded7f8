"""The commands that look: ``status`` at what is stored, ``doctor`` at the machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from commands.options import add_common_options, find_stored, section_option
from commands.output import FAILED, INCOMPLETE, print_message, print_result, print_table
from commands.settings import Command
from runs.specs.presets import choose_sections

json_option = click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")


@click.command("status", cls=Command)
@section_option
@add_common_options(training=False)
@click.option("--workers", type=int, metavar="N", help="Runs side by side, for the time left.")
@click.option("--verify", is_flag=True, help="Read every byte of every file, as run-all does; else only heads.")
@json_option
def status(asked: Sequence[str], workers: int | None, verify: bool, as_json: bool, **wanted: Any) -> None:
    """What is trained, what is missing, how long the rest takes."""
    from runs.environment import count_cores
    from runs.execution.plan import make_plan
    from runs.status import describe_left, describe_stale, draw_status, list_states
    from runs.storage.damage_report import describe_damage
    from runs.storage.record_forms import is_outdated

    chosen = choose_sections(asked)
    store, request = find_stored(**wanted)
    goals = request.goals(chosen, store.data["palette_name"])
    command = request.command_for(chosen)
    hurt = describe_damage(store, [goal.spec.id for goal in goals]) if verify else {}
    left = make_plan(store.without(hurt), goals, store.data["train"], whole=False)
    complete = left.empty and not (hurt or left.stale or is_outdated(store.data))
    if as_json:
        states = list_states(goals, left)
        seconds, damaged = left.seconds(workers or count_cores()), sorted(hurt)
        record = {"data": store.data["id"], "complete": complete, "seconds_left": seconds, "guessed": not left.measured}
        print_result(json.dumps({**record, "damaged": damaged, "command": command, "runs": states}, indent=1))
        sys.exit(0 if complete else INCOMPLETE)
    print_table(draw_status(store, goals, left))
    if store.locked():
        print_message("Another process is training here right now.")
    for sentence in hurt.values():
        print_message(sentence)
    if left.stale:
        print_result(f"{describe_stale(left)} Train them again: {command} --retrain")
    if left.empty and not complete:
        sys.exit(INCOMPLETE)
    if left.empty:
        print_result(f"All is trained and measured. Render it: {request.command_for(chosen, 'report')} --pdf")
        return
    print_result(f"{describe_left(goals, left, workers or count_cores())} Do it: {command}")
    sys.exit(INCOMPLETE)


@click.command("doctor", cls=Command)
@add_common_options(training=True, first=3)
@json_option
def doctor(results: str, data: str, category: str, resize: bool, as_json: bool) -> None:
    """What works on this machine, and the command that mends what does not."""
    from runs.doctor import examine

    troubled = False
    checks = examine(Path(results), data, category, resize)
    if as_json:
        found = list(checks)
        print_result(json.dumps([asdict(check) for check in found], indent=1))
        sys.exit(FAILED if any(check.needed and not check.ok for check in found) else 0)
    for check in checks:
        print_result(f"{'ok  ' if check.ok else 'LOOK'}  {check.name}: {check.found}")
        if not check.ok:
            troubled = troubled or check.needed
            print_result(f"      {check.mend}")
    if troubled:
        sys.exit(FAILED)
