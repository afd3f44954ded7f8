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
    "1.1.c": "The loss is about 0.0102 after 15 epochs, 0.0096 after 25 and 0.0068 after 50; the colours are "
    "best after 50 "
    "and worst after 15.",
    "1.1.d": "Pure blue and pure green differ much in lightness, the hexagon of hues is warped as the eye sees it, and "
    "distance in RGB does not follow what people perceive; but RGB scales with storage, and displays transmit it.",
    "1.1.e": "Classification over bins of colour gives control of how colourful the result is, by the way in "
    "which a colour "
    "is read off the predicted distribution.",
}


def lead_network(convolutions: Measured | None, status: Status) -> Lead:
    """1.1.a, by whether there are as many convolutions as the write-up counts."""
    outcome = weigh_outcome(status, "convolutions")
    if outcome == "holds":
        return say("RegressionCNN has {} convolutions, as many as the write-up counts.", convolutions), outcome
    if outcome == "fails":
        return say("RegressionCNN has {} convolutions, which is not what the write-up counts.", convolutions), outcome
    return say("RegressionCNN has {} convolutions.", convolutions), outcome


def prove_network(
    parameters: Measured | None, work: Measured | None, share: Measured | None
) -> Sequence[Sentence | None]:
    """1.1.a: the size of the network."""
    return (
        say("It has {} parameters and takes {} multiply-adds for one picture.", parameters, work),
        say("The block with the most arithmetic does {} of it.", share),
    )


def lead_epochs(epochs: Measured | None, shortened: bool, status: Status) -> Lead:
    """1.1.b, by whether it is the number of the write-up."""
    outcome = weigh_outcome(status, "epochs")
    if shortened:
        return say("It trains for {} epochs here, which stand for those of the write-up.", epochs), outcome
    if outcome == "fails":
        return say("It trains for {} epochs, which is not what the write-up says.", epochs), outcome
    return say("It trains for {} epochs, as the write-up says.", epochs), outcome


def prove_epochs(first: Sample, last: Sample, total: Sample) -> Sequence[Sentence | None]:
    """1.1.b: what the epochs do, and what they take."""
    return (
        say("Over them the training loss goes from {} to {}.", first, last),
        say("All of them together take {} of training.", total),
    )


def lead_lengths(shortest: Sample, longest: Sample, status: Status) -> Lead:
    """1.1.c, by the losses first, then by the colours."""
    losses = weigh_chain(status, "loss-25-below-15", "loss-50-below-25")
    colours = weigh_chain(status, "colour-25-over-15", "colour-50-over-25")
    if losses == "open":
        return say(
            "Whether longer training lowers the loss at each step is open: it goes from {} to {}.", shortest, longest
        ), "open"
    if losses == "fails":
        return say(
            "Longer training does not lower the loss at each step: it goes from {} to {}.", shortest, longest
        ), "fails"
    if colours == "holds":
        return say(
            "Longer training lowers the loss, from {} to {}, and the colours get better each time.", shortest, longest
        ), "holds"
    if colours == "fails":
        return say(
            "Longer training lowers the loss, from {} to {}, but the colours do not get better each time.",
            shortest,
            longest,
        ), "open"
    return (
        say(
            "Longer training lowers the loss, from {} to {}; whether the colours get better each time is open.",
            shortest,
            longest,
        ),
        "open",
    )


def prove_lengths(colourful: Samples, truth: Sample, grey: bool | None) -> Sequence[Sentence | None]:
    """1.1.c: how colourful the pictures are. ``grey``: whether a copy without colour lies nearer to the truth."""
    short, long = colourful["short"], colourful["long"]
    told = [
        say("Colourfulness goes from {} after the shortest training to {} after the longest.", short, long),
        say("The truth has {}.", truth),
    ]
    if grey is True:
        told.append(
            say("By ΔE2000 a grey copy of the truth, with no colour at all, is nearer to it than these pictures.")
        )
    elif grey is False:
        told.append(say("By ΔE2000 these pictures are nearer to the truth than a grey copy of it."))
    return told


def lead_colour_space(factor: Sample, status: Status) -> Lead:
    """1.1.d, by the pairs of pixels that lie equally far apart in RGB."""
    outcome = weigh_outcome(status, "distance-spread", "distance-rank")
    if outcome == "holds":
        return say(
            "Equal distances in RGB do not look equal: the most different pairs look at least {} times as "
            "different as the least.",
            factor,
        ), outcome
    if outcome == "fails":
        return say(
            "Equal distances in RGB look about equal: the most different pairs look only {} times as different "
            "as the least.",
            factor,
        ), outcome
    return say(
        "RGB distance follows the eye in part: at equal distance the most different pairs look {} times as "
        "different as the least.",
        factor,
    ), outcome


def prove_colour_space(green: Sample, blue: Sample, rank: Sample) -> Sequence[Sentence | None]:
    """1.1.d: lightness, and how alike the two distances rank."""
    return (
        say("Pure green has a lightness L* of {}, pure blue of {}, and RGB gives both the same strength.", green, blue),
        say("Over pairs of real pixels the rank correlation of RGB distance and ΔE2000 is {}.", rank),
    )


def lead_reading_off(coldest: Sample, warmest: Sample, status: Status) -> Lead:
    """1.1.e, by whether the temperature changes colourfulness so that it can be seen."""
    outcome = weigh_outcome(status, "range")
    if outcome == "holds":
        return say(
            "Classification leaves open how colourful a picture becomes: a rising temperature takes "
            "colourfulness from {} to {}.",
            coldest,
            warmest,
        ), outcome
    if outcome == "fails":
        return say(
            "A rising temperature hardly changes how colourful a picture becomes: colourfulness goes from {} to {}.",
            coldest,
            warmest,
        ), outcome
    return say(
        "A rising temperature takes colourfulness from {} to {}; whether that is enough to be seen is open.",
        coldest,
        warmest,
    ), outcome


def prove_reading_off(likeliest: Sample, regression: Sample, truth: Sample) -> Sequence[Sentence | None]:
    """1.1.e: where the two networks and the truth stand."""
    return (
        say(
            "The likeliest colour of each pixel gives a colourfulness of {}, the regression {}.", likeliest, regression
        ),
        say("The truth has {}.", truth),
    )
