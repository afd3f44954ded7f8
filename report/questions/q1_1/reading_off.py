"""The answer to 1.1.e, how the way of reading off a colour sets its strength, from the stored temperature sweep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from report.answers import Answer, Cell, Figure, Table
from report.drawing.charts import Panel, draw_chart, draw_strips
from report.judging.judge import judge_part
from report.measures.colourings import TEMPERATURES, at_temperature, colour_gap
from report.measures.picture_quality import LOOKS, quality, reference
from report.measures.rankings import rank_agreement
from report.questions.from_samples import find_picture, list_missing, list_points, map_statuses, write_remarks
from report.questions.phrases import relate, say_course, say_course_on_seeds, say_first_pictures, say_on_seeds
from report.questions.q1_1 import leads
from report.questions.q1_1.reading_off_claims import CLAIMS
from report.results.frames import Frames
from report.results.values import Sample
from runs.specs.catalogue import BASE, CNN, REGRESSION

#: What is followed over the temperature.
FOLLOWED = ("colourfulness", "delta_e", "mse")
#: Rank correlations that differ by no more than this are read as saying the same.
ALIKE = 0.05


def answer_reading_off(frames: Frames) -> Answer:
    """1.1.e: colourfulness of regression, classification and truth, and of the annealed mean over T."""
    sweep = {key: [frames.take(at_temperature(t, key)) for t in TEMPERATURES] for key in FOLLOWED}
    samples = {
        "truth": frames.take(reference("truth", "colourfulness")),
        "regression": frames.take(quality(REGRESSION, "colourfulness")),
        "likeliest": frames.take(quality(CNN, "colourfulness")),
        "coldest": sweep["colourfulness"][0],
        "warmest": sweep["colourfulness"][-1],
        "coldest_error": sweep["delta_e"][0],
        "warmest_error": sweep["delta_e"][-1],
    }
    ranks = {
        "rank_regression": frames.take(rank_agreement(REGRESSION, "mse", "delta_e")),
        "rank_classification": frames.take(rank_agreement(CNN, "pixel_accuracy", "delta_e")),
    }
    cost = frames.take(reference("palette", "delta_e"))
    values: dict[str, object] = {name: sample.measured() for name, sample in samples.items()}
    first = _sweep(frames)
    nearest = _find_nearest(sweep["colourfulness"], frames.take(reference("truth", "colourfulness", first)))
    values |= {"nearest": None if nearest is None else f"{TEMPERATURES[nearest]:g}"}
    values |= {"nearest_colour": None if nearest is None else sweep["colourfulness"][nearest].measured()}
    verdicts = judge_part("1.1.e", CLAIMS, frames)
    status = map_statuses(verdicts)
    gaps = frames.take(colour_gap(CNN)), frames.take(colour_gap(REGRESSION))
    side = relate(*gaps)
    errors = samples["warmest_error"], samples["coldest_error"]
    values |= {
        "control": status["control"],
        "course": say_course([f"T = {t:g}" for t in TEMPERATURES], sweep["colourfulness"]),
        "course_seeds": say_course_on_seeds(sweep["colourfulness"]),
        "coldest_t": f"{TEMPERATURES[0]:g}",
        "warmest_t": f"{TEMPERATURES[-1]:g}",
        "nearer": None if side is None else {"higher": "regression", "lower": "classification"}.get(side, side),
        "nearer_seeds": say_on_seeds(*gaps),
        "error_moves": relate(*errors),
        "error_seeds": say_on_seeds(*errors),
    }
    values |= {name: sample.measured() or "" for name, sample in ranks.items()}
    values |= {
        "palette_cost": cost.measured() or "",
        "ranks_move": _say_better_ranks(ranks["rank_classification"], ranks["rank_regression"]),
        "ranks_seeds": say_on_seeds(ranks["rank_classification"], ranks["rank_regression"]),
    }
    everything = [*samples.values(), *ranks.values(), *(sample for row in sweep.values() for sample in row)]
    lead, outcome = leads.lead_reading_off(samples["coldest"], samples["warmest"], status)
    swept = any(sample.ok for row in sweep.values() for sample in row)
    return Answer(
        "1.1.e",
        "Reading the colour off",
        "How colourization that is put as a classification eases the problem of 1.1.d.",
        values=values,
        lead=lead,
        outcome=outcome,
        written=leads.WRITTEN["1.1.e"],
        evidence=leads.prove_reading_off(samples["likeliest"], samples["regression"], samples["truth"]),
        shown=("temperatures",),
        figures=[*([_draw_curves(frames, sweep)] if swept else []), *_draw_pictures(frames)],
        tables=[_tabulate(frames, sweep)],
        verdicts=verdicts,
        missing=list_missing(*everything),
        notes=[
            "The annealed mean divides the network's scores by the temperature T before they become shares of the "
            "colours, and takes the mean colour by these shares (Zhang, Isola and Efros, 2016).",
            *write_remarks(*everything),
        ],
    )


def _say_better_ranks(ours: Sample, theirs: Sample) -> str:
    """Which of two rank correlations is "higher" or "lower"; "equal" where they differ by no more than ``ALIKE``."""
    if not (ours.ok and theirs.ok):
        return ""
    return "equal" if abs(ours.mean - theirs.mean) <= ALIKE else relate(ours, theirs) or ""


def _find_nearest(colourfulness: list[Sample], truth: Sample) -> int | None:
    """Which temperature brings colourfulness nearest to the truth's; None where either is not known."""
    known = [index for index, sample in enumerate(colourfulness) if sample.ok]
    if not known or not truth.ok:
        return None
    return min(known, key=lambda index: abs(colourfulness[index].mean - truth.mean))


