"""A whole file of a probe that is not of its form, or was written elsewhere, is damage: told, passed over, mended."""

from __future__ import annotations

import shutil
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from cli import cli
from runs.data.dataset import Dataset
from runs.disk import Disk, use_disk
from runs.errors import DamagedError
from runs.specs.probe_outputs import ALL_PROBES, DATA_PROBES, RUN_PROBES, find_misfit
from runs.specs.request import Request
from runs.specs.spec import RunSpec
from runs.storage import arrays as files
from runs.storage import records
from runs.storage.store import DATA, Store, Stored
from tests.fakes import make_notes
from tests.runs import tiny
from tests.runs.made_up_run import least, record, save_probe
from tests.runs.replayed import CNN, UNET, check_whole, run_all

SPEC, OTHER = RunSpec(model="cnn"), RunSpec(model="unet")
PICTURES = {"pictures": np.zeros((5, 1, 32, 32, 3), np.uint8)}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two runs with a snapshot and all probes each, of the quick preset's epoch."""
    made = Store.create(tmp_path / "results", tiny.dataset())
    made.save_request(Request("photos", "tiny", "quick").record())
    for spec in (SPEC, OTHER):
        made.save(spec.id, Stored(record(spec, 5), PICTURES))
        made.save_snapshot(spec.id, 5, PICTURES)
        for name in RUN_PROBES:
            save_probe(made, spec.id, name, 5)
    for name in DATA_PROBES:
        save_probe(made, DATA, name, 0)
    assert [path for run in (DATA, *made.runs()) for path in made.troubles(run)] == []
    return made


def of_another_form(name: str) -> list[tuple[str, dict[str, np.ndarray], dict[str, Any]]]:
    """Each array missing, of another type, of another shape or empty; each note missing or of another form."""
    arrays, said = least(name), make_notes(name)
    found = []
    for one, array in arrays.items():
        found.append((f"no {one}", {key: value for key, value in arrays.items() if key != one}, said))
        for other in (array.astype(np.int16), array[None], array[:0], array[..., :0]):
            found.append((f"{one} {other.dtype} {other.shape}", arrays | {one: other}, said))
    for key in said:
        found.append((f"no note {key}", arrays, {one: value for one, value in said.items() if one != key}))
        found.append((f"note {key}", arrays, said | {key: None}))
    return found


@pytest.mark.parametrize("name", ALL_PROBES)
def test_probe_that_lacks_anything_or_has_it_otherwise_is_found(name: str) -> None:
    assert find_misfit(name, least(name), make_notes(name)) == ""
    cases = of_another_form(name)
    assert len(cases) >= 5
    for what, arrays, said in cases:
        assert find_misfit(name, arrays, said) != "", what


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("quality", {"mse": np.zeros(2, np.float32)}, {}),  # one number a test picture, as its other measures
        ("skips", {"val_loss": np.zeros(3, np.float32)}, {}),
        ("sizes", {"side": np.array([64, 128, 512])}, {}),
        ("commute", {}, {"cases": ["tensors"]}),
        ("extremes", {}, {"groups": ["best", "median", "worst"]}),
        ("layers", {}, {"layers": []}),
        ("layers", {}, {"layers": [{"block": "downconv1"}]}),
        ("layers", {}, {"layers": [{**make_notes("layers")["layers"][0], "output": [1, 2]}]}),
    ],
    ids=str,
)
def test_rows_that_do_not_belong_together_are_found(
    name: str, changed: dict[str, np.ndarray], said: dict[str, Any]
) -> None:
    assert find_misfit(name, least(name) | changed, make_notes(name) | said) != ""


def invoke(store: Store, *command: str) -> tuple[int, str]:
    """The exit code of a command, which ends in no traceback, and what was said on standard error."""
    done = CliRunner().invoke(cli, [*command, "--results", str(store.folder.parent)], prog_name="python cli.py")
    assert done.exception is None or isinstance(done.exception, SystemExit), (
        command,
        traceback.format_exception(done.exception),
    )
    return done.exit_code, done.stderr


def test_report_of_probes_of_another_form_names_each_and_ends_in_no_traceback(store: Store) -> None:
    paths = []
    for name in ALL_PROBES:
        run = DATA if name in DATA_PROBES else SPEC.id
        version = ALL_PROBES[name].version
        store.save_probe(run, name, 0 if run == DATA else 5, {"version": version, "notes": {}}, {"a": np.zeros(1)})
        paths.append(store.probe_path(run, name, 0 if run == DATA else 5))
    _, told = invoke(store, "status", "--verify")
    assert [str(path) in told for path in paths] == [True] * len(paths)
    code, told = invoke(store, "report")
    assert code == 0
    for path in paths:
        assert told.count(f"Expected {path} as it was written") == 1
    assert invoke(store, "verdicts")[0] == 0


