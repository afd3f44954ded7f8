from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from report.answers import Answer
from report.judging.claim import Claim, Rule
from report.judging.judge import FLAGS, judge, judge_part
from report.judging.kinds import KINDS, Expected, Fact, Identity, Judgement, Value
from report.judging.record import verdict_record
from report.judging.verdict import STATUSES
from report.measures.common import flat_at
from report.results.frames import Frames, Measure
from report.results.values import ON_PICTURES, Sample, make_known
from tests.report.made_up_claims import (
    CASES,
    HIGH,
    HOLDS,
    LOW,
    MISSING,
    REVERSED,
    UNSURE,
    fails,
    frames,
    gives,
    ordering,
    proxy,
    trend,
    verdict,
)


def test_every_kind_has_a_case_for_every_status() -> None:
    assert set(CASES) == {(kind, status) for kind in KINDS for status in STATUSES}


@pytest.mark.parametrize(("case", "test"), CASES.items(), ids=[f"{kind.__name__}-{status}" for kind, status in CASES])
def test_every_kind_has_a_status_and_a_sentence_for_every_outcome(case: Any, test: Any) -> None:
    result = verdict(test)
    assert result.status == case[1]
    assert result.sentence[0].isupper() or result.sentence[0] == "“"
    assert result.sentence.endswith(".")
    assert not any(poor in result.sentence for poor in ("None", "nan", "..", "  ", "{", "Measured("))


def test_the_sentences_of_one_kind_all_differ() -> None:
    for kind in KINDS:
        assert len({verdict(CASES[kind, status]).sentence for status in STATUSES}) == len(STATUSES)


def test_missing_names_the_runs() -> None:
    result = verdict(CASES[Value, "missing"])
    assert result.sentence == "Cannot be judged yet: r1 not stored."
    assert (result.missing, result.measured, result.finding.n, result.flags) == (("r1",), None, 0, ())


def test_many_missing_runs_are_counted() -> None:
    many = tuple(f"r{i}" for i in range(9))
    result = verdict(Value(1.0, gives(missing=many), 0.1))
    assert "r0, r1, r2, r3 and 5 more" in result.sentence
    assert result.missing == many


def test_nothing_found_and_nothing_named_is_missing() -> None:
    assert verdict(Value(1.0, Measure(lambda frames: Sample({})), 0.1)).status == "missing"


def test_diverged_run_counts_against_n_and_is_told() -> None:
    result = verdict(Value(1.0, gives(1.0, 1.01, 1.02, diverged=("s3",)), 0.5))
    assert (result.status, result.finding.n) == ("reproduced", 3)
    assert result.sentence.endswith("Diverged, and so not counted: s3.")
    assert result.runs == ("s0", "s1", "s2", "s3")
    left = verdict(Value(1.0, gives(1.0, diverged=("s1", "s2")), 0.5))
    assert (left.finding.n, left.flags) == (1, ("one seed",))


def test_all_diverged_says_so() -> None:
    result = verdict(CASES[Value, "not assessable"])
    assert result.sentence == "There is no number to judge: training diverged (r2)."


def test_missing_beside_diverged_can_still_be_filled() -> None:
    result = verdict(Value(1.0, gives(missing=("a",), diverged=("b",)), 0.1))
    assert result.status == "missing"
    assert "b" in result.sentence


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_never_reproduced(number: Any) -> None:
    bad = gives(number)
    tests: list[Rule] = [
        Value(1.0, bad, math.inf),
        ordering(bad, LOW),
        ordering(LOW, bad),
        trend(LOW, bad),
        Identity(bad),
        Fact(1.0, bad, "x", math.inf),
        proxy(ordering(bad, bad)),
    ]
    assert {verdict(test).status for test in tests} == {"not assessable"}


def test_number_that_is_not_finite_lowers_n_and_is_told() -> None:
    result = verdict(Value(1.0, gives(1.0, math.nan, 1.01, 1.02), 0.5))
    assert (result.status, result.finding.n) == ("reproduced", 3)
    assert result.sentence.endswith("Not finite, and so not counted: 1 number.")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyError("delta_e"), "missing"),
        (IndexError("index 0 is out of bounds"), "missing"),
        (ValueError("cannot reshape"), "not assessable"),
        (ZeroDivisionError("division by zero"), "not assessable"),
    ],
)
def test_measure_that_trips_over_what_is_stored_is_a_verdict(error: Any, status: Any) -> None:
    for test in (Value(1.0, fails(error), 0.1), ordering(LOW, fails(error)), proxy(ordering(LOW, fails(error)))):
        result = verdict(test)
        assert result.status == status
        assert str(error) in result.sentence


