"""What commands refuse, promise and take, before and beside the write-up's own runs."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from runs.environment import HOME
from runs.storage import records
from tests.commands import call
from tests.made_up_folder import folder_of_pictures


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of_pictures(tmp_path_factory.mktemp("pictures"), 200, 12)


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["run-all", "--section", "9.9"], 2, "'9.9'"),
        (["report", "--section", "1"], 2, "'1'"),
        (["verdicts", "--section", "1.2,1.3.a"], 2, "(1.3.b, 1.3.c), got '1.3.a'"),
        (["run-all", "--seeds", "0"], 2, "--seeds"),
        (["run-all", "--preset", "none"], 2, "none"),
        (["train", "--model", "resnet"], 2, "--model"),
        (["train", "--model", "cnn", "--batch-size", "0"], 2, "--batch-size"),
        (["train", "--model", "cnn", "--lr", "nan"], 2, "--lr"),
        (["train", "--model", "cnn", "--lr", "inf"], 2, "--lr"),
        (["train", "--model", "cnn", "--kernel", "4"], 2, "--kernel"),
        (["train", "--model", "cnn", "--epochs", "0"], 2, "--epochs"),
        (["train"], 2, "--model"),
        (["run-all", "--device", "mps"], 2, "'auto', 'cpu', 'cuda'"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_anything_is_written(
    tmp_path: Path, arguments: list[str], code: int, named: str
) -> None:
    done = call(*arguments, "--results", tmp_path / "results", "--data", tmp_path)
    assert done.exit_code == code
    assert named in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "results").exists()


def test_results_without_a_name_are_refused() -> None:
    done = call("status", "--results", "")
    assert (done.exit_code, "expected the name of a folder, got nothing" in done.output) == (2, True)


def test_batch_larger_than_the_data_is_refused_before_anything_is_written(tmp_path: Path, pictures: Path) -> None:
    done = call("train", "--model", "cnn", "--batch-size", "201", "--data", pictures, "--results", tmp_path / "r")
    assert done.exit_code == 2
    assert "at least 201 training pictures" in " ".join(done.output.split())
    assert not (tmp_path / "r").exists()


def test_report_of_too_few_pictures_is_refused_before_all_else_with_the_number_that_it_needs(tmp_path: Path) -> None:
    few = folder_of_pictures(tmp_path / "few", 150, 4)
    done = call("run-all", "--preset", "quick", "--data", few, "--results", tmp_path / "r")
    said = " ".join(done.output.split())
    assert done.exit_code == 2
    assert "Expected at least 200 training pictures" in said
    assert "got 150 of " in said
    assert not (tmp_path / "r").exists()
    looked = " ".join(call("doctor", "--data", few, "--results", tmp_path / "r").output.split())
    assert "a full report needs at least 200 training pictures" in looked
    assert "needs at least 200 training pictures" in (HOME / "README.md").read_text("utf-8")


@pytest.mark.parametrize("trouble", ["no folder", "no category", "wrong size", "unreadable"])
def test_bad_folder_is_refused_with_its_name_and_a_next_step(tmp_path: Path, trouble: str) -> None:
    folder = folder_of_pictures(tmp_path / "pictures", 3, 2)
    category = "horse"
    if trouble == "no folder":
        folder = tmp_path / "elsewhere"
    elif trouble == "no category":
        category = "zebra"
    elif trouble == "wrong size":
        Image.new("RGB", (31, 32)).save(folder / "train" / "horse" / "0001.png")
    else:
        (folder / "test" / "horse" / "0001.png").write_bytes(b"no picture")
    done = call("run-all", "--data", folder, "--category", category, "--results", tmp_path / "results")
    assert done.exit_code == 1
    assert "Expected" in done.output
    assert (category if trouble == "no category" else str(folder.name)) in done.output
    assert not (tmp_path / "results").exists()


def test_results_folder_that_cannot_be_written_to_is_refused(tmp_path: Path, pictures: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    done = call("run-all", "--data", pictures, "--preset", "quick", "--results", blocked)
    assert done.exit_code == 1
    assert "--results" in done.output
    assert blocked.read_text() == "in the way"


def test_reading_commands_say_what_to_do_when_nothing_is_stored(tmp_path: Path) -> None:
    for command in ("report", "status", "verdicts"):
        done = call(command, "--results", tmp_path)
        assert done.exit_code == 1
        assert "python cli.py run-all" in done.output


def test_one_more_seed_reads_each_file_of_the_others_once(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (
        "train",
        "--model",
        "cnn",
        "--epochs",
        "1",
        "--filters",
        "4",
        "--data",
        pictures,
        "--results",
        tmp_path,
        "--device",
        "cpu",
    )
    assert call(*words, "--seeds", "1").exit_code == 0
    read: Counter[Path] = Counter()
    whole = records.read_record

    def counted(path: Path, *more: Any) -> Any:
        read[path] += 1
        return whole(path, *more)

    monkeypatch.setattr(records, "read_record", counted)
    assert call(*words, "--seeds", "2").exit_code == 0
    times = {path.relative_to(tmp_path).parts[1:]: count for path, count in read.items() if "s0" in str(path)}
    assert set(times.values()) == {1}, times


def test_dry_run_promises_no_time_for_a_device_whose_pace_is_not_known(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("run-all", "--dry-run", "--data", pictures, "--results", tmp_path / "results")
    assert re.search(
        r"^\d+ runs, \d+ epochs, about .* workers on the CPU\. That is a guess, until the first epoch has been",
        call(*words, "--device", "cpu").stdout,
        re.M,
    )
    monkeypatch.setattr("runs.job.choose_device", lambda asked: ("cuda", "Some GPU"))
    assert "435 epochs, on cuda: how long that takes shows once it trains." in call(*words).stdout


def test_dry_run_names_every_run_and_writes_nothing(tmp_path: Path, pictures: Path) -> None:
    done = call("run-all", "--dry-run", "--data", pictures, "--results", tmp_path / "results", "--seeds", "2")
    assert done.exit_code == 0, done.output
    for seed in (0, 1):
        assert f"unet-b200-lr0.001-s{seed}: 25 epochs" in done.output
    assert "36 runs" in done.output
    assert not (tmp_path / "results").exists()


def test_runs_of_ones_own_choosing_are_trained_and_told(tmp_path: Path, pictures: Path) -> None:
    arguments = ["train", "--model", "unet", "--filters", "4", "--epochs", "1", "--batch-size", "50", "--seeds", "1"]
    done = call(*arguments, "--data", pictures, "--results", tmp_path, "--device", "cpu", "--workers", "1")
    assert done.exit_code == 0, done.output
    assert "unet-b50-lr0.001-f4-s0: epoch 1, train loss" in done.output


@pytest.mark.parametrize("words", [("doctor", "--preset", "quick"), ("colourize", "a.png", "--seeds", "2")])
def test_commands_take_no_option_that_they_would_not_heed(words: tuple[str, ...]) -> None:
    done = call(*words)
    assert done.exit_code == 2
    assert "No such option" in done.output


@pytest.mark.parametrize("command", ["report", "status", "verdicts"])
def test_help_of_what_reads_says_that_seeds_are_as_last_asked_for(command: str) -> None:
    said = " ".join(call(command, "--help").output.split())
    assert "Seeds 0 to N-1. [default: as last asked for; with --preset, its own]" in said
    assert "the preset's" in " ".join(call("run-all", "--help").output.split())


def test_doctor_finds_this_machine_fit(tmp_path: Path, pictures: Path) -> None:
    done = call("doctor", "--data", pictures, "--results", tmp_path)
    assert done.exit_code == 0, done.output
    assert "device" in done.output
