"""The claims of question 1.2, colourization as classification."""

from __future__ import annotations

from report.judging.claim import Claim
from report.judging.kinds import Fact, Identity, Judgement, Value
from report.judging.margins import EXACT, MUCH, about
from report.measures.common import printed_loss
from report.measures.layers import differing_shapes
from report.measures.picture_quality import quality
from report.questions.proxies import looks_better
from report.questions.written import CNN_LOSS, LOSSES
from report.results.frames import Frames, Measure
from report.results.values import ON_PICTURES, Sample, make_known
from runs.specs.catalogue import BASE, CNN, REGRESSION

_NETWORKS = ("the classification", "the regression")


@Measure
def cnn_loss(frames: Frames) -> Sample:
    """The CNN's training loss: cross-entropy over the colours of the palette, in nats a pixel."""
    return frames.metric(CNN, "train_loss")


@Measure
def colours(frames: Frames) -> Sample:
    """How many colours the palette has."""
    return make_known(len(frames.data["palette"]), digits=0, runs=ON_PICTURES)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.2.b.colours",
        "Each pixel takes one of 24 colours.",
        "24",
        Fact(24, colours, "the centres that k-means found among the pixels for training"),
        EXACT,
        comment="A setting of the assignment rather than a finding: the runs here follow it.",
        role="setting",
    ),
    Claim(
        "1.2.b.network",
        "The CNN is the regression's network with 24 colours in place of 3 channels, from upconv2 on.",
        "24 in place of 3",
        Identity(differing_shapes(CNN)),
        "Block by block: channels and sides that come in and go out, as a 32×32 picture passes.",
        role="setting",
    ),
    Claim(
        "1.2.b.loss-cnn",
        "The classification's loss is 1.55.",
        f"{CNN_LOSS:.2f}",
        Value(CNN_LOSS, cnn_loss, about(CNN_LOSS).size),
        about(CNN_LOSS).why,
        comment="The write-up does not say which loss. The training loss is tested: it is the one that its 1.6.a "
        "gives for the same network, as 1.5579.",
    ),
    Claim(
        "1.2.b.loss-regression",
        "The regression's loss, beside it, is 0.0096.",
        "0.0096",
        Value(LOSSES[BASE], printed_loss(BASE), about(LOSSES[BASE]).size),
        about(LOSSES[BASE]).why,
        below="1.1.c.loss-25",
    ),
    Claim(
        "1.2.b.loss-more",
        "The classification's loss is more than the regression's.",
        "more",
        Judgement(
            reason="cross-entropy in nats and squared error in RGB cannot be compared, so that which of the two "
            "numbers is the larger says nothing. A scale that both share is the squared error in RGB of the test "
            "pictures as they paint them, but it is the loss of one of them and not of the other",
            beside={
                f"squared error of {name}": quality(spec, "mse")
                for name, spec in zip(_NETWORKS, (CNN, REGRESSION), strict=True)
            },
        ),
        "The two losses are different quantities.",
    ),
    Claim(
        "1.2.b.images-better",
        "The classification's pictures are far better, though its loss is more.",
        "far better",
        Judgement(looks_better((CNN, BASE), (REGRESSION, BASE), _NETWORKS, MUCH)),
        "Only eyes can settle it. The proxies weigh colour as the eye does, structure, and how colourful the pictures "
        "are beside the truth; squared error is left out, as it favours the mean of all likely colours. “Far” asks for "
        "as much as “much better” does in 1.3.b.",
        comment="A copy without any colour is the bar that a colouring has to pass; the table has it beside both.",
    ),
)
