"""One tiny run-all to PDF through click's runner, and what the commands make of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from runs.data.dataset import Dataset
from runs.execution.worker import Job, serve_jobs
from runs.specs.presets import PARTS
from runs.storage.find_store import list_stores
from tests.commands import call
from tests.made_up_folder import folder_of_pictures

HOME = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of_pictures(tmp_path_factory.mktemp("pictures"), 200, 12)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, pictures: Path) -> Path:
    """A whole run-all on tiny data, with the PDF."""
    results = tmp_path_factory.mktemp("results")
    done = call("run-all", "--preset", "quick", "--data", pictures, "--results", results, "--pdf", "--device", "cpu")
    assert done.exit_code == 0, done.output
    return results


def report_json(results: Path) -> dict[str, object]:
    return json.loads((results / "report" / "report.json").read_text())


def test_run_all_answers_every_part_without_a_gap(whole: Path) -> None:
    report = report_json(whole)
    parts = "1.1.a 1.1.b 1.1.c 1.1.d 1.1.e 1.2.b 1.3.b 1.3.c 1.4.a 1.4.b 1.5.a 1.5.b 1.5.c 1.6.a 1.6.b 1.6.c 1.6.d"
    assert list(report["answers"]) == parts.split()
    verdicts = report["verdicts"]
    assert len(verdicts) > 50
    assert not [verdict["id"] for verdict in verdicts if verdict["status"] == "missing"]
    assert all("other data" in v["flags"] for v in verdicts if v["n"] > 0)
    page = (whole / "report" / "report.html").read_text()
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert (whole / "report" / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_second_run_all_trains_nothing(whole: Path, pictures: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in whole.rglob("state.safetensors")}
    done = call("run-all", "--preset", "quick", "--data", pictures, "--results", whole)
    assert done.exit_code == 0, done.output
    assert "Nothing is left to train" in done.output
    assert before == {path: path.stat().st_mtime_ns for path in whole.rglob("state.safetensors")}


def test_one_section_is_regenerated_and_the_others_stay_as_they_are(whole: Path) -> None:
    sections = whole / "report" / "sections"
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in sections.iterdir()}
    done = call("report", "--section", "1.3", "--results", whole)
    assert done.exit_code == 0, done.output
    after = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in sections.iterdir()}
    assert [name for name in before if after[name][1] != before[name][1]] == ["1.3.json"]
    assert all(after[name] == before[name] for name in before if name != "1.3.json")


def test_status_says_complete_and_verdicts_come_as_json(whole: Path) -> None:
    done = call("status", "--results", whole)
    assert done.exit_code == 0, done.output
    assert "All is trained" in done.output
    done = call("verdicts", "--json", "--results", whole, "--section", "1.3")
    assert done.exit_code == 0, done.output
    records = json.loads(done.stdout)
    assert records
    assert {record["question"].rsplit(".", 1)[0] for record in records} == {"1.3"}
    done = call("verdicts", "--results", whole, "--fail-on", "not-reproduced")
    assert done.exit_code == 3
    assert f"{len(report_json(whole)['verdicts'])} verdicts: " in done.output
    assert "preset quick, 1 seed" in done.output
    done = call("verdicts", "--results", whole, "--status", "undecided", "--format", "markdown")
    assert {line.split(" | ")[3].partition(" (")[0] for line in done.stdout.splitlines()[2:]} == {"undecided"}
    done = call("verdicts", "--results", whole, "--format", "junit", "--section", "1.1")
    assert done.stdout.startswith("<?xml")


def test_nothing_to_judge_fails_whatever_it_was_to_fail_on(whole: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(whole, copy)
    (store,) = list_stores(copy)
    for run in store.runs():
        shutil.rmtree(store.folder / run)
    done = call("verdicts", "--results", copy, "--section", "1.5", "--fail-on", "not-reproduced")
    assert done.exit_code == 3, done.output


def test_missing_run_leaves_a_gap_with_the_command_and_strict_fails(whole: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(whole, copy)
    (gone,) = copy.glob("*/unet-b20-lr0.001-s0")
    shutil.rmtree(gone)
    done = call("report", "--results", copy)
    assert done.exit_code == 0, done.output
    page = (copy / "report" / "report.html").read_text()
    assert "run-all --section 1.3" in page
    assert call("report", "--strict", "--results", copy).exit_code == 3
    assert call("status", "--results", copy).exit_code == 3


def test_section_is_judged_by_its_own_runs(whole: Path, pictures: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(whole, copy)
    (gone,) = copy.glob("*/unet-b20-lr0.001-s0")  # of 1.3 alone
    shutil.rmtree(gone)
    assert call("report", "--results", copy).exit_code == 0
    done = call("report", "--strict", "--section", "1.3,1.4", "--results", copy)
    assert done.exit_code == 3
    assert "1 run with gaps" in done.stderr
    assert "Fill them: python cli.py run-all --section 1.3 " in done.stderr
    assert call("report", "--strict", "--section", "1.4", "--results", copy).exit_code == 0
    lacking = call("status", "--section", "1.3", "--results", copy)
    assert lacking.exit_code == 3
    assert "Do it: python cli.py run-all --section 1.3" in lacking.stdout
    assert "unet-b20" not in (told := call("status", "--section", "1.4", "--results", copy)).stdout
    assert told.exit_code == 0
    assert "Render it: python cli.py report --section 1.4" in told.stdout
    asked = ("--preset", "quick", "--data", pictures, "--results", copy, "--device", "cpu")
    told = call("status", "--json", "--section", "1.3", "--results", copy)
    record = json.loads(told.stdout)
    assert (told.exit_code, record["complete"]) == (3, False)
    assert [row["run"] for row in record["runs"] if row["state"] == "missing"] == ["unet-b20-lr0.001-s0"]
    assert record["seconds_left"] > 0
    assert "run-all --section 1.3" in record["command"]
    told = call("status", "--json", "--section", "1.4", "--results", copy)
    assert (told.exit_code, json.loads(told.stdout)["complete"]) == (0, True)
    assert call("run-all", "--section", "1.4", *asked).exit_code == 0, "1.3 lacks a run; 1.4 does not"


def test_doctor_comes_as_json(tmp_path: Path, pictures: Path) -> None:
    told = call("doctor", "--json", "--data", pictures, "--results", tmp_path / "results")
    checks = {check["name"]: check for check in json.loads(told.stdout)}
    assert checks["device"]["ok"]
    assert {"name", "ok", "found", "mend", "needed"} == set(checks["results"])
    assert told.exit_code == (1 if any(check["needed"] and not check["ok"] for check in checks.values()) else 0)


def test_parts_stand_for_their_question_and_for_themselves_in_verdicts(whole: Path) -> None:
    done = call("verdicts", "--json", "--results", whole, "--section", "1.3.c,1.4")
    assert {record["question"] for record in json.loads(done.stdout)} == {"1.3.c", "1.4.a", "1.4.b"}
    sections = whole / "report" / "sections"
    before = {path.name: path.stat().st_mtime_ns for path in sections.iterdir()}
    assert call("report", "--section", "1.2.b", "--results", whole).exit_code == 0
    after = {path.name: path.stat().st_mtime_ns for path in sections.iterdir()}
    assert [name for name in before if after[name] != before[name]] == ["1.2.json"]


def test_parts_that_may_be_asked_for_are_those_of_the_report(whole: Path) -> None:
    parts = [f"{section}.{letter}" for section, letters in PARTS.items() for letter in letters]
    assert list(report_json(whole)["answers"]) == parts


def test_damaged_run_is_a_gap_in_the_report_and_is_made_again_to_the_same_bits(
    whole: Path, pictures: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(whole, copy)
    (path,) = copy.glob("*/unet-b200-lr0.001-s0/state.safetensors")
    (store,) = list_stores(copy)
    before = store.state("unet-b200-lr0.001-s0")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1  # a weight or a moment
    path.write_bytes(content)
    done = call("report", "--section", "1.3", "--results", copy)
    assert done.exit_code == 0, done.output
    assert "1 run is damaged; its gap is marked in the report." in done.stderr
    done = call("verdicts", "--json", "--section", "1.3", "--fail-on", "missing", "--results", copy)
    assert done.exit_code == 3, "a verdict is on what the page shows, and no number stands beside damaged weights"
    assert "unet-b200-lr0.001-s0" in done.stderr, "what is damaged is named"
    report = json.loads((copy / "report" / "report.json").read_text("utf-8"))
    of_the_page = {one["id"]: one["status"] for one in report["verdicts"] if one["id"].startswith("1.3.")}
    assert {one["id"]: one["status"] for one in json.loads(done.stdout)} == of_the_page
    assert "│ damaged" not in call("status", "--results", copy).output  # told from heads, which are whole
    done = call("status", "--verify", "--results", copy)
    assert done.exit_code == 3
    assert "│ damaged" in done.output
    done = call("run-all", "--preset", "quick", "--data", pictures, "--results", copy, "--section", "1.3")
    assert done.exit_code == 0, done.output
    assert "unet-b200-lr0.001-s0: a stored file was altered, cut short or moved" in done.output
    assert path.parent.with_name("unet-b200-lr0.001-s0.damaged").joinpath(path.name).read_bytes() == content
    after = store.state("unet-b200-lr0.001-s0")
    assert before is not None
    assert after is not None
    assert {n: a.tobytes() for n, a in after.arrays.items()} == {n: a.tobytes() for n, a in before.arrays.items()}


def serve_until_regression(pipe: Connection, dataset: Dataset, device: str) -> None:
    """A worker that dies when it gets a regression to train."""

    class Watched:
        def recv(self) -> Job:
            job = pipe.recv()
            if job.work and job.work.spec.model == "regression":
                os.kill(os.getpid(), signal.SIGKILL)
            return job

        def send(self, message: object) -> None:
            pipe.send(message)

    serve_jobs(Watched(), dataset, device)  # type: ignore[arg-type]


def test_run_whose_worker_is_killed_again_and_again_is_told_and_the_others_are_reported(
    tmp_path: Path, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runs.execution.local.serve_jobs", serve_until_regression)
    options = ["--section", "1.2", "--preset", "quick", "--device", "cpu", "--workers", "1"]
    done = call("run-all", *options, "--data", pictures, "--results", tmp_path)
    assert done.exit_code == 3, done.output
    assert "regression-b100-lr0.001-s0: its worker ended by signal 9 after epoch 0; taking it up again" in done.output
    assert "Failed: regression-b100-lr0.001-s0. The other runs went on. its worker ended by signal 9" in done.output
    assert "1 of 2 runs done, 1 failed, 1 taken up again after a worker was lost." in done.output
    (store,) = list_stores(tmp_path)
    assert store.runs() == ["cnn-b100-lr0.001-s0"]
    assert (tmp_path / "report" / "report.html").is_file()


def test_diff_of_a_report_with_itself_flips_nothing(whole: Path) -> None:
    done = call("diff", whole / "report", whole / "report" / "report.json")
    assert done.exit_code == 0, done.output


def test_diff_ends_with_3_when_a_verdict_flipped_and_names_what_differs(whole: Path, tmp_path: Path) -> None:
    other = report_json(whole)
    flipped = other["verdicts"][0]
    flipped["status"] = "undecided" if flipped["status"] != "undecided" else "reproduced"
    other["seeds"], other["data"]["id"] = [0, 1, 2], "folder-horse-00000000"
    facts = other["environments"][0]["facts"]
    facts |= {"torch": "0.1", "code": "000000000000", "numpy": "0.2", "device": "cuda"}
    (tmp_path / "report.json").write_text(json.dumps(other))
    done = call("diff", whole / "report", tmp_path)
    assert done.exit_code == 3, done.output
    for named in (flipped["id"], "seeds", "data: id", "runs: torch", "runs: code", "runs: numpy", "runs: device"):
        assert named in done.output
    done = call("diff", "--json", whole / "report", tmp_path)
    assert [flip["id"] for flip in json.loads(done.stdout)["flips"]] == [flipped["id"]]


def test_store_of_another_recipe_is_refused_and_left_as_it_is(whole: Path, pictures: Path, tmp_path: Path) -> None:
    from runs.storage import arrays

    copy = tmp_path / "copy"
    shutil.copytree(whole, copy)
    (path,) = copy.glob("*/data.json")
    record = arrays.read_json(path)
    arrays.write_json(path, {**record, "recipe": 999})
    before = {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()}
    done = call("run-all", "--preset", "quick", "--data", pictures, "--results", copy)
    assert done.exit_code == 1
    assert "recipe 999" in done.output
    assert before == {p: p.read_bytes() for p in copy.rglob("*") if p.is_file()}


def test_report_and_status_never_import_torch(whole: Path) -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom cli import cli\n"
        "for command in ('report', 'status', 'verdicts'):\n"
        f"    done = CliRunner().invoke(cli, [command, '--results', {str(whole)!r}])\n"
        "    assert done.exit_code == 0, done.output\n"
        "assert 'torch' not in sys.modules and 'skimage' not in sys.modules and 'sklearn' not in sys.modules\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(HOME)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_picture_of_any_size_is_coloured_and_keeps_its_size(whole: Path, tmp_path: Path) -> None:
    picture = tmp_path / "odd.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (37, 50, 3), dtype=np.uint8)).save(picture)
    done = call("colourize", picture, "--results", whole, "--temperature", "0.38")
    assert done.exit_code == 0, done.output
    with Image.open(tmp_path / "odd-coloured.png") as coloured:
        assert (coloured.size, coloured.mode) == ((50, 37), "RGB")


@pytest.mark.parametrize("options", [[], ["--keep-lightness"], ["--temperature", "0.5"]])
@pytest.mark.parametrize(
    "run",
    [
        "regression-b100-lr0.001-s0", "cnn-b100-lr0.001-s0", "cnn-b100-lr0.01-s0", "unet-b10-lr0.001-s0",
        "cnn-upscale-b100-lr0.001-s0", "unet-upscale-b100-lr0.001-s0",
    ],
)  # fmt: skip
def test_any_of_the_trained_networks_takes_a_picture(whole: Path, tmp_path: Path, run: str, options: list[str]) -> None:
    picture = tmp_path / "odd.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 14, 3), dtype=np.uint8)).save(picture)
    done = call("colourize", picture, "--results", whole, "--run", run, "--out", tmp_path / "made.png", *options)
    if run.startswith("regression") and "--temperature" in options:
        assert (done.exit_code, "--temperature" in done.output) == (2, True), done.output
        assert not (tmp_path / "made.png").exists()
        return
    assert done.exit_code == 0, done.output
    times = 4 if "upscale" in run else 1
    with Image.open(tmp_path / "made.png") as made:
        assert made.size == (14 * times, 9 * times)


@pytest.mark.parametrize(
    ("options", "code", "named"),
    [
        (["--run", "unet-b7-lr0.001-s0"], 1, "--run"),
        (["--temperature", "2"], 2, "--temperature"),
    ],
)
def test_colouring_that_cannot_be_done_is_refused(
    whole: Path, tmp_path: Path, options: list[str], code: int, named: str
) -> None:
    picture = tmp_path / "small.png"
    Image.new("RGB", (8, 8)).save(picture)
    done = call("colourize", picture, "--results", whole, *options)
    assert (done.exit_code, named in done.output) == (code, True), done.output
    assert not (tmp_path / "small-coloured.png").exists()


def test_what_is_no_picture_is_refused(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    done = call("colourize", tmp_path / "text.png", "--results", whole)
    assert done.exit_code == 1
    assert "text.png" in done.output
