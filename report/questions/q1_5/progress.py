"""The strips, charts and tables of 1.5, made from the kept pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from report.answers import Cell, Figure, Table
from report.drawing.charts import Panel, Series, band_of_seeds, draw_chart, draw_maps, draw_strips
from report.drawing.pictures import EACH
from report.measures.kept_pictures import ASPECTS
from report.measures.moments import (
    DRAWN,
    EARLY,
    FIRST,
    LAST,
    LATER,
    NUMBERS,
    at,
    course,
    epoch_of,
    metric_at,
    truth_has,
)
from report.questions.from_samples import draw_reels, find_picture
from report.questions.phrases import list_words, say_first_pictures
from report.results.format import show_amount
from report.results.frames import Frames
from runs.data.pixels import Pixels
from runs.specs.catalogue import CNN, UNET, UNET_UPSCALE
from runs.specs.spec import RunSpec

#: The networks of 1.5, as a page calls them, and the colour of each.
NAMES: Mapping[RunSpec, str] = {CNN: "CNN", UNET: "UNet", UNET_UPSCALE: "UNet, super-resolution"}
COLOUR_KEYS: Mapping[RunSpec, str] = {CNN: "cnn", UNET: "unet", UNET_UPSCALE: "accent"}

#: Blocks in their order.
BLOCKS = ("downconv1", "downconv2", "rfconv", "upconv1", "upconv2")
#: The aspects of kept pictures that the tables hold.
DESCRIBED = ("colours", "flatness", "likeness", "error", "edges", "agreement")


def list_written_moments(frames: Frames) -> dict[int, str]:
    """The write-up's picture numbers that fall on epochs of their own, and what to call each."""
    found: dict[int, str] = {}
    for number in NUMBERS:
        epoch = epoch_of(frames, number)
        if epoch not in {epoch_of(frames, other) for other in found}:
            found[number] = f"{'last picture' if number == LAST else f'picture {number}'}, after epoch {epoch}"
    return found


def explain_numbering(frames: Frames) -> str:
    """What the picture numbers mean in this report, as a remark."""
    named = {number: str(epoch_of(frames, number)) for number in NUMBERS}
    samples = frames.data_probe("samples")
    kept = "a few test pictures" if samples is None else f"the first {len(samples.arrays['truth'])} test pictures"
    few = f"What is measured of the kept pictures rests on {kept}: n counts the seeds, and other pictures might differ."
    meant = f"The write-up numbers its pictures from 0. Its pictures {FIRST}, {EARLY} and {LATER} are "
    after = f"those after epochs {named[FIRST]}, {named[EARLY]} and {named[LATER]}"
    if frames.preset.divisor == 1:
        return f"{meant}{after}; the last is that after epoch {named[LAST]}. {few}"
    return (
        f"{meant}stood for by {after} of a shorter training, whose last picture is that after epoch {named[LAST]}: "
        "they show the same shares of the training, not the same number of steps. " + few
    )


def describe_moments(frames: Frames) -> dict[str, str]:
    """The epochs behind the picture numbers, for a template."""
    names = {"first": FIRST, "early": EARLY, "later": LATER, "last": LAST}
    return {f"epoch_{name}": str(epoch_of(frames, number)) for name, number in names.items()}


def draw_moment_strip(frames: Frames, spec: RunSpec, others: tuple[RunSpec, ...] = ()) -> Figure | None:
    """Input, the pictures of a network at each moment, others' last pictures, truth; None without any picture."""
    samples = frames.data_probe("samples")
    rows: dict[str, Pixels] = {}
    if samples is not None:
        inputs = {"small": "input", "bilinear": "bilinear"} if spec.task == "upscale" else {"grey": "input"}
        rows |= {label: np.asarray(samples.arrays[key]) for key, label in inputs.items()}
    given = set(rows)
    for number, label in list_written_moments(frames).items():
        made = find_picture(frames, spec, epoch_of(frames, number))
        if made is not None:
            rows[label] = made
    for other in others:
        made = find_picture(frames, other, epoch_of(frames, LAST))
        if made is not None:
            rows[f"{NAMES[other]}, last picture"] = made
    # on paper the three moments of the write-up and the truth are enough
    written = {label for number, label in list_written_moments(frames).items() if number != LAST}
    roles = dict.fromkeys(set(rows) - written, "aside")
    painted = set(rows) - given
    if samples is not None:
        rows["truth"] = np.asarray(samples.arrays["truth"])
    if not rows:
        return None
    name = NAMES[spec]
    told = [
        ", ".join([label, *measure_moment(frames, spec, number)])
        for number, label in list_written_moments(frames).items()
    ]
    figure = draw_strips(
        f"strip-{spec.model}-{spec.task}",
        f"{name}. {say_first_pictures(rows)}, as they are given, as the network makes them, and as they are.",
        f"Rows of test pictures of the {name}, from the input to the truth. Means over the seeds: "
        + ". ".join(told)
        + ".",
        rows,
        roles=roles,
    )
    last = epoch_of(frames, LAST)
    return replace(
        figure,
        reels=draw_reels(frames, {NAMES[each]: each for each in (spec, *others)}, last) if painted else (),
        stops=[epoch_of(frames, number) for number in list_written_moments(frames)],
    )


