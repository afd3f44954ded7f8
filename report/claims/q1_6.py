"""Question 1.6, the conceptual questions: the claims of its four parts, in their order."""

from __future__ import annotations

from report.claims import larger, order, perception, rates
from report.claims.kinds import Claim

CLAIMS: tuple[Claim, ...] = rates.CLAIMS + order.CLAIMS + perception.CLAIMS + larger.CLAIMS
