"""Tables show their rows on a terminal of any width."""

from __future__ import annotations

import io

import pytest
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from runs.terminal import Fitting, measure_least_width, open_console

RUN = "unet-b100-lr0.001-perceptual-k5-s0"


def make_table() -> Table:
    table = Table(title="results")
    table.add_column("run", overflow="fold")
    table.add_column("epochs", justify="right")
    table.add_column("state")
    table.add_row(Text(RUN), "10/25", "to be continued")
    return table


def show(drawn: object, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, height=25)
    console.print(drawn)
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [120, 80, 60, 45, 40, 20, 8])
def test_every_cell_shows_at_any_width(width: int) -> None:
    text = show(Group(Text("above"), Fitting(make_table())), width)
    told = text if "│" in text else "".join(text.split())
    for word in ("10/25", "to", "be", "continued", "epochs"):
        assert word in told
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width


def test_table_stays_one_where_it_fits_and_a_group_is_looked_through() -> None:
    least = measure_least_width(make_table())
    assert "│" in show(Fitting(make_table()), least)
    narrow = show(Fitting(Group(make_table())), least - 1)
    assert "│" not in narrow
    assert "results" in narrow
    assert "epochs 10/25, state to be" in narrow.replace("\n", " ")


@pytest.mark.parametrize("columns", ["0", "20"])
def test_console_without_a_width_takes_a_usual_one(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", "0")
    console = open_console()
    assert (console.width, console.height) == (int(columns) or 80, 25)
