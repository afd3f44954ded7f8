"""What a user sees of a run-all: the live table, the lines of a log, and the notices."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace

import pytest
from rich.console import Console

from runs.execution import events, live_table
from runs.execution.live_table import SHOWN, LiveTable
from runs.execution.plan import Plan, Work, estimate_cost, make_plan
from runs.specs.catalogue import CNN, REGRESSION, UNET, Goal

EPOCHS = 10


def three_runs() -> Plan:
    return make_plan(None, [Goal(spec, {EPOCHS: ()}) for spec in (REGRESSION, CNN, UNET)], 5000)


def shown(table: LiveTable, width: int = 120) -> str:
    console = Console(file=io.StringIO(), record=True, width=width)
    console.print(table)
    return console.export_text()


def row(text: str, run: str) -> list[str]:
    line = next(line for line in text.splitlines() if f" {run} " in line)
    return [cell.strip() for cell in line.strip("│").split("│")]


def trained(epoch: int, seconds: float = 4.0) -> events.Trained:
    return events.Trained(CNN, epoch, 1.23456, 0.416, seconds, 1234.5)


def test_table_shows_run_epoch_loss_accuracy_pace_and_time_left() -> None:
    table = LiveTable(three_runs(), 2)
    table.listen(events.Started(CNN, 0, EPOCHS))
    table.listen(trained(3))
    text = shown(table)
    for head in ("run", "epoch", "loss", "accuracy", "images/s"):
        assert head in text
    cells = row(text, CNN.id)
    assert cells[:2] == [CNN.id, "3/10"]
    assert cells[3:] == ["1.2346", "41.6%", "1234", "training"]
    assert row(text, UNET.id)[1:] == ["0/10", row(text, UNET.id)[2], "–", "–", "–", "waiting"]
    assert re.search(r"0 of 3 runs · .+ s so far · about .+ left", text)


@pytest.mark.parametrize("width", [80, 60, 40, 20])
def test_long_name_hides_neither_epoch_nor_loss_nor_accuracy(width: int) -> None:
    long = UNET.model_copy(update={"loss": "rotation-features", "activation": "leaky-relu", "optimizer": "rmsprop"})
    assert len(long.id) > 50
    table = LiveTable(make_plan(None, [Goal(long, {EPOCHS: ()})], 5000), 1)
    table.listen(events.Started(long, 0, EPOCHS))
    table.listen(events.Trained(long, 3, 1.23456, 0.416, 4.0, 1234.5))
    text = shown(table, width)
    for word in ("3/10", "1.2346", "41.6%", "epoch", "loss", "accuracy"):
        assert word in text, text
    assert max(map(len, text.splitlines())) <= width
    name = "".join(line.split("│")[1].strip() if "│" in line else line.strip() for line in text.splitlines())
    assert long.id in name
    assert ("images/s" in text, "training" in text) == (width >= 80, width >= 60)


def test_epochs_trained_again_count_and_those_that_are_stored_do_not() -> None:
    work = Work(CNN, 9, 12, frozenset({3}), {}, 3)  # 1 to 3 for weights that were lost, then 10 to 12
    table = LiveTable(Plan((work,), (), 5000, 1.0, measured=True), 1)
    left = [table.seconds_left()]
    table.listen(events.Started(CNN, *work.ends))
    for epoch in (1, 2, 3, 10, 11, 12):
        table.listen(trained(epoch, seconds=estimate_cost(CNN, 5000)))  # at the pace that was planned
        left.append(table.seconds_left())
    assert left == pytest.approx([n * estimate_cost(CNN, 5000) for n in (6, 5, 4, 3, 2, 1, 0)])


def test_run_goes_from_waiting_to_its_end() -> None:
    table = LiveTable(three_runs(), 2)
    table.listen(events.Started(CNN, 0, EPOCHS))
    table.listen(events.Started(UNET, EPOCHS, EPOCHS))
    table.listen(events.Failed(REGRESSION.id, "why"))
    assert [row(shown(table), spec.id)[-1] for spec in (CNN, UNET, REGRESSION)] == ["training", "measuring", "failed"]
    table.listen(trained(1))
    table.listen(events.Probed(CNN.id, "quality", 1, 0.5))
    table.listen(events.Retried(CNN.id, "its worker ended by signal 9"))
    table.listen(events.Finished(CNN, diverged=False))
    table.listen(events.Finished(UNET, diverged=True))
    assert [row(shown(table), spec.id)[-1] for spec in (CNN, UNET, REGRESSION)] == ["done", "diverged", "failed"]
    assert table.done() == 3
    assert table.seconds_left() == 0


def test_time_left_follows_the_pace_of_the_epochs_so_far() -> None:
    known = LiveTable(replace(three_runs(), measured=True), 2)
    assert known.seconds_left() == pytest.approx(three_runs().seconds(2))
    table = LiveTable(three_runs(), 2)
    assert table.seconds_left() is None
    assert table.caption() == "0 of 3 runs · under 1 s so far · the time left shows after the first epoch"
    table.listen(events.Started(CNN, 0, EPOCHS))
    for epoch in range(1, 6):
        table.listen(trained(epoch, seconds=8.0))
    pace = 8.0 / estimate_cost(CNN, 5000)  # seconds for a unit of cost
    left = [pace * estimate_cost(spec, 5000) * epochs for spec, epochs in ((CNN, 5), (UNET, 10), (REGRESSION, 10))]
    assert table.seconds_left() == pytest.approx(max(sum(left) / 2, max(left)))


def test_time_left_counts_what_other_work_takes_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    table = LiveTable(three_runs(), 1)
    table.listen(events.Started(CNN, 0, EPOCHS))
    table.listen(trained(1, seconds=4.0))
    quiet = table.seconds_left()
    now[0] = 8.0  # twice as long as the processor worked on it
    assert table.seconds_left() == pytest.approx(2 * quiet)


def test_table_stays_short_and_shows_the_runs_that_ended_last() -> None:
    goals = [Goal(CNN.with_seed(seed), {EPOCHS: ()}) for seed in range(30)]
    table = LiveTable(make_plan(None, goals, 5000), 2)
    ended = [goal.spec for goal in reversed(goals[5:25])]
    for spec in ended:
        table.listen(events.Started(spec, 0, EPOCHS))
        table.listen(events.Finished(spec, diverged=False))
    table.listen(events.Started(goals[0].spec, 0, EPOCHS))
    text = shown(table)
    assert [spec.id for spec in ended if f" {spec.id} " in text] == [spec.id for spec in ended[-SHOWN:]]
    assert row(text, goals[0].spec.id)[-1] == "training"
    assert text.count("waiting") <= SHOWN


def test_lines_tell_of_each_end_and_now_and_then_of_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    said: list[str] = []
    with live_table.print_lines(three_runs(), 2, said.append) as listen:
        listen(events.Started(CNN, 0, EPOCHS))
        listen(trained(1))
        assert said == []
        now[0] += live_table.PAUSE + 1
        listen(trained(2))
        listen(trained(3))
        assert len(said) == 1
        assert said[0].startswith(f"{CNN.id}: epoch 2, loss 1.2346 · 0 of 3 runs")
        listen(events.Finished(CNN, diverged=False))
        assert said[1].startswith(f"{CNN.id}: done at epoch 3, loss 1.2346, accuracy 41.6% · 1 of 3 runs")


def test_live_table_is_drawn_on_standard_error_with_its_notices(capsys: pytest.CaptureFixture[str]) -> None:
    with live_table.show_live(three_runs(), 2) as listen:
        listen(events.Started(CNN, 0, EPOCHS))
        listen(trained(1))
        listen(events.Retried(CNN.id, "its worker ended by signal 9"))
        listen(events.Finished(CNN, diverged=False))
    out, err = capsys.readouterr()
    assert out == ""
    assert CNN.id in err
    assert "signal 9" in err


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (events.Retried("a", "its worker ended by signal 9"), "signal 9; taking it up again"),
        (events.Failed("a", "why"), "the other runs go on"),
        (events.FellBack("a", "no graphs here"), "could not capture its steps (no graphs here)"),
        (events.SetAside("a", "/there/a.damaged"), "/there/a.damaged; it is made again"),
        (trained(1), ""),
        (events.Finished(CNN, diverged=False), ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_user_hears_of_what_is_not_as_expected_and_of_nothing_else(event: events.Event, said: str) -> None:
    text = live_table.make_notice(event)
    assert said in text
    assert bool(text) == bool(said)
