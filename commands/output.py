"""What commands print, and how an error that a user can meet ends one: in its sentence and an exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from runs.disk import Disk, get_disk
from runs.errors import RederiveError, describe_ending
from runs.specs.request import Request
from runs.text import PROGRAM, Plain, make_visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from report.pages.render import Rendered

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
            if not sentence:  # nobody reads the output any more, as behind head: it has what it wanted
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                ctx.exit(0)
            print_message(sentence)
            ctx.exit(code)
        finally:
            tell_unsynced(get_disk())


def run_program(group: click.Group) -> None:
    """Run the command that was typed; what click itself prints, such as the help, may meet a full disk too."""
    try:
        group(prog_name=PROGRAM)
    except OSError as error:
        print_message(describe_ending(error)[0])
        sys.exit(FAILED)


def tell_unsynced(disk: Disk) -> None:
    """Tells once that what was written may not survive a power cut, where a file system cannot sync folders."""
    if disk.unsynced:
        print_message(
            f"The disk of {disk.unsynced} cannot sync folders, as some network disks and shared folders cannot. All is "
            "written and whole, but after a power cut the last files may be missing: then give the same command again."
        )
        disk.unsynced = None


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
    """A table to standard output; each row shows, however narrow that is."""
    from runs.terminal import Fitting, open_console

    open_console().print(Plain(Fitting(table)))


def show_pages(rendered: Rendered) -> None:
    """Where the pages are, and what the verdicts come to."""
    print_result(f"{rendered.told}: {rendered.html}")
    if rendered.pdf:
        print_result(str(rendered.pdf))
    if rendered.removed:
        names = " and ".join(map(str, rendered.removed))
        print_message(f"Removed {names}: made earlier, and no longer what the pages say. Make them anew with --pdf.")
    for gap in rendered.gaps:
        print_message(gap)
