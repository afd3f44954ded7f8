"""What changed between two report.json files: verdicts, effects compared with the noise, and their origins."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from report.results.format import count_digits, find_difference_unit, join_words, show_amount
from runs.errors import UsageError
from runs.forms import fits
from runs.text import PROGRAM, count_words

if TYPE_CHECKING:
    from rich.console import Group

Record = Mapping[str, Any]

#: Effects that the table shows; the rest are counted.
MOST_EFFECTS = 20


class ReadVerdict(TypedDict):
    """What is read of a verdict in a report.json."""

    id: str
    status: str


class ReadRun(TypedDict):
    """What is read of a run in it."""

    id: str
    marks: NotRequired[list[Any]]


class ReadPlace(TypedDict):
    """What is read of where some of its runs were trained."""

    facts: dict[str, Any]


class ReadReport(TypedDict):
    """What is read of a report.json."""

    verdicts: list[ReadVerdict]
    data: NotRequired[dict[str, Any]]
    environment: NotRequired[dict[str, Any]]
    environments: NotRequired[list[ReadPlace]]
    runs: NotRequired[list[ReadRun]]
    seeds: NotRequired[list[Any]]


FORM = TypeAdapter(ReadReport)
#: How the verdicts of a report came about. A report of an earlier rule says nothing of why a claim is undecided.
_RULE = "holds at every number of seeds; a written figure is asked whether it could be one more run"
_EARLIER_RULE = "an earlier one, by which a written figure is held against the mean"
#: What says nothing of where a result comes from: when a page was made, colours that follow from the pictures.
_IDLE = {"made", "palette"}


@dataclass(frozen=True)
class Flip:
    """A claim whose verdict has another status in the second report.

    Attributes:
        first, second: the status, and in brackets why it is undecided or not assessable, where a report says so.
    """

    id: str
    statement: str
    first: str
    second: str


@dataclass(frozen=True)
class Effect:
    """A claim's measured number in both reports.

    Attributes:
        unit: a share ("%") is in 0..1, a difference of shares ("points") in -1..1.
        noise: the spread of a difference of two single seeds, the root of the sum of both squared spreads; None
            where either number has no spread.
    """

    id: str
    statement: str
    unit: str
    first: float
    second: float
    noise: float | None

    @property
    def difference(self) -> float:
        """What the second has over the first."""
        return self.second - self.first

    @property
    def ratio(self) -> float | None:
        """The difference in units of the noise, without its sign; None where the noise is unknown."""
        if self.noise is None:
            return None
        return abs(self.difference) / self.noise if self.noise else math.inf


@dataclass(frozen=True)
class Difference:
    """Something that the two reports come from and that is not the same in both."""

    what: str
    first: str
    second: str


@dataclass(frozen=True)
class Comparison:
    """What changed from the first report to the second.

    Attributes:
        flips: claims that are judged in both, in the order of the first report.
        unmeasured: claims that are missing in one of the reports alone: nothing flipped, but runs came or went.
        effects: claims whose numbers differ, the largest against the noise first, those without noise last.
        only_first, only_second: ids of the claims that only one of the reports has.
        rules: claims that let pass another size in one than in the other, or of another thing.
        origins: data, code, versions, device, seeds, preset and runs where they differ.
    """

    flips: tuple[Flip, ...]
    unmeasured: tuple[Flip, ...]
    effects: tuple[Effect, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    rules: tuple[Difference, ...]
    origins: tuple[Difference, ...]

    @property
    def flipped(self) -> bool:
        """Whether any verdict has another status."""
        return bool(self.flips)


def read_report(path: Path) -> dict[str, Any]:
    """A report.json, or the one in a folder.

    Raises:
        UsageError: there is none, or it is no report.
    """
    places = [path, path / "report.json", path / "report" / "report.json"]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise UsageError(
            f"Expected a report.json or a folder that holds one, found none at {path}. Render one: {PROGRAM} report"
        )
    try:
        record = json.loads(found.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"Expected JSON in {found}, got something else ({error}). Render it again.") from error
    if not fits(record, FORM):
        raise UsageError(f"Expected a report with verdicts in {found}, got another file. Name a report.json.")
    return record


def compare(a: Record, b: Record) -> Comparison:
    """What changed from report ``a`` to report ``b``, both as report.json holds them."""
    first, second = ({verdict["id"]: verdict for verdict in report["verdicts"]} for report in (a, b))
    both = [name for name in first if name in second]
    changed = [
        Flip(name, str(first[name].get("statement", "")), _say_status(first[name]), _say_status(second[name]))
        for name in both
        if first[name]["status"] != second[name]["status"]
    ]
    unmeasured = [flip for flip in changed if "missing" in (flip.first, flip.second)]
    effects = [effect for name in both if (effect := _measure_effect(first[name], second[name]))]
    effects.sort(key=lambda effect: -1.0 if effect.ratio is None else effect.ratio, reverse=True)
    return Comparison(
        tuple(flip for flip in changed if flip not in unmeasured),
        tuple(unmeasured),
        tuple(effects),
        tuple(name for name in first if name not in second),
        tuple(name for name in second if name not in first),
        _find_differences(*({name: str(side[name].get("tolerance", "")) for name in both} for side in (first, second))),
        _find_differences(describe_origins(a), describe_origins(b)),
    )


def describe_origins(report: Record) -> dict[str, str]:
    """What a report comes from: name -> text, the facts of all its runs together."""
    found: dict[str, str] = {"preset": str(report.get("preset", "")), "seeds": _make_row(report.get("seeds", ()))}
    if report["verdicts"]:
        found["rule of the verdicts"] = _RULE if "because" in report["verdicts"][0] else _EARLIER_RULE
    for place in ("data", "environment"):
        found |= {f"{place}: {key}": str(value) for key, value in report.get(place, {}).items() if key not in _IDLE}
    facts: dict[str, set[str]] = {}
    for environment in report.get("environments", ()):
        for key, value in environment["facts"].items():
            facts.setdefault(key, set()).add(str(value))
    found |= {f"runs: {key}": _make_row(sorted(values)) for key, values in facts.items()}
    found |= {f"run {run['id']}": _find_run(run) for run in report.get("runs", ())}
    return found


def draw_comparison(comparison: Comparison) -> Group:
    """The comparison for a terminal. What comes from the files is shown as it is, never read as markup."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
        made = Table(title=title)
        for head in heads:
            made.add_column(head, overflow="fold", no_wrap=head == "claim")  # an id that is cut is another's, too
        for row in rows:
            made.add_row(*map(Text, row))
        return made

    parts: list[Table | Text] = []
    if comparison.flips:
        rows = [(flip.id, flip.statement, flip.first, flip.second) for flip in comparison.flips]
        parts.append(table("Verdicts that flipped", ("claim", "statement", "first", "second"), rows))
    else:
        parts.append(Text("No verdict flipped."))
    if comparison.unmeasured:
        rows = [(flip.id, flip.statement, flip.first, flip.second) for flip in comparison.unmeasured]
        parts.append(table("Measured in one of the two alone", ("claim", "statement", "first", "second"), rows))
    for which, names in (("first", comparison.only_first), ("second", comparison.only_second)):
        if names:
            parts.append(Text(f"Only in the {which}: {join_words(names, MOST_EFFECTS)}."))
    if comparison.effects:
        heads = ("claim", "first", "second", "difference", "over the noise")
        parts.append(table("Numbers that differ", heads, map(_make_effect_row, comparison.effects[:MOST_EFFECTS])))
    else:
        parts.append(Text("No number differs."))
    left = len(comparison.effects) - MOST_EFFECTS
    if left > 0:
        differ = f"{count_words(left, 'more number')} {'differs' if left == 1 else 'differ'}"
        parts.append(Text(f"{differ}, by less against the noise, or without any known."))
    if comparison.rules:
        rules = [(each.what, each.first, each.second) for each in comparison.rules]
        parts.append(table("Where the rule lets pass something else", ("claim", "first", "second"), rules))
    if comparison.origins:
        sources = [(each.what, each.first, each.second) for each in comparison.origins]
        parts.append(table("What the two come from, where it differs", ("what", "first", "second"), sources))
    else:
        parts.append(Text("Both come from the same data, code, versions, device, preset and seeds."))
    return Group(*parts)


