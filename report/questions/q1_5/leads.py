"""What 1.5 comes to: the answer of each part in a sentence, and a few sentences of what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from report.questions.outcomes import Lead, weigh_outcome
from report.questions.phrases import Agreement, weigh_seeds
from report.results.sentence import Sentence, say
from report.results.values import Sample

WRITTEN = {
    "1.5.a": "Picture 0 looks like clusters or a segmentation; picture 5 is better, with some edges still too smooth; "
    "picture 15 is better again.",
    "1.5.b": "Much better from the first layer on, because gradients flow better; the object shows even after "
    "one epoch, and "
    "after picture 15 the improvement is tremendous.",
    "1.5.c": "Very bad beside colourization, the worst of all three; it needs much more training, and at "
    "picture 15 only the "
    "structure shows, not in all pictures.",
}

Samples = Mapping[str, Sample]


def lead_cnn(samples: Samples, status: Mapping[str, str]) -> Lead:
    """1.5.a, by what the first pictures are like."""
    outcome = weigh_outcome(status, "clusters")
    first, last = samples["colours_first"], samples["colours_last"]
    if outcome == "holds":
        return say(
            "The CNN begins with patches of few colours, {} a picture after one epoch, and ends with {}.", first, last
        ), outcome
    if outcome == "fails":
        return say(
            "The CNN does not begin with patches of few colours: {} a picture after one epoch, {} at the end.",
            first,
            last,
        ), outcome
    return say(
        "Whether the CNN begins with patches, the measures do not agree: {} colours a picture at first, {} at the end.",
        first,
        last,
    ), outcome


#: 1.5.b where the seeds do not decide.
UNET_OPEN: Mapping[Agreement, str] = {
    "one seed": "After one epoch the UNet has {} of pixels right, the CNN {}; one seed cannot settle it.",
    "alike": "After one epoch the UNet has {} of pixels right, the CNN {}; every seed agrees, but more are needed.",
    "apart": "After one epoch the UNet has {} of pixels right, the CNN {}; the seeds do not agree.",
}


def lead_unet(samples: Samples, status: Mapping[str, str]) -> Lead:
    """1.5.b, by the accuracy after the first epoch."""
    outcome = weigh_outcome(status, "better-first")
    unet, cnn = samples["unet_first"], samples["cnn_first"]
    if outcome == "holds":
        return say(
            "The UNet is ahead from the first epoch on: {} of the pixels right after it, where the CNN has {}.",
            unet,
            cnn,
        ), outcome
    if outcome == "fails":
        return say(
            "The UNet is not ahead after the first epoch: {} of the pixels right, where the CNN has {}.", unet, cnn
        ), outcome
    return say(UNET_OPEN[weigh_seeds(unet, cnn)], unet, cnn), outcome


def lead_upscale(samples: Samples, status: Mapping[str, str]) -> Lead:
    """1.5.c, by whether super-resolution is the worst of the three."""
    outcome = weigh_outcome(status, "worst")
    own, unet = samples["accuracy"], samples["accuracy_unet"]
    if outcome == "holds":
        return say(
            "Super-resolution is the worst of the three: {} of the pixels right, where the UNet's colourization "
            "has {}.",
            own,
            unet,
        ), outcome
    if outcome == "fails":
        return say(
            "Super-resolution is not the worst of the three: {} of the pixels right, where the UNet's "
            "colourization has {}.",
            own,
            unet,
        ), outcome
    return say(
        "Whether super-resolution is the worst of the three depends on the measure: {} of the pixels right, in "
        "colourization {}.",
        own,
        unet,
    ), outcome


def prove_blocks(ends: Sequence[Mapping[str, Any]]) -> Sequence[Sentence | None]:
    """The activations of a network, its first block beside its last.

    Args:
        ends: each statistic with its "label", and what it is in the "first" block and in the "last".
    """
    found = {row["label"]: row for row in ends}
    told = {
        "correlation with the input": "The first block follows what the network is given with a correlation of {}, "
        "the last with {}.",
        "share of zeros": "In the first block {} of the activations are zero, in the last {}.",
    }
    return [say(words, found[label]["first"], found[label]["last"]) for label, words in told.items() if label in found]
