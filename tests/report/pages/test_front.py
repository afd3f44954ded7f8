"""What the front and the appendix are made of."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from report.pages import front, run_list
from report.pages.render_section import weigh_effect
from report.questions.all_claims import load_claims
from report.results.frames import Frames
from report.results.values import Measured
from runs.specs.catalogue import UNET
from runs.text import show_duration
from tests.report.made_up_pages import verdict


def entry(part: str, status: str, effect: float, *flags: str) -> dict[str, Any]:
    return {"part": part, "effect": effect, "record": {"id": f"{part}.x", "status": status, "flags": list(flags)}}


def main(name: str, status: str) -> dict[str, Any]:
    return {"part": name.rpartition(".")[0], "effect": 1.0, "record": {"id": name, "status": status, "flags": []}}


def names(verdicts: list[dict[str, Any]]) -> list[str]:
    """The ids of what is found, in the order in which it stands."""
    return [each.entry["record"]["id"] for each in front.choose_findings(verdicts)]


def test_findings_begin_with_the_main_results_in_the_write_ups_order() -> None:
    others = [entry("1.1.a", "not reproduced", 9), entry("1.6.b", "not reproduced", 99)]
    results = [main(name, "reproduced") for name in reversed(front.MAIN)]
    assert names([*others, *results]) == [*front.MAIN, "1.6.b.x"]
    same_part = entry(next(iter(front.MAIN)).rpartition(".")[0], "not reproduced", 999)
    assert names([same_part, *results]) == [*front.MAIN]
    for status in ("not assessable", "missing"):
        assert names([main(next(iter(front.MAIN)), status)]) == []


def test_main_results_are_claims() -> None:
    assert set(front.MAIN) <= {claim.id for claim in load_claims()}


def test_findings_weigh_what_does_not_hold_before_the_rest_and_then_the_effect() -> None:
    found = [
        entry("1.1.a", "reproduced", 9), entry("1.1.b", "not reproduced", 2), entry("1.1.c", "not reproduced", 5),
        entry("1.1.d", "undecided", 99), entry("1.2.b", "missing", 99),
    ]  # fmt: skip
    weights = []
    while left := names(found):
        weights += left
        found = [each for each in found if each["record"]["id"] not in left]
    assert weights == ["1.1.c.x", "1.1.b.x", "1.1.a.x", "1.1.d.x"]


@pytest.mark.parametrize("part", ["1.3.c", "1.3.b"])
def test_findings_always_name_a_self_contradiction(part: str) -> None:
    others = [entry(f"1.1.{letter}", "not reproduced", 9) for letter in "abcd"]
    results = [main(name, "reproduced") for name in front.MAIN]
    against = entry(part, "undecided", 1, "self-contradicting")  # of the part of a main result too
    assert names([*others, *results, against]) == [*front.MAIN, "1.1.a.x", against["record"]["id"]]
    other = entry("1.4.a", "not reproduced", 99, "self-contradicting")
    assert names([*others, *results, against, other]) == [*front.MAIN, "1.4.a.x"]  # one is enough


def test_findings_prefer_runs_of_the_write_ups_own_data() -> None:
    found = [entry("1.1.a", "not reproduced", 9, "other data"), entry("1.1.b", "not reproduced", 1)]
    assert names(found) == ["1.1.b.x"]


def test_findings_put_last_what_rests_on_one_reading_of_the_words() -> None:
    read = entry("1.1.a", "not reproduced", 99)
    read["record"]["reading"] = "The words are ambiguous."
    assert names([read, entry("1.2.b", "undecided", 1)]) == ["1.2.b.x"]
    assert names([read]) == ["1.1.a.x"]


def test_front_says_of_its_findings_what_they_are() -> None:
    results = [main(name, "reproduced") for name in front.MAIN]
    refuted = entry("1.6.b", "not reproduced", 9)
    beside = "the CNN beside the regression, the UNet beside the CNN."
    main_results = f"The write-up’s main results: its first loss, {beside}"
    weighs = "Then the weightiest of the other parts, which"
    against = entry("1.1.a", "reproduced", 1, "self-contradicting")

    def told(*verdicts: dict[str, Any]) -> str:
        return front.explain_choice(front.choose_findings(verdicts))

    assert told(*results, refuted) == f"{main_results} {weighs} does not hold."
    assert told(*results, entry("1.6.b", "reproduced", 9)) == f"{main_results} {weighs} holds."
    assert told(*results, entry("1.6.b", "undecided", 9)) == f"{main_results} {weighs} these runs leave open."
    assert told(*results) == main_results
    assert told(main("1.1.c.loss-25", "not assessable"), *results[1:]) == (
        f"Those of the write-up’s main results that can be judged here: {beside}"
    )
    assert told(refuted, against) == (
        "The weightiest of all, which does not hold. Then one in which the write-up contradicts itself."
    )
    assert told() == ""


def test_findings_of_nothing_are_none() -> None:
    assert front.choose_findings([]) == []


def test_effect_is_the_distance_in_tolerances() -> None:
    assert weigh_effect(verdict("1.1.a.x", measured=Measured(1.40))) == pytest.approx(3)
    assert weigh_effect(verdict("1.1.a.x", measured=Measured(math.inf))) == weigh_effect(
        verdict("1.1.a.x", measured=Measured(1e12))
    )
    assert weigh_effect(verdict("1.1.a.x")) == 1


def test_pieces_of_the_bar_fill_it(frames: Frames) -> None:
    statuses = ["reproduced", "missing", "missing", "undecided"]
    board = front.count_statuses([{"section": "1.1", "record": {"status": status, "n": 0}} for status in statuses])
    assert board["computed"] == 1
    assert [(p["status"], p["count"], p["x"], p["width"]) for p in board["pieces"]] == [
        ("reproduced", 1, 0, 25), ("undecided", 1, 25, 25), ("missing", 2, 50, 50),
    ]  # fmt: skip
    assert [(row["name"], row["reproduced"], row["total"]) for row in board["rows"]] == [("1.1", 1, 4)]


# The appendix


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
