"""The commands that are proposed work as they stand: for this very store, and for what was asked for of it."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from runs.job import load_data
from runs.specs.request import Request, Wanted
from runs.specs.spec import RunSpec
from runs.storage.store import Store, Stored
from tests.commands import call
from tests.made_up_folder import folder_of_pictures
from tests.runs.made_up_run import record

SPEC = RunSpec(model="cnn")  # one of the write-up's
OWN = RunSpec(model="cnn", filters=7)  # the user's own
PICTURES = {"pictures": np.zeros((5, 1, 32, 32, 3), np.uint8)}
PROPOSED = re.compile(r"python cli\.py (run-all|report)((?: --[a-z]+(?: (?!--)(?:'[^']*'|\S+))?)*)")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Results of a folder of pictures, asked for with the quick preset and two seeds."""
    pictures = folder_of_pictures(tmp_path / "my pictures", 200, 5)
    request = Request(str(pictures), "horse", "quick", 2, str(tmp_path / "my results"))
    made = Store.create(Path(request.results), load_data(request, str))
    made.save_request(request.record())
    for spec in (SPEC, SPEC.with_seed(2), OWN):
        made.save(spec.id, Stored(record(spec, 5), PICTURES))
    return made


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def proposed(said: str) -> Request:
    """What the one command means that was proposed, and that runs on to the end of its line."""
    (found,) = PROPOSED.finditer(" ".join(said.split()))
    words = iter(shlex.split(found[2].removesuffix(" --pdf")))
    options: dict[str, str] = {name.removeprefix("--"): next(words) for name in words}
    request = Request(**{**options, "seeds": int(options.get("seeds", 1))})  # type: ignore[arg-type]
    assert found[2].removesuffix(" --pdf").strip() == request.options()
    return request


def asked(store: Store, seeds: int = 2, preset: str = "quick") -> Request:
    folder = store.folder.parent
    return Request(str(folder.with_name("my pictures")), "horse", preset, seeds, str(folder))


@pytest.mark.parametrize(
    "command", [("status", "--verify"), ("verdicts", "--section", "1.2"), ("report", "--section", "1.2")], ids=" ".join
)
def test_command_for_a_damaged_run_makes_that_very_run_again(store: Store, command: tuple[str, ...]) -> None:
    damage(store.folder / SPEC.id / "state.safetensors")
    for options, seeds in (((), 2), (("--seeds", "3"), 3)):
        told = call(*command, "--results", store.folder.parent, *options).stderr
        (line,) = [line for line in told.splitlines() if SPEC.id in line]
        assert proposed(line) == asked(store, seeds)
    assert load_data(proposed(line), str).id == store.folder.name
    typed = [str(word) for word in shlex.split(line[line.index("run-all") :])]
    assert f"{SPEC.id}: 5 epochs" in call(*typed, "--dry-run").stdout


def test_command_for_damage_met_on_colouring_is_that_of_the_run(store: Store, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    for spec in (SPEC, SPEC.with_seed(2), OWN):
        damage(store.folder / spec.id / "state.safetensors")
        done = call("colourize", tmp_path / "a.png", "--results", store.folder.parent, "--run", spec.id)
        assert done.exit_code == 1
        if spec == SPEC:
            assert proposed(done.stderr) == asked(store)
        else:
            assert "the command that trained it" in done.stderr
            assert "python cli.py" not in done.stderr


@pytest.mark.parametrize("known", [True, False], ids=["request known", "request lost"])
def test_one_command_is_proposed_for_a_damaged_record_of_the_pictures_and_it_writes_that_anew(
    store: Store, known: bool
) -> None:
    path = store.folder / "data.json"
    before = path.read_bytes()
    path.write_text("{}")
    if not known:
        (store.folder / "request.json").unlink()
    for command in ("status", "verdicts", "report"):
        done = call(command, "--results", store.folder.parent)
        assert done.exit_code == 1
        request = proposed(done.stderr)
    expected = asked(store) if known else Request("FOLDER", "horse", results=str(store.folder.parent))
    assert request == expected
    if known:
        path.unlink()
        assert Store.create(Path(request.results), load_data(request, str)).folder == store.folder
        assert path.read_bytes() == before


def test_command_for_a_damaged_record_names_a_named_source(tmp_path: Path) -> None:
    (tmp_path / "cifar10-ship-0123abcd").mkdir()
    (tmp_path / "cifar10-ship-0123abcd" / "data.json").write_text("{}")
    assert proposed(call("status", "--results", tmp_path).stderr) == Request(
        "cifar10", "ship", "write-up", 1, str(tmp_path)
    )


def test_command_for_a_damaged_request_names_pictures_and_results(store: Store) -> None:
    (store.folder / "request.json").write_text("{}")
    told = call("status", "--results", store.folder.parent).stderr
    line, other = [line for line in told.splitlines() if "request.json" in line]
    assert proposed(line) == replace(asked(store, 1, "write-up"), data="FOLDER")
    assert "Name it with --data" in other


def test_command_for_results_that_are_not_there_asks_for_all_that_was_asked_for(tmp_path: Path) -> None:
    words = ("--data", "photos", "--preset", "quick", "--seeds", "2", "--results", tmp_path)
    said = " ".join(call("status", *words).stderr.split())
    assert said.endswith(f"python cli.py run-all --data photos --preset quick --seeds 2 --results {tmp_path}")
    assert Wanted("photos", None, "quick", 2).words() == "--data photos --preset quick"


def test_status_proposes_to_train_or_to_render_these_results(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = store.folder.parent
    shown = call("status", "--results", folder).stdout
    assert proposed(shown[shown.index("Do it") :]) == asked(store)
    monkeypatch.setattr("runs.execution.plan.Plan.empty", True)
    assert proposed(call("status", "--results", folder).stdout) == asked(store)


def test_missing_seed_fails_where_that_was_asked_for(store: Store) -> None:
    command = ("verdicts", "--section", "1.2", "--results", store.folder.parent)
    assert call(*command, "--seeds", "7").exit_code == 0
    assert call(*command, "--seeds", "7", "--fail-on", "missing").exit_code == 3
    assert call("report", *command[1:], "--seeds", "7").exit_code == 0
    assert call("report", *command[1:], "--seeds", "7", "--strict").exit_code == 3


def test_one_of_a_kind_is_told_in_the_singular(tmp_path: Path, store: Store) -> None:
    words = ("--model", "cnn", "--filters", "2", "--batch-size", "5", "--epochs", "1", "--seeds", "1")
    where = ("--data", asked(store).data, "--results", tmp_path / "other", "--device", "cpu", "--workers", "1")
    told = call("train", *words, *where).stderr
    assert "1 run on" in told
    assert "1 of 1 run done" in told
    assert "1 runs" not in told
    (line,) = [line for line in call("status", "--workers", "1", *where[:4]).stdout.splitlines() if "left:" in line]
    assert line.split(" Do it")[0].endswith("with 1 worker.")


def test_verdicts_fit_eighty_columns_with_ids_whole_and_statements(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from report.questions.all_claims import load_claims

    monkeypatch.setenv("COLUMNS", "80")
    lines = call("verdicts", "--results", store.folder.parent).stdout.splitlines()
    assert {len(line) for line in lines} == {80}
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if line.startswith("│")]
    assert [row[0] for row in cells if row[0]] == [claim.id for claim in load_claims()]
    words = "".join("".join(row[1].split()) for row in cells)
    for claim in load_claims():
        assert "".join(claim.statement.split()) in words
