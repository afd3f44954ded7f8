"""Options that stay the same: ``rederive.toml`` in the working folder, held to what the commands take."""

from __future__ import annotations

import json
import stat
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from commands.output import print_message
from runs.errors import UsageError

#: The file, and how many bytes it may have.
SETTINGS, MOST_BYTES = Path("rederive.toml"), 1 << 16


class Command(click.Command):
    """A command that takes options which its line leaves out from the file, and says which."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The line, with the file behind it; help and completion speak of the program alone, whatever the file is."""
        if not ctx.resilient_parsing and not set(ctx.help_option_names) & set(args):
            group = ctx.find_root().command
            assert isinstance(group, click.Group)
            ctx.default_map = choose_options(read_settings(), self, group.commands)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; before that, what it took from the file is said in a line."""
        taken = {
            find_key(option): ctx.params[option.name or ""]
            for option in list_options(self)
            if ctx.get_parameter_source(option.name or "") == ParameterSource.DEFAULT_MAP
        }
        if taken:
            print_message(f"From {SETTINGS}: {', '.join(f'{key} = {_show(value)}' for key, value in taken.items())}")
        return super().invoke(ctx)


def read_settings() -> dict[str, Any]:
    """What the file holds; nothing where there is none.

    Raises:
        UsageError: it is no TOML file, or none that can be read.
    """
    try:
        mode = SETTINGS.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return {}
    if not stat.S_ISREG(mode):  # a pipe is never waited for
        raise UsageError(f"Expected {SETTINGS} in this folder to be a file, got something else. Move it away.")
    with SETTINGS.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UsageError(
            f"Expected at most {MOST_BYTES >> 10} kB in {SETTINGS}, found more. Keep nothing but options in it."
        )
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError(f"Expected {SETTINGS} in UTF-8, got another encoding. Save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f'Expected options in {SETTINGS} as TOML writes them, such as preset = "quick", got: {error}. Correct it.'
        ) from None


def choose_options(
    settings: Mapping[str, Any], command: click.Command, commands: Mapping[str, click.Command]
) -> dict[str, Any]:
    """The values for one command, by the names of its parameters, once all of the file has been looked at. What stands
    above the tables is for every command that has such an option; a table named after a command is for that alone, and
    goes before.

    Raises:
        UsageError: an option or a command that is not known, or a value of another type than the option takes.
    """
    tables = {key: value for key, value in settings.items() if isinstance(value, dict)}
    chosen = dict(check_options({key: settings[key] for key in settings if key not in tables}, command, commands))
    for name, table in tables.items():
        if name not in commands:
            raise UsageError(f"{SETTINGS}: expected a command, got [{name}]. {_suggest(name, commands)}")
        alone = dict(check_options(table, command, {name: commands[name]}))
        chosen |= alone if commands[name] is command else {}
    return chosen


def check_options(
    settings: Mapping[str, Any], command: click.Command, commands: Mapping[str, click.Command]
) -> Iterator[tuple[str, Any]]:
    """The options of one command among some that belong to several, each held to its type.

    Raises:
        UsageError: none of the commands has such an option, two of them mean other things by it, or it has another
            type.
    """
    for key, value in settings.items():
        having = {
            name: option for name, one in commands.items() for option in list_options(one) if find_key(option) == key
        }
        if not having:
            known = sorted({find_key(option) for one in commands.values() for option in list_options(one)})
            where = f" of {' or '.join(commands)}" if len(commands) == 1 else ""
            raise UsageError(f"{SETTINGS}: expected an option{where}, got {key!r}. {_suggest(key, known)}")
        if len({str(option.metavar) for option in having.values()}) > 1:
            first, *_ = having
            raise UsageError(
                f"{SETTINGS}: {key!r} means another thing in each of {', '.join(having)}. Write it below the name of "
                f"the command that it is for, e.g. below [{first}]."
            )
        for name, option in having.items():
            taken = check_value(key, value, option)
            if commands[name] is command:
                yield option.name or "", taken


def check_value(key: str, value: Any, option: click.Option) -> Any:
    """A value of the file as click takes it for an option.

    Raises:
        UsageError: it has another type, or is none of those to choose from.
    """
    if option.is_flag:
        fits, expected = isinstance(value, bool), "true or false"
    elif isinstance(option.type, click.types.IntParamType):
        fits, expected = type(value) is int, "a whole number"
    elif isinstance(option.type, click.types.FloatParamType):
        fits, expected = type(value) in (int, float), "a number"
    elif option.multiple:
        value = [value] if isinstance(value, str) else value
        fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
        expected = "texts in quotes, as a list"
    else:
        fits, expected = isinstance(value, str), "a text in quotes"
    if isinstance(option.type, click.Choice):
        expected = f"one of {', '.join(option.type.choices)}, in quotes"
        fits = fits and set(value if option.multiple else [value]) <= set(option.type.choices)
    if not fits:
        raise UsageError(f"{SETTINGS}: {key}: expected {expected}, got {_show(value)}. Correct it and try again.")
    return value


def list_options(command: click.Command) -> list[click.Option]:
    """The options of a command, without its arguments."""
    return [option for option in command.params if isinstance(option, click.Option)]


def find_key(option: click.Option) -> str:
    """How the file names an option: as the command line does, without the dashes in front."""
    return option.opts[0].removeprefix("--")


def _suggest(name: str, known: Mapping[str, Any] | Sequence[str]) -> str:
    """The nearest known name, else all of them."""
    near = get_close_matches(name.replace("_", "-"), known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(known)}."


def _show(value: Any) -> str:
    """A value much as TOML writes it, cut short."""
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 60 else f"{shown[:60]} …"
