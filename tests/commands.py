"""The commands through click's runner."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from cli import cli


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="python cli.py")
