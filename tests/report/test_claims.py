from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from report.claims import kinds
from report.claims.catalogue import all_claims
from report.claims.evidence import measures
from report.claims.judge import FLAGS, judge
from report.claims.kinds import Fact, Judgement, Ordering, Trend, Value
from report.claims.record import verdict_record
from report.claims.verdict import STATUSES
from report.frames import Frames
from runs.catalogue import PRESETS
from tests.fakes import fake_frames

PARTS = {
    *("1.1.a", "1.1.b", "1.1.c", "1.1.d", "1.1.e", "1.2.b", "1.3.b", "1.3.c", "1.4.a", "1.4.b"),
    *("1.5.a", "1.5.b", "1.5.c", "1.6.a", "1.6.b", "1.6.c", "1.6.d"),
}
METRICS = ["train_loss", "val_loss", "val_accuracy"]


@cache
def full() -> Frames:
    return fake_frames()


@cache
def situations() -> dict[str, Frames]:
    """What may be stored: name -> frames."""
    frames = full()
    not_finite = frames.epochs.copy()
    not_finite[METRICS] = math.nan
    late = frames.epochs.copy()
    late.loc[late.epoch > 20, METRICS] = math.inf
    one_of_two = frames.epochs[~frames.epochs.run.str.endswith("-s1")]
    blank = {key: replace(m, arrays={k: _blank(v) for k, v in m.arrays.items()}) for key, m in frames.probes.items()}
    stripped = {key: replace(m, arrays={}, notes={}) for key, m in frames.probes.items()}
    return {
        "all of two seeds": frames,
        "nothing": fake_frames(seeds=0),
        "no probes": fake_frames(probes=False),
        "one seed": fake_frames(seeds=1),
        "three seeds": fake_frames(seeds=3),
        "quick": fake_frames(PRESETS["quick"]),
        "no UNet": fake_frames(without=("unet",)),
        "no CNN": fake_frames(without=("cnn",)),
        "no pictures": replace(frames, pictures={}),
        "epochs not finite": replace(frames, epochs=not_finite),
        "epochs infinite at the end": replace(frames, epochs=late),
        "all diverged": replace(frames, runs=frames.runs.assign(diverged=True)),
        "one seed stopped early": replace(frames, epochs=one_of_two),
        "stale runs of other pictures": replace(
            frames, runs=frames.runs.assign(stale=True), data={**frames.data, "written": "other"}
        ),
        "probes not finite": replace(frames, probes=blank),
        "probes of another make": replace(frames, probes=stripped),
        "seeds asked for but not stored": replace(fake_frames(seeds=0), seeds=(0, 1)),
    }


def _blank(array: NDArray[Any]) -> NDArray[Any]:
    return np.full_like(array, np.nan) if array.dtype.kind == "f" else array


def comparisons(test: kinds.Test) -> Iterable[Ordering | Trend]:
    return (
        test.proxies.values() if isinstance(test, Judgement) else [test] if isinstance(test, Ordering | Trend) else []
    )


def test_there_are_more_than_50_claims() -> None:
    assert len(all_claims()) > 50


def test_ids_are_unique() -> None:
    assert [name for name, count in Counter(claim.id for claim in all_claims()).items() if count > 1] == []


def test_every_part_has_claims_and_every_claim_a_part() -> None:
    assert {claim.part for claim in all_claims()} == PARTS


def test_claims_stand_in_the_order_of_the_parts() -> None:
    parts = [claim.part for claim in all_claims()]
    assert [part[:3] for part in parts] == sorted(part[:3] for part in parts)


@pytest.mark.parametrize("field", ["statement", "written", "why"])
def test_every_claim_says_what_was_written_and_why_it_is_tested_so(field: Any) -> None:
    assert [claim.id for claim in all_claims() if not getattr(claim, field).strip()] == []


