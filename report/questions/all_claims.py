"""The claims of all questions, in the order of the write-up."""

from __future__ import annotations

from importlib import import_module

from report.judging.claim import Claim
from runs.specs.presets import SECTIONS


def load_claims() -> tuple[Claim, ...]:
    """Every claim of the write-up. The modules of the questions are imported on the first call."""
    modules = (import_module(f"report.questions.q{section.replace('.', '_')}.claims") for section in SECTIONS)
    return tuple(claim for module in modules for claim in module.CLAIMS)