def test_probe_of_another_version_is_no_damage_but_measured_again(store: Store) -> None:
    store.save_probe(SPEC.id, "quality", 5, {"version": 0, "notes": {}}, {"a": np.zeros(1)})
    assert list(store.troubles(SPEC.id)) == []
    assert store.probe_version(SPEC.id, "quality", 5) == 0


def copies(store: Store) -> dict[str, Path]:
    """Files of one run in the places of another's, each whole."""
    one, other = store.folder / OTHER.id, store.folder / SPEC.id
    made = {
        "state": other / "state.safetensors",
        "snapshot": other / "snapshots" / "epoch-005.safetensors",
        "probe": other / "probes" / "quality-005.safetensors",
    }
    for path in made.values():
        shutil.copyfile(one / path.relative_to(other), path)
    shutil.copyfile(other / "probes" / "layers-005.safetensors", other / "probes" / "features-005.safetensors")
    shutil.copyfile(other / "probes" / "extremes-005.safetensors", other / "probes" / "extremes-004.safetensors")
    shutil.copyfile(store.probe_path(DATA, "samples", 0), store.probe_path(DATA, "colours", 0))
    return made | {
        "another probe": other / "probes" / "features-005.safetensors",
        "another epoch": other / "probes" / "extremes-004.safetensors",
        "probe of the pictures": store.probe_path(DATA, "colours", 0),
    }


def test_whole_file_in_the_place_of_another_is_damage(store: Store) -> None:
    for path in copies(store).values():
        with pytest.raises(DamagedError, match=r"but it was written as .* and moved"):
            records.read_record(path)
    assert list(store.troubles(SPEC.id)) == [store.folder / SPEC.id]
    assert list(store.troubles(DATA)) == [store.probe_path(DATA, "colours", 0)]
    assert store.record(OTHER.id) is not None
    with pytest.raises(DamagedError, match=rf"written as {OTHER.id}/state\.safetensors"):
        store.record(SPEC.id)


@pytest.mark.parametrize("seed", [0, 1], ids=["of a run that is there", "of one that is not"])
def test_folder_of_a_run_under_the_name_of_another_is_told_as_damage_by_every_command(store: Store, seed: int) -> None:
    place = store.folder / SPEC.with_seed(seed).id
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(store.folder / OTHER.id, place)
    sentence = f"Expected {place / 'state.safetensors'} as it was written, but it was written as {OTHER.id}/state"
    code, told = invoke(store, "status", "--verify", "--seeds", "2")
    assert (code, told.count(sentence)) == (3, 1)
    for command in ("report", "verdicts"):
        code, told = invoke(store, command, "--section", "1.2", "--seeds", "2")
        assert (code, told.count(sentence)) == (0, 1)
    assert "1 run is damaged" in invoke(store, "report", "--section", "1.2", "--seeds", "2")[1]
    picture = store.folder.parent / "picture.png"
    Image.new("RGB", (8, 8)).save(picture)
    code, told = invoke(store, "colourize", str(picture), "--run", place.name)
    assert (code, told.count(sentence)) == (1, 1)


def elsewhere(store: Store) -> Store:
    """A store of other pictures beside it, with the same runs."""
    other = Store.create(store.folder.parent, tiny.dataset(train=9))
    for spec in (SPEC, OTHER):
        other.save(spec.id, Stored(record(spec, 5), PICTURES))
        other.save_snapshot(spec.id, 5, PICTURES)
        save_probe(other, spec.id, "quality", 5)
    save_probe(other, DATA, "samples", 0)
    return other


def test_whole_file_about_other_pictures_is_damage(store: Store) -> None:
    other = elsewhere(store)
    inside = [f"{SPEC.id}/snapshots/epoch-005.safetensors", f"{SPEC.id}/probes/quality-005.safetensors"]
    for name in (*inside, "probes/samples.safetensors"):
        shutil.copyfile(other.folder / name, store.folder / name)
    troubles = {**store.troubles(SPEC.id), **store.troubles(DATA)}
    assert list(troubles) == [store.folder / name for name in (*inside, "probes/samples.safetensors")]
    assert all("but it was written of other pictures and moved" in why for why in troubles.values())
    assert store.probe(SPEC.id, "quality", 5) is None
    assert store.probe(DATA, "samples", 0) is None
    assert not store.has_snapshot(SPEC.id, 5, whole=False)


