from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from report.judging.judge import FLAGS, judge
from report.judging.kinds import Judgement, Trend, Value
from report.judging.record import verdict_record
from report.judging.verdict import STATUSES, Verdict
from report.questions.all_claims import load_claims
from report.results.frames import Frames, Measurement
from runs.specs.catalogue import PRESETS
from tests.fakes import fake_frames
from tests.report.complaints import POOR, full

PARTS = {
    *("1.1.a", "1.1.b", "1.1.c", "1.1.d", "1.1.e", "1.2.b", "1.3.b", "1.3.c", "1.4.a", "1.4.b"),
    *("1.5.a", "1.5.b", "1.5.c", "1.6.a", "1.6.b", "1.6.c", "1.6.d"),
}
METRICS = ["train_loss", "val_loss", "val_accuracy"]


def _spoilt(frames: Frames, number: float, first_epoch: int) -> Frames:
    epochs = frames.epochs.copy()
    epochs.loc[epochs.epoch >= first_epoch, METRICS] = number
    return replace(frames, epochs=epochs)


def _blank(array: NDArray[Any]) -> NDArray[Any]:
    return np.full_like(array, np.nan) if array.dtype.kind == "f" else array


def _probes(frames: Frames, change: Callable[[Measurement], Measurement]) -> Frames:
    return replace(frames, probes={key: change(measurement) for key, measurement in frames.probes.items()})


def _marked(frames: Frames, written: str = "same", **marks: bool) -> Frames:
    return replace(frames, runs=frames.runs.assign(**marks), data={**frames.data, "written": written})


#: What may be stored, made from all of two seeds.
SITUATIONS: dict[str, Callable[[Frames], Frames]] = {
    "all of two seeds": lambda full: full,
    "nothing": lambda full: fake_frames(seeds=0),
    "seeds asked for but not stored": lambda full: replace(fake_frames(seeds=0), seeds=(0, 1)),
    "one seed": lambda full: fake_frames(seeds=1),
    "second seed not stored": lambda full: replace(fake_frames(seeds=1), seeds=(0, 1)),
    "second seed without epochs": lambda full: replace(full, epochs=full.epochs[~full.epochs.run.str.endswith("-s1")]),
    "quick": lambda full: fake_frames(PRESETS["quick"]),
    "no UNet": lambda full: fake_frames(without=("unet",)),
    "no CNN": lambda full: fake_frames(without=("cnn",)),
    "no probes": lambda full: replace(full, probes={}),
    "no pictures": lambda full: replace(full, pictures={}),
    "epochs not finite": lambda full: _spoilt(full, math.nan, 1),
    "epochs infinite at the end": lambda full: _spoilt(full, math.inf, 20),
    "all diverged": lambda full: _marked(full, diverged=True),
    "stale runs of other pictures": lambda full: _marked(full, "other", stale=True),
    "probes not finite": lambda full: _probes(
        full, lambda m: replace(m, arrays={name: _blank(array) for name, array in m.arrays.items()})
    ),
    "probes of another make": lambda full: _probes(full, lambda m: replace(m, arrays={}, notes={})),
}


@cache
def verdicts(name: str) -> list[Verdict]:
    frames = SITUATIONS[name](full())
    return [judge(claim, frames) for claim in load_claims()]


def test_there_are_more_than_50_claims() -> None:
    assert len(load_claims()) > 50


def test_ids_are_unique() -> None:
    assert [name for name, count in Counter(claim.id for claim in load_claims()).items() if count > 1] == []


def test_every_part_has_claims_and_every_claim_a_part() -> None:
    assert {claim.part for claim in load_claims()} == PARTS


def test_claims_stand_in_the_order_of_the_parts() -> None:
    parts = [claim.part for claim in load_claims()]
    assert [part[:3] for part in parts] == sorted(part[:3] for part in parts)


def test_every_trend_has_steps_with_labels() -> None:
    for claim in load_claims():
        if isinstance(claim.test, Trend):
            assert len(claim.test.steps) == len(claim.test.labels) >= 2, claim.id
            assert set(claim.test.turns) <= set(range(len(claim.test.steps) - 1)), claim.id


