from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from report.judging.claim import Margin
from report.judging.kinds import Fact, Identity, Judgement, Trend, Value
from report.judging.record import verdict_record
from report.results.frames import Measure
from report.results.values import make_known
from tests.report.made_up_claims import (
    CASES,
    DIVERGED,
    HIGH,
    HOLDS,
    LOW,
    MISSING,
    REVERSED,
    UNSURE,
    gives,
    ordering,
    proxy,
    trend,
    verdict,
)

#: Any difference counts.
ANY = Margin(0.0, "", "a reason")


@pytest.mark.parametrize(
    ("larger", "because"),
    [
        (gives(0.5, 0.7, 0.9), "all seeds point one way"),
        (gives(0.5, 0.7, -0.1), "too few seeds"),
        (gives(1.0, -1.0, 0.0001), "no difference seen"),
        (gives(0.0), "too few seeds"),
    ],
)
def test_an_undecided_ordering_says_which_kind_it_is(larger: Measure, because: str) -> None:
    result = verdict(ordering(larger, gives(0.0, 0.0, 0.0)))
    assert (result.status, result.because) == ("undecided", because)
    assert verdict_record(result, "")["because"] == because
    assert verdict(proxy(ordering(larger, gives(0.0, 0.0, 0.0)), HOLDS)).because == because


def test_proxies_that_are_decided_and_disagree_say_so() -> None:
    assert verdict(proxy(HOLDS, REVERSED)).because == "measures disagree"
    assert verdict(HOLDS).because == ""


def test_ordering_is_paired_by_seed() -> None:
    shared = (1.0, 5.0, 9.0)  # far more than the gap: unpaired, nothing would be decided
    result = verdict(ordering(gives(*(x + 0.1 for x in shared)), gives(*shared)))
    assert result.status == "reproduced"
    assert result.measured.value == pytest.approx(0.1)


def test_ordering_needs_more_than_an_interval_that_holds_once() -> None:
    from scipy.stats import ttest_1samp

    differences = (0.5, 0.7, 0.9)
    assert ttest_1samp(differences, 0).pvalue < 0.05
    assert verdict(ordering(gives(*differences), gives(0, 0, 0))).status == "undecided"
    result = verdict(ordering(gives(0.6, 0.7, 0.8), gives(0, 0, 0)))
    assert result.status == "reproduced"
    assert "95 % interval" in result.sentence
    assert verdict_record(result, "")["level"] == 0.95


def test_two_seeds_that_differ_have_no_interval_yet() -> None:
    result = verdict(ordering(gives(2.0, 2.1), gives(1.0, 1.0)))
    assert (result.status, result.finding.n, result.finding.interval, result.finding.more_seeds) == (
        "undecided",
        2,
        None,
        1,
    )
    assert verdict(Value(1.0, gives(1.0, 1.01), 0.5)).status == "undecided"


def test_difference_surely_below_the_margin_is_a_tie() -> None:
    result = verdict(ordering(gives(1.01, 1.11, 0.912), LOW, margin=0.5))
    assert result.status == "not reproduced"
    assert "No difference above the margin of 0.5: 0.010" in result.sentence


def test_difference_that_may_reach_the_margin_is_open() -> None:
    result = verdict(ordering(gives(2.0, 2.3, 1.7), LOW, margin=1.1))
    assert result.status == "undecided"
    assert "The former is larger, but perhaps not by the margin of 1.1" in result.sentence


def test_reversed_ordering_gives_the_size_without_its_sign() -> None:
    result = verdict(REVERSED)
    assert "not larger but smaller, by 1.067 ± 0.058 (n = 3), 95 % interval 0.803 to 1.330" in result.sentence
    assert result.measured.value < 0
    assert result.finding.interval[0] < result.finding.interval[1] < 0


def test_ordering_of_shares_differs_by_points() -> None:
    share = {"unit": "%", "digits": 1}
    result = verdict(ordering(gives(0.494, **share), gives(0.416, **share)))
    assert result.sentence == "The UNet: 49.4 %; the CNN: 41.6 %. The former is larger by 7.8 points (one seed)."
    assert result.measured.unit == "points"


@pytest.mark.parametrize(
    ("larger", "margin", "status"),
    [(1.5, 0.4, "reproduced"), (1.3, 0.4, "undecided"), (0.5, 0.4, "not reproduced"), (1.0, 0.0, "undecided")],
)
def test_ordering_at_one_seed(larger: Any, margin: Any, status: Any) -> None:
    result = verdict(ordering(gives(larger), gives(1.0), margin))
    assert (result.status, result.flags, result.finding.more_seeds) == (status, ("one seed",), None)
    assert ("more seeds (--seeds)" in result.sentence) == (status == "undecided")
    assert ("Too close for one seed, below the margin of 0.4" in result.sentence) == (larger == 1.3)


