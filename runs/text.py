"""Text from outside, made safe to show: nothing in it moves a cursor or turns the line."""

from __future__ import annotations

import io
import math
import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

#: How this program is called: by its command where it was installed, else by the script of the checkout.
PROGRAM = "rederive" if Path(sys.argv[0]).stem == "rederive" else "python cli.py"
#: Categories of characters that are orders rather than text: control, format (those that turn the direction of
#: writing among them), halves of pairs, private, unassigned, and the separators of lines and paragraphs.
ORDERS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
#: Joiners and the soft hyphen: they belong to the spelling of some scripts.
SPELLING = "\u200c\u200d\u00ad"
#: Hours, minutes and seconds as they are typed.
_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)\s*h)?\s*(?:(\d+(?:\.\d+)?)\s*m(?:in)?)?\s*(?:(\d+(?:\.\d+)?)\s*s?)?")
_PLAIN = re.compile(r"[\n\t -~]*")


def make_visible(text: str) -> str:
    r"""The text with each order spelled out, e.g. ``\x1b`` or ``\u202e``; line ends and tabs stay."""
    return text if _PLAIN.fullmatch(text) else "".join(map(_show_character, text))


def count_words(count: object, thing: str) -> str:
    """A count with its word: "1 run", "2 runs"."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def show_duration(seconds: float) -> str:
    """A time as "under 1 s", "45 s", "12 min" or "1 h 05 min"; "–" where it is not known (NaN)."""
    if math.isnan(seconds):
        return "–"
    if seconds < 0.5:
        return "under 1 s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def read_duration(text: str) -> float:
    """The seconds of a time as it is typed: "2h", "90min", "1h30m", "45s", or a plain number of seconds.

    Raises:
        ValueError: it is no time, or none at all.
    """
    found = _DURATION.fullmatch(text.strip().lower())
    seconds = 0.0
    if found:
        seconds = sum(float(part or 0) * unit for part, unit in zip(found.groups(), (3600, 60, 1), strict=True))
    if not seconds:
        raise ValueError(text)
    return seconds


def show_estimate(seconds: float) -> str:
    """An estimate of a time, no finer than such an estimate can be: to ten seconds below two minutes, to the minute
    below an hour, to ten minutes from there on, e.g. "about 20 s" or "about 1 h 40 min".
    """
    if seconds < 5:
        return "a few seconds"
    step = 10 if seconds < 115 else 60 if seconds < 3570 else 600
    rounded = max(step, round(seconds / step) * step)
    return f"about {rounded} s" if step == 10 else f"about {show_duration(rounded)}"


def _show_character(character: str) -> str:
    if character in "\n\t" or character in SPELLING or unicodedata.category(character) not in ORDERS:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def spell_out() -> None:
    r"""From here on, what the terminal's encoding cannot show is spelled out, e.g. as ``\u2026``, not raised."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@dataclass(frozen=True)
class Plain:
    """What rich draws, e.g. a table, with the text in it as :func:`make_visible` shows it."""

    drawn: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The same pieces; the orders of rich itself stay."""
        for piece in console.render(self.drawn, options):
            yield piece if piece.control else piece._replace(text=make_visible(piece.text))