def draw_course(frames: Frames, specs: tuple[RunSpec, ...], aspects: tuple[str, ...]) -> Figure | None:
    """Aspects of the kept pictures after every epoch, one panel each; None without any run."""
    panels, told = [], []
    for aspect in aspects:
        kind = ASPECTS[aspect]
        factor, digits = (100 if kind.unit == "%" else 1), max(kind.digits, 1)
        series = []
        for spec in specs:
            curve = course(frames, spec, aspect) * factor
            if not curve.empty:
                series.append(Series(NAMES[spec], *band_of_seeds(curve), colour=COLOUR_KEYS[spec]))
                first, last = (float(curve.loc[epoch].mean()) for epoch in (curve.index[0], curve.index[-1]))
                told.append(f"{NAMES[spec]}, {kind.label}: {first:.{digits}f} at first, {last:.{digits}f} at last")
        panels.append(Panel(series, "epoch", kind.label + (", %" if kind.unit == "%" else "")))
    if not told:
        return None
    drawn = f" Of the first {DRAWN} seeds." if len(frames.seeds) > DRAWN else ""
    return draw_chart(
        "course",
        "What the kept pictures are like after every epoch: "
        f"{list_words([ASPECTS[key].label for key in aspects])}.{drawn}",
        f"{len(panels)} line charts over the epochs. {'; '.join(told)}.",
        *panels,
        columns=2,
    )


def tabulate_pictures(frames: Frames, spec: RunSpec) -> Table:
    """Every aspect of a network's pictures at every moment, and its loss and accuracy over all test pictures."""
    labels = list_written_moments(frames)
    rows = [[words, *cells] for words, cells in list_measures(frames, [(spec, number) for number in labels])]
    return Table(
        "pictures",
        f"{NAMES[spec]}: the kept pictures in numbers, and the validation loss and accuracy over all test pictures.",
        ["", *(label[0].upper() + label[1:] for label in labels.values())],
        rows,
    )


def tabulate_beside(frames: Frames, others: tuple[RunSpec, ...]) -> Table:
    """The same of other networks (at first and at last; of several at last only) and of the true pictures."""
    labels = list_written_moments(frames)
    wanted = [number for number in labels if number == LAST or (number == FIRST and len(others) == 1)]
    columns = [(other, number) for other in others for number in wanted or list(labels)[-1:]]
    rows: list[list[Cell]] = []
    for aspect, (words, cells) in zip([*DESCRIBED, None, None], list_measures(frames, columns), strict=True):
        truth = [
            truth_has(frames, aspect, row).measured() if aspect in ("colours", "flatness", "edges") else None
            for row in ("palette", "truth")
        ]
        if any(cell is not None for cell in (*cells, *truth)):
            rows.append([words, *cells, *truth])
    heads = [f"{NAMES[other]}, {labels[number]}" for other, number in columns]
    names = [NAMES[other] for other in others]
    return Table(
        "beside",
        f"The same beside it: {', '.join([*names, 'the truth in the colours of the palette, the truth itself'])}.",
        ["", *heads, "Truth, in the palette", "Truth"],
        rows,
    )


def list_measures(frames: Frames, columns: list[tuple[RunSpec, int]]) -> list[tuple[str, list[Cell]]]:
    """Each measure's name, and its number for each network and picture number."""
    found: list[tuple[str, list[Cell]]] = [
        (ASPECTS[aspect].label, [frames.take(at(spec, number, aspect)).measured() for spec, number in columns])
        for aspect in DESCRIBED
    ]
    for column, words in (("val_loss", "validation loss"), ("val_accuracy", "pixels right")):
        found.append((words, [frames.take(metric_at(spec, number, column)).measured() for spec, number in columns]))
    return found


def compare_activations(frames: Frames) -> Figure | None:
    """The maps of all networks beside each other, early blocks above late ones; None where one has none stored."""
    stored = {name: next(iter(frames.probe(spec, "activations").values()), None) for spec, name in NAMES.items()}
    found = [each for each in stored.values() if each is not None]
    if len(found) < len(stored):
        return None
    return draw_maps(
        "activations",
        f"What the networks see of the first test picture, early blocks above late ones: the {EACH} channels of "
        f"a block "
        "that vary most, each stretched from its least to its largest value.",
        f"Maps of activations, of {list_words(list(stored))} beside each other, one row of tiles a block.",
        {where: [each.arrays[where][0] for each in found] for where in BLOCKS},
        list(stored),
        {
            where: f"{where}, {found[0].arrays[where].shape[-1]}×{found[0].arrays[where].shape[-1]} pixels a channel."
            for where in BLOCKS
        },
    )


def measure_moment(frames: Frames, spec: RunSpec, number: int) -> list[str]:
    """What the words that stand in for a strip say of its pictures at a moment; nothing where nothing is stored."""
    found = [(frames.take(at(spec, number, key)), ASPECTS[key].label) for key in ("colours", "error")]
    return [f"{show_amount(sample.mean, sample.unit, sample.digits)} {label}" for sample, label in found if sample.ok]
