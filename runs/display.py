"""A plan in, a listener out that shows the engine's events: a live table, or plain lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from runs import events
from runs.plan import Plan
from runs.progress import Board
from runs.text import visible

Listener = Callable[[events.Event], None]

#: Seconds between two lines where there is no terminal.
PAUSE = 30.0


@contextmanager
def live(plan: Plan, workers: int) -> Iterator[Listener]:
    """The table on standard error, redrawn as events come in."""
    board = Board(plan, workers)
    with Live(board, console=Console(stderr=True), refresh_per_second=4) as shown:

        def listen(event: events.Event) -> None:
            board.listen(event)
            if text := notice(event):
                shown.console.print(Text(visible(text)))

        yield listen


@contextmanager
def lines(plan: Plan, workers: int, say: Callable[[str], None]) -> Iterator[Listener]:
    """A line for each run that ends, and one now and then: for logs."""
    board = Board(plan, workers)
    last = time.monotonic()

    def listen(event: events.Event) -> None:
        nonlocal last
        board.listen(event)
        if text := notice(event):
            say(text)
        if isinstance(event, events.Finished):
            line = board.lines[event.spec.id]
            loss = "" if line.loss is None else f", loss {line.loss:.4f}, accuracy {line.accuracy or 0:.1%}"
            say(f"{event.spec.id}: {line.state} at epoch {line.epoch}{loss} · {board.caption()}")
            last = time.monotonic()
        elif isinstance(event, events.Trained) and time.monotonic() - last > PAUSE:
            say(f"{event.spec.id}: epoch {event.epoch}, loss {event.train_loss:.4f} · {board.caption()}")
            last = time.monotonic()

    yield listen


def notice(event: events.Event) -> str:
    """What a user should hear of at once; "" for all that is as expected."""
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
