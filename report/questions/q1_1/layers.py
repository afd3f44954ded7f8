"""The answer to 1.1.a, which layers RegressionCNN has, from the stored layer table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.answers import Answer, Cell, Figure, Table
from report.drawing.charts import draw_bars
from report.judging.judge import judge_part
from report.measures.layers import Layer, convolutions
from report.questions.from_samples import map_statuses
from report.questions.phrases import list_words
from report.questions.q1_1 import leads
from report.questions.q1_1.layers_claims import CLAIMS, FILTERS
from report.results.frames import Frames
from report.results.values import Measured, make_computed
from runs.specs.catalogue import REGRESSION


def answer_network(frames: Frames) -> Answer:
    """1.1.a: the layers of RegressionCNN, read from the network as built."""
    layers: Sequence[Layer] = ()
    printed: str | None = None
    runs: tuple[str, ...] = ()
    for seed, probe in sorted(frames.probe(REGRESSION, "layers").items(), reverse=True):
        layers, printed, runs = probe.notes["layers"], probe.notes["printed"], (REGRESSION.with_seed(seed).id,)
    found = convolutions(layers)
    weights, work = _group_by_block(layers, "parameters"), _group_by_block(layers, "multiply_adds")
    heaviest = max(work, key=lambda block: work[block], default="")
    stored = bool(layers)
    verdicts = judge_part("1.1.a", CLAIMS, frames)
    count = _count_weights(len(found), runs) if stored else None
    parameters, multiply_adds = (_count_weights(sum(row.values()), runs) if stored else None for row in (weights, work))
    share = make_computed(_find_shares(work).get(heaviest, 0.0), "%", 0, runs) if stored else None
    lead, outcome = leads.lead_network(count, map_statuses(verdicts))
    return Answer(
        "1.1.a",
        "The network",
        "How many convolution layers RegressionCNN has, and how many filters each of them has and of what size, in a "
        "table or a drawing.",
        values={
            "printed": printed,
            "convolutions": count,
            "filters": [_count_weights(row["filters"], runs) for row in found],
            "kernels": [f"{side}×{side}" for side in sorted({int(row["kernel"]) for row in found})],
            "outside": list_words([str(row["block"]) for row in found if row["block"] not in FILTERS]),
            "parameters": parameters,
            "work": multiply_adds,
            "heaviest": heaviest,
            "heaviest_share": share,
        },
        lead=lead,
        outcome=outcome,
        written=leads.WRITTEN["1.1.a"],
        evidence=leads.prove_network(parameters, multiply_adds, share),
        shown=("layers",),
        figures=[_load_probe(weights, work)] if stored else [],
        tables=[_tabulate(layers, runs)] if stored else [],
        verdicts=verdicts,
        missing=() if stored else tuple(REGRESSION.with_seed(seed).id for seed in frames.seeds),
        notes=[
            "A multiply-add is one multiplication and one addition. Comparing, adding a bias and copying are left out."
        ],
    )


def _count_weights(number: float | None, runs: tuple[str, ...]) -> Measured | None:
    """A whole number for a page; None for what a layer has none of."""
    return None if number is None else make_computed(number, digits=0, runs=runs)


def _group_by_block(layers: Sequence[Layer], key: str) -> dict[str, float]:
    """A column of the layer table, summed block by block."""
    totals: dict[str, float] = {}
    for row in layers:
        totals[str(row["block"])] = totals.get(str(row["block"]), 0.0) + (row[key] or 0)
    return totals


def _find_shares(totals: Mapping[str, float]) -> dict[str, float]:
    """Each block's share of the total, 0..1."""
    return {block: number / (sum(totals.values()) or 1.0) for block, number in totals.items()}


def _tabulate(layers: Sequence[Layer], runs: tuple[str, ...]) -> Table:
    """One row a layer."""
    found = convolutions(layers)
    rows: list[list[Cell]] = [
        [
            str(row["block"]),
            str(row["layer"]),
            _count_weights(row["filters"], runs) if row in found else None,
            f"{row['kernel']}×{row['kernel']}" if row in found else None,
            "×".join(map(str, row["output"])),
            _count_weights(row["parameters"] or None, runs),
            _count_weights(row["multiply_adds"] or None, runs),
        ]
        for row in layers
    ]
    return Table(
        "layers",
        "The layers of RegressionCNN as built, for one 32×32 picture; outputs are channels × height × width.",
        ["block", "layer", "filters", "kernel", "output", "parameters", "multiply-adds"],
        rows,
    )


def _load_probe(weights: Mapping[str, float], work: Mapping[str, float]) -> Figure:
    """Where the parameters lie and where the arithmetic is done, by block."""
    columns = {"parameters": weights, "multiply-adds": work}
    shares = {name: _find_shares(totals) for name, totals in columns.items()}
    told = [
        f"{name}: " + ", ".join(f"{block} {100 * share:.0f} %" for block, share in found.items())
        for name, found in shares.items()
    ]
    return draw_bars(
        "load",
        "Where the parameters lie, and where the arithmetic is done.",
        f"Two bars for each of {len(work)} blocks. {'; '.join(told)}.",
        list(work),
        {name: [100 * share for share in found.values()] for name, found in shares.items()},
        "share of the network, %",
    )