@pytest.mark.parametrize("error", [TypeError, AttributeError])
def test_mistake_in_a_measure_passes_through(error: Any) -> None:
    with pytest.raises(error):
        verdict(Value(1.0, fails(error("a mistake")), 0.1))


def test_flags_say_what_qualifies_a_verdict() -> None:
    test = Value(1.0, gives(1.0), 0.1)
    everything = verdict(test, frames("other", "quick", stale=("s0",)), conflict="Its own table says otherwise.")
    assert everything.flags == FLAGS
    assert verdict(Value(1.0, gives(1.0, 1.0), 0.1)).flags == ()


def test_copies_of_the_pictures_are_no_other_data() -> None:
    assert verdict(Value(1.0, LOW, 0.5), frames("copies")).flags == ()
    assert verdict(Value(1.0, LOW, 0.5), frames("other")).flags == ("other data",)


def test_stale_is_about_the_runs_behind_it() -> None:
    assert verdict(Value(1.0, gives(1.0, 1.0), 0.5), frames(stale=("s4",))).flags == ()
    assert verdict(Value(1.0, gives(1.0, 1.0, diverged=("s4",)), 0.5), frames(stale=("s4",))).flags == ("stale",)


def test_universal_fact_holds_for_any_data_and_one_on_the_pictures_does_not() -> None:
    universal = Fact(1.0, Measure(lambda frames: make_known(1.0)), "a sum")
    of_the_pictures = Fact(1.0, Measure(lambda frames: make_known(1.0, runs=ON_PICTURES)), "a sum")
    assert verdict(universal, frames("other", "quick")).flags == ()
    assert verdict(of_the_pictures, frames("other", "quick")).flags == ("other data",)
    assert verdict(replace(of_the_pictures, shortened=True), frames("other", "quick")).flags == ("other data", "quick")


@pytest.mark.parametrize(("found", "flag"), [(frames("other"), "other data"), (frames("same", "quick"), "quick")])
def test_a_figure_of_other_pictures_or_epochs_is_shown_and_not_decided(found: Frames, flag: str) -> None:
    for measured in (1.0, 7.0):
        result = verdict(Value(1.0, gives(measured, measured), 0.1), found)
        assert (result.status, result.measured.value, result.flags) == ("not assessable", measured, (flag,))
        assert result.finding.interval is None
        epochs = "5 epochs" if flag == "quick" else "25 epochs"
        assert f"{measured:.4f} (n = 2) after {epochs}" in result.sentence
        assert "The written 1 is of 25 epochs on the write-up’s own pictures" in result.sentence
    assert verdict(HOLDS, found).status == "reproduced"
    assert verdict(Expected(1.0, Measure(lambda frames: make_known(1.0)), 0.1), found).status == "reproduced"


@pytest.mark.parametrize(("found", "flag"), [(frames("other"), "other data"), (frames("same", "quick"), "quick")])
def test_a_number_that_is_no_written_figure_is_decided_on_any_pictures_and_epochs(found: Frames, flag: str) -> None:
    test = [Expected(0.0, gives(x, x + 0.01, x + 0.02), 0.1, anywhere=True) for x in (0.02, 7.0)]
    within, off = (verdict(each, found) for each in test)
    assert [within.status, off.status] == ["reproduced", "not reproduced"]
    assert within.flags == off.flags == (flag,)
    assert "within 0.1 of the expected 0" in within.sentence
    assert "written" not in within.sentence + off.sentence


def test_a_figure_of_other_pictures_names_their_number_and_its_own_epoch() -> None:
    found = frames("other", "quick")
    found = replace(found, data={**found.data, "train": 1000})
    told = verdict(Value(0.0102, gives(0.0784), 0.001, epoch=15), found).sentence
    assert told.startswith("Measured 0.0784 (one seed) after 3 epochs on 1,000 pictures that are not the write-up’s. ")
    assert "The written 0.0102 is of 15 epochs" in told


