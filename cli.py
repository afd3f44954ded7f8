"""The program: its commands under one name, and what holds for all of them."""

from __future__ import annotations

import signal

import click

from commands.colourize import colourize
from commands.output import Group
from commands.report import diff, report, verdicts
from commands.status import doctor, status
from commands.train import run_all, train
from runs.errors import raise_terminated
from runs.text import PROGRAM, spell_out


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Re-derives a write-up: trains its networks again and says of each claim whether it still holds."""
    signal.signal(signal.SIGTERM, raise_terminated)
    spell_out()


for command in (run_all, train, report, status, verdicts, diff, colourize, doctor):
    cli.add_command(command)


def main() -> None:
    """Run the command that was typed."""
    cli(prog_name=PROGRAM)


if __name__ == "__main__":
    main()
