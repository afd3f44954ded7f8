"""Question 1.6.c, the perceptual loss: the network trained with it beside the same without, and the claims on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from report.judging.claim import Claim, Margin
from report.judging.kinds import Judgement, Ordering, name_distances
from report.judging.margins import SEEN
from report.measures.colourings import colour_gap
from report.measures.picture_quality import mean, quality
from report.results.frames import Frames, Measure, make_measure
from report.results.values import Sample
from runs.specs.catalogue import PERCEPTUAL_ROTATION, PERCEPTUAL_VGG, REGRESSION
from runs.specs.spec import RunSpec

#: What the ``features`` probe holds of each test picture: what it is called, its unit, the decimals to show.
FEATURES: dict[str, tuple[str, str, int]] = {
    "distance": ("distance in the classifier’s maps", "", 3),
    "turns": ("quarter turns told right", "%", 1),
}
#: Differences below these count as ties.
TIES = SEEN | {
    "distance": Margin(0.01, "", "two hundredths of a typical distance"),
    "turns": Margin(0.01, "points", "one turn in a hundred"),
}

_NAMES = ("with the perceptual loss", "without a perceptual loss")

#: Measures that are distances from the truth, of colourfulness and in the maps.
OFF = ("colourfulness", "distance")


def trained(frames: Frames) -> RunSpec:
    """The run with a perceptual loss: on VGG-16 where such a run is stored, else on the rotation classifier."""
    stored = any(PERCEPTUAL_VGG.with_seed(seed).id in frames.by_run for seed in frames.seeds)
    return PERCEPTUAL_VGG if stored else PERCEPTUAL_ROTATION


@make_measure
def featured(frames: Frames, spec: RunSpec, key: str) -> Sample:
    """The mean over the test pictures of what the ``features`` probe holds of a run; see ``FEATURES``."""
    _, unit, digits = FEATURES[key.removeprefix("grey_").removeprefix("truth_")]
    found = frames.probed(spec, "features", lambda probe: mean(probe.arrays[key]), unit=unit, digits=digits)
    return found if frames.trains(PERCEPTUAL_ROTATION) else replace(found, missing=())


@make_measure
def perceptual(frames: Frames, measure: Callable[[RunSpec], Measure]) -> Sample:
    """A measure of a run, taken of the one with the perceptual loss."""
    return frames.take(measure(trained(frames)))


def more(key: str, measure: Callable[[RunSpec], Measure]) -> Ordering:
    """The test that a measure is larger with the perceptual loss than without."""
    return Ordering(perceptual(measure), measure(REGRESSION), TIES[key], _NAMES)


def less(key: str, measure: Callable[[RunSpec], Measure]) -> Ordering:
    """The test that a measure is smaller with the perceptual loss than without."""
    names = _NAMES[::-1]
    return Ordering(
        measure(REGRESSION), perceptual(measure), TIES[key], name_distances(names, "") if key in OFF else names
    )


BEYOND = (
    "Beyond the write-up, which trains no such network: here the regression is trained once more, the distance in "
    "the maps of a loss network added to its squared error. Added, where the write-up says “in place of”: alone the "
    "maps leave the colours of flat regions open."
)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.6.c.pleasing",
        "A perceptual loss gives visually pleasing results.",
        "gives visually pleasing results",
        Judgement(
            {
                "ΔE2000 is lower": less("delta_e", lambda spec: quality(spec, "delta_e")),
                "SSIM is higher": more("ssim", lambda spec: quality(spec, "ssim")),
                "colourfulness is nearer to the truth": less("colourfulness", colour_gap),
            }
        ),
        "Pleasing is for eyes to judge. The proxies ask whether the pictures come nearer to the truth in measures "
        "made after the eye than those of the same network trained on pixels alone.",
        comment=BEYOND,
    ),
    Claim(
        "1.6.c.semantic",
        "A perceptual loss transfers semantic knowledge from the loss network.",
        "transfers semantic knowledge",
        Judgement(
            {
                "the classifier tells more quarter turns of the pictures right": more(
                    "turns", lambda spec: featured(spec, "turns")
                ),
                "the pictures lie nearer to the truth in its maps": less(
                    "distance", lambda spec: featured(spec, "distance")
                ),
            }
        ),
        "What the pictures mean to a classifier can show it: one that was trained on the truth to tell by which "
        "quarter turn a picture was rotated.",
        comment="Where that classifier is the loss network itself, the pictures were trained to please it: then the "
        "proxies show that the knowledge reached them, and not that it would serve another judge.",
    ),
)
