"""The kinds of claim: each a class with its fields, its measures, its decision and its sentences."""

from report.judging.kinds.expected import Expected
from report.judging.kinds.fact import Fact
from report.judging.kinds.identity import Identity
from report.judging.kinds.judgement import Judgement
from report.judging.kinds.ordering import Ordering, name_distances
from report.judging.kinds.trend import Trend
from report.judging.kinds.value import Value

#: Every kind. A new one is a file here and an entry in this list.
KINDS = (Value, Expected, Ordering, Trend, Identity, Fact, Judgement)

__all__ = ["KINDS", "Expected", "Fact", "Identity", "Judgement", "Ordering", "Trend", "Value", "name_distances"]
