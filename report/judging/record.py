"""The entry of a verdict in report.json, as plain values that JSON can hold."""

from __future__ import annotations

import math
from typing import Any

from report.judging.verdict import Verdict
from report.results.values import Measured


def verdict_record(verdict: Verdict, command: str) -> dict[str, Any]:
    """A verdict for programs.

    ``measured``, ``spread`` and ``interval`` are in ``unit`` as stored (a share is in 0..1), null where there is
    none or where it is not finite; ``what`` says what was measured: the number itself, or the difference that
    decided; ``sides`` are the two numbers of that difference, the one claimed larger first; ``proxies`` has
    the number of each where a judgement has several; ``beside`` has what was measured beside a judgement that
    nothing settles; ``tolerance`` says in words what the test lets pass, ``why`` why it is tested so, and ``reading``
    how words that can be read in more ways than one are read here; ``level`` is that of the interval. ``role`` says
    whether it is a finding, a setting or a figure of the write-up's machine, ``below`` of which statement it is another
    reading; ``because`` why it is undecided or not assessable; ``off`` how far the mean lies from the written figure,
    as a share of it.

    Args:
        verdict: what was judged.
        command: the command that derives it again.
    """
    claim, measured = verdict.claim, verdict.measured
    interval = [_finite(bound) for bound in verdict.finding.interval] if verdict.finding.interval else None
    return {
        "id": claim.id,
        "question": claim.part,
        "statement": claim.statement,
        "written": claim.written,
        "measured": _finite(measured.value) if measured else None,
        "what": claim.test.what,
        "unit": measured.unit if measured else "",
        "spread": _finite(measured.spread) if measured else None,
        "sides": [_finite(side.value) for side in verdict.finding.sides] if verdict.finding.sides else None,
        "proxies": [_named(name, number) for name, number in verdict.finding.proxies],
        "beside": [_named(name, number) for name, number in verdict.finding.beside],
        "tolerance": claim.test.tolerated,
        "why": claim.why,
        "reading": claim.reading,
        "role": claim.role,
        "below": claim.below,
        "status": verdict.status,
        "because": verdict.because,
        "off": _finite(verdict.finding.off),
        "sentence": verdict.sentence,
        "flags": list(verdict.flags),
        "n": verdict.finding.n,
        "interval": None if interval and None in interval else interval,
        "level": claim.test.find_level(verdict.status) if interval else None,
        "more_seeds": verdict.finding.more_seeds,
        "runs": list(verdict.runs),
        "missing": list(verdict.missing),
        "command": command,
    }


def _named(name: str, number: Measured) -> dict[str, Any]:
    return {"name": name, "measured": _finite(number.value), "unit": number.unit, "spread": _finite(number.spread)}


def _finite(number: float | None) -> float | None:
    return float(number) if number is not None and math.isfinite(number) else None
