"""What is not as it was written is named on standard error by the commands that only read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cli import cli
from report.questions.all_claims import load_claims
from runs.specs.probe_outputs import DATA_PROBES
from runs.specs.request import Request
from runs.specs.spec import RunSpec
from runs.storage.store import DATA, Store, Stored
from tests.runs import tiny
from tests.runs.made_up_run import record, save_probe

SPEC = RunSpec(model="cnn")  # one of the write-up's
OWN = RunSpec(model="cnn", filters=7)  # the user's own
PICTURES = {"pictures": np.zeros((5, 1, 32, 32, 3), np.uint8)}
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


def damage(path: Path) -> Path:
    """The last bit of a file turned, which its head does not tell."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    return path


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
    store: Store, command: list[str], tmp_path: Path
) -> None:
    last = Store.create(store.folder.parent, tiny.dataset(train=3))
    last.save_request(Request("photos", "tiny", "quick").record())
    (last.folder / "data.json").write_text("{}")
    code, shown, told = call(store, *command)
    assert (code, shown) == (1, "")
    assert str(last.folder / "data.json") in told
    store.save_request(Request(str(tmp_path / "mine"), "tiny", "quick").record())
    code, shown, told = call(store, *command)
    assert code == (3 if "status" in command else 0)
    assert told.count(str(last.folder / "data.json")) == 1


def test_damaged_runs_are_named_in_a_report_and_told_from_missing_ones(store: Store) -> None:
    store.save(SPEC.id, Stored(record(SPEC, 5), PICTURES))
    command = ["report", "--section", "1.2"]
    _, _, told = call(store, *command)
    assert "1 run is missing; its gap is marked in the report." in told  # the regression
    assert "1 run is not measured in full; its gap is marked in the report." in told
    save_probe(store, DATA, "samples", 0)
    paths = [damage(store.folder / SPEC.id / "state.safetensors"), damage(store.probe_path(DATA, "samples", 0))]
    for again in (command, ["report"], ["report"]):  # rendered anew, then from what is kept
        _, _, told = call(store, *again)
        for path in paths:
            assert told.count(f"Expected {path} as it was written, but it was altered") == 1
        assert "1 run is damaged; its gap is marked in the report." in told
    code, _, told = call(store, *command, "--strict")
    assert code == 3
    assert "Not complete: 2 runs with gaps, " in told


def test_verified_status_names_all_that_is_damaged_and_what_mends_it(store: Store) -> None:
    paths = []
    for spec in (SPEC, OWN):
        store.save(spec.id, Stored(record(spec, 5), PICTURES))
        store.save_snapshot(spec.id, 5, PICTURES)
        save_probe(store, spec.id, "quality", 5)
        paths += [damage(store.folder / spec.id / "snapshots" / "epoch-005.safetensors")]
    paths += [damage(store.probe_path(OWN.id, "quality", 5))]
    assert call(store, "status")[2] == ""
    for _ in range(2):
        code, _, told = call(store, "status", "--verify")
        lines = told.splitlines()
        assert code == 3
        assert len(lines) == len(paths)
        for path in paths:
            (line,) = [line for line in lines if f"Expected {path} as it was written, but it was altered" in line]
            mend = "train or run-all with its" if OWN.id in str(path) else "will be made again: python cli.py run-all"
            assert mend in line
        paths = [damage(store.folder / spec.id / "state.safetensors") for spec in (SPEC, OWN)]


def test_status_of_what_is_complete_says_so_only_where_nothing_is_damaged(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Request, "goals", lambda self, *given, **named: [])
    for name in DATA_PROBES:
        save_probe(store, DATA, name, 0)
    store.save(OWN.id, Stored(record(OWN, 5), PICTURES))
    code, shown, told = call(store, "status", "--verify")
    assert (code, told) == (0, "")
    assert "All is trained" in shown
    damage(store.folder / OWN.id / "state.safetensors")
    code, shown, told = call(store, "status", "--verify")
    assert (code, str(store.folder / OWN.id) in told) == (3, True)
    assert "All is trained" not in shown


@pytest.mark.parametrize("columns", ["0", "20", "40"])
@pytest.mark.parametrize("command", [["status"], ["verdicts", "--section", "1.2"]], ids=" ".join)
def test_tables_show_their_rows_on_the_narrowest_terminal(
    store: Store, command: list[str], columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    shown = call(store, *command)[1]
    flat = "".join(shown.split())
    runs = [goal.spec.id for goal in Request(preset="quick").goals()]
    rows = runs if command == ["status"] else [claim.id for claim in load_claims() if claim.id.startswith("1.2.")]
    assert len(rows) > 5
    assert [row for row in rows if row not in (shown if columns == "0" else flat)] == []
    assert not [line for line in shown.splitlines() if len(line) > (int(columns) or 80) and "python" not in line]