def test_one_seed_does_not_decide_what_the_digits_shown_do_not() -> None:
    hair = verdict(ordering(gives(1.00004), gives(1.00001)))
    assert hair.status == "undecided"
    assert "Too close for one seed: a difference of" in hair.sentence
    equal = verdict(ordering(gives(0.0, unit="%"), gives(0.0, unit="%")))
    assert equal.status == "undecided"
    assert "Equal on the one seed: a difference of 0" in equal.sentence
    three = verdict(ordering(gives(1.00004, 2.00004, 3.00004), gives(1.00001, 2.00001, 3.00001)))
    assert three.status == "reproduced"


def test_computed_ordering_is_decided_and_equal_is_no_difference() -> None:
    first, second = Measure(lambda frames: make_known(2.0, runs=())), Measure(lambda frames: make_known(1.0, runs=()))
    assert verdict(ordering(first, second)).status == "reproduced"
    assert verdict(ordering(second, first)).status == "not reproduced"
    same = verdict(ordering(first, first))
    assert (same.status, same.flags, same.finding.n) == ("not reproduced", (), 0)
    assert "No difference at all" in same.sentence
    assert verdict(ordering(first, second, margin=3.0)).status == "not reproduced"


def test_computed_number_is_held_against_every_seed() -> None:
    result = verdict(ordering(HIGH, Measure(lambda frames: make_known(1.0))))
    assert (result.status, result.finding.n) == ("reproduced", 3)


def test_seeds_that_only_one_has_drop_out() -> None:
    result = verdict(ordering(gives(2.0, None, 2.1), gives(1.0, 1.1, 1.0, missing=("s4",))))
    assert result.finding.n == 2
    assert "the CNN: 1.0000. " in result.sentence
    assert result.sentence.endswith("Not stored yet: s4.")
    assert result.missing == ("s4",)


def test_no_seed_in_common_is_missing() -> None:
    result = verdict(ordering(gives(2.0, missing=("x1",)), gives(None, 1.0, missing=("y0",))))
    assert result.status == "missing"
    assert "x1, y0" in result.sentence


def test_trend_that_holds_names_its_least_sure_step() -> None:
    result = verdict(CASES[Trend, "reproduced"])
    assert result.sentence.startswith("Rises at each step: 1.10 ± 0.10 (a) → 2.10")
    assert "The least sure step is that from b to c, by 1.0007 ± 0.0012 (n = 3), 95 % interval" in result.sentence


def test_trend_that_fails_names_the_step() -> None:
    result = verdict(CASES[Trend, "not reproduced"])
    assert result.sentence.startswith("Not at every step: from a to b it falls by 0.9997")
    assert "where it should rise" in result.sentence
    assert verdict_record(result, "")["level"] == pytest.approx(0.975)
    assert "97.5 % interval" in result.sentence


def test_falling_trend() -> None:
    falls = Trend((gives(3.0), gives(2.0), gives(1.0)), "abc", "falls", ANY)
    assert verdict(falls).sentence.startswith("Falls at each step")
    assert verdict(Trend(falls.steps, "abc", "rises", ANY)).status == "not reproduced"


def test_trend_turns_where_it_is_written_to_turn() -> None:
    steps = (gives(3.0), gives(2.0), gives(2.5))
    turning = verdict(Trend(steps, "abc", "falls", ANY, turns=(1,)))
    assert turning.status == "reproduced"
    assert turning.sentence.startswith("Turns as written")
    straight = verdict(Trend(steps, "abc", "falls", ANY))
    assert straight.status == "not reproduced"
    assert "from b to c it rises by 0.5000 (one seed), where it should fall" in straight.sentence


def test_trend_with_a_tie_is_not_reproduced() -> None:
    result = verdict(trend(LOW, gives(1.01, 1.11, 0.912), HIGH, margin=0.5))
    assert result.status == "not reproduced"
    assert "from a to b there is no rise above the margin of 0.5" in result.sentence


def test_one_step_of_several_needs_more_to_speak_against_a_trend() -> None:
    against = gives(0.0, 0.0, 0.0), gives(-0.6, -0.7, -0.8)  # decided as an ordering of its own …
    assert verdict(ordering(*against)).status == "reproduced"
    others = [gives(*(x + i for x in (0.0, 0.0, 0.001))) for i in range(1, 9)]
    assert verdict(trend(*against, *others)).status == "undecided"  # … but one of nine is likely to look so


def test_open_trend_names_the_steps_and_the_seeds() -> None:
    result = verdict(CASES[Trend, "undecided"])
    assert result.sentence.startswith("Open at every step, inside the noise of the seeds (n = 3): 1.00 ± 0.10 (a)")
    assert "more seed" in result.sentence


def test_trend_at_one_seed_is_flagged() -> None:
    result = verdict(trend(gives(1.0), gives(1.1), gives(2.0), margin=0.5))
    assert (result.status, result.flags) == ("undecided", ("one seed",))
    assert result.sentence.startswith("Open from a to b, too close for one seed")


