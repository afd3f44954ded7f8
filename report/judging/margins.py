"""What a difference has to reach to count as one, and how far a figure may be off, wherever several claims ask for
the same: a quantity has one size, whichever question speaks of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from report.judging.claim import Margin


@dataclass(frozen=True)
class Tolerance:
    """How far a measured figure may lie from the written one, in the unit as stored, and why so far."""

    size: float
    why: str


def about(written: float) -> Tolerance:
    """A tenth of a written loss or accuracy, whichever it is: a reader has one size to keep in mind."""
    return Tolerance(
        round(written / 10, 5),
        "A tenth of the figure, the widest of the bands in which the front counts how near ours come. A narrower one "
        "would say more of the noise than of the figure: some of these losses and accuracies move by several "
        "hundredths of themselves from seed to seed.",
    )


#: Cross-entropy in nats a pixel: losses of two runs, and what cutting a skip costs.
LOSS = Margin(0.005, "", "about a fiftieth of what the write-up has between CNN and UNet, 0.24 to 0.30")
#: Shares of pixels that are right.
ACCURACY = Margin(0.002, "points", "a quarter of the 0.8 points that the write-up calls slightly better in 1.6.a")
#: Steps of the table of 1.3.c.
STEP_LOSS = Margin(0.001, "", "less than half of the smallest step in the written table, 0.0023")
STEP_ACCURACY = Margin(0.0005, "points", "half of the smallest step in the written table, 0.1 points")

#: "Much" in accuracy.
MUCH_ACCURACY = Margin(
    0.039, "points", "half of what the write-up's UNet has over its CNN at the end, which it calls much better"
)

#: Squared error in RGB, mean over pictures.
ERROR = Margin(0.0001, "", "the last decimal that is shown, about a hundredth of what the networks are off by")
#: Too small to be seen in a strip of pictures.
SEEN = {
    "delta_e": Margin(0.1, "", "a tenth of what a trained eye just sees between two patches"),
    "ssim": Margin(0.002, "", "a tenth of the least step of SSIM that the strips show"),
    "colourfulness": Margin(0.5, "", "a tenth of what passes for a visible change"),
}
#: What "much" and "far" ask for, the same wherever the write-up says so.
MUCH = {
    "delta_e": Margin(1.0, "", "about the least that a trained eye sees between two patches"),
    "ssim": Margin(0.02, "", "the least step of SSIM that the strips show"),
    "colourfulness": Margin(5.0, "", "a sixth or so of what true pictures have, our reading"),
}
#: Pictures against the truth, and by themselves.
PSNR = Margin(0.1, "dB", "about a fortieth of the squared error behind it")
TOTAL_VARIATION = Margin(0.001, "", "a hundredth or two of what true pictures have")
CONTRAST = Margin(0.003, "", "a hundredth or two of what true pictures have")
SHARPNESS = Margin(0.001, "", "a hundredth or two of what true pictures have")

#: The few pictures that are kept after each epoch.
EDGES = Margin(0.001, "", "about a hundredth of what true pictures have")
AGREEMENT = Margin(0.02, "", "a fiftieth of full agreement")
COLOURS = Margin(0.5, "", "half a colour a picture")
FLATNESS = Margin(0.01, "points", "one pair of neighbours in a hundred")

#: Inside the networks.
GRADIENT = Margin(0.01, "", "a hundredth of the gradient of the last blocks")
DEAD = Margin(0.004, "points", "less than one channel of the 216 in the five blocks")
RANK = Margin(0.01, "points", "one channel in a hundred")

#: Two measures whose rank correlation is above this are read as saying the same.
FOLLOWS = 0.95

#: Why a count has no tolerance.
EXACT = "Counted."
