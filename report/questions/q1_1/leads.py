"""What 1.1 comes to: the answer of each part in a sentence, and a few sentences of what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.questions.outcomes import Lead, weigh_chain, weigh_outcome
from report.results.sentence import Sentence, say
from report.results.values import Measured, Sample

Samples = Mapping[str, Sample]
Status = Mapping[str, str]

WRITTEN = {
    "1.1.a": "Five convolutions, of 32, 64, 64, 32 and 3 filters, all of them 3×3.",
    "1.1.b": "25 epochs.",
    "1.1.c": "The loss is about 0.0102 after 15 epochs, 0.0096 after 25 and 0.0068 after 50; the colours are best "
    "after 50 and worst after 15.",
    "1.1.d": "Pure blue and pure green differ much in lightness, the hexagon of hues is warped as the eye sees it, and "
    "distance in RGB does not follow what people perceive; but RGB scales with storage, and displays transmit it.",
    "1.1.e": "Classification over bins of colour gives control of how colourful the result is, by the way in which a "
    "colour is read off the predicted distribution.",
}


#: The answer of each part by what came of the write-up's finding.
NETWORK = {
    "holds": "RegressionCNN has {} convolutions, as many as the write-up counts.",
    "fails": "RegressionCNN has {} convolutions; the write-up counts another number.",
    "open": "RegressionCNN has {} convolutions.",
}
EPOCHS = {
    "holds": "The network trains for {} epochs, as the write-up says.",
    "fails": "The network trains for {} epochs, and not for as many as the write-up says.",
    "open": "The network trains for {} epochs.",
}
LENGTHS = {
    "holds": "Longer training lowers the loss, from {} to {}, and the colours get better each time.",
    "fails": "Longer training does not lower the loss each time: it goes from {} to {}.",
    "open": "Longer training takes the loss from {} to {}; whether every step lowers it is open.",
}
#: The same where the losses fall at every step: by what came of the colours.
LOWER = {
    "fails": "Longer training lowers the loss, from {} to {}, but the colours do not get better each time.",
    "open": "Longer training lowers the loss, from {} to {}, but the colours do not clearly get better each time.",
}
COLOUR_SPACE = {
    "holds": "Squared error in RGB misleads: at equal distance in RGB, some pairs of colours look at least {} times as "
    "different as others.",
    "fails": "Distance in RGB serves well: at equal distance, the most different pairs of colours look only {} times "
    "as different as the least.",
    "open": "Distance in RGB follows the eye in part: at equal distance, some pairs of colours look {} times as "
    "different as others.",
}
READING_OFF = {
    "holds": "A classification leaves the choice of colour open: reading it off at a rising temperature takes "
    "colourfulness from {} down to {}.",
    "fails": "Reading colours off at a rising temperature hardly changes how colourful they are: {} becomes {}.",
    "open": "Reading colours off at a rising temperature takes colourfulness from {} to {}; whether the eye sees that "
    "is open.",
}


def lead_network(convolutions: Measured | None, status: Status) -> Lead:
    """1.1.a, by whether there are as many convolutions as the write-up counts."""
    outcome = weigh_outcome(status, "convolutions")
    return say(NETWORK[outcome], convolutions), outcome


def prove_network(
    parameters: Measured | None, work: Measured | None, share: Measured | None
) -> Sequence[Sentence | None]:
    """1.1.a: the size of the network."""
    return (
        say("It has {} parameters and needs {} multiply-adds for one picture.", parameters, work),
        say("The costliest block does {} of this arithmetic.", share),
    )


def lead_epochs(epochs: Measured | None, shortened: bool, status: Status) -> Lead:
    """1.1.b, by whether it is the number of the write-up."""
    outcome = weigh_outcome(status, "epochs")
    if shortened:
        return say("In this quick run the network trains for {} epochs.", epochs), outcome
    return say(EPOCHS[outcome], epochs), outcome


def prove_epochs(first: Sample, last: Sample, total: Sample) -> Sequence[Sentence | None]:
    """1.1.b: what the epochs do, and what they take."""
    return (
        say("The training loss is {} in the first epoch and {} in the last.", first, last),
        say("Training takes {} in all.", total),
    )


def lead_lengths(shortest: Sample, longest: Sample, status: Status) -> Lead:
    """1.1.c, by the losses first, then by the colours."""
    losses = weigh_chain(status, "loss-25-below-15", "loss-50-below-25")
    colours = weigh_chain(status, "colour-25-over-15", "colour-50-over-25")
    if losses == "holds" and colours != "holds":
        return say(LOWER[colours], shortest, longest), "open"
    return say(LENGTHS[losses], shortest, longest), losses


def prove_lengths(colourful: Samples, truth: Sample, grey: bool | None) -> Sequence[Sentence | None]:
    """1.1.c: how colourful the pictures are. ``grey``: whether a copy without colour lies nearer to the truth."""
    short, long = colourful["short"], colourful["long"]
    told = [
        say("Colourfulness is {} after the shortest training and {} after the longest.", short, long),
        say("In the true pictures it is {}.", truth),
    ]
    if grey is True:
        told.append(
            say("In ΔE2000 a grey copy of the truth is nearer to it than these pictures: their colours do not help.")
        )
    elif grey is False:
        told.append(say("In ΔE2000 these pictures are nearer to the truth than a grey copy of it."))
    return told


def lead_colour_space(factor: Sample, status: Status) -> Lead:
    """1.1.d, by the pairs of pixels that lie equally far apart in RGB."""
    outcome = weigh_outcome(status, "distance-spread", "distance-rank")
    return say(COLOUR_SPACE[outcome], factor), outcome


def prove_colour_space(green: Sample, blue: Sample, rank: Sample) -> Sequence[Sentence | None]:
    """1.1.d: lightness, and how alike the two distances rank."""
    return (
        say(
            "Pure green has a lightness L* of {} and pure blue of {}, though RGB makes both equally strong.",
            green,
            blue,
        ),
        say("Over pairs of real pixels, distance in RGB and ΔE2000 have a rank correlation of {}.", rank),
    )


def lead_reading_off(coldest: Sample, warmest: Sample, status: Status) -> Lead:
    """1.1.e, by whether the temperature changes colourfulness so that it can be seen."""
    outcome = weigh_outcome(status, "range")
    return say(READING_OFF[outcome], coldest, warmest), outcome


def prove_reading_off(likeliest: Sample, regression: Sample, truth: Sample) -> Sequence[Sentence | None]:
    """1.1.e: where the two networks and the truth stand."""
    return (
        say(
            "With the likeliest colour of each pixel, colourfulness is {}; the regression has {}.",
            likeliest,
            regression,
        ),
        say("The true pictures have {}.", truth),
    )