def _sweep(frames: Frames) -> int | None:
    """How many test pictures, from the first on, the temperatures are measured on; None without the probe."""
    return next((probe.notes["measured"] for probe in frames.probe(CNN, "temperature").values()), None)


def _draw_curves(frames: Frames, sweep: dict[str, list[Sample]]) -> Figure:
    """Colourfulness and both errors over the temperature, with the levels of truth and regression."""
    panels, words, first = [], [], _sweep(frames)
    for key in FOLLOWED:
        name, digits = LOOKS[key].label, LOOKS[key].digits
        rivals = {"regression": frames.take(quality(REGRESSION, key, first=first))}
        if key == "colourfulness":
            rivals["truth"] = frames.take(reference("truth", key, first))
        levels = [(sample.mean, label) for label, sample in rivals.items() if sample.ok]
        panels.append(
            Panel([list_points("CNN", TEMPERATURES, sweep[key], "cnn")], "temperature T", name, levels=levels)
        )
        there = [sample.mean for sample in sweep[key] if sample.ok]
        if there:
            words.append(f"{name}: {there[0]:.{digits}f} at the first temperature, {there[-1]:.{digits}f} at the last.")
    return draw_chart(
        "sweep",
        "The CNN's pictures, their colours read off at different temperatures: how colourful they are, and how far "
        f"from the truth. The level lines are the truth and the regression. All are means over the first {first} test "
        "pictures.",
        " ".join(words),
        *panels,
    )


def _tabulate(frames: Frames, sweep: dict[str, list[Sample]]) -> Table:
    """Truth, regression, the likeliest colour, and each temperature."""
    rows: list[list[Cell]] = [
        ["truth", frames.take(reference("truth", "colourfulness")).measured(), None, None],
        ["regression", *(frames.take(quality(REGRESSION, key)).measured() for key in FOLLOWED)],
        ["classification, likeliest colour", *(frames.take(quality(CNN, key)).measured() for key in FOLLOWED)],
    ]
    first = _sweep(frames)
    few = "" if first is None else f"; at a temperature T, over the first {first} of them"
    for index, temperature in enumerate(TEMPERATURES):
        head = f"classification, annealed mean, T = {temperature:g}"
        rows.append([head, *(sweep[key][index].measured() for key in FOLLOWED)])
    return Table(
        "colourfulness",
        "How colourful the pictures are, and how far from the truth. Means over the "
        f"{frames.data['test']:,} test pictures{few}.",
        ["pictures", *(LOOKS[key].label for key in FOLLOWED)],
        rows,
    )


def _draw_pictures(frames: Frames) -> list[Figure]:
    """Truth, regression and the classification at every second temperature; none where none is stored."""
    made: dict[str, NDArray[np.uint8]] = {}
    samples, regression = frames.data_probe("samples"), find_picture(frames, REGRESSION, frames.preset.epoch(BASE))
    if regression is not None:
        made["regression"] = regression
    for probe in list(frames.probe(CNN, "temperature").values())[:1]:
        for temperature, pictures in list(zip(probe.arrays["temperature"], probe.arrays["pictures"], strict=True))[::2]:
            made[f"T = {temperature:.2g}"] = pictures
    if not made:
        return []
    rows = ({"truth": samples.arrays["truth"]} if samples is not None else {}) | made
    return [
        draw_strips(
            "temperatures",
            f"{say_first_pictures(rows)}: the truth, the regression, and the classification with its colours read off "
            "at rising temperatures.",
            f"Rows of small pictures: {', '.join(rows)}.",
            rows,
        )
    ]
