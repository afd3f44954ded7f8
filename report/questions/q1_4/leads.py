"""What 1.4 comes to: the answer of each part in a sentence, and a few sentences of what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.questions.outcomes import Lead, weigh_outcome
from report.questions.phrases import Agreement, weigh_seeds
from report.results.sentence import Sentence, say
from report.results.values import Measured, Sample

WRITTEN = {
    "1.4.a": "The downsized input differs from the output by a half.",
    "1.4.b": "The UNet is slightly better than the CNN, with higher accuracy and more contrast; the CNN has more "
    "noise, and is less smooth, with sharp edges. A mapping learnt from end to end does the upscaling with little "
    "processing around it.",
}


NETWORKS = {
    "holds": "In super-resolution too the UNet does better: it gets {} of the pixels right, the CNN {}.",
    "fails": "In super-resolution the UNet does no better: it gets {} of the pixels right, the CNN {}.",
}
#: 1.4.b where the seeds do not decide.
NETWORKS_OPEN: Mapping[Agreement, str] = {
    "one seed": "In super-resolution the UNet gets {} of the pixels right, the CNN {}; one seed cannot settle it.",
    "alike": "In super-resolution the UNet gets {} of the pixels right, the CNN {}; every seed agrees, but more are "
    "needed.",
    "apart": "In super-resolution the UNet gets {} of the pixels right, the CNN {}; the seeds do not agree.",
}


def lead_sizes(side: Sample, pixels: Sample, status: Mapping[str, str]) -> Lead:
    """1.4.a, by whether side or pixels are halved."""
    if "reproduced" in {status["half-side"], status["half-pixels"]}:
        return say(
            "The small input is a half of the output: it has {} of its side and {} of its pixels.", side, pixels
        ), "holds"
    return (
        say(
            "The small input has {} of the output's width and height, so {} of its pixels: neither is a half.",
            side,
            pixels,
        ),
        weigh_outcome(status, "half-side", "half-pixels"),
    )


def lead_networks(unet: Sample, cnn: Sample, status: Mapping[str, str]) -> Lead:
    """1.4.b, by accuracy."""
    outcome = weigh_outcome(status, "accuracy")
    if outcome == "open":
        return say(NETWORKS_OPEN[weigh_seeds(unet, cnn)], unet, cnn), outcome
    return say(NETWORKS[outcome], unet, cnn), outcome


def prove_networks(
    samples: Mapping[str, Sample], bicubic_wins: bool | None, won: Measured | None, all_of: Measured
) -> Sequence[Sentence | None]:
    """1.4.b: what plain interpolation gives. ``bicubic_wins``: whether bicubic interpolation in full colour beats both
    networks in PSNR and in ΔE2000.
    """
    psnr = {name: samples[f"{name}_psnr"].map(float, unit="") for name in ("bicubic", "unet", "palette")}
    told = [
        say(
            "Against bilinear and bicubic interpolation in the same colours the UNet wins, on every seed, {} of {} "
            "measures of error.",
            won,
            all_of,
        ),
        say(
            "The truth itself, painted in the palette's colours, has a PSNR of {} dB: no network here can reach more.",
            psnr["palette"],
        ),
    ]
    if bicubic_wins:
        told.insert(
            0,
            say(
                "Bicubic interpolation in full colour beats both networks in PSNR and ΔE2000: it has {} dB, the "
                "UNet {} dB.",
                psnr["bicubic"],
                psnr["unet"],
            ),
        )
    elif bicubic_wins is False:
        told.insert(
            0,
            say(
                "Bicubic interpolation in full colour has a PSNR of {} dB, the UNet {} dB.",
                psnr["bicubic"],
                psnr["unet"],
            ),
        )
    return told
