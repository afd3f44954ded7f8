"""Question 1.6.c, losses and the eye: how pixel and perceptual measures rank networks and pictures, as an answer.

The network that was trained with a perceptual loss has its own module, ``perceptual``.
"""

from __future__ import annotations

from collections.abc import Mapping

from report.answers import Answer, Cell, Figure, Table
from report.drawing.charts import Panel, Series, draw_scatter
from report.judging.judge import judge_part
from report.questions.from_samples import list_missing, map_statuses, write_remarks
from report.questions.q1_6 import leads, perceptual, rankings
from report.questions.q1_6.perception_claims import (
    CLAIMS,
    NETWORKS,
    PERCEPTUAL,
    RANKED,
    crossed_pairs,
    predicts,
    ranked,
)
from report.results.frames import Frames
from report.results.ranks import rank_numbers
from report.results.values import Measured, Sample, make_computed
from runs.specs.catalogue import CNN, UNET

#: Test pictures that the scatter shows.
SHOWN = 250


def answer(frames: Frames) -> Answer:
    """1.6.c: the networks ranked by each measure, and how well pixel accuracy predicts the perceptual ones."""
    table = {key: {name: frames.take(ranked(spec, key)) for name, spec in NETWORKS.items()} for key in RANKED}
    order = {key: rank_networks(row, RANKED[key][1]) for key, row in table.items()}
    predicted = {name: {key: frames.take(predicts(spec, key)) for key in PERCEPTUAL} for name, spec in NETWORKS.items()}
    crossed = {key: frames.take(crossed_pairs(key)) for key in ("delta_e", "ssim", "colourfulness")}
    everything = [sample for row in (*table.values(), *predicted.values()) for sample in row.values()]
    drawn = (rankings.draw_orders(frames), draw_ranks(frames), perceptual.draw_perceptual(frames))
    ranking = rankings.list_samples(frames)
    trained = perceptual.take_samples(frames)
    whole = all(sample.ok for row in table.values() for sample in row.values())
    disagreeing = [RANKED[key][0] for key, row in order.items() if row != order["pixel_accuracy"]]
    best = {f"best_{key}": find_leader(row) for key, row in order.items()}
    verdicts = judge_part("1.6.c", CLAIMS, frames)
    finding, outcome = leads.judge_perceptual(trained, map_statuses(verdicts))
    return Answer(
        "1.6.c",
        "An evaluation nearer to the eye",
        "Loss and metrics go pixel by pixel and agree badly with what people see: how the evaluation could be made to "
        "agree better. A paper on perceptual losses (Johnson, Alahi and Fei-Fei 2016) was given as a hint.",
        values=best
        | {
            "whole": whole or None,
            "disagreeing": disagreeing,
            **{f"crossed_{key}": sample.measured() for key, sample in crossed.items()},
            **rankings.describe_rankings(frames),
            **perceptual.describe_perceptual(frames, trained),
        },
        lead=leads.lead_evaluations(*(rankings.agree(frames, UNET, key) for key in ("delta_e", "ssim"))),
        finding=finding,
        outcome=outcome if finding else "",
        written=leads.WRITTEN["1.6.c"],
        evidence=[finding, *leads.prove_perceptual(trained)],
        shown=("ranks",),
        figures=[figure for figure in drawn if figure is not None],
        tables=[
            rankings.tabulate_rankings(frames),
            *([perceptual.tabulate_perceptual(frames, trained)] if frames.preset.beyond else []),
            tabulate_values(table),
            tabulate_ranks(table, order),
            tabulate_predictions(predicted),
        ],
        verdicts=verdicts,
        missing=list_missing(*everything, *ranking, *trained.values()),
        notes=write_remarks(*everything, *ranking, *trained.values()),
    )


def rank_networks(row: Mapping[str, Sample], larger_is_better: bool) -> dict[str, float]:
    """Rank of each network that has a number, 1 for the best; equal at the decimals shown share a rank."""
    there = {name: sample for name, sample in row.items() if sample.ok}
    rounded = [
        round(sample.mean, sample.digits + (2 if sample.unit == "%" else 0)) * (-1 if larger_is_better else 1)
        for sample in there.values()
    ]
    return dict(zip(there, rank_numbers(rounded).tolist(), strict=True)) if there else {}


def find_leader(order: Mapping[str, float]) -> str | None:
    """The networks that come first, in words; None where none has a number."""
    first = min(order.values(), default=None)
    names = [name for name, rank in order.items() if rank == first]
    return " and ".join(names) or None


def tabulate_values(table: Mapping[str, Mapping[str, Sample]]) -> Table:
    """Measures × networks."""
    rows: list[list[Cell]] = [
        [RANKED[key][0], *(row[name].measured() for name in NETWORKS)] for key, row in table.items()
    ]
    return Table(
        "measures",
        "The colourizing networks by each measure, mean over the test pictures after the last epoch.",
        ["", *NETWORKS],
        rows,
    )


def tabulate_ranks(table: Mapping[str, Mapping[str, Sample]], order: Mapping[str, Mapping[str, float]]) -> Table:
    """Measures × networks: ranks."""

    def rank(key: str, name: str) -> Measured | None:
        if name not in order[key]:
            return None
        return make_computed(order[key][name], digits=1 if order[key][name] % 1 else 0, runs=table[key][name].runs)

    rows: list[list[Cell]] = [[words, *(rank(key, name) for name in NETWORKS)] for key, (words, _) in RANKED.items()]
    return Table(
        "ranks",
        "The ranks that each measure gives the networks, 1 for the best; networks that are equal at the decimals shown "
        "share the mean of their ranks.",
        ["by", *NETWORKS],
        rows,
    )


def tabulate_predictions(predicted: Mapping[str, Mapping[str, Sample]]) -> Table:
    """Networks × perceptual measures: rank correlation with pixel accuracy over the test pictures."""
    rows: list[list[Cell]] = [[name, *(row[key].measured() for key in PERCEPTUAL)] for name, row in predicted.items()]
    return Table(
        "prediction",
        "How well pixel accuracy predicts the perceptual rank of a test picture: Spearman’s rank correlation, 1 where "
        "both order the pictures alike, 0 where one says nothing of the other.",
        ["network", *(RANKED[key][0] for key in PERCEPTUAL)],
        rows,
    )


def draw_ranks(frames: Frames) -> Figure | None:
    """Pixel accuracy against the perceptual measures, a point a test picture; None without the probe."""
    panels, told = [], []
    for key in PERCEPTUAL:
        series = []
        for spec, name, colour in ((UNET, "UNet", "unet"), (CNN, "CNN", "cnn")):
            stored = next(iter(frames.probe(spec, "quality").values()), None)
            if stored is not None:
                right = stored.arrays["pixel_accuracy"][:SHOWN].astype(float) * 100
                series.append(
                    Series(name, right.tolist(), stored.arrays[key][:SHOWN].astype(float).tolist(), colour=colour)
                )
                correlation = frames.take(predicts(spec, key))
                if correlation.ok:
                    told.append(f"{name}, {RANKED[key][0]}: rank correlation {correlation.mean:.2f}")
        panels.append(Panel(series, "pixels right, %", RANKED[key][0]))
    if not any(panel.series for panel in panels):
        return None
    return draw_scatter(
        "pictures",
        f"Pixel accuracy against perceptual measures, one point a test picture (the first {SHOWN} at most, one seed).",
        f"{len(panels)} clouds of points. {'; '.join(told)}.",
        *panels,
    )
