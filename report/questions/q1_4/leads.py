"""What 1.4 comes to: the answer of each part in a sentence, and a few sentences of what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from report.questions.outcomes import Lead, weigh_outcome
from report.questions.phrases import Agreement, weigh_seeds
from report.results.sentence import Sentence, say
from report.results.values import Measured, Sample

WRITTEN = {
    "1.4.a": "The downsized input differs from the output by a half.",
    "1.4.b": "The UNet is slightly better than the CNN, with higher accuracy and more contrast; the CNN has "
    "more noise, and "
    "is less smooth with sharp edges. An end-to-end mapping learns the upscaling with little processing around it.",
}


def lead_sizes(side: Sample, pixels: Sample, status: Mapping[str, str]) -> Lead:
    """1.4.a, by whether side or pixels are halved."""
    if "reproduced" in {status["half-side"], status["half-pixels"]}:
        return say(
            "The small input differs from the output by a half: it has {} of its side and {} of its pixels.",
            side,
            pixels,
        ), "holds"
    return (
        say("The small input has {} of the output's side, so {} of its pixels; neither is a half.", side, pixels),
        weigh_outcome(status, "half-side", "half-pixels"),
    )


#: 1.4.b where the seeds do not decide.
NETWORKS_OPEN: Mapping[Agreement, str] = {
    "one seed": "In super-resolution the UNet has {} of pixels right, the CNN {}; one seed cannot settle it.",
    "alike": "In super-resolution the UNet has {} of pixels right, the CNN {}; every seed agrees, but more are needed.",
    "apart": "In super-resolution the UNet has {} of pixels right, the CNN {}; the seeds do not agree.",
}


def lead_networks(unet: Sample, cnn: Sample, status: Mapping[str, str]) -> Lead:
    """1.4.b, by accuracy."""
    outcome = weigh_outcome(status, "accuracy")
    if outcome == "holds":
        return say(
            "In super-resolution too the UNet is better than the CNN: it gets {} of the pixels right, the CNN {}.",
            unet,
            cnn,
        ), outcome
    if outcome == "fails":
        return say(
            "In super-resolution the UNet is not better than the CNN: it gets {} of the pixels right, the CNN {}.",
            unet,
            cnn,
        ), outcome
    return say(NETWORKS_OPEN[weigh_seeds(unet, cnn)], unet, cnn), outcome


def prove_networks(
    samples: Mapping[str, Sample], bicubic_wins: bool | None, won: Measured | None, all_of: Measured
) -> Sequence[Sentence | None]:
    """1.4.b: what plain interpolation gives. ``bicubic_wins``: whether bicubic interpolation in full colour beats both
    networks in PSNR and in ΔE2000.
    """
    psnr = {name: samples[f"{name}_psnr"].map(float, unit="") for name in ("bicubic", "unet", "palette")}
    told = [
        say(
            "The UNet beats bilinear and bicubic interpolation, painted in the same colours, in {} of {} "
            "measures of error.",
            won,
            all_of,
        ),
        say(
            "In the palette's colours the truth itself has a PSNR of {} dB, the most that a network could reach.",
            psnr["palette"],
        ),
    ]
    if bicubic_wins:
        told.insert(
            0,
            say(
                "Bicubic interpolation in full colour beats both networks in PSNR and ΔE2000: {} dB "
                "against the UNet's {} dB.",
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
