"""Question 1.1, colourization as regression: how it is trained and what that gives, and the claims of all its parts."""

from __future__ import annotations

import numpy as np

from report.judging.claim import Claim, Margin
from report.judging.kinds import Fact, Identity, Judgement, Ordering, Value
from report.judging.margins import EXACT, about
from report.measures.common import printed_loss
from report.questions.protocol_claims import PICTURES, SETTING
from report.questions.proxies import looks_better
from report.questions.q1_1 import colour_space_claims, layers_claims, reading_off_claims
from report.questions.written import LOSSES
from report.results.epochs import Rows
from report.results.frames import Frames, Measure, make_measure
from report.results.values import ON_PICTURES, Sample, make_known
from runs.specs.catalogue import BASE, LONG, REGRESSION, SHORT

#: Words for the write-up's three lengths of training, whatever a preset makes of them.
LENGTHS = {SHORT: "the short training", BASE: "the standard training", LONG: "the long training"}

#: Half of the last digit in which the write-up gives these losses.
DIGIT = Margin(0.00005, "", "half of the last digit that the write-up gives")


@Measure
def epochs_trained(frames: Frames) -> Sample:
    """Epochs stored up to the mark that stands for the write-up's."""
    mark = frames.preset.epoch(BASE)

    def count(rows: Rows) -> float:
        return float(len(np.unique(rows.until("epoch", mark))))

    return frames.gather(REGRESSION, "epoch", count, mark).shown_as(digits=0)


@make_measure
def of_data(frames: Frames, key: str) -> Sample:
    """A count in the record of the pictures."""
    return make_known(float(frames.data[key]), digits=0, runs=ON_PICTURES)


#: The assignment's settings, as the fields of a run.
SETTINGS = {"optimizer": "adam", "learning_rate": 0.001, "batch_size": 100, "filters": 32, "kernel": 3}


@Measure
def differing_settings(frames: Frames) -> Sample:
    """How many settings of the regression differ from the assignment's, one count a seed."""
    ids = frames.ids(REGRESSION)
    there = {seed: run for seed, run in ids.items() if run in frames.runs.index}
    rows = {seed: frames.runs.loc[run].to_dict() for seed, run in there.items()}
    counts = {
        seed: float(sum(1 for name, setting in SETTINGS.items() if row.get(name) != setting))
        for seed, row in rows.items()
    }
    missing = tuple(run for seed, run in ids.items() if seed not in there)
    return Sample(counts, digits=0, runs=tuple(there.values()), missing=missing)


_LOSS_COMMENT = (
    "The write-up does not say which loss this is. The one that the assignment’s notebook prints is tested: that of "
    "the last batch of the epoch. The mean over the epoch and the validation loss stand beside it in the table."
)
_ORDER_WHY = "Paired by seed, as one run gives both losses. The write-up gives them in four decimals."
_LOOKS_WHY = (
    "Only eyes can settle it. The proxies weigh colour as the eye does, structure, and how colourful the pictures "
    "are beside the truth; differences too small to be seen in a strip count as ties."
)


def _loss_claim(epochs: int, written: float) -> Claim:
    return Claim(
        f"1.1.c.loss-{epochs}",
        f"After {epochs} epochs the regression's loss is about {written:.4f}.",
        f"{written:.4f}",
        Value(written, printed_loss(epochs), about(written).size, epoch=epochs),
        about(written).why,
        comment=_LOSS_COMMENT,
    )


def _longer(name: str, statement: str, short: int, long: int) -> Claim:
    return Claim(
        f"1.1.c.{name}",
        statement,
        f"{LOSSES[long]:.4f} < {LOSSES[short]:.4f}",
        Ordering(printed_loss(short), printed_loss(long), DIGIT, (LENGTHS[short], LENGTHS[long])),
        _ORDER_WHY,
    )


def _colour(name: str, short: int, long: int) -> Claim:
    return Claim(
        f"1.1.c.{name}",
        f"The colours are better after {long} epochs than after {short}.",
        "better",
        Judgement(looks_better((REGRESSION, long), (REGRESSION, short), (LENGTHS[long], LENGTHS[short]))),
        _LOOKS_WHY,
    )


_OWN: tuple[Claim, ...] = (
    Claim(
        "1.1.b.epochs",
        "The network trains for 25 epochs.",
        "25",
        Fact(
            BASE,
            epochs_trained,
            "the epochs stored, up to the 25 of the write-up or to those that stand for them",
            shortened=True,
        ),
        EXACT,
        comment=SETTING,
        role="setting",
    ),
    Claim(
        "1.1.b.settings",
        "It trains with Adam, learning rate 0.001, batch 100, 32 filters and 3×3 kernels.",
        "Adam, 0.001, 100, 32, 3×3",
        Identity(differing_settings),
        "Read from the record of each run.",
        comment=SETTING,
        role="setting",
    ),
    *(
        Claim(
            f"1.1.b.{name}-pictures",
            f"There are {written:,} pictures for {words}.",
            f"{written:,}",
            Fact(written, of_data(key), "counted when the pictures were read", shortened=True),
            EXACT,
            comment=SETTING,
            role="setting",
        )
        for name, key, words, written in (("train", "train", "training", 5000), ("test", "test", "testing", 1000))
    ),
    *PICTURES,
    *(_loss_claim(epochs, LOSSES[epochs]) for epochs in (BASE, SHORT, LONG)),
    _longer("loss-25-below-15", "The loss after 25 epochs is below that after 15.", SHORT, BASE),
    _longer("loss-50-below-25", "The loss after 50 epochs is below that after 25.", BASE, LONG),
    _colour("colour-50-over-25", BASE, LONG),
    _colour("colour-25-over-15", SHORT, BASE),
)

CLAIMS: tuple[Claim, ...] = layers_claims.CLAIMS + _OWN + colour_space_claims.CLAIMS + reading_off_claims.CLAIMS
