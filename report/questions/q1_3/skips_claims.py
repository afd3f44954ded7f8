"""What 1.3.b says of skip connections, as claims, and the measures that test it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from report.judging.claim import Claim, Margin
from report.judging.kinds import Identity, Judgement, Ordering, Value, name_distances
from report.judging.margins import ACCURACY, DEAD, GRADIENT, LOSS, MUCH, RANK, SEEN, SHARPNESS, about
from report.measures.blocks import EARLY_BLOCKS, early_to_late
from report.measures.common import final
from report.measures.layers import differing_shapes
from report.measures.picture_quality import from_truth, quality
from report.questions.written import CNN_LOSS
from report.results.epochs import Rows
from report.results.frames import Frames, Measure, Measurement, make_measure
from report.results.values import Sample
from runs.specs.catalogue import BASE, CNN, UNET
from runs.specs.spec import RunSpec

#: The UNet's loss, as it is written.
UNET_LOSS = 1.25

#: Epochs by which one is ahead of another.
LEAD = Margin(1.0, "", "whole epochs are counted, and one is the least lead")

#: A run has all but ended where its validation loss is above its last by no more than this share (0..1) of it.
SETTLED = 0.05

#: What each skip carries, by the name of its cut, and where it enters.
SKIPS = {
    "downconv2": "output of downconv2, into upconv1",
    "downconv1": "output of downconv1, into upconv2",
    "input": "the input itself, into finalconv",
}
UNCUT = "none"

_NAMES = ("UNet", "CNN")


@make_measure
def dead_share(frames: Frames, spec: RunSpec) -> Sample:
    """Share of all channels of the five blocks that are never active on the test pictures."""
    return frames.probed(spec, "activations", _dead_share, unit="%", digits=1)


def _dead_share(probe: Measurement) -> float:
    return float(np.sum(probe.arrays["dead_channels"], dtype=np.float64) / np.sum(probe.arrays["channels"]))


@make_measure
def rank_share(frames: Frames, spec: RunSpec) -> Sample:
    """Effective rank of the activations as a share of the channels: the mean over the five blocks."""
    return frames.probed(
        spec, "activations", lambda probe: float(np.mean(probe.arrays["rank"] / probe.arrays["channels"])), unit="%",
        digits=1,
    )  # fmt: skip


@make_measure
def with_cut(frames: Frames, cut: str, column: str = "val_loss") -> Sample:
    """Validation loss or accuracy of the trained UNet with one skip cut at test time, or with "none" cut."""
    unit, digits = ("%", 1) if column == "val_accuracy" else ("", 4)
    return frames.probed(UNET, "skips", lambda probe: float(probe.row(column, "cuts", cut)), unit=unit, digits=digits)


@make_measure
def cost_of_cut(frames: Frames, cut: str, column: str = "val_loss") -> Sample:
    """What cutting a skip adds to a measure of the trained UNet."""
    unit = "points" if column == "val_accuracy" else ""
    return frames.take(with_cut(cut, column)).paired(
        frames.take(with_cut(UNCUT, column)), lambda cut_one, whole: cut_one - whole, unit
    )


@Measure
def passing_epoch(frames: Frames) -> Sample:
    """The first epoch after which the UNet's validation loss is below the CNN's final one, one a seed.

    A UNet that never gets there counts as the epoch after the last.
    """
    last, target = frames.preset.epoch(BASE), frames.metric(CNN, "val_loss", BASE)
    reached = frames.metric(UNET, "val_loss", BASE)
    curve = frames.curve(UNET, "val_loss", BASE)

    def first(seed: int) -> float:
        below = curve.index[curve[seed] < target.values[seed]]
        return float(below[0]) if len(below) else float(last + 1)

    seeds = [seed for seed in target.values if seed in reached.values]
    together = reached.paired(target, lambda unet, cnn: unet - cnn)
    return Sample({seed: first(seed) for seed in seeds}, "", 0, together.runs, together.missing, together.diverged)


@Measure
def last_epoch(frames: Frames) -> Sample:
    """The last epoch, on the seeds of :func:`passing_epoch`."""
    return frames.take(passing_epoch).map(lambda _: float(frames.preset.epoch(BASE)))


@make_measure
def settling_epoch(frames: Frames, spec: RunSpec) -> Sample:
    """The first epoch after which the validation loss is all but the one at which the run itself ends, one a seed."""
    last = frames.preset.epoch(BASE)

    def first(rows: Rows) -> float:
        losses = rows.until("val_loss", last)
        near = losses <= (1 + SETTLED) * rows.at("val_loss", last)
        return float(rows.until("epoch", last)[near].min()) if near.any() else math.nan

    return frames.gather(spec, "val_loss", first, last).shown_as(digits=0)


def _proxies(make: Callable[[RunSpec], Measure], margin: Margin, *, larger: RunSpec) -> Ordering:
    """UNet above CNN in a measure, or below it where ``larger`` is the CNN."""
    smaller, names = (CNN, _NAMES) if larger == UNET else (UNET, _NAMES[::-1])
    return Ordering(make(larger), make(smaller), margin, names)


_PICTURES = "ΔE2000 and SSIM over all test pictures stand in for eyes: they are proxies, not sight."
_SEEDS = "The runs are paired by seed: both networks see the same batches."

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.3.b.network",
        "The UNet is the CNN with three skips by concatenation: downconv2 into upconv1, downconv1 into upconv2, the "
        "input into finalconv.",
        "64 + 64, 32 + 32 and 24 + 1 channels",
        Identity(differing_shapes(UNET)),
        "A skip shows in the channels that a block takes in: channels and sides of each block are compared, as a "
        "32×32 picture passes.", role="setting",
    ),
    Claim(
        "1.3.b.loss", "The UNet's loss after 25 epochs.", f"{UNET_LOSS:.2f}",
        Value(UNET_LOSS, final(UNET, "train_loss"), about(UNET_LOSS).size),
        "Taken as the training loss, since 1.2.b gives the CNN's training loss by the same word. "
        + about(UNET_LOSS).why,
        conflict="Its table in 1.3.c gives 1.2606 for the training loss of this same network, which rounds to 1.26.",
    ),
    Claim(
        "1.3.b.loss-better", "The UNet's loss is lower than the CNN's.", f"{UNET_LOSS:.2f} against {CNN_LOSS:.2f}",
        Ordering(final(CNN, "train_loss"), final(UNET, "train_loss"), LOSS, ("CNN", "UNet")),
        "Training losses, as for the written figures. " + _SEEDS,
    ),
    Claim(
        "1.3.b.images", "The UNet's pictures are much better than the CNN's.", "much better",
        Judgement(
            {
                f"ΔE2000 to the truth is lower by {MUCH['delta_e'].size:g} or more": _proxies(
                    lambda spec: quality(spec, "delta_e"), MUCH["delta_e"], larger=CNN
                ),
                f"SSIM to the truth is higher by {MUCH['ssim'].size:g} or more": _proxies(
                    lambda spec: quality(spec, "ssim"), MUCH["ssim"], larger=UNET
                ),
            }
        ),
        "Much asks for more than a difference. " + _PICTURES,
    ),
    Claim(
        "1.3.b.val-loss", "Skip connections lower the validation loss.", "improve",
        Ordering(final(CNN, "val_loss"), final(UNET, "val_loss"), LOSS, ("CNN", "UNet")), _SEEDS,
    ),
    Claim(
        "1.3.b.val-accuracy", "Skip connections raise the validation accuracy.", "improve",
        Ordering(final(UNET, "val_accuracy"), final(CNN, "val_accuracy"), ACCURACY, _NAMES), _SEEDS,
    ),
    Claim(
        "1.3.b.visible-quality", "Skip connections make the pictures visibly better.", "improve",
        Judgement(
            {
                "ΔE2000 to the truth is lower": _proxies(
                    lambda spec: quality(spec, "delta_e"), SEEN["delta_e"], larger=CNN
                ),
                "SSIM to the truth is higher": _proxies(
                    lambda spec: quality(spec, "ssim"), SEEN["ssim"], larger=UNET
                ),
            }
        ),
        "The statement has no size, so all that can be seen counts. " + _PICTURES,
    ),
    Claim(
        "1.3.b.gradient-flow", "Gradients flow better through skip connections.", "better gradient flow",
        Judgement(
            {
                "more of the gradient reaches downconv1 and downconv2": _proxies(early_to_late, GRADIENT, larger=UNET),
                "more of the gradient reaches downconv1": _proxies(
                    lambda spec: early_to_late(spec, EARLY_BLOCKS[:1]), GRADIENT, larger=UNET
                ),
            }
        ),
        "Flow is read as the norm of the gradient in the early blocks relative to that in upconv2 and finalconv, "
        "median over the first epoch. It is a proxy: a larger gradient need not be a more useful one.",
    ),
    Claim(
        "1.3.b.singularities", "Skip connections leave fewer singularities in the loss surface.",
        "fewer singularities (arXiv 1701.09175)",
        Judgement(
            {
                "fewer channels are dead": replace(_proxies(dead_share, DEAD, larger=CNN), floor=0.0),
                "the activations have a higher effective rank": _proxies(rank_share, RANK, larger=UNET),
            }
        ),
        "The loss surface itself is not measured. Dead channels and linearly dependent ones are two of the "
        "degeneracies that Orhan and Pitkow (2018) trace singularities to: they are counted as proxies.",
    ),
    *(
        Claim(
            f"1.3.b.early-{cut}", f"Early information reaches late layers: the skip that carries {what}, is used.",
            "early information reaches late layers",
            Ordering(with_cut(cut), with_cut(UNCUT), LOSS, (f"without the {cut} skip", "whole")),
            "A skip that carries something the network uses costs validation loss when it is cut at test time. "
            "The same network is measured with and without it.",
            comment="The cut network was not trained without the skip, so the cost is an upper bound of its worth.",
        )
        for cut, what in SKIPS.items()
    ),
    Claim(
        "1.3.b.pooling-lost", "What the skips bring to late layers is what pooling had lost.",
        "which pooling had lost",
        Judgement(
            {
                "cutting downconv1 costs more than cutting downconv2": Ordering(
                    cost_of_cut("downconv1"), cost_of_cut("downconv2"), LOSS, ("downconv1", "downconv2")
                ),
                "cutting the input costs more than cutting downconv2": Ordering(
                    cost_of_cut("input"), cost_of_cut("downconv2"), LOSS, ("input", "downconv2")
                ),
            }
        ),
        "The skip from downconv2 has been pooled as often as the middle block, and can bring back nothing that "
        "pooling lost; the two others can. If that is their worth, cutting them costs more. A proxy.",
    ),
    Claim(
        "1.3.b.convergence", "Skip connections converge better.", "better convergence",
        Judgement(
            {
                "the UNet passes the loss at which the CNN ends before the last epoch": Ordering(
                    last_epoch, passing_epoch, LEAD, ("last epoch", "epoch at which the UNet passes")
                ),
                "it comes sooner to within a twentieth of its own end": Ordering(
                    settling_epoch(CNN), settling_epoch(UNET), LEAD, ("epoch at which the CNN gets there", "the UNet")
                ),
            }
        ),
        "To pass the CNN’s end early nearly follows from ending lower; to come near one’s own end early says how fast "
        "a network converges, whatever to, but counts it as slow where it still improves. So both are looked at, in "
        "the validation loss.",
    ),
    Claim(
        "1.3.b.fine-detail", "Skip connections bring back fine detail.", "fine detail",
        Judgement(
            {
                "sharpness lies nearer to that of the truth": Ordering(
                    from_truth(CNN, "sharpness"), from_truth(UNET, "sharpness"), SHARPNESS,
                    name_distances(("the CNN", "the UNet")),
                ),
                "SSIM to the truth is higher": _proxies(
                    lambda spec: quality(spec, "ssim"), SEEN["ssim"], larger=UNET
                ),
            }
        ),
        "Detail that is right makes edges as sharp as the true ones and raises the structural similarity. Both are "
        "proxies.",
    ),
)  # fmt: skip
