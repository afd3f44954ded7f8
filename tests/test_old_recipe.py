"""Results that the first recipe stored: they open and are shown as stale, and nothing of today's is added to them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from runs.data.dataset import make_dataset
from runs.specs.catalogue import CNN
from runs.specs.spec import RECIPE
from runs.storage import arrays
from runs.storage.record_forms import is_outdated
from runs.storage.store import Store, Stored
from tests.commands import call
from tests.runs import tiny
from tests.runs.made_up_run import ENVIRONMENT, SEGMENT, record

LEVELS = [[index, 2 * index, 3 * index] for index in range(24)]


@pytest.fixture
def old(tmp_path: Path) -> Store:
    """A store as the first recipe wrote it: whole levels, the number of colours in the spec, fewer metrics."""
    store = Store.create(tmp_path / "results", tiny.dataset())
    told = record(CNN, 25)
    told["recipe"] = 1
    told["segments"] = [{**SEGMENT, "environment": {**ENVIRONMENT, "code": "711004338cef"}}]
    told["spec"] = {name: value for name, value in told["spec"].items() if name != "palette"} | {"colours": 24}
    told["rows"] = [{name: row[name] for name in row if name != "last_batch_loss"} for row in told["rows"]]
    store.save(CNN.id, Stored(told, {"pictures": np.zeros((25, 2, 32, 32, 3), np.uint8)}))
    data = {name: value for name, value in store.data.items() if name != "palette_name"}
    arrays.write_json(store.folder / "data.json", {**data, "recipe": 1, "palette": LEVELS, "written": "same"})
    return Store.open(store.folder)


def test_palette_of_whole_levels_is_read_as_it_is_written_today(old: Store) -> None:
    assert is_outdated(old.data)
    assert old.data["palette_name"] == "kmeans"
    np.testing.assert_array_equal(old.data["palette"], np.array(LEVELS) / 256)


def test_status_shows_the_runs_with_their_recipe_and_how_to_train_anew(old: Store) -> None:
    shown = call("status", "--results", old.folder.parent)
    assert shown.exit_code == 3
    assert "25/25" in shown.stdout
    assert f"were made by recipe 1, and today's is {RECIPE}" in shown.stderr
    assert "shown as stale" in shown.stderr
    assert "run-all" in shown.stderr


def test_verdicts_on_them_are_marked_stale(old: Store) -> None:
    shown = call("verdicts", "--section", "1.2", "--json", "--results", old.folder.parent)
    assert shown.exit_code == 0, shown.output
    judged = [one for one in json.loads(shown.stdout) if CNN.id in one["runs"] and one["status"] != "not assessable"]
    assert judged
    assert [one for one in judged if "stale" not in one["flags"]] == []


def test_same_pictures_have_another_id_today_so_that_nothing_is_mixed(old: Store) -> None:
    data = tiny.dataset()
    before = sorted(old.folder.rglob("*"))
    made = make_dataset(data.source, data.category, "", data.train, data.test, "other", [old.data])
    assert made.id != old.data["id"]
    Store.create(old.folder.parent, made)
    assert sorted(old.folder.rglob("*")) == before
