"""Beyond the write-up: the test pictures that are training pictures too, and what leaving them out changes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from report.answers import Cell, Table
from report.measures.picture_quality import LOOKS, mean, quality
from report.results.format import show_amount
from report.results.frames import Frames, Measurement, make_measure
from report.results.values import Sample, make_computed
from runs.data.copies import count_in_words
from runs.specs.catalogue import BASE
from runs.specs.spec import RunSpec

#: What is taken with the near-copies and without them.
KEYS = ("pixel_accuracy", "delta_e")
#: How many near-copies are named at most, those with the greatest lead.
NAMED = 50


@make_measure
def among(frames: Frames, spec: RunSpec, key: str, near: bool) -> Sample:
    """A measure of a network's pictures, one number a seed: the mean over the near-copies, or over all but them."""
    look, copies = LOOKS[key], frames.data_probe("copies")
    if copies is None:
        return Sample({}, look.unit, look.digits, missing=("data",))
    chosen = (copies.arrays["near"] > 0) == near
    return frames.probed(spec, "quality", lambda probe: mean(probe.arrays[key][chosen]), BASE, look.unit, look.digits)


def find_near(frames: Frames) -> Measurement | None:
    """The probe of the copies, where it found near-copies among the test pictures."""
    found = frames.data_probe("copies")
    return found if found is not None and found.arrays["near"].any() else None


def tabulate_near_copies(frames: Frames, networks: Mapping[str, RunSpec]) -> list[Table]:
    """Each network on all test pictures, without the near-copies and on them alone; and which those are."""
    found = find_near(frames)
    if found is None:
        return []
    rows: list[list[Cell]] = []
    for name, spec in networks.items():
        row: list[Cell] = [name]
        for key in KEYS:
            samples = (quality(spec, key), among(spec, key, False), among(spec, key, True))
            row += [frames.take(sample).measured() for sample in samples]
        rows.append(row)
    heads = [head for key in KEYS for head in (LOOKS[key].label, "without them", "on them alone")]
    return [
        Table(
            "near-copies",
            f"Beyond the write-up: each network on all test pictures, without the {say_how_many(found)} that are a "
            "training photograph in another form, and on these alone.",
            ["network", *heads],
            rows,
        ),
        name_pairs(found),
    ]


def name_pairs(found: Measurement) -> Table:
    """The near-copies by number, those that stand out most first."""
    arrays = found.arrays
    order = [place for place in np.argsort(-arrays["lead"], kind="stable") if arrays["near"][place]][:NAMED]
    rows: list[list[Cell]] = [
        [
            str(place),
            str(int(arrays["nearest"][place])),
            *(make_computed(float(arrays[key][place]), digits=2, runs=("data",)) for key in ("likeness", "lead")),
        ]
        for place in order
    ]
    said = f"The {len(order)} near-copies with the greatest lead" if len(order) == NAMED else "The near-copies"
    return Table(
        "near-copy-pairs",
        f"{said}: the same photograph among the test and the training pictures, in another frame, in other colours or "
        "mirrored. Numbers are from 0, in the order of the data; likeness is that of the slopes of grey, at most 1, "
        "and lead is how far it is above the fifth most alike of the training pictures.",
        ["test picture", "training picture", "likeness", "lead"],
        rows,
    )


def say_copies(frames: Frames, networks: Mapping[str, RunSpec]) -> list[str]:
    """How many test pictures are training pictures to the pixel, how many in another form, and what that is worth."""
    stored = frames.data_probe("copies")
    if stored is None:
        return []
    exact = count_in_words(stored.notes["copies"])
    found = find_near(frames)
    if found is None:
        near = "By a measure of our own no test picture is a training photograph in another form."
        return [exact, near] if exact else [near]
    moved = [
        frames.take(among(spec, "pixel_accuracy", False)) - frames.take(quality(spec, "pixel_accuracy"))
        for spec in networks.values()
    ]
    most = max((abs(sample.mean) for sample in moved if sample.ok), default=None)
    near = (
        f"By a measure of our own {say_how_many(found)} of the {len(found.arrays['near']):,} test pictures are a "
        "training photograph in another form: in another frame, in other colours or mirrored."
    )
    if most is not None:
        near += (
            f" Leaving them out moves no mean accuracy of these networks by more than {show_amount(most, 'points', 2)}."
        )
    return [exact, near] if exact else [near]


def say_how_many(found: Measurement) -> str:
    """The number of near-copies."""
    return f"{int(found.arrays['near'].sum()):,}"
