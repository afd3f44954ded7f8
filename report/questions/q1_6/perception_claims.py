"""Question 1.6.c, losses and the eye: how pixel and perceptual measures rank networks and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from report.judging.claim import Claim, Margin
from report.judging.kinds import Judgement, Ordering
from report.judging.margins import FOLLOWS
from report.measures.colourings import colour_gap
from report.measures.common import flat_at
from report.measures.picture_quality import quality
from report.questions.q1_6 import perceptual_claims
from report.results.frames import Frames, Measure, Measurement, make_measure
from report.results.ranks import correlate_ranks
from report.results.values import Sample
from runs.specs.catalogue import CNN, CNN_FAST, REGRESSION, UNET
from runs.specs.spec import RunSpec

#: The networks that colour the same test pictures.
NETWORKS: Mapping[str, RunSpec] = {"RegressionCNN": REGRESSION, "CNN": CNN, "UNet": UNET, "CNN at rate 0.01": CNN_FAST}

#: Perceptual measures of single pictures, and whether larger is better.
PERCEPTUAL = {"delta_e": False, "ssim": True}

#: What is ranked: its name, and whether larger is better.
RANKED: Mapping[str, tuple[str, bool]] = {
    "pixel_accuracy": ("pixels right", True),
    "mse": ("squared error in RGB", False),
    "delta_e": ("ΔE2000", False),
    "ssim": ("SSIM", True),
    "colourfulness": ("distance from the truth’s colourfulness", False),
}


def ranked(spec: RunSpec, key: str) -> Measure:
    """The measure of ``RANKED`` for one network; colourfulness as its distance from that of the truth."""
    return colour_gap(spec) if key == "colourfulness" else quality(spec, key)


@make_measure
def predicts(frames: Frames, spec: RunSpec, key: str) -> Sample:
    """How well pixel accuracy ranks the test pictures of a network as a perceptual measure does: 1 for alike."""

    def number(stored: Measurement) -> float:
        good = stored.arrays[key] if PERCEPTUAL[key] else -stored.arrays[key]
        return correlate_ranks(stored.arrays["pixel_accuracy"], good)

    return frames.probed(spec, "quality", number, digits=2)


@make_measure
def crossed_pairs(frames: Frames, key: str) -> Sample:
    """Share (0..1) of the pairs of networks that pixel accuracy orders otherwise than another measure does.

    One number for each seed that all networks have; pairs that one of the measures ties do not count as crossed.
    """
    seen = [frames.take(ranked(spec, "pixel_accuracy")) for spec in NETWORKS.values()]
    other = [frames.take(ranked(spec, key)) for spec in NETWORKS.values()]
    everything = [*seen, *other]
    common = [seed for seed in seen[0].values if all(seed in sample.values for sample in everything)]
    sign = 1 if RANKED[key][1] else -1
    pairs = list(combinations(range(len(seen)), 2))
    values = {
        seed: sum(
            sign * (seen[i].values[seed] - seen[j].values[seed]) * (other[i].values[seed] - other[j].values[seed]) < 0
            for i, j in pairs
        )
        / len(pairs)
        for seed in common
    }
    return Sample(
        values,
        "%",
        0,
        tuple(dict.fromkeys(run for sample in everything for run in sample.runs)),
        tuple(dict.fromkeys(run for sample in everything for run in sample.missing)),
        tuple(dict.fromkeys(run for sample in everything for run in sample.diverged)),
    )


def short_of(key: str) -> Ordering:
    """The test that pixel accuracy does not rank the UNet's pictures as a perceptual measure does."""
    measure = predicts(UNET, key)
    return Ordering(
        flat_at(measure, FOLLOWS),
        measure,
        Margin(0.01, "", "the last decimal that is shown"),
        ("the level read as saying the same", "the rank correlation"),
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.6.c.pixel-loss",
        "A per-pixel loss does not measure what the eye sees, which is why another may take its place.",
        "a perceptual loss in place of the per-pixel loss",
        Judgement(
            {
                "pixel accuracy ranks the pictures otherwise than ΔE2000": short_of("delta_e"),
                "pixel accuracy ranks the pictures otherwise than SSIM": short_of("ssim"),
            }
        ),
        "The write-up takes it for granted. The UNet’s test pictures are ranked by pixel accuracy and by two measures "
        "made after the eye; a rank correlation of 0.95 or more would say that one stands for the other.",
    ),
    *perceptual_claims.CLAIMS,
)
