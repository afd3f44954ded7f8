"""Question 1.6.d, larger outputs: a network on large photographs, and ways of enlarging what it made small."""

from __future__ import annotations

from report.judging.claim import Claim
from report.judging.kinds import Judgement, Ordering
from report.judging.margins import AGREEMENT, ERROR, SEEN
from report.measures.moments import enlarged
from report.results.frames import Frames, Measurement, make_measure
from report.results.values import Sample
from runs.specs.catalogue import CNN, UNET
from runs.specs.spec import RunSpec

#: How a large photograph is coloured, as a page says it.
WAYS = {
    "direct": "the network on the whole photograph",
    "kept": "its chroma alone, under the photograph’s lightness",
    "upsampled": "coloured small, chroma enlarged",
    "grey": "no colour at all",
}

#: What is measured of it: name, unit, decimals.
MEASURED = {
    "mse": ("squared error in RGB", "", 4),
    "delta_e": ("ΔE2000", "", 2),
    "colourfulness": ("colourfulness", "", 1),
}


def sides(frames: Frames) -> list[int]:
    """Sides of the photographs in pixels, smallest first; empty without a probe."""
    found = [stored for spec in (UNET, CNN) for stored in frames.probe(spec, "sizes").values()]
    return [int(side) for side in found[0].arrays["side"]] if found else []


@make_measure
def at_side(frames: Frames, spec: RunSpec, way: str, key: str, side: int | None = None) -> Sample:
    """A measure of one way of colouring, mean over the photographs; of one size, or over all sizes."""
    _, unit, digits = MEASURED[key]

    def number(stored: Measurement) -> float:
        rows = stored.arrays[f"{'large' if way == 'kept' else way}_{key}"]  # (sizes, photographs)
        wanted = stored.arrays["side"] == side if side is not None else slice(None)
        chosen = rows[wanted]
        return float(chosen.mean()) if chosen.size else float("nan")

    probe = "lightness" if way == "kept" else "sizes"
    return frames.probed(spec, probe, number, unit=unit, digits=digits)


def beats_grey(spec: RunSpec) -> Ordering:
    """The test that colour enlarged from a small picture is nearer to the truth than no colour."""
    return Ordering(
        at_side(spec, "grey", "delta_e"),
        at_side(spec, "upsampled", "delta_e"),
        SEEN["delta_e"],
        ("no colour", "enlarged colour"),
    )


CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.6.d.upsampling",
        "A larger output can be had by upsampling a small one.",
        "upsampling",
        Judgement(
            {
                "enlarged colours of the CNN are nearer to the truth than none": beats_grey(CNN),
                "enlarged colours of the UNet are nearer to the truth than none": beats_grey(UNET),
            }
        ),
        "Photographs larger than what was trained on are coloured small, their colour is enlarged, and ΔE2000 is held "
        "against leaving them grey, over all sizes.",
        reading="It can always be done. What is asked here is whether it gives more than no colour at all.",
    ),
    Claim(
        "1.6.d.averages",
        "A larger output can be had by filling in the averages of nearby pixels.",
        "filling in with averages of nearby pixels",
        Judgement(
            {
                "averages are nearer to the truth than repeated pixels": Ordering(
                    enlarged("small", "error"), enlarged("bilinear", "error"), ERROR, ("repeating", "averaging")
                ),
                "edges lie better with averages than with repeated pixels": Ordering(
                    enlarged("bilinear", "agreement"),
                    enlarged("small", "agreement"),
                    AGREEMENT,
                    ("averaging", "repeating"),
                ),
            }
        ),
        "Bilinear interpolation gives each new pixel a weighted average of the nearest ones. It is held against "
        "repeating pixels on the kept test pictures, enlarged from a quarter of their side.",
    ),
)
