"""What a section asks its tables for: numbers with what is lacking."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from report.results.frames import Frames, Measurement, make_measure
from report.results.tables import make_table
from report.results.values import Sample
from runs.specs.catalogue import CNN, PRESETS
from tests.fakes import fake_frames


def with_pictures_measured(number: float) -> Frames:
    return replace(fake_frames(seeds=1), probes={("data", "counted", 0): Measurement({"number": np.array(number)})})


def test_what_is_measured_on_the_pictures_belongs_to_no_seed() -> None:
    found = with_pictures_measured(3).data_probed("counted", lambda probe: float(probe.arrays["number"]), "levels", 1)
    assert (found.mean, found.unit, found.digits, found.runs) == (3, "levels", 1, ("data",))
    measured = found.measured()
    assert measured is not None
    assert measured.n == 0


def test_what_is_not_measured_on_the_pictures_is_missing_and_what_is_no_number_does_not_count() -> None:
    lacking = fake_frames(seeds=1).data_probed("counted", lambda probe: 1.0, "levels", 1)
    assert (lacking.ok, lacking.unit, lacking.missing) == (False, "levels", ("data",))
    endless = with_pictures_measured(1).data_probed("counted", lambda probe: math.inf)
    assert (endless.ok, endless.missing, endless.diverged) == (False, (), ("data",))


def test_the_write_ups_epochs_are_scaled_and_the_runs_own_are_not() -> None:
    frames = fake_frames(PRESETS["quick"], seeds=1)
    assert frames.metric(CNN, "val_loss", 25) == frames.at_epoch(CNN, "val_loss", 5)
    assert frames.at_epoch(CNN, "val_loss", 25).missing == (CNN.id,)


def test_a_row_is_found_by_its_name_in_a_note() -> None:
    measured = Measurement({"loss": np.array([1.5, 2.5])}, {"cuts": ["none", "input"]})
    assert measured.row("loss", "cuts", "input") == 2.5


def test_measures_of_equal_settings_are_taken_once_of_the_same_frames() -> None:
    taken: list[tuple[str, int]] = []

    @make_measure
    def loss(frames: Frames, column: str, epoch: int = 25) -> Sample:
        taken.append((column, epoch))
        return frames.at_epoch(CNN, column, epoch)

    frames = fake_frames(seeds=1)
    assert frames.take(loss("val_loss")) == frames.take(loss("val_loss")) == frames.at_epoch(CNN, "val_loss", 25)
    assert frames.take(loss("val_loss", epoch=5)) == frames.at_epoch(CNN, "val_loss", 5)
    assert replace(frames, seeds=(0, 1)).take(loss("val_loss")).missing == (CNN.with_seed(1).id,)
    assert taken == [("val_loss", 25), ("val_loss", 5), ("val_loss", 25)]


def test_text_that_is_no_utf8_comes_out_as_it_went_in_where_pyarrow_is_installed() -> None:
    pytest.importorskip("pyarrow")
    found = make_table([{"run": f"run-s{seed}", "seed": seed, "commit": "\udcff", "stale": False} for seed in (0, 1)])
    assert list(found.index) == ["run-s0", "run-s1"]
    assert [row.commit for _, row in found.iterrows()] == ["\udcff", "\udcff"]
    assert [str(kind) for kind in found.dtypes] == ["int64", "object", "bool"]
