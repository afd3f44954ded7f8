"""The program: its commands under one name, and what holds for all of them."""

from __future__ import annotations

import signal

import click

from commands.colourize import colourize
from commands.output import Group, run_program
from commands.report import diff, report, verdicts
from commands.runs import runs
from commands.status import doctor, status
from commands.train import run_all, train
from runs.errors import raise_terminated
from runs.text import spell_out


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rederive")
def cli() -> None:
    """Re-derives a write-up: trains its networks again and says of each claim whether it still holds."""
    for name in ("SIGTERM", "SIGHUP"):  # a terminal that is closed ends a training as a system does that shuts down
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, raise_terminated)
    spell_out()


for command in (run_all, train, report, status, verdicts, diff, runs, colourize, doctor):
    cli.add_command(command)


def main() -> None:
    """Run the command that was typed."""
    run_program(cli)


if __name__ == "__main__":
    main()
