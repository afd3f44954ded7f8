"""What the report measured of the networks that can be tried, in sentences that stand beside what the reader tries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from report.results.format import show_number, show_plain
from report.results.frames import Frames, Measurement
from report.results.values import Sample
from runs.specs.spec import RunSpec
from runs.text import count_words

#: A temperature, and what was measured at it.
Step = tuple[float, str]


def describe_training(frames: Frames) -> str:
    """On what the networks were trained."""
    data = frames.data
    pictures = f"{data['train']:,} pictures ({data['origin']})"
    if frames.preset.shortened:
        return (
            f"They were trained on {pictures} with the preset {frames.preset.name}: for fewer epochs, or on fewer "
            "pictures, than the write-up's, and they paint accordingly."
        )
    return f"They were trained on {pictures}."


def describe_measured(
    frames: Frames, networks: Mapping[str, RunSpec], epochs: Mapping[str, Sequence[int]]
) -> dict[str, Any]:
    """Sentences by what the reader can change; only of what is stored.

    Args:
        frames: what is measured of them.
        networks: by the names that the page gives them.
        epochs: those at which each can be tried.

    Returns:
        accuracy: network -> epoch -> sentence; temperature: network -> [[temperature, sentence], …]; skips: network ->
        skip -> sentence; order: network -> sentence; sizes: network -> side in pixels -> sentence; blocks: network ->
        sentence; bilinear: a sentence, or "".
    """
    by_network = {
        "temperature": tell_temperatures, "skips": tell_skips, "order": tell_order, "sizes": tell_sizes,
        "blocks": tell_blocks,
    }  # fmt: skip
    told: dict[str, Any] = {
        kind: {name: tell(frames, name, spec) for name, spec in networks.items()} for kind, tell in by_network.items()
    }
    told["accuracy"] = {name: tell_accuracy(frames, spec, epochs.get(name, ())) for name, spec in networks.items()}
    return told | {"bilinear": tell_bilinear(frames)}


def tell_accuracy(frames: Frames, spec: RunSpec, epochs: Sequence[int]) -> dict[int, str]:
    """The share of pixels in their right class, after each epoch."""
    shares = {epoch: _show(frames.at_epoch(spec, "val_accuracy", epoch)) for epoch in epochs}
    return {
        epoch: f"In the report, {share} of the pixels of all {frames.data['test']:,} test pictures get their right "
        f"colour class after {count_words(epoch, 'epoch')}."
        for epoch, share in shares.items()
        if share
    }


def tell_temperatures(frames: Frames, name: str, spec: RunSpec) -> list[Step]:
    """How colourful the pictures are at each temperature (Hasler and Süsstrunk, 2003), and how many pixels right."""

    def at(index: int, key: str) -> Callable[[Measurement], float]:
        return lambda probe: float(probe.arrays[key][index])

    for probe in frames.probe(spec, "temperature").values():
        steps = [float(f"{temperature:.3g}") for temperature in probe.arrays["temperature"]]
        colour = [
            frames.probed(spec, "temperature", at(index, "colourfulness"), digits=1) for index in range(len(steps))
        ]
        right = [
            frames.probed(spec, "temperature", at(index, "pixel_accuracy"), unit="%", digits=1)
            for index in range(len(steps))
        ]
        return [
            (
                step,
                f"In the report, the colourfulness of the {name}'s pictures at temperature {step:g} is "
                f"{_show(colour[index])}, and {_show(right[index])} of their pixels are right.",
            )
            for index, step in enumerate(steps)
        ]
    return []


def tell_skips(frames: Frames, name: str, spec: RunSpec) -> dict[str, str]:
    """What cutting each skip connection alone does to the share of pixels in their right class."""

    def with_cut(cut: str) -> Callable[[Measurement], float]:
        return lambda probe: float(probe.row("val_accuracy", "cuts", cut))

    cuts = next((probe.notes["cuts"] for probe in frames.probe(spec, "skips").values()), ())
    shares = {cut: _show(frames.probed(spec, "skips", with_cut(cut), unit="%", digits=1)) for cut in cuts}
    return {
        cut: f"In the report, without the skip connection that brings {'the input' if cut == 'input' else cut} alone, "
        f"{share} of the pixels are right; with all of them, {shares['none']}."
        for cut, share in shares.items()
        if cut != "none" and share
    }


def tell_order(frames: Frames, name: str, spec: RunSpec) -> str:
    """The largest difference between both orders of ReLU and MaxPool."""
    largest = _show(
        frames.probed(spec, "commute", lambda probe: float(probe.row("largest", "cases", "trained network")), digits=0)
    )
    return (
        f"In the report, the largest difference between both orders of the trained {name} is {largest}."
        if largest
        else ""
    )


def tell_sizes(frames: Frames, name: str, spec: RunSpec) -> dict[int, str]:
    """How far the colours of larger photographs lie from the truth (CIEDE2000), a mean over them."""

    def at(index: int) -> Callable[[Measurement], float]:
        return lambda probe: float(np.mean(probe.arrays["direct_delta_e"][index]))

    for probe in frames.probe(spec, "sizes").values():
        return {
            int(
                side
            ): f"In the report, photographs of {int(side)} × {int(side)} pixels, coloured by the {name} as it is, "
            f"lie a colour difference ΔE of {_show(frames.probed(spec, 'sizes', at(index), digits=1))} from the truth."
            for index, side in enumerate(probe.arrays["side"])
        }
    return {}


def tell_blocks(frames: Frames, name: str, spec: RunSpec) -> str:
    """The share of zeros among the activations of each block."""

    def at(index: int) -> Callable[[Measurement], float]:
        return lambda probe: float(probe.arrays["sparsity"][index])

    for probe in frames.probe(spec, "activations").values():
        shares = [
            f"{block} {show_plain(measured)}"
            for index, block in enumerate(probe.notes["blocks"])
            if (measured := frames.probed(spec, "activations", at(index), unit="%", digits=0).measured())
        ]
        return f"Zeros among the activations of the {name}, as the report measured them: {', '.join(shares)}."
    return ""


def tell_bilinear(frames: Frames) -> str:
    """How many pixels bilinear interpolation gets right, in the colours of the palette."""
    share = _show(
        frames.data_probed(
            "references", lambda probe: float(np.mean(probe.arrays["bilinear_palette_pixel_accuracy"])), "%", 1
        )
    )
    return f"In the report, bilinear interpolation gets {share} of the pixels right." if share else ""


def _show(sample: Sample) -> str:
    measured = sample.measured()
    return show_number(measured) if measured else ""
