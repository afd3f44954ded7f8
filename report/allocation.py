"""Which seeds to train next: those that probably decide most findings for each second of training."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from report.judging.verdict import Verdict
from runs.execution.plan import Plan, estimate_cost
from runs.specs.catalogue import Goal

#: Fewer seeds than this have no interval, whatever their numbers are.
FEWEST_SEEDS = 3
#: With fewer seeds than this a spread is so little known that too many needed seeds do not make a finding hopeless.
TELLING_SEEDS = 5


@dataclass(frozen=True)
class OpenFinding:
    """A finding that is undecided, and what would probably decide it.

    Attributes:
        claim: its id.
        more: how many more seeds would probably decide it.
        rounds: for each further seed the goals that are not reached yet, of all the runs that it compares.
    """

    claim: str
    more: int
    rounds: tuple[tuple[Goal, ...], ...]

    @property
    def goals(self) -> dict[str, Goal]:
        """All that has to be trained for it, by the id of the run."""
        return {goal.spec.id: goal for each in self.rounds for goal in each}


@dataclass(frozen=True)
class Tally:
    """How the findings stand.

    Attributes:
        decided: ids of the claims that are decided.
        open: those that more seeds would probably decide.
        hopeless: ids of those that no more seeds would, or more than are allowed.
    """

    decided: tuple[str, ...]
    open: tuple[OpenFinding, ...]
    hopeless: tuple[str, ...]


def count_findings(
    verdicts: Iterable[Verdict], goals: Mapping[str, Goal], left: Collection[str], barred: Collection[str]
) -> Tally:
    """How the findings stand, and what is to be trained for those that are open.

    Args:
        verdicts: on all that is stored; of those on claims that make no score nothing is said.
        goals: all that may be trained, of every seed allowed, by the id of the run.
        left: ids of those that are not reached yet.
        barred: ids of the runs that diverged or failed: no seed of theirs is paired any more.
    """
    decided, found, hopeless = [], [], []
    for verdict in verdicts:
        if not verdict.claim.counts:
            continue
        if verdict.status in ("reproduced", "not reproduced"):
            decided.append(verdict.claim.id)
        elif verdict.status == "undecided":
            finding = _find_open(verdict, goals, left, barred)
            if finding:
                found.append(finding)
            else:
                hopeless.append(verdict.claim.id)
    return Tally(tuple(decided), tuple(found), tuple(hopeless))


def order_findings(findings: Iterable[OpenFinding], seconds: Mapping[str, float]) -> list[OpenFinding]:
    """The open findings in the order in which to train for them: first the one whose runs decide most findings for each
    second, itself and those that need no other runs; then the same again, where what comes before is trained.

    Args:
        findings: in any order; among equals the first comes first.
        seconds: what each run takes that is not trained yet, by its id.
    """
    waiting, taken, order = list(findings), set[str](), list[OpenFinding]()
    while waiting:
        needs = [set(each.goals) - taken for each in waiting]

        def find_rate(place: int, needs: Sequence[set[str]] = needs) -> float:
            cost = sum(seconds[run] for run in needs[place])
            return sum(need <= needs[place] for need in needs) / max(cost, 1e-9)

        best = max(range(len(waiting)), key=find_rate)
        taken |= needs[best]
        order.append(waiting.pop(best))
    return order


def choose_goals(
    order: Sequence[OpenFinding], plan: Plan, seconds: Mapping[str, float], workers: int, budget: float
) -> list[Goal]:
    """What to train now: the next seed of the first findings, and of further ones until every worker has a run.

    More is not chosen at once, for what a seed shows may change what is worth training.

    Args:
        order: as :func:`order_findings` gives it.
        plan: what is left to train.
        seconds: what each run takes.
        workers: runs side by side.
        budget: seconds in which all of it has to be done; what would take longer is passed over.
    """
    chosen: dict[str, Goal] = {}
    for depth in range(max((len(each.rounds) for each in order), default=0)):
        for finding in order:
            if len(chosen) >= workers:
                return list(chosen.values())
            if depth < len(finding.rounds):
                more = {**chosen, **{goal.spec.id: goal for goal in finding.rounds[depth]}}
                if estimate_wall(more, seconds, workers) <= budget:
                    chosen = more
    return list(chosen.values())


def estimate_seconds(plan: Plan) -> dict[str, float]:
    """How long each run takes that is left, by its id; one that is only measured counts a tenth of an epoch."""
    return {
        work.spec.id: estimate_cost(work.spec, plan.train) * (work.epochs + 0.1) * plan.seconds_per_tflop
        for work in plan.works
    }


def estimate_wall(runs: Collection[str], seconds: Mapping[str, float], workers: int) -> float:
    """How long some runs take side by side, in seconds."""
    each = [seconds[run] for run in runs]
    return max(sum(each) / max(workers, 1), max(each, default=0.0))


def _find_open(
    verdict: Verdict, goals: Mapping[str, Goal], left: Collection[str], barred: Collection[str]
) -> OpenFinding | None:
    """What would probably decide a verdict; None where nothing that may be trained would."""
    seeds = verdict.finding.n
    more = verdict.finding.more_seeds or max(0, FEWEST_SEEDS - seeds)
    specs = list(dict.fromkeys(goals[run].spec.with_seed(0) for run in verdict.runs if run in goals))
    rounds = []
    for seed in sorted({goal.spec.seed for goal in goals.values()}):
        runs = [spec.with_seed(seed).id for spec in specs]
        if all(run in goals and run not in barred for run in runs) and any(run in left for run in runs):
            rounds.append(tuple(goals[run] for run in runs if run in left))
    if seeds < TELLING_SEEDS:
        more = min(more, len(rounds))
    return OpenFinding(verdict.claim.id, more, tuple(rounds[:more])) if 0 < more <= len(rounds) else None
