"""What a test came to, in words chosen by the numbers; each sentence can be read alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from report.judging.claim import Fact, Judgement, Margin, Ordering, Trend, Value
from report.judging.verdict import Status
from report.results.format import (
    find_difference_unit,
    join_words,
    show_amount,
    show_interval,
    show_interval_of,
    show_number,
    show_per_cent,
    show_plain,
    show_written,
)
from report.results.outlook import MOST_SEEDS
from report.results.sequential import ORDERING_LEVEL, VALUE_LEVEL, Direction, Interval, find_steps_level
from report.results.values import Measured
from runs.text import count_words

#: A row of points longer than this shows its ends only.
MOST_POINTS = 8
#: From here on a number of seeds is only called more than that.
MANY_SEEDS = 100
#: Of differences between two trainings.
ON_A_GPU = "They were trained on a GPU, where two trainings of the same run may differ as well: it says nothing."


def value(test: Value, measured: Measured, status: Status, bounds: Interval | None, more: int | None) -> str:
    """A written figure, or the number that the words come to, beside the measured one."""
    unit = measured.unit
    lead = f"{'Measured' if measured.n else 'Computed'} {show_number(measured)}"
    target = f"the {_target(test, unit)}"
    reach = show_written(test.tolerance, find_difference_unit(unit))
    span = _span(bounds, measured, VALUE_LEVEL)
    if status == "reproduced":
        return f"{lead}, within {reach} of {target}{span}."
    if status == "not reproduced":
        side = "above" if measured.value > test.written else "below"
        return f"{lead}, {side} {target} by more than {reach}{span}."
    return (
        f"{lead}{span}: inside the noise of the seeds, for it reaches across the edge of {target} ± {reach}. "
        f"{needed(measured.n, more)}"
    )


def _target(test: Value, unit: str) -> str:
    """What a number is held against: "written 0.0096", or "expected" where nobody wrote it."""
    return f"{'written' if test.figure else 'expected'} {show_written(test.written, unit, test.typed)}"


def ordering(
    test: Ordering,
    numbers: tuple[Measured, Measured, Measured],
    way: Direction,
    bounds: Interval | None,
    more: int | None,
) -> str:
    """Two numbers and their paired difference: ``numbers`` are the larger one as claimed, the other, and that."""
    larger, smaller, difference = numbers
    lead = f"{_capital(test.names[0])}: {show_plain(larger)}; {test.names[1]}: {show_plain(smaller)}."
    if way == "above":
        return f"{lead} The former is larger by {_size(difference, bounds, ORDERING_LEVEL)}."
    if way == "below":
        return f"{lead} The former is not larger but smaller, by {_size(difference, bounds, ORDERING_LEVEL)}."
    gap = f"{show_number(difference)}{_span(bounds, difference, ORDERING_LEVEL)}"
    if way == "tie":
        return f"{lead} No difference{_margin(test.margin, difference)}: {gap}."
    why = "Inside the noise of the seeds"
    if difference.n == 1:
        below = f", below the margin of {_bare(test.margin, difference)}" if test.margin.size else ""
        why = f"Too close for one seed{below}" if difference.value else "Equal on the one seed"
    if bounds and bounds[0] > 0:
        why = f"The former is larger, but perhaps not by the margin of {_bare(test.margin, difference)}"
    return f"{lead} {why}: a difference of {gap}. {needed(difference.n, more)}"


def rises(test: Trend, index: int) -> bool:
    """Whether the write-up has this step rise."""
    return (test.direction == "rises") != (index in test.turns)


def trend_holds(
    test: Trend, points: Sequence[Measured], index: int, difference: Measured, bounds: Interval | None
) -> str:
    """All steps go as written; the least sure of them is named."""
    way = "Rises" if test.direction == "rises" else "Falls"
    lead = "Turns as written, and nowhere else" if test.turns else f"{way} at each step"
    size = _size(difference, bounds, ORDERING_LEVEL)
    return f"{lead}: {_row(test, points)}. The least sure step is that {_between(test, index)}, by {size}."


def trend_fails(
    test: Trend, points: Sequence[Measured], index: int, difference: Measured, way: Direction, bounds: Interval | None
) -> str:
    """A step speaks against the trend; it is named."""
    claimed = "rise" if rises(test, index) else "fall"
    level = find_steps_level(len(test.steps) - 1)
    if way == "tie":
        gap = f"{show_number(difference)}{_span(bounds, difference, level)}"
        what = f"there is no {claimed}{_margin(test.margin, difference)}, a difference of {gap}"
    else:
        turned = "falls" if claimed == "rise" else "rises"
        what = f"it {turned} by {_size(difference, bounds, level)}, where it should {claimed}"
    return f"Not at every step: {_between(test, index)} {what}. The row: {_row(test, points)}."


def trend_open(test: Trend, points: Sequence[Measured], unsure: Sequence[int], n: int, more: int | None) -> str:
    """No step is decided against the trend, and some are not decided for it; they are named."""
    every = len(unsure) == len(points) - 1
    steps = "at every step" if every and len(unsure) > 1 else join_words([_between(test, index) for index in unsure])
    noise = "too close for one seed" if n == 1 else "inside the noise of the seeds"
    seeds = "one seed" if n == 1 else f"n = {n}"
    return f"Open {steps}, {noise} ({seeds}): {_row(test, points)}. {needed(n, more)}"


def identity(measured: Measured, status: Status, differing: int) -> str:
    """Counted differences; ``differing`` is on how many seeds there are any."""
    on = {0: "", 1: " on the one seed compared"}.get(measured.n, f" on any of {measured.n} seeds")
    if status == "reproduced":
        return f"No difference was found{on}: exactly the same."
    if status == "undecided":
        return (
            f"No difference was found{on}, but not every seed gave numbers to compare. More seeds would not settle it."
        )
    count = show_amount(measured.value, measured.unit, 1 if measured.value % 1 else 0)
    if measured.n > 1:
        return f"Not the same on {differing} of {measured.n} seeds; differences a seed, on average: {count}."
    return f"Not the same: {count} {'difference' if measured.value == 1 else 'differences'}{on}."


def fact(test: Fact, measured: Measured, status: Status, ends: Interval) -> str:
    """A computed number beside the written one, and how it was computed."""
    target = show_written(test.written, measured.unit, test.typed)
    how = test.computation.rstrip(".")
    found = show_plain(measured) if ends[0] == ends[1] else show_interval(ends, measured.unit, measured.digits)
    if status == "reproduced":
        exact = (
            f", within {show_written(test.tolerance, find_difference_unit(measured.unit))}" if test.tolerance else ""
        )
        return f"Computed {found}, as written ({target}){exact}: {how}."
    if status == "undecided":
        return (
            f"The computed numbers do not agree with each other, {found} for the written {target}: {how}. "
            "More seeds would not settle it."
        )
    return f"Computed {found}, not the written {target}: {how}."


def shortened(test: Fact, measured: Measured, preset: str) -> str:
    """A number that a preset sets, and the written one that it stands for."""
    target, how = show_written(test.written, measured.unit, test.typed), test.computation.rstrip(".")
    return f"Computed {show_plain(measured)}, which in the preset “{preset}” stands for the written {target}: {how}."


def elsewhere(test: Value, measured: Measured, epoch: int, pictures: int | None, other: bool) -> str:
    """A figure that was measured after fewer epochs or on other pictures than the written one."""
    on = f" on {pictures:,} pictures" if pictures else ""
    whose = " that are not the write-up’s" if on and other else ""
    told = f"Measured {show_number(measured)} after {count_words(epoch, 'epoch')}{on}{whose}."
    return (
        f"{told} The {_target(test, measured.unit)} is of {count_words(test.epoch, 'epoch')} on the write-up’s own "
        "pictures, so that the two are not held against each other."
    )


def floor(test: Ordering, measured: Measured) -> str:
    """Both sides are at the least that there is."""
    first, second = test.names
    least = show_plain(measured)
    return f"{_capital(first)} and {second} are both at {least}, the least there is: neither could have less."


def beyond(test: Judgement, numbers: Sequence[tuple[str, Measured]]) -> str:
    """Why nothing can settle it, and what was measured all the same."""
    reason = test.reason.rstrip(".")
    told = "; ".join(f"{name}: {show_number(measured)}" for name, measured in numbers)
    return (
        f"Nothing that is measured here can settle it.{f' {_capital(reason)}.' if reason else ''}"
        f"{f' Measured all the same: {told}.' if told else ''}"
    )


def judgement(test: Judgement, status: Status, proxies: Sequence[tuple[Status, str]]) -> str:
    """What the proxies say, one after the other, named as proxies."""
    reason = test.reason.rstrip(".")
    lead = _lead(status, len(proxies) == 1)
    told = [
        f"“{_capital(name)}” – {_PROXY[state]}. {sentence}"
        for name, (state, sentence) in zip(test.proxies, proxies, strict=True)
    ]
    close = f" {_capital(reason)}." if reason else ""
    if status == "undecided" and len({state for state, _ in proxies} - {"undecided"}) > 1:
        close = f" More seeds would not settle it, for proxies that are decided do not agree.{close}"
    return f"{lead}. {' '.join(told)}{close}"


def brief(status: Status, states: Sequence[tuple[str, Status]]) -> str:
    """The same in short: what each proxy says, without its numbers."""
    return f"{_lead(status, len(states) == 1)}: {', '.join(each_proxy(states))}."


def each_proxy(states: Sequence[tuple[str, Status]]) -> list[str]:
    """What each proxy comes to: "“SSIM is higher” holds"."""
    return [f"“{_capital(name)}” {_PROXY[state]}" for name, state in states]


def _lead(status: Status, one: bool) -> str:
    its = "its proxy" if one else "its proxies"
    return {
        "reproduced": f"By {its} it holds",
        "not reproduced": f"By {its} it does not hold",
        "undecided": f"{_capital(its)} {'leaves' if one else 'leave'} it open",
        "not assessable": f"{_capital(its)} {'says' if one else 'say'} nothing",
        "missing": "Its proxy is not measured yet" if one else "Some of its proxies are not measured yet",
    }[status]


_PROXY: dict[Status, str] = {
    "reproduced": "holds",
    "not reproduced": "does not hold",
    "undecided": "is open",
    "not assessable": "says nothing",
    "missing": "is not measured yet",
}


def missing(ids: Sequence[str]) -> str:
    """Nothing to judge yet."""
    return f"Cannot be judged yet: {join_words(ids)} not stored." if ids else "Nothing stored gives this number yet."


def diverged(ids: Sequence[str]) -> str:
    """Every seed's training diverged."""
    if ids:
        return f"There is no number to judge: training diverged ({join_words(ids)})."
    return "There is no number to judge: what was measured is not finite."


