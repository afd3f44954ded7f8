"""The probes, each declared once: what is measured of which networks, or of the pictures, and what that stores.

The code of each is found by its name, ``runs/probes/<name>.py``, by whoever measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from numpy.typing import NDArray
from pydantic import AfterValidator, Field, TypeAdapter
from typing_extensions import TypedDict

from runs.forms import Count, Form, Seconds
from runs.specs.probe_form import Probe


def _are_alike(names: str, form: str) -> dict[str, str]:
    """Arrays of one form, by their names in one text."""
    return dict.fromkeys(names.split(), form)


def _just(*names: str) -> Any:
    """The type of a list of these names, in this order: rows of arrays go by it."""

    def check(found: list[str]) -> list[str]:
        if found != list(names):
            raise ValueError(f"expected {', '.join(names)}")
        return found

    return Annotated[list[str], AfterValidator(check), Field(examples=[list(names)])]


def _notes(**fields: Any) -> Form:
    """The form of notes that have these fields."""
    return TypeAdapter(TypedDict("Notes", fields))  # type: ignore[operator]


_BLOCKS = ("downconv1", "downconv2", "rfconv", "upconv1", "upconv2")
#: Channels, height and width.
Shape = Annotated[list[Count], Field(min_length=3, max_length=3)]


class Scales(TypedDict):
    """Negative scales of the normalization of each block."""

    downconv1: Count
    downconv2: Count


class Layer(TypedDict):
    """A layer in the notes of the probe of layers."""

    block: str
    layer: str
    filters: Count
    kernel: Count
    input: Shape
    output: Shape
    parameters: Count
    multiply_adds: Count
    operations: Count
    seconds: Seconds


_ERRORS = "pixel_accuracy mse psnr delta_e ssim"
_MEASURES = f"{_ERRORS} colourfulness total_variation contrast sharpness"
_SIDES = [64, 128, 256]

#: By name: a new one is a file in ``runs/probes`` and an entry here. M is the number of test pictures, K of those
#: that are kept, P of photographs.
ALL_PROBES: dict[str, Probe] = {
    "layers": Probe(
        notes=_notes(layers=Annotated[list[Layer], Field(min_length=1)], printed=str, parameters=Count, batch=Count)
    ),
    "quality": Probe(_are_alike(_MEASURES, "float32 M")),
    "activations": Probe(
        dict.fromkeys(_BLOCKS, "float16 K * * *")
        | _are_alike("sparsity dead_channels rank channels edges", "float32 5"),
        _notes(blocks=_just(*_BLOCKS), pictures=Count),
    ),
    "gradients": Probe({"norms": "float32 * 6"}, _notes(blocks=_just(*_BLOCKS, "finalconv"))),
    "noise": Probe(
        _are_alike("noise_scale batch_noise mean_norm signal_norm steps", "float32 1") | {"batch_norms": "float32 *"}
    ),
    "skips": Probe(
        _are_alike("val_loss val_accuracy", "float32 4"),
        _notes(cuts=_just("none", "downconv2", "downconv1", "input")),
        models=("unet",),
    ),
    "temperature": Probe(
        _are_alike("temperature colourfulness mse delta_e pixel_accuracy", "float32 T")
        | {"pictures": "uint8 T * * * 3"},
        _notes(measured=Count),
        models=("cnn", "unet"),
    ),
    "commute": Probe(
        {"equal": "uint8 5", "largest": "float32 5", "compared": "int64 5", "zero_signs": "int64 5"}
        | {f"{order}_first_seconds": "float32 3 R" for order in ("relu", "pool")}
        | {f"{order}_first_step_seconds": "float32 3 R" for order in ("relu", "pool")}
        | {f"{order}_first_operations": "int64 2 2" for order in ("relu", "pool")}
        | _are_alike("conv_linear_error conv_flip_error conv_flipped_difference", "float64 1"),
        _notes(
            cases=_just(
                "tensors", "trained network", "pooling before BatchNorm", "non-monotone activation", "gradients"
            ),
            places=_just("downconv1", "downconv2", "network"),
            batch=Count,
            negative_scales=Scales,
        ),
    ),
    "sizes": Probe(
        {"side": "int64 3", "truth_colourfulness": "float32 3 P"}
        | {
            f"{way}_{measure}": "float32 3 P"
            for way in ("direct", "upsampled", "grey")
            for measure in ("mse", "delta_e", "colourfulness")
        }
        | {
            f"{row}_{side}": f"uint8 P s{side} s{side} 3"
            for row in ("truth", "grey", "direct", "upsampled")
            for side in _SIDES
        },
        _notes(photographs=list[str]),
        {"side": _SIDES},
        tasks=("colourize",),
    ),
    "features": Probe(
        _are_alike("distance grey_distance turns grey_turns truth_turns", "float32 M"),
        models=("regression",),
        tasks=("colourize",),
    ),
    "extremes": Probe(
        {"index": "int64 3 G", "rank": "int64 3 G", "delta_e": "float32 3 G"}
        | _are_alike("input prediction truth", "uint8 3 G H W 3"),
        _notes(groups=_just("worst", "median", "best"), pictures=Count),
    ),
    "lightness": Probe(
        _are_alike("mse psnr delta_e ssim colourfulness", "float32 M")
        | _are_alike("large_mse large_delta_e large_colourfulness", "float32 3 P")
        | {"side": "int64 3"},
        values={"side": _SIDES},
        tasks=("colourize",),
    ),
    "samples": Probe(_are_alike("truth grey small bilinear bicubic palette", "uint8 K 32 32 3"), models=()),
    "references": Probe(
        {
            f"{row}_{measure}": "float32 M"
            for row in ("truth", "palette", "grey", "bilinear", "bicubic", "bilinear_palette", "bicubic_palette")
            for measure in _MEASURES.split()
        },
        version=2,
        models=(),
    ),
    "colours": Probe(
        {"rgb_distance": "float32 P", "rank_correlation": "float64 1"}
        | {"hexagon_rgb": "uint8 6 3", "hexagon_lab": "float32 6 3", "path_lab": "float32 * 3", "delta_e": "float64 P"}
        | {"band_rgb": "float32 B", "band_delta_e": "float32 B 5", "band_pairs": "int64 B", "pairs": "int64 1"},
        models=(),
    ),
    "copies": Probe(
        {"near": "uint8 M", "nearest": "int64 M", "likeness": "float32 M", "lead": "float32 M"},
        _notes(copies=Annotated[dict[str, Count], Field(min_length=6, max_length=6)]),
        models=(),
    ),
}

#: Probes on a trained network, and the version of each.
RUN_PROBES = {name: probe.version for name, probe in ALL_PROBES.items() if probe.models}
#: Probes on the pictures themselves.
DATA_PROBES = {name: probe.version for name, probe in ALL_PROBES.items() if not probe.models}


def find_misfit(name: str, arrays: Mapping[str, NDArray[Any]], notes: Any) -> str:
    """What of a stored probe is not of its form, in words; "" when nothing is, or when there is no such probe."""
    return ALL_PROBES[name].find_misfit(arrays, notes) if name in ALL_PROBES else ""
