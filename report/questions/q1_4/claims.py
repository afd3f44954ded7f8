"""What 1.4 says of super-resolution, as claims, and the measures that test it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from report.judging.claim import Claim, Margin
from report.judging.kinds import Expected, Fact, Judgement, Ordering, name_distances
from report.judging.margins import ACCURACY, CONTRAST, PSNR, SEEN, SHARPNESS, TOTAL_VARIATION
from report.measures.common import final, flat_at
from report.measures.picture_quality import SMALLER_IS_BETTER, best_of, from_truth, quality
from report.questions.protocol_claims import UPSCALING
from report.results.frames import Frames, Measure
from report.results.values import Sample, make_known
from runs.data.pixels import downsize
from runs.specs.catalogue import BASE, CNN, CNN_UPSCALE, UNET, UNET_UPSCALE
from runs.specs.spec import RunSpec

NETWORKS = {"CNN": CNN_UPSCALE, "UNet": UNET_UPSCALE}
INTERPOLATIONS = ("bilinear", "bicubic")
#: The same in the colours of the palette, as the networks paint.
PAINTED = ("bilinear_palette", "bicubic_palette")

#: The measures against the truth in which a network is held against interpolation: what it has to be like, and by how
#: much.
AGAINST: Mapping[str, tuple[str, Margin]] = {
    "psnr": ("its PSNR is above that of bilinear and of bicubic upsampling, in the same palette", PSNR),
    "ssim": ("its SSIM is above theirs", SEEN["ssim"]),
    "delta_e": ("its ΔE2000 is below theirs", SEEN["delta_e"]),
    "pixel_accuracy": ("more of its pixels have the right colour class than theirs", ACCURACY),
}

#: Side of the pictures where none is stored to be measured.
SIDE = 32

#: An accuracy gap up to this still counts as slight.
SLIGHT = 0.03
#: A difference in accuracy up to which two networks hardly differ.
HARDLY = 0.02


def sizes(frames: Frames) -> tuple[int, int]:
    """Sides in pixels of the full picture and of the downsized one, from the function that downsizes."""
    samples = frames.data_probe("samples")
    full = np.zeros((1, SIDE, SIDE, 3), np.uint8) if samples is None else np.asarray(samples.arrays["truth"])[:1]
    return full.shape[1], downsize(full).shape[1]


@Measure
def side_share(frames: Frames) -> Sample:
    """The downsized picture's side as a share of the full one's."""
    full, small = sizes(frames)
    return make_known(small / full, digits=2)


@Measure
def pixel_share(frames: Frames) -> Sample:
    """The downsized picture's pixels as a share of the full one's."""
    return frames.take(side_share).map(lambda share: share * share, digits=4)


@Measure
def gap(frames: Frames) -> Sample:
    """Validation accuracy of the UNet less that of the CNN, upscaling."""
    return _lead(frames, UNET_UPSCALE, CNN_UPSCALE)


@Measure
def colour_gap(frames: Frames) -> Sample:
    """The same for colourization."""
    return _lead(frames, UNET, CNN)


def _lead(frames: Frames, first: RunSpec, second: RunSpec) -> Sample:
    accuracies = (frames.metric(spec, "val_accuracy", BASE) for spec in (first, second))
    return next(accuracies).paired(next(accuracies), lambda a, b: a - b, "points")


@Measure
def _gap_less_colour_gap(frames: Frames) -> Sample:
    return frames.take(gap) - frames.take(colour_gap)


def _unet_over_cnn(key: str, margin: Margin) -> Ordering:
    return Ordering(quality(UNET_UPSCALE, key), quality(CNN_UPSCALE, key), margin, ("UNet", "CNN"))


def _cnn_over_unet(make: Callable[[RunSpec], Measure], margin: Margin) -> Ordering:
    return Ordering(make(CNN_UPSCALE), make(UNET_UPSCALE), margin, ("CNN", "UNet"))


def interpolated(key: str, spec: RunSpec) -> Measure:
    """The better of bilinear and bicubic upsampling in a measure, both in the palette, on a network's seeds."""
    return best_of(PAINTED, key, spec)


def _beats(network: str) -> dict[str, Ordering]:
    """A network against both interpolations in every measure of ``AGAINST``."""
    spec, names = NETWORKS[network], (network, "the better interpolation")
    found = {}
    for key, (words, margin) in AGAINST.items():
        ours, theirs = quality(spec, key), interpolated(key, spec)
        if key in SMALLER_IS_BETTER:
            found[words] = Ordering(theirs, ours, margin, names[::-1])
        else:
            found[words] = Ordering(ours, theirs, margin, names)
    return found


def _end_to_end(network: str) -> Claim:
    return Claim(
        f"1.4.b.end-to-end-{network.lower()}",
        f"A {network}, as an end-to-end mapping, learns the upscaling.",
        "learns the upscaling (arXiv 1501.00092)",
        Judgement(_beats(network)),
        "What has been learned shows against what needs no learning: bilinear and bicubic upsampling of the same "
        "small pictures. Four measures stand in for “learns”. A network paints with the palette’s colours alone, "
        "which costs it, whatever it learned; so each pixel of the interpolations is given the palette’s colour "
        "nearest to it, too.",
        comment="The table has the interpolations in all their colours as well.",
        below="" if network == "CNN" else "1.4.b.end-to-end-cnn",  # the mapping of the paper is a plain CNN
    )