def trouble(status: Status, what: str) -> str:
    """The measure itself failed."""
    return f"Cannot be judged yet: {what}." if status == "missing" else f"There is no number to judge: {what}."


def lacking(missing_ids: Sequence[str], diverged_ids: Sequence[str], dropped: int) -> str:
    """What a verdict had to do without, to stand behind its sentence; "" where nothing lacked."""
    text = ""
    if diverged_ids:
        text += f" Diverged, and so not counted: {join_words(diverged_ids)}."
    if dropped:
        text += f" Not finite, and so not counted: {count_words(dropped, 'number')}."
    if missing_ids:
        text += f" Not stored yet: {join_words(missing_ids)}."
    return text


def needed(n: int, more: int | None) -> str:
    """How many more seeds would decide it, no more exactly than a few seeds can tell: by tens above ten."""
    if n < 2:
        return "One seed does not show its noise; more seeds (--seeds) would."
    if more is None:
        return f"More than {MOST_SEEDS} more seeds would probably be needed to decide it."
    if more > MANY_SEEDS:
        return f"More than {MANY_SEEDS} more seeds would probably be needed to decide it."
    about = more if more <= 10 else round(more, -1)
    return f"About {count_words(about, 'more seed')} would probably decide it."


def _span(bounds: Interval | None, measured: Measured, level: float) -> str:
    if bounds is None or bounds[0] == bounds[1]:
        return ""
    return f", {show_per_cent(level)} interval {show_interval_of(measured, bounds)}"


def _size(difference: Measured, bounds: Interval | None, level: float) -> str:
    """How large a difference is, whatever its sign, with its interval."""
    if difference.value < 0:
        difference = replace(difference, value=-difference.value)
        bounds = bounds and (-bounds[1], -bounds[0])
    return f"{show_number(difference)}{_span(bounds, difference, level)}"


def _bare(margin: Margin, difference: Measured) -> str:
    return show_written(margin.size, difference.unit)


def _margin(margin: Margin, difference: Measured) -> str:
    exactly = difference.value == 0 and not difference.spread
    return " at all" if exactly or not margin.size else f" above the margin of {_bare(margin, difference)}"


def _between(test: Trend, index: int) -> str:
    return f"from {test.labels[index]} to {test.labels[index + 1]}"


def _row(test: Trend, points: Sequence[Measured]) -> str:
    told = [f"{show_plain(point)} ({label})" for point, label in zip(points, test.labels, strict=True)]
    return " → ".join(told if len(told) <= MOST_POINTS else [*told[:2], "…", *told[-2:]])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
