"""Tables on a terminal of whatever width: where their columns do not fit, each row is told in lines of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console, Group
from rich.table import Column, Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType, RenderResult

#: The size of a terminal that does not say how large it is.
COLUMNS, LINES = 80, 25
#: What is left to a column whose words may be broken, at least.
LEAST = 16


def open_console(stderr: bool = False) -> Console:
    """Standard output or error for tables. A width or height of 0, as some terminals and pipes say, is none."""
    console = Console(stderr=stderr)
    console.width, console.height = console.width or COLUMNS, console.height or LINES
    return console


@dataclass(frozen=True)
class Fitting:
    """A table, or several things with tables among them, so that every row shows at any width."""

    drawn: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table where its columns fit; else its first column a line, and below it the others with their heads."""
        if isinstance(self.drawn, Group):
            yield from map(Fitting, self.drawn.renderables)
        elif isinstance(self.drawn, Table) and measure_least_width(self.drawn) > options.max_width:
            yield from list_rows(self.drawn)
        else:
            yield self.drawn


def measure_least_width(table: Table) -> int:
    """How many columns of a terminal a table takes at least, with nothing cut: a column that folds gives up all but
    :data:`LEAST` of its own.
    """
    return sum(_measure_column(column) + 3 for column in table.columns) + 1


def _measure_column(column: Column) -> int:
    if column.width:
        return column.width
    texts = [_read_cell(cell) for cell in (column.header, *column.cells)]
    pieces = [piece for text in texts for piece in (text.splitlines() if column.no_wrap else text.split())]
    longest = max(map(cell_len, pieces), default=0)
    return min(longest, LEAST) if column.overflow == "fold" and not column.no_wrap else longest


def _read_cell(cell: object) -> str:
    """The text of a cell; "" of one that is drawn, such as a bar."""
    return cell.plain if isinstance(cell, Text) else cell if isinstance(cell, str) else ""


def list_rows(table: Table) -> Iterator[Text]:
    """The rows of a table as text: the first cell, and below it the others with the heads of their columns."""
    if table.title:
        yield Text(_read_cell(table.title), overflow="fold")
    heads = [_read_cell(column.header) for column in table.columns]
    for cells in zip(*(column.cells for column in table.columns), strict=True):
        first, *others = map(_read_cell, cells)
        yield Text(first, overflow="fold")
        told = [f"{head} {cell}".strip() for head, cell in zip(heads[1:], others, strict=True) if cell]
        for line in told if any("\n" in cell for cell in told) else [", ".join(told)]:
            yield Text(line, overflow="fold")
    if table.caption:
        yield Text(_read_cell(table.caption), overflow="fold")
