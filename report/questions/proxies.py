"""What stands for "these pictures look better" in claims that only eyes can settle."""

from __future__ import annotations

from collections.abc import Mapping

from report.judging.claim import Margin
from report.judging.kinds import Ordering, name_distances
from report.judging.margins import MUCH, SEEN
from report.measures.colourings import colour_gap
from report.measures.picture_quality import quality
from runs.specs.spec import RunSpec


def looks_better(
    better: tuple[RunSpec, int],
    worse: tuple[RunSpec, int],
    names: tuple[str, str],
    margins: Mapping[str, Margin] = SEEN,
) -> dict[str, Ordering]:
    """Proxies for "these pictures look better" of two runs, each at one of the write-up's epochs.

    Squared error is none of them: it favours the washed-out mean of all likely colours. A difference below its
    margin is none.
    """
    (good, late), (poor, early), other_way = better, worse, names[::-1]
    less_error = Ordering(
        quality(poor, "delta_e", early), quality(good, "delta_e", late), margins["delta_e"], other_way
    )
    more_alike = Ordering(quality(good, "ssim", late), quality(poor, "ssim", early), margins["ssim"], names)
    less_off = Ordering(
        colour_gap(poor, early), colour_gap(good, late), margins["colourfulness"], name_distances(other_way)
    )
    by = {key: f" by {margin.size:g} or more" if margins is MUCH else "" for key, margin in margins.items()}
    return {
        f"ΔE2000 is lower{by['delta_e']}": less_error,
        f"SSIM is higher{by['ssim']}": more_alike,
        f"colourfulness is nearer to the truth{by['colourfulness']}": less_off,
    }
