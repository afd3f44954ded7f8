"""The samples that a test rests on, taken from the frames: finite and pairable, with what is lacking named."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from report.results.frames import Frames, Measure
from report.results.values import COMPUTED, Sample


@dataclass(frozen=True)
class Evidence:
    """What the measures of one test found.

    Attributes:
        samples: one a measure, with finite numbers only; a computed number stands on every seed of the others.
        computed: no seed is behind any of them.
        runs, missing, diverged: ids, of all samples together.
        dropped: numbers that were not finite although their run is not known to have diverged.
        trouble: why there is no number: the status to give and what was wrong; None where the measures worked.
    """

    samples: tuple[Sample, ...] = ()
    computed: bool = False
    runs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    diverged: tuple[str, ...] = ()
    dropped: int = 0
    trouble: tuple[Literal["missing", "not assessable"], str] | None = None

    def on_other_pictures(self, frames: Frames) -> bool:
        """Whether it is of other pictures than the write-up's; what rests on no run and no picture is true of any."""
        return bool(self.runs or self.diverged) and frames.data.get("written") == "other"


def gather(asked: Sequence[Measure], frames: Frames) -> Evidence:
    """Takes every measure.

    A measure that trips over a record or an array that is not there says "missing"; one that trips over numbers
    it cannot work with says "not assessable". Other errors are mistakes in the measure and pass through.
    """
    taken = []
    for measure in asked:
        try:
            taken.append(frames.take(measure))
        except LookupError as error:
            return Evidence(trouble=("missing", f"what it is measured on is not stored ({_told(error)})"))
        except (ValueError, ArithmeticError) as error:
            return Evidence(trouble=("not assessable", f"the measure cannot be worked out ({_told(error)})"))
    return collect(taken)


def collect(taken: Sequence[Sample]) -> Evidence:
    """Samples as the measures gave them, made fit to judge."""
    clean = [
        replace(sample, values={seed: x for seed, x in sample.values.items() if math.isfinite(x)}) for sample in taken
    ]
    seeds = sorted({seed for sample in clean for seed in sample.values if seed != COMPUTED})
    spread_out = tuple(
        replace(sample, values=dict.fromkeys(seeds, sample.values[COMPUTED]))
        if seeds and set(sample.values) == {COMPUTED}
        else sample
        for sample in clean
    )
    lost = sum(sample.n for sample in taken) - sum(sample.n for sample in clean)
    diverged = _union(sample.diverged for sample in taken)
    return Evidence(
        spread_out,
        computed=not seeds and any(sample.ok for sample in clean),
        runs=_union(sample.runs for sample in taken),
        missing=_union(sample.missing for sample in taken),
        diverged=diverged,
        dropped=0 if diverged else lost,
    )


def join_evidence(parts: Iterable[Evidence]) -> Evidence:
    """What the parts of a judgement rest on, all in one; the samples stay with the parts."""
    parts = tuple(parts)
    return Evidence(
        runs=_union(part.runs for part in parts),
        missing=_union(part.missing for part in parts),
        diverged=_union(part.diverged for part in parts),
        dropped=sum(part.dropped for part in parts),
    )


def pair(first: Sample, second: Sample) -> tuple[Sample, Sample]:
    """Both, on the seeds that both have."""
    common = [seed for seed in first.values if seed in second.values]
    return _on(first, common), _on(second, common)


def _on(sample: Sample, seeds: Sequence[int]) -> Sample:
    return replace(sample, values={seed: sample.values[seed] for seed in seeds})


def _union(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))


def _told(error: Exception) -> str:
    return str(error).strip() or type(error).__name__
