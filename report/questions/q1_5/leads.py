"""What 1.5 comes to: the answer of each part in a sentence, and a few sentences of what it rests on."""

from __future__ import annotations

from collections.abc import Mapping

from report.questions.outcomes import Lead, weigh_outcome
from report.questions.phrases import Agreement, Side, find_side, weigh_seeds
from report.results.sentence import Sentence, say
from report.results.values import Sample

WRITTEN = {
    "1.5.a": "Picture 0 looks like clusters or a segmentation; picture 5 is better, with some edges still too smooth; "
    "picture 15 is better again.",
    "1.5.b": "Much better from the first layer on, because gradients flow better; the object shows even after one "
    "epoch, and after picture 15 the improvement is tremendous.",
    "1.5.c": "Very bad beside colourization, the worst of all three; it needs much more training, and at picture 15 "
    "only the structure shows, not in all pictures.",
}

Samples = Mapping[str, Sample]

#: How the activations of early blocks differ from those of late ones, by how closely they follow the input.
EARLY_LATE: Mapping[Side, str] = {
    "higher": "Early activations still draw the input, with a correlation of {} in the first block; late ones draw it "
    "less, with {} in the last.",
    "lower": "Late activations draw the input more closely than early ones: the correlation is {} in the first block, "
    "{} in the last.",
    "level": "Early and late activations draw the input about alike: the correlation is {} in the first block, {} in "
    "the last.",
}
#: How the UNet's activations differ from the CNN's.
UNET_CNN: Mapping[Side, str] = {
    "higher": "The UNet's activations keep more of the input: in its last block the correlation is {}, in the CNN's "
    "{}.",
    "lower": "The UNet's activations keep less of the input: in its last block the correlation is {}, in the CNN's {}.",
    "level": "The UNet's activations keep about as much of the input: in its last block the correlation is {}, in the "
    "CNN's {}.",
}
#: How those of super-resolution differ from those of colourization.
UPSCALE_UNET: Mapping[Side, str] = {
    "higher": "In super-resolution the UNet's activations keep more of their input: in its last block the correlation "
    "is {}, in colourization {}.",
    "lower": "In super-resolution the UNet's activations keep less of their input: in its last block the correlation "
    "is {}, in colourization {}.",
    "level": "In super-resolution the UNet's activations keep about as much of their input: in its last block the "
    "correlation is {}, in colourization {}.",
}

#: What came of the write-up's finding on the pictures of each network.
PATCHES = {
    "holds": "The CNN begins with patches of few colours: {} a picture after one epoch, {} at the end.",
    "fails": "The CNN does not begin with patches of few colours: it uses {} a picture after one epoch, {} at the end.",
    "open": "After one epoch the CNN uses {} colours a picture, at the end {}; the measures do not agree that it "
    "begins with patches.",
}
AHEAD = {
    "holds": "The UNet leads from the start: after one epoch it gets {} of the pixels right, the CNN {}.",
    "fails": "The UNet does not lead from the start: after one epoch it gets {} of the pixels right, the CNN {}.",
}
#: The same where the seeds do not decide.
AHEAD_OPEN: Mapping[Agreement, str] = {
    "one seed": "After one epoch the UNet gets {} of the pixels right, the CNN {}; one seed cannot settle it.",
    "alike": "After one epoch the UNet gets {} of the pixels right, the CNN {}; every seed agrees, but more are "
    "needed.",
    "apart": "After one epoch the UNet gets {} of the pixels right, the CNN {}; the seeds do not agree.",
}
WORST = {
    "holds": "Super-resolution is the worst of the three: it gets {} of the pixels right, the UNet's colourization {}.",
    "fails": "Super-resolution is not the worst of the three: it gets {} of the pixels right, the UNet's colourization "
    "{}.",
    "open": "Super-resolution gets {} of the pixels right, the UNet's colourization {}; not every measure makes it the "
    "worst of the three.",
}


def compare_early_with_late(first: Sample, last: Sample) -> Sentence | None:
    """1.5.a: the first block beside the last, by the correlation with the input."""
    return say(EARLY_LATE[find_side(first, last)], first, last)


def compare_unet_with_cnn(unet: Sample, cnn: Sample) -> Sentence | None:
    """1.5.b: both last blocks, by the correlation with the input."""
    return say(UNET_CNN[find_side(unet, cnn)], unet, cnn)


def compare_upscale_with_unet(upscale: Sample, unet: Sample) -> Sentence | None:
    """1.5.c: the last blocks of both tasks, by the correlation with their inputs."""
    return say(UPSCALE_UNET[find_side(upscale, unet)], upscale, unet)


def judge_cnn(samples: Samples, status: Mapping[str, str]) -> Lead:
    """1.5.a: what the first pictures are like."""
    outcome = weigh_outcome(status, "clusters")
    return say(PATCHES[outcome], samples["colours_first"], samples["colours_last"]), outcome


def judge_unet(samples: Samples, status: Mapping[str, str]) -> Lead:
    """1.5.b: the accuracy after the first epoch."""
    outcome = weigh_outcome(status, "better-first")
    unet, cnn = samples["unet_first"], samples["cnn_first"]
    if outcome == "open":
        return say(AHEAD_OPEN[weigh_seeds(unet, cnn)], unet, cnn), outcome
    return say(AHEAD[outcome], unet, cnn), outcome


def judge_upscale(samples: Samples, status: Mapping[str, str]) -> Lead:
    """1.5.c: whether super-resolution is the worst of the three."""
    outcome = weigh_outcome(status, "worst")
    return say(WORST[outcome], samples["accuracy"], samples["accuracy_unet"]), outcome


def prove_zeros(first: Sample, last: Sample) -> Sentence | None:
    """How many of a network's activations are silent, in its first block and in its last."""
    return say("In the first block {} of the activations are zero, in the last {}.", first, last)