_POOLED = "the input is average-pooled 2×2 twice, so that each side is halved twice"
_HALF = "Computed from the function that makes the input; a ratio of whole numbers needs no tolerance."
_MEASURED_ON = "Measured on all test pictures, paired by seed."
_TWO_POINTS = (
    "Two points are about a quarter of the written gap in colourization (7.8 points). Another seed moves a gap by some "
    "tenths of a point."
)
_NOT_RUN = "the write-up trains no network for it, and its protocol has no {} pictures to test one on."

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.4.a.half-side", "The downsized input has half the side of the output.", "by a half",
        Fact(0.5, side_share, f"{_POOLED}: a half of a half is a quarter, 8 of 32 pixels."), _HALF,
        comment="The networks get it enlarged again by repeating pixels, as many as the output has.",
    ),
    Claim(
        "1.4.a.half-pixels", "The downsized input has half the pixels of the output.", "by a half",
        Fact(0.5, pixel_share, f"{_POOLED}: a quarter of the width times a quarter of the height is a sixteenth."),
        _HALF + " The statement does not say what differs by a half; this is its other reading.",
        below="1.4.a.half-side",
    ),
    Claim(
        "1.4.b.accuracy", "The UNet's validation accuracy is higher than the CNN's.", "higher accuracy",
        Ordering(final(UNET_UPSCALE, "val_accuracy"), final(CNN_UPSCALE, "val_accuracy"), ACCURACY, ("UNet", "CNN")),
        "Paired by seed: both networks see the same batches.",
    ),
    Claim(
        "1.4.b.better-pictures", "The UNet's pictures are better than the CNN's.", "better",
        Judgement(
            {
                "PSNR is higher": _unet_over_cnn("psnr", PSNR),
                "SSIM is higher": _unet_over_cnn("ssim", SEEN["ssim"]),
                "ΔE2000 is lower": _cnn_over_unet(lambda spec: quality(spec, "delta_e"), SEEN["delta_e"]),
            }
        ),
        "Three measures of error against the truth are proxies for what eyes would prefer. " + _MEASURED_ON,
    ),
    Claim(
        "1.4.b.slightly", "The UNet is better only slightly.", "slightly better",
        Ordering(flat_at(gap, SLIGHT), gap, ACCURACY, ("three points", "the UNet's lead in accuracy")),
        "No figure is written. Three points are less than half of the 7.8 that the write-up has between the two in "
        "colourization, where it calls the pictures much better.",
        comment="That it is better at all is a claim of its own, above.",
    ),
    Claim(
        "1.4.b.same-difference", "The two networks hardly differ in upscaling.",
        "almost the same difference of the two",
        Expected(0.0, gap, HARDLY, "points"), _TWO_POINTS,
        reading="“Almost the same” is read in its natural sense, that the two hardly differ.",
    ),
    Claim(
        "1.4.b.same-difference-as-colour",
        "The two networks differ in upscaling by almost as much as in colourization.",
        "almost the same difference of the two",
        Expected(0.0, _gap_less_colour_gap, HARDLY, "points"), _TWO_POINTS,
        reading="The other reading of the same words: the gap in accuracy is about that of 1.3. Read so, it sits badly "
        "with “slightly”, for in 1.3 the same gap is called much better.",
        below="1.4.b.same-difference",
    ),
    Claim(
        "1.4.b.noise", "The CNN's pictures have more noise than the UNet's.", "more noise",
        Judgement(
            {
                "the CNN's total variation is higher": _cnn_over_unet(
                    lambda spec: quality(spec, "total_variation"), TOTAL_VARIATION
                ),
                "it is further from that of the truth": Ordering(
                    from_truth(CNN_UPSCALE, "total_variation"), from_truth(UNET_UPSCALE, "total_variation"),
                    TOTAL_VARIATION, name_distances(("the CNN", "the UNet")),
                ),
            }
        ),
        "Noise adds to the total variation, but so do true edges: the distance from the truth tells the two apart, "
        "in part. Both are proxies. " + _MEASURED_ON,
    ),
    Claim(
        "1.4.b.contrast", "The UNet's pictures have more contrast than the CNN's.", "more contrast",
        _unet_over_cnn("contrast", CONTRAST),
        "RMS contrast, the standard deviation of luminance in a picture. " + _MEASURED_ON,
    ),
    Claim(
        "1.4.b.less-smooth", "The CNN's pictures are less smooth than the UNet's.", "less smooth",
        _cnn_over_unet(lambda spec: quality(spec, "total_variation"), TOTAL_VARIATION),
        "A smooth picture changes little from pixel to pixel: its total variation is low. " + _MEASURED_ON,
    ),
    Claim(
        "1.4.b.sharp-edges", "The CNN's pictures have sharper edges than the UNet's.", "with sharp edges",
        _cnn_over_unet(lambda spec: quality(spec, "sharpness"), SHARPNESS),
        "Sharpness of the edges of each picture, by itself. " + _MEASURED_ON,
    ),
    _end_to_end("CNN"),
    _end_to_end("UNet"),
    Claim(
        "1.4.b.little-processing", "The mapping needs little processing before and after the network.",
        "little pre- or post-processing",
        Judgement(
            reason="little is no number, and no other method's processing is there to compare with. Here the input "
            "is enlarged by repeating pixels before the network, and each pixel's class is read as a colour after it."
        ),
        "A count of steps would depend on what one calls a step.",
    ),
    Claim(
        "1.4.b.deblurring", "Such a mapping could serve deblurring.", "could serve deblurring",
        Judgement(reason=_NOT_RUN.format("blurred")), "A statement about what could be done, without a result.",
    ),
    Claim(
        "1.4.b.denoising", "Such a mapping could serve denoising at the same time.", "or joint denoising",
        Judgement(reason=_NOT_RUN.format("noisy")), "A statement about what could be done, without a result.",
    ),
    *UPSCALING,
)  # fmt: skip
