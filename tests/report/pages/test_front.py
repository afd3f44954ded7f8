"""What the front and the appendix are made of."""

from __future__ import annotations

from dataclasses import replace

from report.pages import run_list
from report.results.frames import Frames
from runs.specs.catalogue import UNET
from runs.text import show_duration


def test_every_run_is_listed_with_where_and_how_long(frames: Frames) -> None:
    marked = frames.runs.assign(device="cpu")
    marked.loc[UNET.id, ["device", "stale", "diverged"]] = ["cuda", True, True]
    rows, places = run_list.list_runs(replace(frames, runs=marked))
    row = next(row for row in rows if row["id"] == UNET.id)
    assert row["marks"] == ["stale", "diverged"]
    assert row["duration"] == show_duration(25 * (5.0 + 20.0 / 100 + 0.3))
    assert [place["facts"]["device"] for place in places] == ["cpu", "cuda"]
    assert row["environment"] == "B"
    pool = next(row for row in rows if row["id"].startswith("cnn-b100-lr0.001-pool-relu"))
    assert pool["differs"] == "order pool-relu"
    differs = {row["id"]: row["differs"] for row in rows}
    assert differs["unet-b20-lr0.001-s0"] == "batch size 20"
    assert differs["cnn-b100-lr0.01-s1"] == "learning rate 0.01"
    assert differs["cnn-upscale-b100-lr0.001-s0"] == "task upscale"
    assert differs[UNET.id] == differs["cnn-b100-lr0.001-s1"] == "baseline"


# The PDF
