"""What is not as it was written is named on standard error by the commands that only read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import cli
from runs.request import Request
from runs.store import Store
from tests.runs import tiny

READING = (["status"], ["status", "--verify"], ["verdicts", "--section", "1.2"], ["report", "--section", "1.2"])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Results of a folder of pictures, asked for with the quick preset."""
    made = Store.create(tmp_path / "results", tiny.dataset())
    made.save_request(Request(str(tmp_path / "mine"), "tiny", "quick").record())
    return made


def call(store: Store, *command: str) -> tuple[int, str, str]:
    """The exit code, what was said on standard output, and on standard error."""
    done = CliRunner().invoke(cli, [*command, "--results", str(store.folder.parent)], prog_name="python cli.py")
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_damaged_request_is_named_and_no_source_is_proposed_as_a_folder(store: Store, command: list[str]) -> None:
    (store.folder / "request.json").write_text("{}")
    code, shown, told = call(store, *command)
    assert code == (3 if "status" in command else 0)
    assert str(store.folder / "request.json") in told
    assert "Name it with --data" in told
    if "status" in command:
        assert "run-all --data FOLDER --category tiny" in shown.replace("\n", " ")


def test_commands_propose_the_folder_that_was_last_asked_for(store: Store, tmp_path: Path) -> None:
    _, shown, told = call(store, "status")
    assert f"run-all --data {tmp_path / 'mine'} --category tiny --preset quick" in shown
    assert told == ""


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_other_results_are_not_shown_where_those_last_asked_for_cannot_be_read(
    store: Store, command: list[str]
) -> None:
    last = Store.create(store.folder.parent, tiny.dataset(train=3))
    last.save_request(Request("photos", "tiny", "quick").record())
    (last.folder / "data.json").write_text("{}")
    os.utime(store.folder / "request.json", (1, 1))
    code, shown, told = call(store, *command)
    assert (code, shown) == (1, "")
    assert str(last.folder / "data.json") in told
    os.utime(last.folder / "request.json", (0, 0))
    code, shown, told = call(store, *command)
    assert code == (3 if "status" in command else 0)
    assert told.count(str(last.folder / "data.json")) == 1
