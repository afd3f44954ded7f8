"""Written figures, and numbers that words come to: what decides them and what is said of it."""

from __future__ import annotations

import pytest

from report.judging.kinds import Expected, Value
from report.judging.record import verdict_record
from report.judging.words import say_needed
from report.results.frames import Measure
from report.results.values import make_known
from tests.report.made_up_claims import CASES, LOW, gives, verdict


def test_a_figure_that_could_be_one_more_run_is_reproduced_where_the_prediction_is_narrow() -> None:
    result = verdict(Value(1.3347, gives(1.342, 1.338, 1.346, digits=3), 0.05))
    assert result.sentence == (
        "Measured 1.342 ± 0.004 (n = 3), 0.5 % above the written 1.3347. It could be one more run of ours, which would "
        "come to 1.307 to 1.377, no further from our mean than 0.05."
    )
    assert result.finding.interval == pytest.approx((1.307, 1.377), abs=1e-3)  # 1.342 ± 8.79 · 0.004
    assert (result.finding.n, result.measured.n, result.finding.more_seeds) == (3, 3, None)
    assert result.finding.off == pytest.approx(0.0073 / 1.3347)
    record = verdict_record(result, "")
    assert (record["level"], record["off"], record["because"]) == (0.95, result.finding.off, "")


def test_a_figure_that_could_not_be_one_more_run_is_not_reproduced_however_near_it_is() -> None:
    seeds = gives(0.494, 0.496, 0.495, unit="%", digits=1)
    result = verdict(Value(0.469, seeds, 0.05, "%"))
    assert result.status == "not reproduced"
    assert result.sentence == (
        "Measured 49.5 % ± 0.1 (n = 3), 5.5 % above the written 46.9 %. It could not be one more run of ours: such a "
        "run would come to 48.6 to 50.4 %."
    )
    rounds = Value(0.5, seeds, 0.05, "%")  # any run from 49.5 % on rounds to 50 %
    assert verdict(rounds).status == "reproduced"


def test_a_figure_that_so_much_could_be_is_undecided() -> None:
    result = verdict(Value(1.0, gives(1.0, 1.15, 1.1), 0.5))
    assert (result.status, result.because) == ("undecided", "too few seeds")
    assert "It could be one more run of ours, which would come to" in result.sentence
    assert "but so could much else, further from our mean than 0.5. About" in result.sentence
    wide = verdict(Value(1.0, gives(1.0, 1.4, 1.1), 0.1))
    assert (wide.because, wide.finding.more_seeds) == ("no difference seen", None)


def test_one_seed_predicts_no_other() -> None:
    result = verdict(Value(1.0, gives(1.05), 0.05))
    assert (result.status, result.because, result.flags) == ("undecided", "too few seeds", ("one seed",))
    assert result.sentence == (
        "Measured 1.0500 (one seed), 5.0 % above the written 1. One seed does not show its noise; more seeds "
        "(--seeds) would."
    )


def test_expected_value_within_says_so_with_n_and_interval() -> None:
    result = verdict(Expected(1.3347, gives(1.342, 1.338, 1.346, digits=3), 0.05))
    assert result.sentence == (
        "Measured 1.342 ± 0.004 (n = 3), within 0.05 of the expected 1.3347, 95 % interval 1.324 to 1.360."
    )
    assert result.finding.interval == pytest.approx((1.324, 1.360), abs=1e-3)  # 1.342 ± 7.90 · 0.004 / √3
    assert result.finding.off is None


def test_expected_value_at_one_seed_is_decided_by_the_number_and_flagged() -> None:
    result = verdict(Expected(1.0, gives(1.05), 0.05))  # 1.05 - 1.0 is a little more than 0.05 in floats
    assert (result.status, result.flags, result.finding.interval) == ("reproduced", ("one seed",), None)
    assert verdict(Expected(1.0, gives(1.051), 0.05)).status == "not reproduced"
    assert verdict(Expected(-1.0, gives(-1.2), 0.05)).sentence == (
        "Measured −1.2000 (one seed), below the expected −1 by more than 0.05."
    )


def test_undecided_value_says_how_many_more_seeds() -> None:
    result = verdict(CASES[Value, "undecided"])
    assert result.finding.more_seeds > 0
    assert say_needed(3, result.finding.more_seeds) in result.sentence


@pytest.mark.parametrize(
    ("more", "told"),
    [(1, "About 1 more seed "), (9, "About 9 more "), (13, "About 10 more "), (97, "About 100 more "),
     (127, "More than 100 more "), (None, "More than 200 more ")],
)  # fmt: skip
def test_seeds_are_told_no_more_exactly_than_a_few_can_tell(more: int | None, told: str) -> None:
    assert say_needed(3, more).startswith(told)


def test_hopeless_value_says_so() -> None:
    result = verdict(Expected(1.5, LOW, 0.5))
    assert (result.finding.more_seeds, result.because) == (None, "no difference seen")
    assert "More than 200 more seeds" in result.sentence


def test_computed_value_has_no_seeds() -> None:
    result = verdict(Expected(1.0, Measure(lambda frames: make_known(1.0, runs=())), 0.1))
    assert (result.finding.n, result.flags) == (0, ())
    assert result.sentence == "Computed 1.0000, within 0.1 of the expected 1."
