"""What 1.1.e says of how a colour is read off the predicted distribution, as claims."""

from __future__ import annotations

from report.claims.colourings import TEMPERATURES, at_temperature
from report.claims.kinds import Claim, Margin, Ordering, Trend
from report.claims.margins import MUCH

CLAIMS: tuple[Claim, ...] = (
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
