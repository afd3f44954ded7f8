"""What templates make of values: hints of numbers, CSV files, marks of parts."""

from __future__ import annotations

import base64
import math
import re
from dataclasses import replace
from typing import Any

import pytest
from markupsafe import escape

from report.answers import Answer, Figure, Table
from report.judging.kinds import Identity, Judgement, Ordering
from report.pages import filters
from report.pages.render import Site, environment
from report.results.frames import Measure
from report.results.values import Measured
from tests.report.made_up_claims import CASES, HOLDS, REVERSED, gives, proxy, verdict


def test_csv_quotes_what_it_must_and_leaves_void_cells_empty() -> None:
    figure = Figure("a", "", "", columns=["one, two", "b"], rows=[['say "so"', None], ["é", math.nan]])
    content = filters.csv_uri(figure).partition(",")[2]
    assert base64.b64decode(content).decode() == '"one, two",b\n"say ""so""",\né,\n'


@pytest.mark.parametrize(
    ("measured", "hint"),
    [
        (Measured(0.494, "%", 1, 0.003, 5, ("a", "b")), "mean, n = 5, standard deviation 0.3 points, from a, b"),
        (Measured(1.26, "", 4, None, 1, ("a",)), "one seed, from a"),
        (Measured(1.26, "", 4, None, 0, ("a",)), "from a"),
    ],
)
def test_number_says_what_it_rests_on(measured: Measured, hint: str) -> None:
    assert f'title="{hint}"' in environment(Site()).from_string("{{ value | num }}").render(value=measured)


def test_parts_are_marked_where_their_runs_are_old_few_or_not_all_there() -> None:
    loss = Measured(1.0, runs=("a", "b"))
    there, judged = Answer("1.1.a", "", "", {"list": [loss, "x"]}), Answer("1.1.a", "", "", {"loss": Measured(1.0)})
    assert there.runs == {"a", "b"}
    assert Site(stale=frozenset({"b", "c"})).marks(there) == ["stale"]
    assert Site(stale=frozenset({"c"})).marks(there) == []
    assert Site(quick=True).marks(judged) == ["quick"]
    assert Site().marks(replace(there, missing=["c"])) == ["partial"]
    assert Site().marks(replace(there, values={"loss": None}, missing=["c"])) == ["missing"]


@pytest.mark.parametrize(
    ("seeds", "shared"), [((5, 5), 5), ((5, 5, 0), 5), ((5, 2), 0), ((5, 1), 0), ((1, 1), 0), ((0,), 0), ((), 0)]
)
def test_seeds_are_told_once_where_all_numbers_of_a_table_share_them(seeds: tuple[int, ...], shared: int) -> None:
    rows = [["head", None, Measured(1.5, n=n)] for n in seeds]
    assert filters.shared_seeds(Table("numbers", "", ["a", "b", "c"], rows)) == shared


@pytest.mark.parametrize(
    ("spread", "told"),
    [(0.1, "± is the standard deviation over 3 seeds."), (0.0, "All 3 seeds gave the same numbers.")],
)
def test_a_table_speaks_of_a_spread_where_it_shows_one(spread: float, told: str) -> None:
    table = Table("numbers", "A caption.", ["a", "b"], [["row", Measured(3, spread=spread, n=3)]])
    answer = Answer("1.1.a", "", "", tables=[table])
    site = Site()
    site.count([answer])
    source = '{% import "macros.html.j2" as m with context %}{{ m.table(answer, "numbers") }}'
    shown = environment(site).from_string(source).render(answer=answer)
    assert f"A caption. {told}</figcaption>" in shown
    assert ("±" in shown) == (spread > 0)


@pytest.mark.parametrize(
    ("cells", "ends"),
    [
        ([Measured(3), Measured(1200), None], True),
        (["1.55", "−3 points", "46.9 %"], True),
        ([Measured(3, spread=0.1, n=2), Measured(1200)], False),
        ([Measured(3, spread=0.0, n=2), Measured(1200, spread=0.0, n=2)], True),
        ([Measured(3, spread=0.0, n=2), Measured(1200, spread=0.0, n=3)], False),
        ([Measured(3), "a half"], False),
        (["3×3", "32×32"], False),
        ([None, None], False),
    ],
)
def test_plain_numbers_of_a_column_end_below_each_other(cells: list[Any], ends: bool) -> None:
    assert filters.numeric(Table("numbers", "", ["1", "2"], [["7", value] for value in cells])) == [False, ends]


TOLD = [
    test for (kind, status), test in CASES.items()
    if kind is not Identity and status in ("reproduced", "not reproduced", "undecided")
]  # fmt: skip


@pytest.mark.parametrize("test", TOLD, ids=lambda test: str(test)[:40])
def test_numbers_in_the_sentence_of_a_verdict_name_their_runs(test: Any) -> None:
    judged = verdict(test)
    html = str(filters.linked(judged.sentence, judged.finding.numbers))
    assert html.count('class="num"') >= min(len(judged.finding.numbers), 1)
    assert re.sub(r"<[^>]+>", "", html) == str(escape(judged.sentence))
    if isinstance(test, Judgement | Ordering):
        assert html.count('class="num"') == len(judged.finding.numbers) == 3 * len(getattr(test, "proxies", [test]))


def test_a_number_is_linked_only_where_it_stands_by_itself() -> None:
    numbers = [("the CNN", Measured(1, digits=0, n=0, runs=("a",))), ("", Measured(-2, digits=0, n=0, runs=("a",)))]
    html = filters.linked("At most 1 of 12 <b>. The CNN: 1; by 2, not 2.5 and 22.", numbers)
    assert re.findall(r">([^<]*)</span>", html) == ["1", "2"]
    assert html.startswith("At most 1 of 12 &lt;b&gt;. The CNN: <span")
    assert html.endswith(">2</span>, not 2.5 and 22.")
    assert filters.linked("Nothing of it.", numbers) == "Nothing of it."


def test_each_of_several_proxies_shows_its_number_beside_the_verdict() -> None:
    judged = verdict(proxy(HOLDS, REVERSED))
    assert [name for name, _ in judged.finding.proxies] == ["proxy 0", "proxy 1"]
    shown = environment(Site()).from_string(
        '{% import "macros.html.j2" as m with context %}{{ m.verdicts([judged]) }}'
    ).render(judged=judged)  # fmt: skip
    listed = shown.partition('<dl class="numbers">')[2].partition("</dl>")[0]
    for name, number in judged.finding.proxies:
        assert f"<dt>{name}: difference</dt><dd>{filters.num(number)}</dd>" in listed
    assert verdict(proxy(HOLDS)).finding.proxies == ()


def test_what_is_measured_beside_a_judgement_stands_beside_the_verdict_once() -> None:
    def listed(**beside: Measure) -> list[tuple[str, str]]:
        judged = verdict(Judgement(reason="Taste.", beside=beside))
        shown = environment(Site()).from_string(
            '{% import "macros.html.j2" as m with context %}{{ m.verdicts([judged]) }}'
        ).render(judged=judged)  # fmt: skip
        rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", shown)
        return [(name, re.sub(r"<[^>]+>", "", number)) for name, number in rows if name != "written"]

    both = listed(one=gives(1.5, 1.5), other=gives(2.5, 2.5))
    assert both == [("one", "1.5000"), ("other", "2.5000")]
    assert listed(one=gives(1.5, 1.5)) == [("measured", "1.5000")]
