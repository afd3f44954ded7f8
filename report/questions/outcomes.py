"""What the verdicts on the statements of a part come to: whether the write-up's finding holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from report.results.sentence import Sentence

Outcome = Literal["holds", "fails", "open"]

#: The answer of a part in a sentence, None where its numbers are not there, and what it says of the write-up.
Lead = tuple[Sentence | None, Outcome]


def weigh_outcome(status: Mapping[str, str], *names: str) -> Outcome:
    """Say "holds" where all statements of these names do, "fails" where none does, else "open"."""
    found = {status[name] for name in names}
    if found == {"reproduced"}:
        return "holds"
    return "fails" if found == {"not reproduced"} else "open"


def weigh_chain(status: Mapping[str, str], *names: str) -> Outcome:
    """The same of statements that only hold together: "fails" where one of them does not."""
    found = {status[name] for name in names}
    if found == {"reproduced"}:
        return "holds"
    return "fails" if "not reproduced" in found else "open"
