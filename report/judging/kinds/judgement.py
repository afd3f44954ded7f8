"""Only eyes can settle it: proxies are shown, and named as proxies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from report.judging.claim import Rule
from report.judging.evidence import Evidence, gather, join_evidence
from report.judging.kinds.ordering import Ordering
from report.judging.verdict import WHY_OPEN, Finding, Named, Open, Status, Unanswerable, join_open, show_sample
from report.judging.words import capitalize
from report.results.format import show_number
from report.results.frames import Frames, Measure

_PROXY: dict[Status, str] = {
    "reproduced": "holds",
    "not reproduced": "does not hold",
    "undecided": "is open",
    "not assessable": "says nothing",
    "missing": "is not measured yet",
}


@dataclass(frozen=True)
class Judgement(Rule):
    """Only eyes can settle it. The proxies are shown and named as such; each is an Ordering that ought to hold.

    All proxies hold: "reproduced" by its proxies; none: "not reproduced"; otherwise "undecided". One at
    its floor has no say. Without any proxy: "not assessable", ``because`` in short and with its ``reason``; what
    ``beside`` measures is then shown under its name and decides nothing.
    """

    proxies: Mapping[str, Ordering] = field(default_factory=dict)
    reason: str = ""
    beside: Mapping[str, Measure] = field(default_factory=dict)
    because: Unanswerable = "wording that nothing measures"

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Those of all proxies."""
        return tuple(measure for proxy in self.proxies.values() for measure in proxy.measures)

    @property
    def tolerated(self) -> str:
        """What each proxy lets pass; "" without any."""
        return " ".join(dict.fromkeys(proxy.tolerated for proxy in self.proxies.values()))

    @property
    def what(self) -> str:  # type: ignore[override]
        """That of its proxies."""
        return next((proxy.what for proxy in self.proxies.values()), "measured")

    def find(self, frames: Frames) -> tuple[Finding, Evidence]:
        """What the proxies come to together; without any, what was measured beside."""
        if not self.proxies:
            return self._find_beside(frames)
        found = [proxy.find(frames) for proxy in self.proxies.values()]
        return self.weigh([finding for finding, _ in found]), join_evidence(behind for _, behind in found)

    def decide(self, evidence: Evidence) -> Finding:
        """Never by numbers of its own: :meth:`weigh` has the findings of its proxies."""
        raise NotImplementedError

    def weigh(self, findings: Sequence[Finding]) -> Finding:
        """All proxies hold, none does, or it stays open; ``findings`` has one for each proxy, in their order."""
        heard = [finding for finding in findings if not finding.silent]
        found = {finding.status for finding in heard}
        status: Status = "undecided"
        if not heard:
            status = "not assessable"
        elif "missing" in found:
            status = "missing"
        elif len(found) == 1:
            status = heard[0].status
        sentence = self._say(status, [(each.status, each.sentence) for each in findings])
        seeds = min((each.n for each in findings if each.n), default=0)
        numbers = [named for each in findings for named in each.numbers]
        states = [(name, each.status) for name, each in zip(self.proxies, findings, strict=True)]
        if len(findings) == 1:
            return replace(findings[0], status=status, sentence=sentence, n=seeds, states=states)
        because = _find_why(status, heard)
        proxies = [(name, each.measured) for name, each in zip(self.proxies, findings, strict=True) if each.measured]
        more = _count_until_all(heard) if status == "undecided" else None
        brief = say_briefly(status, states)
        return Finding(
            status, sentence, n=seeds, because=because, more_seeds=more, numbers=numbers, brief=brief,
            proxies=proxies, states=states,
        )  # fmt: skip

    def _find_beside(self, frames: Frames) -> tuple[Finding, Evidence]:
        """What cannot be settled, with what was measured beside it."""
        taken = {name: gather([measure], frames) for name, measure in self.beside.items()}
        numbers = [
            (name, show_sample(each.samples[0], each.computed)) for name, each in taken.items() if self.has_enough(each)
        ]
        finding = Finding(
            "not assessable", self._say_beyond(numbers), numbers[0][1] if len(numbers) == 1 else None,
            n=min((number.n for _, number in numbers), default=0), because=self.because, numbers=numbers,
            beside=numbers,
        )  # fmt: skip
        return finding, join_evidence(taken.values())

    def _say_beyond(self, numbers: Sequence[Named]) -> str:
        """Why nothing can settle it, and what was measured all the same."""
        reason = self.reason.rstrip(".")
        told = "; ".join(f"{name}: {show_number(measured)}" for name, measured in numbers)
        return (
            f"Nothing that is measured here can settle it.{f' {capitalize(reason)}.' if reason else ''}"
            f"{f' Measured all the same: {told}.' if told else ''}"
        )

    def _say(self, status: Status, proxies: Sequence[tuple[Status, str]]) -> str:
        """What the proxies say, one after the other, named as proxies."""
        reason = self.reason.rstrip(".")
        lead = _say_lead(status, len(proxies) == 1)
        told = [
            f"“{capitalize(name)}” – {_PROXY[state]}. {sentence}"
            for name, (state, sentence) in zip(self.proxies, proxies, strict=True)
        ]
        close = f" {capitalize(reason)}." if reason else ""
        if status == "undecided" and len({state for state, _ in proxies} - {"undecided"}) > 1:
            close = f" More seeds would not settle it, for proxies that are decided do not agree.{close}"
        return f"{lead}. {' '.join(told)}{close}"


def say_briefly(status: Status, states: Sequence[tuple[str, Status]]) -> str:
    """The same in short: what each proxy says, without its numbers."""
    return f"{_say_lead(status, len(states) == 1)}: {', '.join(say_each_proxy(states))}."


def say_each_proxy(states: Sequence[tuple[str, Status]]) -> list[str]:
    """What each proxy comes to: "“SSIM is higher” holds"."""
    return [f"“{capitalize(name)}” {_PROXY[state]}" for name, state in states]


def _say_lead(status: Status, one: bool) -> str:
    its = "its proxy" if one else "its proxies"
    return {
        "reproduced": f"By {its} it holds",
        "not reproduced": f"By {its} it does not hold",
        "undecided": f"{capitalize(its)} {'leaves' if one else 'leave'} it open",
        "not assessable": f"{capitalize(its)} {'says' if one else 'say'} nothing",
        "missing": "Its proxy is not measured yet" if one else "Some of its proxies are not measured yet",
    }[status]


def _find_why(status: Status, heard: Sequence[Finding]) -> Open | Unanswerable | Literal[""]:
    """Why several proxies together leave it undecided, or say nothing."""
    if status == "not assessable":
        return heard[0].because if heard else "no room to differ"
    if status != "undecided":
        return ""
    if len({finding.status for finding in heard if finding.status != "undecided"}) > 1:
        return "measures disagree"
    reasons = {finding.because for finding in heard if finding.status == "undecided"}
    return join_open(reason for reason in WHY_OPEN if reason in reasons)


def _count_until_all(findings: Sequence[Finding]) -> int | None:
    """Seeds until every open proxy would probably be decided; None where proxies that are decided disagree."""
    decided = {finding.status for finding in findings if finding.status != "undecided"}
    needed = [finding.more_seeds for finding in findings if finding.status == "undecided"]
    if len(decided) > 1 or None in needed:
        return None
    return max((count for count in needed if count is not None), default=None)
