"""Question 1.6, the conceptual questions: the claims of its four parts, in their order."""

from __future__ import annotations

from report.judging.claim import Claim
from report.questions.q1_6 import larger_claims, order_claims, perception_claims, rates_claims

CLAIMS: tuple[Claim, ...] = rates_claims.CLAIMS + order_claims.CLAIMS + perception_claims.CLAIMS + larger_claims.CLAIMS
