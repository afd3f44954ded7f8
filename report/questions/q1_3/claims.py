"""The claims of 1.3: skip connections (b) and the batch size (c)."""

from __future__ import annotations

from report.judging.claim import Claim
from report.questions.q1_3 import batches_claims, skips_claims

CLAIMS: tuple[Claim, ...] = (*skips_claims.CLAIMS, *batches_claims.CLAIMS)