def test_every_claim_has_a_test_of_a_known_kind_with_measures() -> None:
    for claim in all_claims():
        assert isinstance(claim.test, get_args(kinds.Test)), claim.id
        assert all(callable(measure) for measure in measures(claim.test)), claim.id
        assert measures(claim.test) or (isinstance(claim.test, Judgement) and claim.test.reason), claim.id


def test_every_value_has_a_tolerance() -> None:
    for claim in all_claims():
        if isinstance(claim.test, Value):
            assert 0 < claim.test.tolerance < math.inf, claim.id
            assert math.isfinite(claim.test.written), claim.id
        if isinstance(claim.test, Fact):
            assert 0 <= claim.test.tolerance < math.inf, claim.id
            assert claim.test.computation.strip(), claim.id


def test_every_margin_is_a_size() -> None:
    for claim in all_claims():
        for test in comparisons(claim.test):
            assert 0 <= test.margin < math.inf, claim.id


def test_every_trend_has_steps_with_labels() -> None:
    for claim in all_claims():
        if isinstance(claim.test, Trend):
            assert len(claim.test.steps) == len(claim.test.labels) >= 2, claim.id
            assert set(claim.test.turns) <= set(range(len(claim.test.steps) - 1)), claim.id


def test_what_is_compared_has_one_unit() -> None:
    mixed = []
    for claim in all_claims():
        for test in comparisons(claim.test):
            if len({measure(full()).unit for measure in measures(test)}) > 1:
                mixed.append(claim.id)
    assert mixed == []


def test_written_figures_have_the_unit_of_what_is_measured() -> None:
    tests = [(claim.id, claim.test) for claim in all_claims() if isinstance(claim.test, Value)]
    assert [name for name, test in tests if test.measure(full()).unit != test.unit] == []


@pytest.mark.parametrize("name", list(situations()))
def test_every_claim_gets_a_verdict_whatever_is_stored(name: Any) -> None:
    for claim in all_claims():
        verdict = judge(claim, situations()[name])
        assert verdict.status in STATUSES, claim.id
        assert verdict.sentence.endswith("."), claim.id
        assert set(verdict.flags) <= set(FLAGS), claim.id
        assert verdict.measured is None or math.isfinite(verdict.measured.value), claim.id
        json.dumps(verdict_record(verdict, "command"), allow_nan=False)


def test_no_claim_lacks_anything_when_all_is_stored() -> None:
    assert [claim.id for claim in all_claims() if judge(claim, full()).missing] == []


def test_a_missing_verdict_names_what_to_make() -> None:
    nothing = situations()["seeds asked for but not stored"]
    verdicts = [judge(claim, nothing) for claim in all_claims()]
    assert sum(verdict.status == "missing" for verdict in verdicts) > 40
    assert [v.claim.id for v in verdicts if v.status == "missing" and not v.missing] == []


def test_claims_on_runs_that_all_diverged_are_not_assessable() -> None:
    diverged = situations()["all diverged"]
    found = 0
    for claim in all_claims():
        samples = [measure(diverged) for measure in measures(claim.test)]
        lost = any(sample.diverged and not sample.ok for sample in samples)
        if lost and not isinstance(claim.test, Judgement) and not any(sample.missing for sample in samples):
            assert judge(claim, diverged).status == "not assessable", claim.id
            found += 1
    assert found > 20


def test_stale_runs_of_other_pictures_are_flagged() -> None:
    verdicts = [judge(claim, situations()["stale runs of other pictures"]) for claim in all_claims()]
    assert sum("stale" in verdict.flags for verdict in verdicts) > 40
    for verdict in verdicts:
        assert ("other data" in verdict.flags) == bool(verdict.runs), verdict.claim.id


def test_contradictions_are_flagged() -> None:
    for claim in all_claims():
        assert ("self-contradicting" in judge(claim, full()).flags) == bool(claim.conflict), claim.id
    assert any(claim.conflict for claim in all_claims() if claim.part == "1.3.c")
