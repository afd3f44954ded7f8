"""The claims of question 1.1, colourization as regression, and the measures that test them."""

from __future__ import annotations

import numpy as np

from report.claims.colour_space import (
    constant,
    hexagon_angle,
    hexagon_spread,
    lightness,
    narrowest_spread,
    picture_rank_correlation,
    pixel_rank_correlation,
)
from report.claims.colourings import TEMPERATURES, at_temperature, looks_better
from report.claims.kinds import Claim, Fact, Identity, Judgement, Margin, Measure, Ordering, Trend, Value
from report.claims.layers import (
    FILTERS,
    KERNEL,
    convolutions,
    counted,
    differing_blocks,
    differing_shapes,
    filters_of,
    oddest_kernel,
)
from report.claims.margins import MUCH
from report.claims.protocol import PICTURES, SETTING
from report.epochs import Rows
from report.frames import Frames, Measurement
from report.values import Sample, known
from runs.catalogue import BASE, LONG, REGRESSION, SHORT

LOSSES = {SHORT: 0.0102, BASE: 0.0096, LONG: 0.0068}
#: Words for the write-up's three lengths of training, whatever a preset makes of them.
LENGTHS = {SHORT: "the short training", BASE: "the standard training", LONG: "the long training"}

#: Rank correlations at least this near to 1 count as "follows".
FOLLOWS = Margin(0.05, "", "a rank correlation above 0.95 would follow, for all that a loss needs")
#: Half of the last digit in which the write-up gives these losses.
DIGIT = Margin(0.00005, "", "half of the last digit that the write-up gives")


def epochs_trained(frames: Frames) -> Sample:
    """Epochs stored up to the mark that stands for the write-up's, in the write-up's epochs."""
    mark, share = frames.preset.epoch(BASE), frames.preset.divisor

    def count(rows: Rows) -> float:
        return float(len(np.unique(rows.until("epoch", mark))) * share)

    return frames.gather(REGRESSION, "epoch", count, mark).map(float, digits=0)


def of_data(key: str) -> Measure:
    """A count in the record of the pictures."""
    return lambda frames: known(float(frames.data[key]), digits=0)


#: The assignment's settings, as the fields of a run.
SETTINGS = {"optimizer": "adam", "learning_rate": 0.001, "batch_size": 100, "filters": 32, "kernel": 3}


def differing_settings(frames: Frames) -> Sample:
    """How many settings of the regression differ from the assignment's, one count a seed."""
    ids = {seed: REGRESSION.with_seed(seed).id for seed in frames.seeds}
    there = {seed: run for seed, run in ids.items() if run in frames.runs.index}
    rows = {seed: frames.runs.loc[run].to_dict() for seed, run in there.items()}
    counts = {
        seed: float(sum(1 for name, setting in SETTINGS.items() if row.get(name) != setting))
        for seed, row in rows.items()
    }
    missing = tuple(run for seed, run in ids.items() if seed not in there)
    return Sample(counts, digits=0, runs=tuple(there.values()), missing=missing)


def training_loss(written_epoch: int) -> Measure:
    """RegressionCNN's training loss: squared error in RGB, pixels in 0..1."""
    return lambda frames: frames.metric(REGRESSION, "train_loss", written_epoch)


def bytes_a_pixel(frames: Frames) -> Sample:
    """Bytes of the kept test pictures over their pixels."""

    def number(probe: Measurement) -> float:
        truth = probe.arrays["truth"]
        return float(truth.nbytes / np.prod(truth.shape[:-1]))

    return frames.data_probed("samples", number, "bytes", 0)


_LOSS_WHY = (
    "A tenth of the figure. The write-up says “about” and gives two or three digits; another seed moves the loss "
    "by a few hundredths of itself, and copies of the pictures that were compressed again move it too."
)
_LOSS_COMMENT = (
    "The write-up does not say whether this is the loss of training or of validation. The training loss is "
    "tested; the validation loss stands beside it in the table."
)
_ORDER_WHY = "Paired by seed, as one run gives both losses. The write-up gives them in four decimals."
_LOOKS_WHY = (
    "Only eyes can settle it. The proxies weigh colour as the eye does, structure, and how colourful the pictures "
    "are beside the truth; differences too small to be seen in a strip count as ties."
)
_COMPUTED_WHY = "Counted, so it has to be met exactly."


def _filter_claim(block: str, filters: int) -> Claim:
    return Claim(
        f"1.1.a.filters-{block}",
        f"The convolution of {block} has {filters} filters.",
        str(filters),
        Fact(filters, counted(filters_of(block)), f"the filters of the first convolution in {block} as built"),
        _COMPUTED_WHY,
    )


