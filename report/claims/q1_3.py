"""The claims of 1.3: skip connections (b) and the batch size (c)."""

from __future__ import annotations

from report.claims import q1_3_batches, q1_3_skips
from report.claims.kinds import Claim

CLAIMS: tuple[Claim, ...] = (*q1_3_skips.CLAIMS, *q1_3_batches.CLAIMS)