def test_what_is_measured_beside_a_statement_that_nothing_settles_is_shown() -> None:
    test = Judgement(reason="Taste.", beside={"this": gives(1.0, 2.0), "that": MISSING, "it": gives(3.0)})
    result = verdict(test)
    assert result.status == "not assessable"
    assert "Taste. Measured all the same: this: 1.50 ± 0.71 (n = 2); it: 3.0000 (one seed)." in result.sentence
    assert ([name for name, _ in result.finding.numbers], result.measured, result.runs) == (
        ["this", "it"],
        None,
        ("s0", "s1"),
    )
    assert [(name, number.value) for name, number in result.shown] == [("this", 1.5), ("it", 3.0)]
    record = verdict_record(result, "")
    assert [(each["name"], each["measured"], each["unit"]) for each in record["beside"]] == [
        ("this", 1.5, ""), ("it", 3.0, ""),
    ]  # fmt: skip
    assert (record["measured"], record["proxies"]) == (None, [])
    assert set(Answer("1.1.a", "", "", verdicts=[result]).numbers) == {number for _, number in result.finding.beside}
    alone = verdict(replace(test, beside={"this": gives(1.0, 2.0)}))
    assert alone.measured.value == 1.5
    assert [number.value for _, number in alone.shown] == [1.5]


def test_no_runs_at_all() -> None:
    empty = Frames({"written": "same"}, pd.DataFrame(), pd.DataFrame({"run": []}), {}, {})
    assert verdict(Value(1.0, MISSING, 0.1), empty).status == "missing"


def test_a_sentence_shows_the_written_figure_with_all_its_digits() -> None:
    claim = Claim("1.3.c.x", "", "1.3450", Value(1.345, gives(1.34, 1.35, 1.345), 0.05), "")
    assert "the written 1.3450" in judge(claim, frames()).sentence
    fact = Claim("1.3.c.y", "", "2.50", Fact(2.5, gives(2.5), "a sum"), "")
    assert "as written (2.50)" in judge(fact, frames()).sentence


def test_judge_part_takes_the_claims_of_the_part_in_order() -> None:
    claims = [Claim(name, "", "", Judgement(), "") for name in ("1.1.a.x", "1.1.b.y", "1.1.a.z")]
    assert [one.claim.id for one in judge_part("1.1.a", claims, frames())] == ["1.1.a.x", "1.1.a.z"]


@pytest.mark.parametrize(
    ("test", "what"),
    [
        (Value(1.0, LOW, 0.5), "measured"),
        (ordering(LOW, LOW), "difference"),
        (trend(LOW, LOW), "deciding step"),
        (Identity(LOW), "differences"),
        (Fact(1.0, LOW, "a sum"), "computed"),
        (proxy(ordering(LOW, LOW)), "difference"),
        (Judgement(reason="nothing"), "measured"),
    ],
)
def test_the_number_beside_a_verdict_is_named_for_what_it_is(test: Any, what: str) -> None:
    assert verdict(test).claim.test.what == what


def test_a_threshold_is_not_among_what_was_measured() -> None:
    assert [side.value for _, side in verdict(ordering(HIGH, LOW)).shown] == [
        frames().take(HIGH).mean,
        frames().take(LOW).mean,
    ]
    for held in (ordering(HIGH, flat_at(HIGH, 0.5)), ordering(flat_at(HIGH, 9.0), HIGH)):
        assert [(what, side.value) for what, side in verdict(held).shown] == [("", frames().take(HIGH).mean)]


def test_each_proxy_of_a_judgement_is_among_what_was_measured() -> None:
    both = Judgement({"one": ordering(HIGH, LOW), "other": ordering(LOW, HIGH)})
    assert [what for what, _ in verdict(both).shown] == ["one: difference", "other: difference"]
    assert verdict(Judgement(reason="nothing")).shown == []


def test_what_each_proxy_of_a_judgement_comes_to_stands_on_the_verdict() -> None:
    assert verdict(proxy(HOLDS, UNSURE)).finding.states == [("proxy 0", "reproduced"), ("proxy 1", "undecided")]
    assert verdict(proxy(REVERSED)).finding.states == [("proxy 0", "not reproduced")]
    assert verdict(HOLDS).finding.states == ()


def test_record_holds_what_a_program_needs() -> None:
    result = verdict(HOLDS)
    record = verdict_record(result, "python cli.py run-all --section 1.1")
    assert set(record) == {
        "id", "question", "statement", "written", "measured", "what", "unit", "spread", "sides", "proxies", "beside",
        "tolerance", "why", "reading", "status", "sentence", "flags", "n", "interval", "level", "more_seeds", "runs",
        "missing", "command", "role", "below", "because", "off",
    }  # fmt: skip
    assert (record["id"], record["question"], record["n"]) == ("1.1.a.some", "1.1.a", 3)
    assert record["measured"] == pytest.approx(2.2 / 3 + 4.0 / 3 - 1.0)
    assert record["interval"] == list(result.finding.interval)


@pytest.mark.parametrize("test", CASES.values(), ids=lambda each: type(each).__name__)
def test_record_is_strict_json(test: Any) -> None:
    json.dumps(verdict_record(verdict(test), "x"), allow_nan=False)