def _loss_claim(epochs: int, written: float) -> Claim:
    return Claim(
        f"1.1.c.loss-{epochs}",
        f"After {epochs} epochs the regression's loss is about {written:.4f}.",
        f"{written:.4f}",
        Value(written, training_loss(epochs), round(written / 10, 5)),
        _LOSS_WHY,
        comment=_LOSS_COMMENT,
    )


def _longer(name: str, statement: str, short: int, long: int) -> Claim:
    return Claim(
        f"1.1.c.{name}",
        statement,
        f"{LOSSES[long]:.4f} < {LOSSES[short]:.4f}",
        Ordering(training_loss(short), training_loss(long), DIGIT, (LENGTHS[short], LENGTHS[long])),
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


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.1.a.convolutions",
        "The network has five convolutions.",
        "5",
        Fact(5, counted(lambda layers: len(convolutions(layers))), "the convolutions of the built network, one by one"),
        _COMPUTED_WHY,
        conflict="The network that the write-up prints ends in one more: the assignment's own convolution, finalconv.",
        comment="The write-up counts one convolution for each of the five blocks and leaves out finalconv.",
    ),
    *(_filter_claim(block, filters) for block, filters in FILTERS.items()),
    Claim(
        "1.1.a.kernel",
        "All filters are 3×3.",
        "3×3",
        Fact(KERNEL, counted(oddest_kernel), "the side of the filter that is furthest from the written one"),
        _COMPUTED_WHY,
    ),
    Claim(
        "1.1.a.blocks",
        "The network consists of the six printed blocks, each with the printed layers in the printed order.",
        "six blocks",
        Identity(counted(differing_blocks)),
        "Block by block, the kinds of layers in their order; none may differ.",
    ),
    Claim(
        "1.1.a.shapes",
        "Each block takes and gives as many channels as printed, and halves or doubles the side where printed.",
        "1→32, 32→64, 64→64, 64→32, 32→3, 3→3",
        Identity(differing_shapes(REGRESSION)),
        "Block by block: channels and sides that come in and go out, as a 32×32 picture passes; none may differ.",
    ),
    Claim(
        "1.1.b.epochs",
        "The network trains for 25 epochs.",
        "25",
        Fact(
            BASE,
            epochs_trained,
            "the epochs stored, up to the 25 of the write-up or to those that stand for them; where a preset "
            "shortens the training, each counts for as many as it stands for",
        ),
        _COMPUTED_WHY,
        comment=SETTING,
    ),
    Claim(
        "1.1.b.settings",
        "It trains with Adam, learning rate 0.001, batch 100, 32 filters and 3×3 kernels.",
        "Adam, 0.001, 100, 32, 3×3",
        Identity(differing_settings),
        "Read from the record of each run; none may differ.",
        comment=SETTING,
    ),
    *(
        Claim(
            f"1.1.b.{name}-pictures",
            f"There are {written:,} pictures for {words}.",
            f"{written:,}",
            Fact(written, of_data(key), "counted when the pictures were read"),
            _COMPUTED_WHY,
            comment=SETTING,
        )
        for name, key, words, written in (("train", "train", "training", 5000), ("test", "test", "testing", 1000))
    ),
    *PICTURES,
    *(_loss_claim(epochs, LOSSES[epochs]) for epochs in (BASE, SHORT, LONG)),
    _longer("loss-25-below-15", "The loss after 25 epochs is below that after 15.", SHORT, BASE),
    _longer("loss-50-below-25", "The loss after 50 epochs is below that after 25.", BASE, LONG),
    _colour("colour-50-over-25", BASE, LONG),
    _colour("colour-25-over-15", SHORT, BASE),
    Claim(
        "1.1.d.poor-space",
        "RGB is a poor space to measure the error of colours in.",
        "poor",
        Judgement(
            {
                "pairs of real pixels rank otherwise by RGB distance than by ΔE2000": Ordering(
                    constant(1.0),
                    pixel_rank_correlation,
                    FOLLOWS,
                    ("equal ranks", "the rank correlation of pixel pairs"),
                ),
                "pictures rank otherwise by squared error in RGB than by ΔE2000": Ordering(
                    constant(1.0),
                    picture_rank_correlation,
                    FOLLOWS,
                    ("equal ranks", "the rank correlation of pictures"),
                ),
            }
        ),
        "Poor for what is a matter of taste; the proxies ask whether RGB orders differences and errors as the eye "
        "does, ΔE2000 standing for the eye.",
    ),
    Claim(
        "1.1.d.lightness",
        "Pure blue and pure green differ much in lightness, though RGB gives both the same strength.",
        "much",
        Ordering(
            lightness((0, 255, 0)),
            lightness((0, 0, 255)),
            Margin(20.0, "", "a fifth of the way from black to white passes for “much”"),
            ("L* of pure green", "L* of pure blue"),
        ),
        "L* is the lightness that the eye sees, from 0 for black to 100 for white.",
    ),
    Claim(
        "1.1.d.hexagon-sides",
        "Seen by the eye, the hexagon of the six pure hues is warped: its sides are not equally long.",
        "warped",
        Ordering(
            hexagon_spread,
            constant(0.0, digits=2),
            Margin(0.1, "", "a tenth allows for what Lab itself gets wrong"),
            ("the spread of the sides", "that of a regular hexagon"),
        ),
        "The standard deviation of the six sides in the a*b* plane over their mean: none in a regular hexagon.",
    ),
    Claim(
        "1.1.d.hexagon-angles",
        "If RGB matched the eye the hexagon would stay regular; its angles do not stay alike.",
        "warped",
        Ordering(
            hexagon_angle,
            constant(0.0, "degrees"),
            Margin(10.0, "degrees", "ten degrees allow for what Lab itself gets wrong"),
            ("the largest departure of an angle", "that of a regular hexagon"),
        ),
        "The angle in the a*b* plane that is furthest from the 120° of a regular hexagon.",
    ),
    Claim(
        "1.1.d.distance-rank",
        "RGB distance does not follow the perceived difference: it ranks pairs of colours otherwise.",
        "does not follow",
        Ordering(constant(1.0), pixel_rank_correlation, FOLLOWS, ("equal ranks", "the rank correlation")),
        "Spearman's rank correlation of RGB distance and ΔE2000 on pairs of real pixels.",
    ),
    Claim(
        "1.1.d.distance-spread",
        "At one and the same RGB distance, perceived differences are far apart.",
        "does not follow",
        Ordering(
            narrowest_spread,
            constant(2.0),
            Margin(0.1, "", "the decimal that is shown"),
            ("the narrowest spread", "a factor of two"),
        ),
        "At each of the fixed RGB distances, the 95 % quantile of ΔE2000 over the 5 % quantile; the narrowest of "
        "them has to exceed a factor of two, which no eye overlooks.",
    ),
    Claim(
        "1.1.d.adjust",
        "RGB is awkward to adjust when designing with colours.",
        "awkward",
        Judgement(
            reason="It speaks of people at work on designs; nothing that a network or a picture shows bears on it."
        ),
        "No measure on pictures or networks could decide it.",
    ),
    Claim(
        "1.1.d.storage",
        "RGB scales with the storage that there is: a pixel takes as many bytes as its three channels are deep.",
        "scales with storage",
        Fact(3, bytes_a_pixel, "the bytes of the kept test pictures over their pixels, at one byte a channel"),
        "Three channels of one byte; twice the depth takes twice the bytes. It has to be met exactly.",
        comment="Any space of three coordinates scales alike, so this does not speak for RGB in particular.",
    ),
    Claim(
        "1.1.d.displays",
        "RGB is how displays transmit colour.",
        "transmit",
        Judgement(reason="It speaks of the cables and panels of displays, of which the runs hold nothing."),
        "A matter of hardware standards; no measure on pictures or networks could decide it.",
    ),
    Claim(
        "1.1.e.control",
        "The way in which a colour is read off the predicted distribution sets how colourful the output is.",
        "gives control",
        Trend(
            tuple(at_temperature(t) for t in TEMPERATURES),
            tuple(f"T = {t:g}" for t in TEMPERATURES),
            "falls",
            Margin(0.05, "", "half of the last digit shown"),
        ),
        "A knob gives control when each turn moves the picture the same way: colourfulness has to fall at every "
        "step of the temperature.",
    ),
    Claim(
        "1.1.e.range",
        "Reading off the colour differently changes the colourfulness visibly.",
        "gives control",
        Ordering(
            at_temperature(TEMPERATURES[0]),
            at_temperature(TEMPERATURES[-1]),
            MUCH["colourfulness"],
            ("the likeliest colour", "the mean of all colours"),
        ),
        "From one end of the knob to the other, colourfulness has to change by more than can pass unseen.",
    ),
)
