"""Words that the sentences of several kinds of claim share; each sentence can be read alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from report.judging.verdict import Status
from report.results.format import join_words, show_interval_of, show_number, show_per_cent
from report.results.outlook import MOST_SEEDS
from report.results.sequential import Interval
from report.results.values import Measured
from runs.text import count_words

#: From here on a number of seeds is only called more than that.
MANY_SEEDS = 100


def say_missing(ids: Sequence[str]) -> str:
    """Nothing to judge yet."""
    return f"Cannot be judged yet: {join_words(ids)} not stored." if ids else "Nothing stored gives this number yet."


def say_diverged(ids: Sequence[str]) -> str:
    """Every seed's training diverged."""
    if ids:
        return f"There is no number to judge: training diverged ({join_words(ids)})."
    return "There is no number to judge: what was measured is not finite."


def say_trouble(status: Status, what: str) -> str:
    """The measure itself failed."""
    return f"Cannot be judged yet: {what}." if status == "missing" else f"There is no number to judge: {what}."


def say_lacking(missing_ids: Sequence[str], diverged_ids: Sequence[str], dropped: int) -> str:
    """What a verdict had to do without, to stand behind its sentence; "" where nothing lacked."""
    text = ""
    if diverged_ids:
        text += f" Diverged, and so not counted: {join_words(diverged_ids)}."
    if dropped:
        text += f" Not finite, and so not counted: {count_words(dropped, 'number')}."
    if missing_ids:
        text += f" Not stored yet: {join_words(missing_ids)}."
    return text


def say_needed(n: int, more: int | None) -> str:
    """How many more seeds would decide it, no more exactly than a few seeds can tell: by tens above ten."""
    if n < 2:
        return "One seed does not show its noise; more seeds (--seeds) would."
    if more is None:
        return f"More than {MOST_SEEDS} more seeds would probably be needed to decide it."
    if more > MANY_SEEDS:
        return f"More than {MANY_SEEDS} more seeds would probably be needed to decide it."
    about = more if more <= 10 else round(more, -1)
    return f"About {count_words(about, 'more seed')} would probably decide it."


def say_interval(bounds: Interval | None, measured: Measured, level: float) -> str:
    """An interval, to follow its number; "" without one."""
    if bounds is None or bounds[0] == bounds[1]:
        return ""
    return f", {show_per_cent(level)} interval {show_interval_of(measured, bounds)}"


def say_size(difference: Measured, bounds: Interval | None, level: float) -> str:
    """How large a difference is, whatever its sign, with its interval."""
    if difference.value < 0:
        difference = replace(difference, value=-difference.value)
        bounds = bounds and (-bounds[1], -bounds[0])
    return f"{show_number(difference)}{say_interval(bounds, difference, level)}"


def say_off(off: float | None) -> str:
    """How far a number lies from another, to stand before that: "0.9 % below "; "beside " where no share can say it."""
    if off is None:
        return "beside "
    if abs(off) < 0.0005:
        return "as good as "
    return f"{100 * abs(off):.1f} % {'above' if off > 0 else 'below'} "


def capitalize(text: str) -> str:
    """The text with its first letter as a capital."""
    return text[:1].upper() + text[1:]
