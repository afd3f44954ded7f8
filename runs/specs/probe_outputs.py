"""The form of what each probe stores, by the probe's name: its notes, and its arrays by type and shape.

It is declared apart from the code that measures, for whatever reads stored results does without torch. A change that
makes a file of another form raises the version of the probe in :mod:`runs.specs.catalogue`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any

from numpy.typing import NDArray
from pydantic import AfterValidator, Field, TypeAdapter
from typing_extensions import TypedDict

from runs.forms import Count, Form, Seconds, fits
from runs.specs.presets import PRESETS as PRESETS
from runs.specs.presets import SECTIONS as SECTIONS

#: Probes on a trained network, and the version of each: a stored probe of another version is measured again.
RUN_PROBES = {
    "layers": 1,
    "quality": 1,
    "activations": 1,
    "gradients": 1,
    "noise": 1,
    "skips": 1,
    "temperature": 1,
    "commute": 1,
    "sizes": 1,
    "features": 1,
    "extremes": 1,
    "lightness": 1,
}


#: Probes on the pictures themselves.
DATA_PROBES = {"samples": 1, "references": 2, "colours": 1, "copies": 1}


#: Notes of which nothing is read.
ANY_NOTES = TypeAdapter(dict[str, Any])


@dataclass(frozen=True)
class Output:
    """What a probe stores.

    Attributes:
        arrays: the type and the sides of each, as in "float32 M 3": a number stands for itself, a letter for one that
            is the same in all of the file, and "*" for any; no side is empty.
        notes: their form.
        values: what some of the arrays hold, where names follow from it.
    """

    arrays: Mapping[str, str] = field(default_factory=dict)
    notes: Form = ANY_NOTES
    values: Mapping[str, list[int]] = field(default_factory=dict)


def find_misfit(name: str, arrays: Mapping[str, NDArray[Any]], notes: Any) -> str:
    """What of a stored probe is not of its form, in words; "" when nothing is, or when there is no such probe."""
    output = OUTPUTS.get(name)
    if output is None:
        return ""
    if not fits(notes, output.notes):
        return "its notes are of another form"
    sides: dict[str, int] = {}
    for one, form in output.arrays.items():
        if one not in arrays or not has_shape(arrays[one], form, sides):
            return f"its {one} is missing or of another type or shape"
    for one, values in output.values.items():
        if arrays[one].tolist() != values:
            return f"its {one} holds other values"
    return ""


def has_shape(array: NDArray[Any], form: str, sides: dict[str, int]) -> bool:
    """Whether an array has the type and the sides of a form, as in :class:`Output`; ``sides`` are those known by their
    letters, and what is learnt is added.
    """
    kind, *wanted = _split_parts(form)
    if array.dtype.name != kind or array.ndim != len(wanted):
        return False
    return all(
        size > 0 and (side == "*" or size == (int(side) if side.isdigit() else sides.setdefault(side, size)))
        for side, size in zip(wanted, array.shape, strict=True)
    )


@lru_cache(maxsize=256)
def _split_parts(form: str) -> list[str]:
    return form.split()


def _are_alike(names: str, form: str) -> dict[str, str]:
    """Arrays of one form, by their names in one text."""
    return dict.fromkeys(names.split(), form)


def _just(*names: str) -> Any:
    """The type of a list of these names, in this order: rows of arrays go by it."""

    def check(found: list[str]) -> list[str]:
        if found != list(names):
            raise ValueError(f"expected {', '.join(names)}")
        return found

    return Annotated[list[str], AfterValidator(check)]


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

#: Of each probe; M is the number of test pictures.
OUTPUTS: dict[str, Output] = {
    "layers": Output(
        notes=_notes(layers=Annotated[list[Layer], Field(min_length=1)], printed=str, parameters=Count, batch=Count)
    ),
    "quality": Output(_are_alike(_MEASURES, "float32 M")),
    "activations": Output(
        dict.fromkeys(_BLOCKS, "float16 K * * *")
        | _are_alike("sparsity dead_channels rank channels edges", "float32 5"),
        _notes(blocks=_just(*_BLOCKS), pictures=Count),
    ),
    "gradients": Output({"norms": "float32 * 6"}, _notes(blocks=_just(*_BLOCKS, "finalconv"))),
    "noise": Output(
        _are_alike("noise_scale batch_noise mean_norm signal_norm steps", "float32 1") | {"batch_norms": "float32 *"}
    ),
    "skips": Output(
        _are_alike("val_loss val_accuracy", "float32 4"), _notes(cuts=_just("none", "downconv2", "downconv1", "input"))
    ),
    "temperature": Output(
        _are_alike("temperature colourfulness mse delta_e pixel_accuracy", "float32 T")
        | {"pictures": "uint8 T * * * 3"},
        _notes(measured=Count),
    ),
    "commute": Output(
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
    "sizes": Output(
        {"side": "int64 3", "truth_colourfulness": "float32 3 K"}
        | {
            f"{way}_{measure}": "float32 3 K"
            for way in ("direct", "upsampled", "grey")
            for measure in ("mse", "delta_e", "colourfulness")
        }
        | {
            f"{row}_{side}": f"uint8 K s{side} s{side} 3"
            for row in ("truth", "grey", "direct", "upsampled")
            for side in _SIDES
        },
        _notes(photographs=list[str]),
        {"side": _SIDES},
    ),
    "features": Output(_are_alike("distance grey_distance turns grey_turns truth_turns", "float32 M")),
    "extremes": Output(
        {"index": "int64 3 G", "rank": "int64 3 G", "delta_e": "float32 3 G"}
        | _are_alike("input prediction truth", "uint8 3 G H W 3"),
        _notes(groups=_just("worst", "median", "best"), pictures=Count),
    ),
    "lightness": Output(
        _are_alike("mse psnr delta_e ssim colourfulness", "float32 M")
        | _are_alike("large_mse large_delta_e large_colourfulness", "float32 3 K")
        | {"side": "int64 3"},
        values={"side": _SIDES},
    ),
    "samples": Output(_are_alike("truth grey small bilinear bicubic palette", "uint8 K 32 32 3")),
    "references": Output(
        {
            f"{row}_{measure}": "float32 M"
            for row in ("truth", "palette", "grey", "bilinear", "bicubic", "bilinear_palette", "bicubic_palette")
            for measure in _MEASURES.split()
        }
    ),
    "colours": Output(
        {"rgb_distance": "float32 P", "rank_correlation": "float64 1"}
        | {"hexagon_rgb": "uint8 6 3", "hexagon_lab": "float32 6 3", "path_lab": "float32 * 3", "delta_e": "float64 P"}
        | {"band_rgb": "float32 B", "band_delta_e": "float32 B 5", "band_pairs": "int64 B", "pairs": "int64 1"}
    ),
    "copies": Output(
        {"near": "uint8 M", "nearest": "int64 M", "likeness": "float32 M", "lead": "float32 M"},
        _notes(copies=Annotated[dict[str, Count], Field(min_length=6, max_length=6)]),
    ),
}
