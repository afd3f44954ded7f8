"""Files and names that nobody would make by accident: each command ends in one sentence and its exit code."""

from __future__ import annotations

import errno
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from cli import cli
from runs.environment import HOME
from runs.errors import StoreError, describe_ending
from runs.forms import fits
from runs.specs.spec import RunSpec
from runs.storage import arrays
from runs.storage.find_store import list_stores
from runs.storage.record_forms import REQUEST_FORM
from runs.storage.store import Store, Stored
from tests.runs import tiny
from tests.runs.made_up_run import record

READING = (["status"], ["verdicts", "--section", "1.2"], ["report", "--section", "1.2"])


def call(*arguments: str | Path) -> tuple[int, str]:
    """The exit code, and all that was said: without a traceback, and without orders to the terminal."""
    done = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="python cli.py")
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert "\x1b" not in done.output
    return done.exit_code, done.output


def sentence(said: str) -> str:
    (found,) = [line for line in said.splitlines() if line.startswith("Error: ")]
    assert found.count(". ") >= 1, "says what came, then the next step"
    return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "results", tiny.dataset())
    made.save_request({"data": "photos", "category": "tiny", "preset": "quick", "seeds": 1, "folder": ""})
    return made


def test_garbage_in_the_results_folder_is_passed_over_and_left_as_it_is(store: Store) -> None:
    results = store.folder.parent
    for name in ("evil\x1b[31m", "b\u202e", "-rf", "..x", "a b"):
        (store.folder / name).mkdir()
        (store.folder / name / "state.safetensors").write_bytes(b"noise")
    (store.folder / "loose").write_bytes(b"noise")
    (results / "data.json").write_text("[]")
    for name, content in (("list", "[]"), ("deep", "[" * 100_000), ("bytes", "\0"), ("empty", "")):
        (results / name).mkdir()
        (results / name / "data.json").write_text(content)
    (results / "folder" / "data.json").mkdir(parents=True)
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file() and path.name != ".lock"}
    assert store.runs() == []
    for command in READING:
        code, said = call(*command, "--results", results)
        assert code == (3 if command == ["status"] else 0), said
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    "changed",
    [
        {"seeds": "abc"}, {"seeds": [1]}, {"seeds": 1.5}, {"seeds": 10**30}, {"seeds": 0}, {"seeds": True},
        {"preset": []}, {"preset": "none"}, {"data": {"a": 1}}, {"category": None}, {"folder": 5},
        {"data": "\x1b[31m", "category": "{{ 7 * 7 }}"},
    ],
    ids=str,
)  # fmt: skip
def test_request_of_another_form_counts_as_none(store: Store, changed: dict[str, Any]) -> None:
    arrays.write_json(store.folder / "request.json", {**(store.request() or {}), **changed})
    for command in READING:
        code, said = call(*command, "--results", store.folder.parent)
        assert code == (3 if command == ["status"] else 0), said
        assert ("request.json" in said) == (not fits(changed, REQUEST_FORM)), said


@pytest.mark.parametrize(
    "changed",
    [
        {"id": None}, {"source": []}, {"category": 1}, {"origin": {}}, {"written": None}, {"digest": 1},
        {"train": "many"}, {"train": 0}, {"test": None}, {"palette": "x"}, {"palette": [[1, 2]]},
        {"palette": [[1, 2, 256]]}, {"palette": [1.5]}, {"palette_name": 5},
    ],
    ids=str,
)  # fmt: skip
def test_record_of_the_pictures_of_another_form_is_refused_by_name_and_left_as_it_is(
    store: Store, changed: dict[str, Any]
) -> None:
    path = store.folder / "data.json"
    arrays.write_json(path, {**store.data, **changed})
    before = path.read_bytes()
    for command in READING:
        code, said = call(*command, "--results", store.folder.parent)
        assert code == 1
        assert f"{path}, got a record of another form" in sentence(said)
        assert "run-all" in sentence(said)
    with pytest.raises(StoreError, match="Move it away"):
        Store.create(store.folder.parent, tiny.dataset())
    assert path.read_bytes() == before


@pytest.mark.parametrize("field", ["id", "source", "category", "origin", "written", "train", "test", "palette"])
def test_record_of_the_pictures_without_a_field_is_refused(store: Store, field: str) -> None:
    arrays.write_json(store.folder / "data.json", {name: one for name, one in store.data.items() if name != field})
    assert list_stores(store.folder.parent) == []
    assert "of another form" in sentence(call("status", "--results", store.folder.parent)[1])


