"""What 1.3 comes to: the answer of each part in a sentence, and a few sentences of what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.questions.outcomes import Lead, weigh_chain
from report.questions.phrases import Agreement, weigh_seeds
from report.results.sentence import Sentence, say
from report.results.values import Measured, Sample

WRITTEN = {
    "1.3.b": "The UNet's loss is 1.25, its pictures are much better, and skip connections improve validation loss and "
    "accuracy. Reasons: gradients flow better, fewer singularities, early information reaches late layers, better "
    "convergence, fine detail.",
    "1.3.c": "The smaller the batch, the lower the training loss and the higher the accuracy; the validation "
    "loss falls down "
    "to batch 20 and rises slightly at 10.",
}


#: 1.3.b where the seeds do not decide.
SKIPS_OPEN: Mapping[Agreement, str] = {
    "one seed": "The UNet gets {} of the pixels right, the CNN {}; one seed cannot settle it.",
    "alike": "The UNet gets {} of the pixels right, the CNN {}; every seed agrees, but more are needed.",
    "apart": "The UNet gets {} of the pixels right, the CNN {}; the seeds do not agree.",
}


def lead_skips(unet: Sample, cnn: Sample, status: Mapping[str, str]) -> Lead:
    """1.3.b, by loss and accuracy on the test pictures; the numbers are accuracies."""
    outcome = weigh_chain(status, "val-accuracy", "val-loss")
    if outcome == "holds":
        return say("Skip connections help: the UNet gets {} of the pixels right, the CNN {}.", unet, cnn), outcome
    if outcome == "fails":
        return say(
            "Skip connections do not help in both loss and accuracy: the UNet gets {} of the pixels right, the CNN {}.",
            unet,
            cnn,
        ), outcome
    return say(SKIPS_OPEN[weigh_seeds(unet, cnn)], unet, cnn), outcome


def prove_skips(
    samples: Mapping[str, Sample], costs: Mapping[str, Sample], dearest: str | None
) -> Sequence[Sentence | None]:
    """1.3.b: loss, pictures, and the skip whose cut costs most."""
    return (
        say("The validation loss is {} for the UNet and {} for the CNN.", samples["unet_val"], samples["cnn_val"]),
        say(
            "The UNet's pictures lie {} from the truth in ΔE2000, the CNN's {}.",
            samples["unet_delta_e"],
            samples["cnn_delta_e"],
        ),
        None if dearest is None else say(CUTS[dearest], costs[dearest]),
    )


#: The skip whose cut costs most, as a sentence.
CUTS = {
    "downconv2": "Of the three skips the one from downconv2 is worth most: cut at test time, it costs {} of "
    "validation loss.",
    "downconv1": "Of the three skips the one from downconv1 is worth most: cut at test time, it costs {} of "
    "validation loss.",
    "input": "Of the three skips the one from the input is worth most: cut at test time, it costs {} of "
    "validation loss.",
}


#: 1.3.c where the seeds do not decide.
BATCHES_OPEN: Mapping[Agreement, str] = {
    "one seed": "The smallest batch gets {} of the pixels right, the largest {}; one seed cannot settle it.",
    "alike": "The smallest batch gets {} of the pixels right, the largest {}; every seed agrees, but more are needed.",
    "apart": "The smallest batch gets {} of the pixels right, the largest {}; the seeds do not agree.",
}


def lead_batches(largest: Sample, smallest: Sample, status: Mapping[str, str]) -> Lead:
    """1.3.c, by whether loss and accuracy go as written over the whole row; the numbers are accuracies."""
    outcome = weigh_chain(status, "accuracy-trend", "train-loss-trend")
    if outcome == "holds":
        return say(
            "The smaller the batch, the more pixels are right: {} with the largest, {} with the smallest.",
            largest,
            smallest,
        ), outcome
    if outcome == "fails":
        return say(
            "A smaller batch is not better in both loss and accuracy: {} of the pixels are right with the largest, "
            "{} with the smallest.",
            largest,
            smallest,
        ), outcome
    return say(BATCHES_OPEN[weigh_seeds(smallest, largest)], smallest, largest), outcome


def prove_batches(losses: Sequence[Sample], best: str | None, slowdown: Measured | None) -> Sequence[Sentence | None]:
    """1.3.c: the training loss at both ends, the batch with the lowest validation loss, and the time."""
    return (
        say("The training loss goes from {} with the largest batch to {} with the smallest.", losses[0], losses[-1]),
        None if best is None else say(f"The validation loss is lowest with batch {best}."),
        say("Training with the smallest batch takes {} times as long as with the largest.", slowdown),
    )