@pytest.mark.parametrize("name", list(SITUATIONS))
def test_every_claim_gets_a_verdict_whatever_is_stored(name: Any) -> None:
    for verdict in verdicts(name):
        assert verdict.status in STATUSES, verdict.claim.id
        assert verdict.sentence.endswith("."), verdict.claim.id
        assert not any(poor in verdict.sentence for poor in POOR), verdict.sentence
        assert set(verdict.flags) <= set(FLAGS), verdict.claim.id
        assert verdict.measured is None or math.isfinite(verdict.measured.value), verdict.claim.id
        json.dumps(verdict_record(verdict, "command"), allow_nan=False)


def test_no_claim_lacks_anything_when_all_is_stored() -> None:
    assert [verdict.claim.id for verdict in verdicts("all of two seeds") if verdict.missing] == []


def test_a_missing_verdict_names_what_to_make() -> None:
    missing = [verdict for verdict in verdicts("seeds asked for but not stored") if verdict.status == "missing"]
    assert len(missing) > 40
    assert [verdict.claim.id for verdict in missing if not verdict.missing] == []


def test_claims_on_runs_that_all_diverged_are_not_assessable() -> None:
    diverged = SITUATIONS["all diverged"](full())
    found = 0
    for claim, verdict in zip(load_claims(), verdicts("all diverged"), strict=True):
        samples = [diverged.take(measure) for measure in claim.test.measures]
        lost = any(sample.diverged and not sample.ok for sample in samples)
        if lost and not isinstance(claim.test, Judgement) and not any(sample.missing for sample in samples):
            assert verdict.status == "not assessable", claim.id
            found += 1
    assert found > 20


def test_stale_runs_of_other_pictures_are_flagged() -> None:
    found = verdicts("stale runs of other pictures")
    assert sum("stale" in verdict.flags for verdict in found) > 40
    for verdict in found:
        assert ("other data" in verdict.flags) == bool(verdict.runs), verdict.claim.id
    flags = {verdict.claim.id: verdict.flags for verdict in found}
    for name in ("1.1.d.lightness", "1.1.d.hexagon-sides", "1.3.c.own-val-loss", "1.4.a.half-side", "1.6.b.rising"):
        assert not {"other data", "quick"} & set(flags[name]), name


def test_no_written_figure_is_decided_by_quick_runs() -> None:
    asked = set()
    for verdict in verdicts("quick"):
        if isinstance(verdict.claim.test, Value):
            undecided = verdict.status in ("not assessable", "missing")
            assert undecided != verdict.claim.test.anywhere, verdict.claim.id
            assert verdict.measured, verdict.claim.id
            assert "quick" in verdict.flags, verdict.claim.id
            if not undecided:
                asked.add(verdict.claim.id)
    assert asked == {"1.6.a.same-time", "1.6.a.smooth"}


def test_contradictions_are_flagged() -> None:
    for verdict in verdicts("all of two seeds"):
        assert ("self-contradicting" in verdict.flags) == bool(verdict.claim.conflict), verdict.claim.id
    assert any(claim.conflict for claim in load_claims() if claim.part == "1.3.c")


def test_what_makes_the_score_is_found_and_said_once() -> None:
    claims = {claim.id: claim for claim in load_claims()}
    for claim in claims.values():
        if claim.below:
            assert claims[claim.below].counts, claim.id
            assert not claim.counts
    counted = {claim.id for claim in claims.values() if claim.counts}
    assert {"1.1.c.loss-25", "1.3.c.val-loss-trend", "1.4.a.half-side", "1.4.b.same-difference"} <= counted
    assert counted.isdisjoint(
        {"1.2.b.loss-regression", "1.3.c.own-val-loss", "1.4.a.half-pixels", "1.4.b.same-difference-as-colour"}
    )
    roles = {role: {claim.id for claim in claims.values() if claim.role == role} for role in ("setting", "machine")}
    assert {"1.1.a.filters-rfconv", "1.1.b.epochs", "1.2.b.colours", "1.3.b.network"} <= roles["setting"]
    assert {"1.3.c.seconds-10", "1.3.c.time-ratio", "1.6.a.seconds-slow"} <= roles["machine"]