def test_long_trend_shows_its_ends() -> None:
    result = verdict(trend(*(gives(float(i)) for i in range(12))))
    assert "0.0000 (a) → 1.0000 (b) → … → 10.0000 (k) → 11.0000 (l)" in result.sentence


def test_identity_counts_the_seeds_that_differ() -> None:
    assert verdict(Identity(gives(0, 0, 0))).sentence == (
        "No difference was found on any of 3 seeds: exactly the same."
    )
    assert "on 1 of 3 seeds" in verdict(Identity(gives(0, 3, 0))).sentence
    assert verdict(Identity(gives(1))).sentence == "Not the same: 1 difference on the one seed compared."
    computed = verdict(Identity(Measure(lambda frames: make_known(0, runs=()))))
    assert (computed.status, computed.flags) == ("reproduced", ())


def test_identity_with_a_seed_that_cannot_be_compared_is_open() -> None:
    assert "Diverged, and so not counted: s2." in verdict(CASES[Identity, "undecided"]).sentence


def test_fact_says_how_it_was_computed() -> None:
    result = verdict(CASES[Fact, "not reproduced"])
    assert result.sentence == "Computed 0.2500, not the written 0.5: one side over the other."
    assert (result.finding.n, result.measured.n, result.finding.interval) == (0, 0, None)
    near = Fact(0.5, Measure(lambda frames: make_known(0.49)), "a sum.", 0.02)
    assert verdict(near).sentence == "Computed 0.4900, as written (0.5), within 0.02: a sum."


def test_fact_read_from_one_network_is_not_flagged_one_seed() -> None:
    result = verdict(Fact(5, gives(5), "layers"))
    assert (result.finding.n, result.flags, result.runs) == (0, (), ("s0",))


def test_judgement_names_its_proxies_as_such() -> None:
    result = verdict(proxy(HOLDS, REVERSED))
    assert result.sentence.startswith("Its proxies leave it open. “Proxy 0” – holds.")
    assert "“Proxy 1” – does not hold. The UNet: 1.00 ± 0.10" in result.sentence
    assert (result.measured, result.finding.n) == (None, 3)


def test_judgement_with_open_proxies_is_not_refuted() -> None:
    assert verdict(proxy(UNSURE, UNSURE)).status == "undecided"
    assert verdict(proxy(REVERSED, UNSURE)).status == "undecided"


def test_judgement_with_one_proxy_shows_its_number() -> None:
    result = verdict(proxy(HOLDS))
    assert result.measured == verdict(HOLDS).measured
    assert result.finding.interval == verdict(HOLDS).finding.interval


def test_one_proxy_is_spoken_of_as_one() -> None:
    told = [verdict(proxy(each)).sentence for each in (HOLDS, REVERSED, UNSURE, ordering(HIGH, DIVERGED))]
    leads = [
        "By its proxy it holds.", "By its proxy it does not hold.", "Its proxy leaves it open.",
        "Its proxy says nothing.",
    ]  # fmt: skip
    for sentence, lead in zip(told, leads, strict=True):
        assert sentence.startswith(lead)


def test_judgement_whose_proxies_all_diverged_is_not_assessable() -> None:
    assert verdict(proxy(ordering(HIGH, DIVERGED))).status == "not assessable"
    assert verdict(proxy(HOLDS, ordering(HIGH, DIVERGED))).status == "undecided"


def test_both_at_the_floor_say_nothing_and_the_other_proxies_decide() -> None:
    none = gives(0.0, 0.0)
    at_floor = replace(ordering(none, none, 0.1), floor=0.0)
    alone = verdict(at_floor)
    assert alone.status == "not assessable"
    assert alone.sentence == "The UNet and the CNN are both at 0.0000, the least there is: neither could have less."
    assert verdict(proxy(at_floor, HOLDS)).status == "reproduced"
    assert verdict(proxy(at_floor, REVERSED)).status == "not reproduced"
    assert verdict(proxy(at_floor)).status == verdict(proxy(at_floor, at_floor)).status == "not assessable"
    assert verdict(proxy(at_floor)).sentence == f"Its proxy says nothing. “Proxy 0” – says nothing. {alone.sentence}"
    assert verdict(proxy(at_floor, at_floor)).finding.brief == (
        "Its proxies say nothing: “Proxy 0” says nothing, “Proxy 1” says nothing."
    )
    off = replace(ordering(gives(0.2, 0.2), none, 0.1), floor=0.0)
    assert verdict(off).status == "reproduced"


def test_judgement_without_proxies_gives_the_reason() -> None:
    assert verdict(Judgement(reason="A matter of taste.")).sentence.endswith("can settle it. A matter of taste.")


def test_judgement_knows_all_runs_behind_its_proxies() -> None:
    result = verdict(proxy(ordering(gives(2.0), gives(1.0)), ordering(HIGH, MISSING)))
    assert (result.runs, result.missing) == (("s0", "s1", "s2"), ("r1",))
