"""A test in, what it lets pass in words out: its tolerance, or the margin of each comparison with its reason."""

from __future__ import annotations

from report.claims.kinds import Fact, Identity, Judgement, Margin, Ordering, Test, Trend, Value
from report.format import difference_unit, written


def tolerated(test: Test) -> str:
    """One sentence for each size; "" for a judgement without proxies."""
    match test:
        case Value():
            return f"It may be off by {written(test.tolerance, difference_unit(test.unit))}."
        case Fact():
            return f"It may be off by {written(test.tolerance)}." if test.tolerance else "It has to be met exactly."
        case Identity():
            return "Not one may differ."
        case Ordering() | Trend():
            return _least(test.margin)
        case Judgement():
            return " ".join(dict.fromkeys(_least(proxy.margin) for proxy in test.proxies.values()))


def _least(margin: Margin) -> str:
    return f"Less than {written(margin.size, margin.unit)} counts as no difference: {margin.why}."
