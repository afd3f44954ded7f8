"""The live table of a training: run, epoch, loss, accuracy and images per second, and the time left in all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

from runs.execution import events
from runs.execution.plan import Plan, estimate_cost
from runs.terminal import Fitting, measure_least_width, open_console
from runs.text import count_words, make_visible, show_duration, show_estimate

Listener = Callable[[events.Event], None]

#: Seconds between two lines where standard error is no terminal.
PAUSE = 30.0


@contextmanager
def show_live(plan: Plan, workers: int, aim: str = "") -> Iterator[Listener]:
    """Show the table on standard error, redrawn as events arrive; above it what it is all for."""
    table = LiveTable(plan, workers, aim)
    with Live(table, console=open_console(stderr=True), refresh_per_second=4) as shown:

        def listen(event: events.Event) -> None:
            table.listen(event)
            if text := make_notice(event):
                shown.console.print(Text(make_visible(text)))

        yield listen


@contextmanager
def print_lines(plan: Plan, workers: int, say: Callable[[str], None]) -> Iterator[Listener]:
    """Print a line for each run that ends, and one every :data:`PAUSE` seconds: for logs."""
    table = LiveTable(plan, workers)
    last = time.monotonic()

    def listen(event: events.Event) -> None:
        nonlocal last
        table.listen(event)
        if text := make_notice(event):
            say(text)
        if isinstance(event, events.Finished):
            line = table.lines[event.spec.id]
            loss = "" if line.loss is None else f", loss {line.loss:.4f}, accuracy {line.accuracy or 0:.1%}"
            say(f"{event.spec.id}: {line.state} at epoch {line.epoch}{loss} · {table.caption()}")
            last = time.monotonic()
        elif isinstance(event, events.Trained) and time.monotonic() - last > PAUSE:
            say(f"{event.spec.id}: epoch {event.epoch}, loss {event.train_loss:.4f} · {table.caption()}")
            last = time.monotonic()

    yield listen


def make_notice(event: events.Event) -> str:
    """The sentence on an event that a user should know of at once; "" for one that is as expected."""
    if isinstance(event, events.Retried):
        return f"{event.run}: {event.reason}; taking it up again from what is stored."
    if isinstance(event, events.Crowded):
        return f"{event.run}: memory ran out; taking it up again with {event.workers} side by side."
    if isinstance(event, events.FellBack):
        return f"{event.run}: the GPU could not capture its steps ({event.reason}); it takes plain ones, more slowly."
    if isinstance(event, events.Failed):
        return f"{event.run}: failed; the other runs go on."
    if isinstance(event, events.SetAside):
        return f"{event.run}: a stored file was altered, cut short or moved. Now in {event.where}; it is made again."
    return ""


#: Finished runs that stay in the table.
SHOWN = 8
#: The columns that a narrow terminal does without, the first of them first.
DISPENSABLE = ("bar", "images/s", "state")


@dataclass
class Line:
    """What is known of one run."""

    start: int
    until: int
    epoch: int
    left: int
    state: str = "waiting"
    loss: float | None = None
    accuracy: float | None = None
    rate: float | None = None


class LiveTable:
    """A rich renderable that follows the engine's events.

    Args:
        plan: what is to be done.
        workers: how many runs go side by side.
        aim: what it is all for, in a sentence; "" where that needs no words.
    """

    def __init__(self, plan: Plan, workers: int, aim: str = "") -> None:
        self.plan, self.workers, self.aim = plan, max(workers, 1), aim
        self.begun = time.monotonic()
        self.lines = {work.spec.id: Line(*work.ends, work.ends[0], work.epochs) for work in plan.works}
        self.costs = {work.spec.id: estimate_cost(work.spec, plan.train) for work in plan.works}
        self.spent_seconds = self.spent_cost = 0.0
        self.probes = 0

    def listen(self, event: events.Event) -> None:
        """Update the table by one event of the engine."""
        if isinstance(event, events.Started):
            fresh = Line(event.start, event.until, event.start, event.until - event.start)
            line = self.lines.setdefault(event.spec.id, fresh)
            line.state, line.epoch = ("training" if event.until > event.start else "measuring"), event.start
        elif isinstance(event, events.Trained):
            line = self.lines[event.spec.id]
            line.epoch, line.loss = event.epoch, event.train_loss
            line.left = max(line.left - 1, 0)
            line.accuracy, line.rate = event.val_accuracy, event.images_per_second
            self.spent_seconds += event.seconds
            self.spent_cost += self.costs.get(event.spec.id, 0.0)
        elif isinstance(event, events.Probed):
            self.probes += 1
        elif isinstance(event, events.Finished):
            self._end(event.spec.id, "diverged" if event.diverged else "done")
        elif isinstance(event, events.Crowded):
            self.workers = event.workers
            if event.run in self.lines:
                self.lines[event.run].state = "waiting"
        elif isinstance(event, events.Failed) and event.run in self.lines:
            self._end(event.run, "failed")

    def _end(self, run: str, state: str) -> None:
        line = self.lines.pop(run)
        line.state = state
        self.lines[run] = line  # last of all, so that the runs shown are those that ended last

    def seconds_left(self) -> float | None:
        """About how long all that is left takes, at the pace of the epochs so far, else of those stored before; None
        where there are neither.
        """
        passed = (time.monotonic() - self.begun) * self.workers  # what a run counts leaves out what others took
        pace = max(self.spent_seconds, passed) / self.spent_cost if self.spent_cost else self.plan.seconds_per_tflop
        left = [
            self.costs.get(run, 0.0) * line.left
            for run, line in self.lines.items()
            if line.state in ("waiting", "training")
        ]
        if any(left) and not (self.spent_cost or self.plan.measured):
            return None
        return pace * max(sum(left) / self.workers, max(left, default=0.0))

    def done(self) -> int:
        """Runs that are finished, one way or another."""
        return sum(line.state in ("done", "diverged", "failed") for line in self.lines.values())

    def caption(self) -> str:
        """How far all of it is, in a line."""
        spent = show_duration(time.monotonic() - self.begun)
        done = f"{self.done()} of {count_words(len(self.lines), 'run')}"
        left = self.seconds_left()
        told = "the time left shows after the first epoch" if left is None else f"{show_estimate(left)} left"
        return f"{done} · {spent} so far · {told}"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table: what is at work, what comes next, what was done last. Where it is too wide, the columns are left
        out that say least; the run, its epoch, loss and accuracy stay.
        """
        table = self._draw(frozenset())
        for count in range(1, len(DISPENSABLE) + 1):
            if measure_least_width(table) > options.max_width:
                table = self._draw(frozenset(DISPENSABLE[:count]))
        yield Fitting(table)

    def _draw(self, left_out: Set[str]) -> Table:
        columns = {
            "run": Column("run", overflow="fold"),
            "epoch": Column("epoch", justify="right", no_wrap=True),
            "bar": Column("", width=12),
            "loss": Column("loss", justify="right", no_wrap=True),
            "accuracy": Column("accuracy", justify="right", no_wrap=True),
            "images/s": Column("images/s", justify="right", no_wrap=True),
            "state": Column("", no_wrap=True),
        }
        table = Table(
            *(column for name, column in columns.items() if name not in left_out),
            title=Text(self.aim) if self.aim else None,
            title_justify="left",
            caption=self.caption(),
            caption_justify="left",
            expand=False,
        )
        for run, line in self._shown():
            cells: dict[str, RenderableType] = {
                "run": Text(run),
                "epoch": f"{line.epoch}/{line.until}",
                "bar": ProgressBar(total=max(line.until - line.start, 1), completed=line.epoch - line.start, width=12),
                "loss": "–" if line.loss is None else f"{line.loss:.4f}",
                "accuracy": "–" if line.accuracy is None else f"{line.accuracy:.1%}",
                "images/s": "–" if line.rate is None else f"{line.rate:.0f}",
                "state": line.state,
            }
            table.add_row(*(cell for name, cell in cells.items() if name not in left_out))
        return table

    def _shown(self) -> list[tuple[str, Line]]:
        finished = [item for item in self.lines.items() if item[1].state in ("done", "diverged", "failed")]
        waiting = [item for item in self.lines.items() if item[1].state == "waiting"]
        active = [item for item in self.lines.items() if item[1].state in ("training", "measuring")]
        return finished[-SHOWN:] + active + waiting[: max(2, SHOWN - len(active))]
