"""Whatever is stored comes back, whatever lies there instead is refused, and in whatever order things happen, a store
holds what was last put there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from runs.data.dataset import Dataset
from runs.disk import use_disk
from runs.errors import DamagedError, UsageError
from runs.specs.spec import RunSpec
from runs.storage import arrays as files
from runs.storage import headers
from runs.storage.paths import is_name
from runs.storage.store import Store, Stored
from tests.runs.disks import Counting
from tests.runs.made_up_run import record

texts = st.text(max_size=20)
records = st.dictionaries(
    texts.filter(lambda name: name != "sha256"),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)
kinds = st.sampled_from([np.float32, np.float64, np.float16, np.int64, np.uint8, np.bool_])
names = st.from_regex(r"[a-z][a-z0-9._]{0,20}", fullmatch=True)
arrays = st.dictionaries(names, kinds.flatmap(lambda kind: arrays_of.arrays(kind, arrays_of.array_shapes(min_dims=0))))


@given(arrays, records)
def test_any_arrays_and_record_come_back_to_the_bit(bench: Path, put: dict[str, Any], record: dict[str, Any]) -> None:
    with use_disk(Counting()):
        files.write_arrays(bench / "a", put, record)
    got, told = files.read_arrays(bench / "a")
    assert told == record == headers.read_head(bench / "a").record
    assert got.keys() == put.keys()
    for name, array in put.items():
        assert (got[name].dtype, got[name].shape) == (array.dtype, array.shape)
        assert got[name].tobytes() == array.tobytes()


@given(records)
def test_any_record_comes_back(bench: Path, record: dict[str, Any]) -> None:
    with use_disk(Counting()):
        files.write_json(bench / "a", record)
    assert files.read_json(bench / "a") == record


#: Reads a file of each kind.
READ: dict[str, Callable[[Path], Any]] = {
    "arrays": files.read_arrays, "head": headers.read_head, "json": files.read_json,
}  # fmt: skip


def headed(header: bytes, more: bytes) -> bytes:
    """A file of arrays with any header."""
    return len(header).to_bytes(8, "little") + header + more


json_values = st.recursive(
    st.none() | st.integers() | st.sampled_from(["__metadata__", "data_offsets", "F32"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["__metadata__", "rederive", "w", "data_offsets", "shape"]), inner, max_size=3
        )
    ),
)


@pytest.mark.parametrize("kind", READ)
@given(
    st.binary(max_size=60)
    | st.binary(max_size=20).map(lambda more: headed(more, b""))
    | st.builds(headed, json_values.map(lambda value: json.dumps(value).encode()), st.binary(max_size=9))
)
def test_any_bytes_in_the_place_of_a_file_are_damage(bench: Path, kind: str, content: bytes) -> None:
    path = bench / "a.safetensors"
    path.write_bytes(content)
    with pytest.raises(DamagedError):
        READ[kind](path)


@given(json_values)
def test_any_places_of_arrays_in_a_head_are_damage(bench: Path, about: Any) -> None:
    """The record and its checksum are right; what is said of the arrays is not."""
    path = bench / "a.safetensors"
    with use_disk(Counting()):
        files.write_arrays(path, {"w": np.zeros(2, np.float32)}, {})
    header = json.loads(path.read_bytes()[8:-8])
    for told in ({**header, "w": about}, {**header, "w": {**header["w"], "data_offsets": about}}):
        path.write_bytes(headed(json.dumps(told).encode(), bytes(8)))
        if told != header:
            with pytest.raises(DamagedError):
                files.read_arrays(path)
            with suppress(DamagedError):  # a head may be right by itself
                headers.read_head(path)


@given(st.binary(max_size=60) | st.binary(max_size=20).map(lambda more: len(more).to_bytes(8, "little") + more))
def test_any_bytes_in_the_place_of_a_file_have_a_mark_that_changes_with_their_size(bench: Path, content: bytes) -> None:
    path = bench / "a.safetensors"
    marks = set()
    for bytes_now in (content, content + b"\0"):
        path.write_bytes(bytes_now)
        marks.add(headers.read_marks(bench))
    assert len(marks) == 2


@given(st.data())
def test_any_edits_of_a_file_are_damage(bench: Path, data: st.DataObject) -> None:
    array = {"w": np.arange(12, dtype=np.float32), "p": np.arange(9, dtype=np.uint8)}
    for write, read in (
        (lambda path: files.write_arrays(path, array, {"rows": [1, 2.5, "x"]}), files.read_arrays),
        (lambda path: files.write_json(path, {"rows": [1, 2.5, "x"]}), files.read_json),
    ):
        with use_disk(Counting()):
            write(bench / "a")
        whole = (bench / "a").read_bytes()
        begin = data.draw(st.integers(0, len(whole)))
        end = data.draw(st.integers(begin, len(whole)))
        broken = whole[:begin] + data.draw(st.binary(max_size=9)) + whole[end:]
        (bench / "a").write_bytes(broken)
        if broken != whole:
            with pytest.raises(DamagedError):
                read(bench / "a")


SPECS = (RunSpec(model="cnn"), RunSpec(model="unet", batch_size=10, learning_rate=0.01, seed=1))
RUNS = {spec.id: spec for spec in SPECS}
steps = st.lists(
    st.tuples(
        st.sampled_from(["save", "snapshot", "probe", "damage", "aside", "open", "request"]),
        st.sampled_from(list(RUNS)),
        st.integers(1, 3),
    ),
    max_size=12,
)


@given(steps)
def test_store_holds_what_was_last_put_there_in_whatever_order(
    bench: Path, data: Dataset, steps: list[tuple[str, str, int]]
) -> None:
    results = bench / str(len(list(bench.iterdir())))
    put: dict[tuple[str, str, int], bytes] = {}
    aside = 0
    with use_disk(Counting()):
        store = Store.create(results, data)
        for number, (step, run, epoch) in enumerate(steps):
            mark = {"a": np.full(3, number, np.int64)}
            pictures = {"pictures": np.full((1, 1, 32, 32, 3), number, np.uint8)}
            bits = mark["a"].tobytes()
            if step == "save":
                store.save(run, Stored(record(RUNS[run], epoch), mark | pictures))
                put[run, "state", 0] = bits
            elif step == "snapshot":
                store.save_snapshot(run, epoch, mark)
                put[run, "snapshot", epoch] = bits
            elif step == "probe":
                store.save_probe(run, "quality", epoch, {"version": 2 + number, "notes": {}}, mark)
                put[run, "probe", epoch] = bits
            elif step == "damage" and (run, "state", 0) in put:
                path = store.folder / run / "state.safetensors"
                path.write_bytes(path.read_bytes()[:-1])
                with pytest.raises(DamagedError):
                    store.state(run)
                assert list(store.troubles(run)) == [store.folder / run]
                kept = sum(1 for path in (store.folder / run).rglob("*") if path.is_file())
                target = store.set_aside(store.folder / run)
                assert sum(1 for path in target.rglob("*") if path.is_file()) == kept
                aside += 1
                put = {key: value for key, value in put.items() if key[0] != run}
            elif step == "request":
                store.save_request({"seeds": epoch})
                assert (Store.open(store.folder).request() or {})["seeds"] == epoch
            elif step == "open":
                store = Store.create(results, data)
            check(store, put)
    assert len(list(store.folder.glob("*.damaged"))) == aside
    assert not list(store.folder.rglob("*.part"))


def check(store: Store, put: dict[tuple[str, str, int], bytes]) -> None:
    """The store holds these bits and nothing more."""
    assert store.runs() == sorted({run for run, kind, _ in put if kind == "state"})
    for run in RUNS:
        state = store.state(run)
        assert (state and state.arrays["a"].tobytes()) == put.get((run, "state", 0))
        for epoch in (1, 2, 3):
            snapshot, probe = store.snapshot(run, epoch), store.probe(run, "quality", epoch)
            assert (snapshot and snapshot["a"].tobytes()) == put.get((run, "snapshot", epoch))
            assert (probe and probe.arrays["a"].tobytes()) == put.get((run, "probe", epoch))


@given(st.text(max_size=300))
def test_any_name_of_a_run_is_one_that_is_not_there_or_is_refused(bench: Path, data: Dataset, name: str) -> None:
    with use_disk(Counting()):
        store = Store.create(bench, data)
    before = sorted(bench.rglob("*"))
    if is_name(name):
        assert store.state(name) is None
    else:
        with pytest.raises(UsageError, match="Expected a name"):
            store.state(name)
    assert sorted(bench.rglob("*")) == before