def test_run_copied_from_the_store_of_other_pictures_is_told_by_every_command(store: Store) -> None:
    other, place = elsewhere(store), store.folder / SPEC.id
    shutil.rmtree(place)
    other.folder.joinpath(SPEC.id).rename(place)
    shutil.rmtree(other.folder)
    sentence = f"Expected {place / 'state.safetensors'} as it was written, but it was written of other pictures"
    picture = store.folder.parent / "picture.png"
    Image.new("RGB", (8, 8)).save(picture)
    commands = {
        ("status", "--verify"): 3,
        ("report", "--section", "1.2"): 0,
        ("verdicts", "--section", "1.2"): 0,
        ("colourize", str(picture), "--run", SPEC.id): 1,
    }
    for command, expected in commands.items():
        code, told = invoke(store, *command)
        assert (code, told.count(sentence)) == (expected, 1), command


@pytest.mark.usefixtures("threads")
def test_run_copied_from_the_store_of_other_pictures_is_set_aside_and_made_again(bench: Path, data: Dataset) -> None:
    whole, other = run_all(bench, data), Store.create(bench / "other", tiny.dataset(train=9))
    other.save(CNN.id, Stored(record(CNN, 1), PICTURES))
    shutil.copyfile(other.folder / CNN.id / "state.safetensors", whole.folder / CNN.id / "state.safetensors")
    said: list[str] = []
    run_all(bench, data, said.append)
    assert [line.split(":")[0] for line in said if "cut short or moved" in line] == [CNN.id]
    shutil.rmtree(whole.folder / f"{CNN.id}.damaged")
    check_whole(whole, complete=True)


def test_record_that_does_not_say_on_which_pictures_is_believed(store: Store) -> None:
    """As it was stored before records said so."""
    path = store.folder / SPEC.id / "state.safetensors"
    arrays, said = files.read_arrays(path)
    files.write_arrays(path, arrays, {name: value for name, value in said.items() if name != "digest"})
    assert store.troubles(SPEC.id) == {}
    assert store.record(SPEC.id) is not None


@pytest.mark.usefixtures("threads")
def test_run_all_sets_aside_what_lies_in_the_place_of_another_and_makes_it_again(bench: Path, data: Dataset) -> None:
    whole = run_all(bench, data)
    shutil.rmtree(whole.folder / UNET.id)
    shutil.copytree(whole.folder / CNN.id, whole.folder / UNET.id)
    path = whole.folder / CNN.id / "snapshots" / "epoch-001.safetensors"
    content = (whole.folder / UNET.id / "snapshots" / "epoch-001.safetensors").read_bytes()
    arrays, _ = files.read_arrays(path)
    files.write_arrays(path, arrays, {"run": UNET.id, "epoch": 1})
    said: list[str] = []
    run_all(bench, data, said.append)
    assert sorted(line.split(":")[0] for line in said if "cut short or moved" in line) == [CNN.id, UNET.id]
    kept = whole.folder / f"{UNET.id}.damaged" / "snapshots" / "epoch-001.safetensors"
    assert kept.read_bytes() == content
    for aside in whole.folder.glob("*.damaged"):
        shutil.rmtree(aside)
    check_whole(whole, complete=True)


class Read(Disk):
    """Counts how often each file is read from its first byte to its last."""

    def __init__(self) -> None:
        self.whole: list[Path] = []

    def read(self, path: Path, start: int = 0, size: int = -1) -> bytes:
        if (start, size) == (0, -1) and path.suffix == ".safetensors":
            self.whole.append(path)
        return super().read(path, start, size)


def test_verified_status_reads_every_file_once_damaged_or_not(store: Store) -> None:
    paths = sorted(store.folder.rglob("*.safetensors"))
    for damaged in (None, store.probe_path(SPEC.id, "quality", 5), store.folder / SPEC.id / "state.safetensors"):
        if damaged:
            content = damaged.read_bytes()
            damaged.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        disk = Read()
        with use_disk(disk):
            assert invoke(store, "status", "--verify")[0] == 3
        read = sorted(disk.whole)
        if damaged and damaged.name == "state.safetensors":  # all else of that run counts as lost with it
            paths = [path for path in paths if SPEC.id not in path.parts or path == damaged]
        assert read == paths