def test_folders_that_cannot_be_looked_into_are_no_missing_ones(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    own = RunSpec(model="cnn", filters=7)
    run = store.folder / own.id
    store.save(run.name, Stored(record(own, 1), {"pictures": np.zeros(1)}))
    for closed, method in ((run, "stat"), (store.folder, "iterdir"), (store.folder.parent, "iterdir")):
        real = getattr(Path, method)

        def refuse(self: Path, *rest: Any, closed: Path = closed, real: Any = real, **more: Any) -> Any:
            if self == closed or self.parent == closed == run:
                raise PermissionError(errno.EACCES, "Permission denied", str(self))
            return real(self, *rest, **more)

        with monkeypatch.context() as patch:
            patch.setattr(Path, method, refuse)
            for command in READING[::2]:
                code, said = call(*command, "--results", store.folder.parent)
                assert code == 1
                assert str(closed) in sentence(said)
                assert "Permission denied" in said


@pytest.mark.parametrize("name", ["~nobody-of-that-name/x", "~nobody-of-that-name"])
def test_home_of_nobody_is_a_folder_that_is_not_there(tmp_path: Path, name: str) -> None:
    code, said = call("run-all", "--data", name, "--results", tmp_path)
    assert code == 1
    assert "there is nothing at" in sentence(said)
    assert call("report", "--data", name, "--results", tmp_path)[0] == 1


def test_home_that_nobody_can_tell_stops_nothing(tmp_path: Path) -> None:
    code = (
        "import os, pwd\nos.environ.pop('HOME', None)\ndef nobody(*_): raise KeyError\n"
        "pwd.getpwuid = pwd.getpwnam = nobody\nfrom runs.specs.vgg16 import find_vgg16\n"
        "from runs.data.places import expand_home\n"
        "print(find_vgg16().name.startswith('vgg16'), expand_home('~/data'))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "~/data"]


def report() -> dict[str, Any]:
    verdict = {"id": "1.1.a.x", "status": "reproduced", "measured": 0.5, "unit": "%", "spread": 0.1}
    return {
        "verdicts": [verdict], "data": {"id": "x"}, "environment": {}, "runs": [{"id": "r", "epochs": 5, "marks": []}],
        "environments": [{"facts": {"torch": "2"}}], "seeds": [0], "preset": "quick",
    }  # fmt: skip


ODD = ([], {}, None, 5, "x", [5], [{}], [None], True, 10**400, float("inf"))


@pytest.mark.parametrize("field", ["verdicts", "data", "environment", "environments", "runs", "seeds", "preset"])
def test_report_of_any_form_is_compared_or_refused(tmp_path: Path, field: str) -> None:
    (tmp_path / "good.json").write_text(json.dumps(report()))
    for odd in ODD:
        (tmp_path / "odd.json").write_text(json.dumps({**report(), field: odd}))
        for pair in (("odd.json", "good.json"), ("good.json", "odd.json")):
            code, said = call("diff", *(tmp_path / name for name in pair))
            assert code in (0, 2)
            assert code == 0 or "odd.json" in sentence(said)


@pytest.mark.parametrize("field", ["id", "status", "measured", "unit", "spread", "statement"])
def test_verdict_of_any_form_is_compared_or_refused(tmp_path: Path, field: str) -> None:
    (tmp_path / "good.json").write_text(json.dumps(report()))
    for odd in ODD:
        whole = report()
        whole["verdicts"][0][field] = odd
        (tmp_path / "odd.json").write_text(json.dumps(whole))
        code, said = call("diff", tmp_path / "good.json", tmp_path / "odd.json")
        assert code in (0, 2, 3)
        assert code != 2 or "odd.json" in sentence(said)


def test_text_that_is_nested_too_deep_for_a_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 200_000)
    code, said = call("diff", tmp_path / "deep.json", tmp_path / "deep.json")
    assert (code, "deep.json" in sentence(said)) == (2, True)


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", [*READING, ["verdicts", "--json"]], ids=" ".join)
def test_output_that_cannot_be_written_is_a_sentence(store: Store, command: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "cli.py", *command, "--results", str(store.folder.parent)],
            cwd=HOME, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert sentence(done.stderr).endswith("No space left on device. Free space there and try again.")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs a device that is always full")
@pytest.mark.parametrize("option", ["--help", "--version"])
def test_what_click_prints_meets_a_full_disk_in_a_sentence(option: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "cli.py", option], cwd=HOME, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "No space left on device" in sentence(done.stderr)


def test_a_reader_that_has_seen_enough_is_no_failure(store: Store) -> None:
    command = [sys.executable, "cli.py", "verdicts", "--json", "--results", str(store.folder.parent)]
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{shlex.join(command)} | head -c 1"], cwd=HOME, check=False
    )
    assert ended.returncode == 0


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "there"),
            "Could not use there: No space left on device. Free",
        ),
        (OSError(errno.ENAMETOOLONG, "File name too long", "there"), "too long. Give a shorter name and try again."),
        (PermissionError(errno.EACCES, "Permission denied", b"there"), "use there: Permission denied. Allow access"),
        (OSError("no number at all"), "Could not print to the end: no number at all. Allow"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), ""),
    ],
    ids=repr,
)
def test_error_of_the_system_says_what_to_do_about_it(error: OSError, said: str) -> None:
    text, code = describe_ending(error)
    assert (said in text, code) == (True, 1)
    assert bool(text) == bool(said)


def test_terminal_of_another_encoding_gets_characters_spelled_out(store: Store) -> None:
    command = [sys.executable, "cli.py", "verdicts", "--section", "1.6", "--results", str(store.folder.parent)]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=HOME, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "\\u2019" in done.stdout, "an apostrophe"
