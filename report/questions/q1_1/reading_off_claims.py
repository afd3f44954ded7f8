"""What 1.1.e says of how a colour is read off the predicted distribution, as claims."""

from __future__ import annotations

from report.judging.claim import Claim, Margin
from report.judging.kinds import Ordering, Trend
from report.measures.colourings import TEMPERATURES, at_temperature
from report.measures.common import flat_at
from report.results.frames import Frames, make_measure
from report.results.values import Sample


@make_measure
def strength(frames: Frames, temperature: float) -> Sample:
    """The colourfulness at a temperature as a multiple of that at the last, where the colour is the mean of all.

    How colourful a network paints differs from seed to seed; by how much a turn of the knob changes it, far less.
    """
    here, last = at_temperature(temperature), at_temperature(TEMPERATURES[-1])
    return (frames.take(here) / frames.take(last)).shown_as(digits=2)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.1.e.control",
        "The way in which a colour is read off the predicted distribution sets how colourful the output is.",
        "gives control",
        Trend(
            tuple(strength(t) for t in TEMPERATURES),
            tuple(f"T = {t:g}" for t in TEMPERATURES),
            "falls",
            Margin(0.005, "", "half of the last digit shown"),
        ),
        "A knob gives control when each turn moves the picture the same way: colourfulness has to fall at every "
        "step of the temperature. It is taken as a multiple of each seed's own at the last temperature.",
        below="1.1.e.range",
    ),
    Claim(
        "1.1.e.range",
        "Reading off the colour differently changes the colourfulness visibly.",
        "gives control",
        Ordering(
            strength(TEMPERATURES[0]),
            flat_at(strength(TEMPERATURES[0]), 1.0),
            Margin(0.17, "", "a sixth, what “much” asks for of the colourfulness of true pictures elsewhere"),
            ("the colourfulness of the likeliest colour over that of the mean of all", "no change"),
        ),
        "From one end of the knob to the other, colourfulness has to change by more than can pass unseen. It is a "
        "scale of ratios, and each seed paints with a strength of its own.",
    ),
)
