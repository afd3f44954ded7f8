"""One thread of arithmetic, as in the workers: tiny tensors gain nothing from more, and fixed bits need it."""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is first imported
