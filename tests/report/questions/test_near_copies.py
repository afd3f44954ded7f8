"""Near-copies on a page: which they are, and what leaving them out changes, from made-up numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from report.measures.picture_quality import quality
from report.questions.near_copies import among, say_copies, tabulate_near_copies
from report.results.frames import Frames
from report.results.values import Measured
from runs.specs.catalogue import CNN, UNET
from tests.fakes import TEST, fake_frames
from tests.report.edited import with_probe

NETWORKS = {"CNN": CNN, "UNet": UNET}


@pytest.fixture(scope="module")
def frames() -> Frames:
    """Two near-copies, 3 and 5, on which the CNN gets 90 % of the pixels right, and 40 % elsewhere."""
    near = np.isin(np.arange(TEST), (3, 5))
    made = fake_frames(seeds=2)
    made = with_probe(made, None, "copies", near=near, lead=np.where(near, np.arange(TEST) / 10, 0))
    return with_probe(made, CNN, "quality", pixel_accuracy=np.where(near, 0.9, 0.4))


def test_each_network_is_told_with_the_near_copies_without_them_and_on_them_alone(frames: Frames) -> None:
    table, _ = tabulate_near_copies(frames, NETWORKS)
    assert [row[0] for row in table.rows] == ["CNN", "UNet"]
    found = [cell.value for cell in table.rows[0][1:4] if isinstance(cell, Measured)]
    assert found == pytest.approx([(2 * 0.9 + (TEST - 2) * 0.4) / TEST, 0.4, 0.9])
    assert "without the 2 that" in table.caption


def test_pairs_are_named_the_clearest_first(frames: Frames) -> None:
    _, pairs = tabulate_near_copies(frames, NETWORKS)
    nearest = frames.probes["data", "copies", 0].arrays["nearest"]
    assert [row[:2] for row in pairs.rows] == [["5", str(nearest[5])], ["3", str(nearest[3])]]


def test_note_says_how_many_there_are_and_what_they_move_at_most(frames: Frames) -> None:
    (note,) = say_copies(frames, {"CNN": CNN})
    moved = 100 * 2 * 0.5 / TEST
    assert f"2 of the {TEST} test pictures" in note
    assert note.endswith(f"by more than {moved:.2f} points.")


def test_copies_to_the_pixel_are_told_as_well(frames: Frames) -> None:
    probe = frames.probes["data", "copies", 0]
    counts = {**probe.notes["copies"], "both mirrored": 1}
    probes = {**frames.probes, ("data", "copies", 0): replace(probe, notes={"copies": counts})}
    told = say_copies(replace(frames, probes=probes), NETWORKS)
    assert told[0] == "1 test picture is a training picture mirrored."


def test_data_of_nothing_but_near_copies_has_no_number_without_them(frames: Frames) -> None:
    table, _ = tabulate_near_copies(alike := with_probe(frames, None, "copies", near=np.ones(TEST)), NETWORKS)
    assert table.rows[0][2] is None
    assert say_copies(alike, NETWORKS)[0].endswith("mirrored.")


def test_data_without_near_copies_says_so(frames: Frames) -> None:
    none = with_probe(frames, None, "copies", near=np.zeros(TEST))
    assert tabulate_near_copies(none, NETWORKS) == []
    assert say_copies(none, NETWORKS) == [
        "By a measure of our own no test picture is a training photograph in another form."
    ]


def test_what_is_not_measured_is_missing_and_not_told() -> None:
    bare = fake_frames(seeds=1, probes=False)
    assert tabulate_near_copies(bare, NETWORKS) == say_copies(bare, NETWORKS) == []
    assert bare.take(among(CNN, "delta_e", True)).missing == ("data",)
    assert bare.take(quality(CNN, "delta_e")).missing == (CNN.id,)
