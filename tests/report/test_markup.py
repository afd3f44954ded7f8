"""What templates make of values: hints of numbers, CSV files, marks of parts."""

from __future__ import annotations

import base64
import math
from dataclasses import replace

import pytest

from report import markup
from report.answers import Answer, Figure, Table
from report.render import Site, environment
from report.values import Measured


def test_csv_quotes_what_it_must_and_leaves_void_cells_empty() -> None:
    figure = Figure("a", "", "", columns=["one, two", "b"], rows=[['say "so"', None], ["é", math.nan]])
    content = markup.csv_uri(figure).partition(",")[2]
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
    assert markup.shared_seeds(Table("numbers", "", ["a", "b", "c"], rows)) == shared
