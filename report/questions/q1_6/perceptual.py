"""Question 1.6.c, the perceptual loss itself: the network trained with it beside the same network without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from report.answers import Cell, Figure, Table
from report.drawing.charts import draw_strips
from report.measures.colourings import colour_gap
from report.measures.picture_quality import LOOKS, quality, reference
from report.questions.from_samples import find_picture
from report.questions.phrases import say_first_pictures, say_length, say_side
from report.questions.q1_6.perceptual_claims import FEATURES, featured, trained
from report.results.frames import Frames
from report.results.values import Sample
from runs.specs.catalogue import BASE, PERCEPTUAL_VGG, REGRESSION

#: The measures of the table.
KEYS = ("mse", "delta_e", "ssim", "colourfulness")
#: What the loss network is called on a page.
JUDGES = {"rotation-features": "a classifier trained here to tell quarter turns", "vgg16-features": "VGG-16"}


def take_samples(frames: Frames) -> dict[str, Sample]:
    """Every number of the part: "delta_e_with", "delta_e_without" and so on."""
    found: dict[str, Sample] = {}
    for way, spec in {"with": trained(frames), "without": REGRESSION}.items():
        found |= {f"{key}_{way}": frames.take(quality(spec, key)) for key in KEYS}
        found |= {f"{key}_{way}": frames.take(featured(spec, key)) for key in FEATURES}
        found[f"gap_{way}"] = frames.take(colour_gap(spec))
    for row in ("grey", "truth"):
        found |= {f"{key}_{row}": frames.take(reference(row, key)) for key in KEYS}
        found[f"turns_{row}"] = frames.take(featured(REGRESSION, f"{row}_turns"))
    found["distance_grey"] = frames.take(featured(REGRESSION, "grey_distance"))
    return found


def describe_perceptual(frames: Frames, found: Mapping[str, Sample]) -> dict[str, Any]:
    """What the sentences speak of."""
    keys = (*KEYS, *FEATURES, "gap")
    told: dict[str, Any] = {
        f"{key}_{way}": found[f"{key}_{way}"].measured() or ""
        for key in (*KEYS, *FEATURES)
        for way in ("with", "without")
    }
    told |= {f"{key}_side": say_side(found[f"{key}_with"], found[f"{key}_without"]) or "" for key in keys}
    return told | {
        "perceptual": all(found[f"{key}_{way}"].ok for key in (*KEYS, *FEATURES) for way in ("with", "without")),
        "beyond": frames.preset.beyond,
        "judge": JUDGES[trained(frames).loss],
        "judged_by_itself": trained(frames) != PERCEPTUAL_VGG,
        "trained_for": say_length(frames, BASE),
    }


def tabulate_perceptual(frames: Frames, found: Mapping[str, Sample]) -> Table:
    """Measures × with, without, no colour at all and the truth."""
    names = {key: LOOKS[key].label for key in KEYS} | {key: FEATURES[key][0] for key in FEATURES}
    # the truth has no error against itself to be shown
    shown = {"truth": ("colourfulness", "turns"), "grey": tuple(names)}
    rows: list[list[Cell]] = [
        [
            words,
            *(found[f"{key}_{way}"].measured() for way in ("with", "without")),
            *(found[f"{key}_{row}"].measured() if key in shown[row] else None for row in ("grey", "truth")),
        ]
        for key, words in names.items()
    ]
    return Table(
        "perceptual",
        f"The regression trained with and without a perceptual loss, on the maps of {JUDGES[trained(frames).loss]}, "
        "beside its squared error. The classifier tells by which quarter turn a picture was rotated; the distance in "
        "its maps is nought for the same picture and about two for pictures that have nothing to do with each other.",
        ["", "with the perceptual loss", "without", "grey, no colour at all", "truth"],
        rows,
    )


def draw_perceptual(frames: Frames) -> Figure | None:
    """The first test pictures by the network with and without; None without a run that has the perceptual loss."""
    epoch = frames.preset.epoch(BASE)
    made = {
        "with the perceptual loss": find_picture(frames, trained(frames), epoch),
        "without": find_picture(frames, REGRESSION, epoch),
    }
    if made["with the perceptual loss"] is None:
        return None
    given = frames.data_probe("samples")
    rows: dict[str, NDArray[np.uint8]] = {} if given is None else {"truth": given.arrays["truth"]}
    rows |= {name: pictures for name, pictures in made.items() if pictures is not None}
    return draw_strips(
        "perceptual",
        f"{say_first_pictures(rows)}: the truth, and what the regression paints with and without a perceptual loss.",
        f"Rows of small pictures: {', '.join(rows)}.",
        rows,
    )
