"""What the front and the appendix are made of."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from report import book, roll
from report.chapter import effect
from report.claims.catalogue import all_claims
from report.frames import Frames
from report.values import Measured
from runs.catalogue import UNET
from tests.report.made_up_pages import verdict


def entry(part: str, status: str, effect: float, *flags: str) -> dict[str, Any]:
    return {"part": part, "effect": effect, "record": {"id": f"{part}.x", "status": status, "flags": list(flags)}}


def main(name: str, status: str) -> dict[str, Any]:
    return {"part": name.rpartition(".")[0], "effect": 1.0, "record": {"id": name, "status": status, "flags": []}}


def test_findings_begin_with_the_main_results_in_the_write_ups_order() -> None:
    others = [entry("1.1.a", "not reproduced", 9), entry("1.6.b", "not reproduced", 99)]
    found = book.findings([*others, *(main(name, "reproduced") for name in reversed(book.MAIN))])
    assert [each["record"]["id"] for each in found] == [*book.MAIN, "1.6.b.x"]
    same_part = entry(book.MAIN[0].rpartition(".")[0], "not reproduced", 999)
    assert same_part not in book.findings([same_part, *(main(name, "reproduced") for name in book.MAIN)])
    for status in ("not assessable", "missing"):
        assert book.findings([main(book.MAIN[0], status)]) == []


def test_main_results_are_claims() -> None:
    assert set(book.MAIN) <= {claim.id for claim in all_claims()}


def test_findings_put_first_what_does_not_hold_by_its_effect() -> None:
    found = book.findings(
        [
            entry("1.1.a", "reproduced", 9), entry("1.1.b", "not reproduced", 2), entry("1.1.c", "not reproduced", 5),
            entry("1.1.c", "not reproduced", 4), entry("1.2.b", "missing", 99), entry("1.3.b", "not reproduced", 1),
        ],
        most=3,
    )  # fmt: skip
    assert [(each["part"], each["effect"]) for each in found] == [("1.1.c", 5), ("1.1.b", 2), ("1.3.b", 1)]


def test_findings_always_name_a_self_contradiction() -> None:
    entries = [entry(f"1.1.{letter}", "not reproduced", 9) for letter in "abcd"]
    against = entry("1.3.c", "reproduced", 1, "self-contradicting")
    assert against in book.findings([*entries, against], most=2)


def test_findings_prefer_runs_of_the_write_ups_own_data() -> None:
    found = book.findings(
        [entry("1.1.a", "not reproduced", 9, "other data"), entry("1.1.b", "not reproduced", 1)], most=2
    )
    assert [each["part"] for each in found] == ["1.1.b", "1.1.a"]


def test_findings_put_last_what_rests_on_one_reading_of_the_words() -> None:
    read = entry("1.1.a", "not reproduced", 99)
    read["record"]["reading"] = "The words are ambiguous."
    others = [entry(f"1.2.{letter}", "reproduced", 1) for letter in "abc"]
    assert book.findings([read, *others], most=3) == others
    assert book.findings([read, *others[:1]], most=3)[-1] == read


def test_findings_of_nothing_are_none() -> None:
    assert book.findings([]) == []


def test_effect_is_the_distance_in_tolerances() -> None:
    assert effect(verdict("1.1.a.x", measured=Measured(1.40))) == pytest.approx(3)
    assert effect(verdict("1.1.a.x", measured=Measured(math.inf))) == effect(
        verdict("1.1.a.x", measured=Measured(1e12))
    )
    assert effect(verdict("1.1.a.x")) == 1


def test_pieces_of_the_bar_fill_it(frames: Frames) -> None:
    statuses = ["reproduced", "missing", "missing", "undecided"]
    board = book.scoreboard([{"section": "1.1", "record": {"status": status, "n": 0}} for status in statuses])
    assert board["computed"] == 1
    assert [(p["status"], p["count"], p["x"], p["width"]) for p in board["pieces"]] == [
        ("reproduced", 1, 0, 25), ("undecided", 1, 25, 25), ("missing", 2, 50, 50),
    ]  # fmt: skip
    assert [(row["name"], row["reproduced"], row["total"]) for row in board["rows"]] == [("1.1", 1, 4)]


# The appendix


def test_every_run_is_listed_with_where_and_how_long(frames: Frames) -> None:
    marked = frames.runs.assign(device="cpu")
    marked.loc[UNET.id, ["device", "stale", "diverged"]] = ["cuda", True, True]
    rows, places = roll.every_run(replace(frames, runs=marked))
    row = next(row for row in rows if row["id"] == UNET.id)
    assert row["marks"] == ["stale", "diverged"]
    assert row["duration"] == roll.duration(25 * (5.0 + 20.0 / 100 + 0.3))
    assert [place["facts"]["device"] for place in places] == ["cpu", "cuda"]
    assert row["environment"] == "B"
    pool = next(row for row in rows if row["id"].startswith("cnn-b100-lr0.001-pool-relu"))
    assert pool["differs"] == "order pool-relu"
    differs = {row["id"]: row["differs"] for row in rows}
    assert differs["unet-b20-lr0.001-s0"] == "batch size 20"
    assert differs["cnn-b100-lr0.01-s1"] == "learning rate 0.01"
    assert differs["cnn-upscale-b100-lr0.001-s0"] == "task upscale"
    assert differs[UNET.id] == differs["cnn-b100-lr0.001-s1"] == "baseline"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (3599, "1 h 00 min"), (math.nan, "–")]
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert roll.duration(seconds) == text


# The PDF
