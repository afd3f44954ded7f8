"""No claim without a tolerance and its reason, a measure, and a sentence for each status; and the test can fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from report.judging import claim as claims
from report.judging.claim import Claim, Margin
from report.judging.kinds import Fact, Identity, Judgement, Ordering, Trend, Value, identity
from report.questions.all_claims import load_claims
from tests.report.complaints import complaints
from tests.report.made_up_claims import gives

CLAIMS = {claim.id: claim for claim in load_claims()}


@pytest.mark.parametrize("name", CLAIMS)
def test_claim_has_a_tolerance_its_reason_a_measure_and_a_sentence_for_each_status(name: str) -> None:
    assert complaints(CLAIMS[name]) == []


SIZE = Margin(0.1, "", "a reason")
ONE = gives(1.0, 2.0, 3.0)
WHOLE = {
    "value": Value(1.0, ONE, 0.1),
    "ordering": Ordering(ONE, ONE, SIZE),
    "trend": Trend([ONE, ONE, ONE], "abc", "rises", SIZE),
    "identity": Identity(ONE),
    "fact": Fact(1.0, ONE, "a sum"),
    "judgement": Judgement({"one": Ordering(ONE, ONE, SIZE), "two": Ordering(ONE, ONE, SIZE)}),
}


def claim(test: Any, **fields: str) -> Claim:
    return replace(Claim("1.1.a.some", "A statement.", "1", test, "A reason."), **fields)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_whole_claim_has_nothing_to_complain_of(kind: str) -> None:
    assert complaints(claim(WHOLE[kind])) == []


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (claim(Value(1.0, ONE, 0.0)), "no tolerance"),
        (claim(Value(float("nan"), ONE, 0.1)), "no tolerance"),
        (claim(Value(1.0, ONE, 0.1, "s")), "another unit"),
        (claim(Fact(1.0, ONE, " ")), "no computation"),
        (claim(Fact(1.0, ONE, "a sum", -0.1)), "no tolerance"),
        (claim(Ordering(ONE, ONE, Margin(0.0, "", "a reason"))), "no margin"),
        (claim(Ordering(ONE, ONE, Margin(0.1, "", ""))), "no reason for the margin"),
        (claim(Ordering(ONE, gives(1.0, unit="s"), SIZE)), "another unit"),
        (claim(Ordering(ONE, ONE, SIZE, ("", ""))), "no sentence"),
        (claim(Trend([ONE, ONE], "ab", "rises", Margin(0.1, "points", "a reason"))), "another unit"),
        (claim(Judgement({"": Ordering(ONE, ONE, Margin(0.0, "", "a reason"))})), "no margin"),
        (claim(Judgement()), "no measure"),
        (claim(WHOLE["value"], statement=" "), "no statement"),
        (claim(WHOLE["value"], written=""), "no written"),
        (claim(WHOLE["value"], why=""), "no why"),
    ],
)  # fmt: skip
def test_what_a_claim_lacks_is_found(broken: Claim, complaint: str) -> None:
    assert any(complaint in each for each in complaints(broken))


@pytest.mark.parametrize(
    ("kind", "where", "name"),
    [
        ("value", Value, "_say"), ("ordering", Ordering, "_say"), ("trend", Trend, "_say_holds"),
        ("trend", Trend, "_say_fails"), ("trend", Trend, "_say_open"), ("identity", identity, "_say"),
        ("fact", Fact, "_say"), ("judgement", Judgement, "_say"), ("value", claims, "say_missing"),
        ("value", claims, "say_diverged"),
    ],
)  # fmt: skip
def test_a_status_without_a_sentence_is_found(
    kind: str, where: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, lambda *parts: "")
    assert any("no sentence" in each for each in complaints(claim(WHOLE[kind])))


def test_distances_from_the_truth_are_named_so() -> None:
    """A number that is a distance must not read as the number itself."""
    spoken = ("colourfulness is nearer", "sharpness lies nearer", "is further from that of", "nearer to the truth in")
    named = [
        proxy.names for claim in load_claims() if isinstance(claim.test, Judgement)
        for name, proxy in claim.test.proxies.items() if any(words in name for words in spoken)
    ]  # fmt: skip
    assert len(named) >= 7
    for first, second in named:
        assert first.startswith("the distance from the truth ")
        assert second.startswith("that ")