def record_comparison(comparison: Comparison) -> dict[str, Any]:
    """The comparison for programs: plain values that JSON can hold."""
    found = asdict(comparison)
    for effect, measured in zip(found["effects"], comparison.effects, strict=True):
        effect["difference"] = measured.difference
        effect["ratio"] = measured.ratio if measured.ratio is not None and math.isfinite(measured.ratio) else None
    return found


def _say_status(verdict: Record) -> str:
    because = verdict.get("because")
    return f"{verdict['status']} ({because})" if because else str(verdict["status"])


def _make_effect_row(effect: Effect) -> tuple[str, str, str, str, str]:
    return (
        effect.id,
        show_amount(effect.first, effect.unit),
        show_amount(effect.second, effect.unit),
        show_amount(effect.difference, find_difference_unit(effect.unit)),
        "unknown" if effect.ratio is None else count_digits(effect.ratio, 1),
    )


def _measure_effect(first: Record, second: Record) -> Effect | None:
    """Both numbers of a claim; None where one has none, or they are equal or of another unit."""
    numbers = [_as_finite(verdict.get("measured")) for verdict in (first, second)]
    unit = first.get("unit", "")
    if numbers[0] is None or numbers[1] is None or numbers[0] == numbers[1] or unit != second.get("unit", ""):
        return None
    spreads = [_as_finite(verdict.get("spread")) for verdict in (first, second)]
    noise = None if spreads[0] is None or spreads[1] is None else math.hypot(spreads[0], spreads[1])
    return Effect(first["id"], str(first.get("statement", "")), unit, numbers[0], numbers[1], noise)


def _as_finite(value: Any) -> float | None:
    most = sys.float_info.max  # a whole number may be larger, and nothing compares with NaN
    return float(value) if isinstance(value, int | float) and abs(value) <= most else None


def _find_differences(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[Difference, ...]:
    names = dict.fromkeys([*first, *second])
    pairs = [Difference(name, first.get(name, "–"), second.get(name, "–")) for name in names]
    return tuple(pair for pair in pairs if pair.first != pair.second)


def _find_run(run: Record) -> str:
    marks = _make_row(run.get("marks", ()))
    return f"{count_words(run.get('epochs', '?'), 'epoch')}{', ' + marks if marks else ''}"


def _make_row(values: Iterable[Any]) -> str:
    return ", ".join(str(value) for value in values)
