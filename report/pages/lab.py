"""What the laboratory of the page holds: trained networks, test pictures, and what the report measured of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from report.pages.filters import anchor
from report.pages.lab_sentences import describe_measured, describe_training
from report.pages.lab_weights import is_network, pack_network
from report.results.frames import Frames
from report.results.stored import Shelf
from runs.data.pixels import downsize, to_grey, upsample_nearest
from runs.specs.catalogue import CNN, CNN_UPSCALE, REGRESSION, UNET, UNET_UPSCALE, list_goals
from runs.specs.spec import RunSpec

#: What can be tried, by the name on the page; the first is shown first.
NETWORKS = {
    "UNet": UNET,
    "CNN": CNN,
    "Regression": REGRESSION,
    "UNet for super-resolution": UNET_UPSCALE,
    "CNN for super-resolution": CNN_UPSCALE,
}
#: Letters that the weights may take in the page; the first epochs are left out where all would take more.
MOST_LETTERS = 1_335_000
#: The side of the photograph that is given as a larger picture.
LARGER = 128


@dataclass(frozen=True)
class Lab:
    """The laboratory, as two JSON texts that may stand in a page.

    Attributes:
        choices: networks and their epochs, with what was measured of each: what the panel needs to be drawn.
        held: weights and pictures, read when the panel is first used.
        names: the networks, as the page names them.
        trained: on what they were trained, in a sentence.
        left_out: whether earlier epochs are stored than can be tried.
    """

    choices: str
    held: str
    names: tuple[str, ...]
    trained: str
    left_out: bool


def build_lab(shelf: Shelf) -> Lab | None:
    """The laboratory of what is stored; None where no network or no test picture is.

    Of several seeds, it takes the first.
    """
    seed = shelf.seeds[0]
    runs = [spec.with_seed(each).id for spec in NETWORKS.values() for each in shelf.seeds]
    frames = shelf.verified([run for run in runs if run in shelf.records])
    samples = frames.data_probe("samples")
    if samples is None:
        return None
    truth, palette = samples.arrays["truth"], np.array(frames.data["palette"], np.float64)
    packed: dict[tuple[str, int], dict[str, Any]] = {}
    for name, spec, epoch in list_snapshots(frames, seed):
        arrays = shelf.snapshot(spec.id, epoch)
        if arrays is not None and is_network(arrays):
            seen = make_inputs(truth, spec.task)
            packed[name, epoch] = {
                **pack_network(arrays, spec, seen, palette),
                "task": spec.task, "regression": spec.model == "regression", "skips": spec.model == "unet",
                "order": spec.order,
            }  # fmt: skip
    left_out = leave_out(packed)
    if not packed:
        return None
    names = tuple(name for name in NETWORKS if any(name == known for known, _ in packed))
    epochs = {name: sorted(epoch for known, epoch in packed if known == name) for name in names}
    choices = {
        "networks": [describe_network(name, epochs[name], seed) for name in names],
        "measured": describe_measured(frames, {name: NETWORKS[name] for name in names}, epochs),
    }
    pictures = [{"label": f"test picture {index}", **_encode(picture)} for index, picture in enumerate(truth, 1)]
    held = {
        "palette": (palette * 256).tolist(),  # in levels, as the pixels of a canvas are
        "networks": {f"{name} {epoch}": network for (name, epoch), network in packed.items()},
        "pictures": [*pictures, *list_photographs(frames)],
    }
    return Lab(_to_script(choices), _to_script(held), names, describe_training(frames), left_out)


def list_snapshots(frames: Frames, seed: int) -> Iterator[tuple[str, RunSpec, int]]:
    """The networks to be tried, each at every epoch at which weights are kept: name, spec with its seed, epoch."""
    goals = {goal.spec.id: sorted(goal.probes) for goal in list_goals(frames.preset, seeds=seed + 1)}
    for name, baseline in NETWORKS.items():
        spec = baseline.with_seed(seed)
        if spec.id in frames.runs.index and spec.id not in frames.diverged:
            yield from ((name, spec, epoch) for epoch in goals.get(spec.id, ()))


def leave_out(packed: dict[tuple[str, int], dict[str, Any]]) -> bool:
    """Drop the earliest epochs, of networks that have others, until the weights fit into the page; whether any was."""
    dropped = False
    while sum(len(network["packed"]) for network in packed.values()) > MOST_LETTERS:
        epochs = sorted((epoch, name) for name, epoch in packed if sum(known == name for known, _ in packed) > 1)
        if not epochs:
            break
        epoch, name = epochs[0]
        del packed[name, epoch]
        dropped = True
    return dropped


def describe_network(name: str, epochs: list[int], seed: int) -> dict[str, Any]:
    """A network for the panel: what it is, its epochs, its run and where that is listed."""
    spec = NETWORKS[name].with_seed(seed)
    return {
        "name": name,
        "model": spec.model,
        "task": spec.task,
        "epochs": epochs,
        "run": spec.id,
        "seed": seed,
        "row": anchor(spec.id, "run"),
    }


def make_inputs(pictures: NDArray[np.uint8], task: str) -> NDArray[np.float32]:
    """(N, H, W, 3) -> (N, H, W, C) float32: what a network of the task sees of pictures."""
    return to_grey(pictures)[..., None] if task == "colourize" else upsample_nearest(downsize(pictures))


def list_photographs(frames: Frames) -> list[dict[str, Any]]:
    """The first of the photographs of 1.6.d, larger than the networks' own pictures; none where none is stored."""
    for found in frames.probe(CNN, "sizes").values():
        photographs, names = found.arrays.get(f"truth_{LARGER}"), found.notes.get("photographs")
        if photographs is not None and names:
            return [{"label": f"photograph: {names[0]}", **_encode(photographs[0])}]
    return []


def _encode(picture: NDArray[np.uint8]) -> dict[str, Any]:
    return {"side": picture.shape[0], "pixels": base64.b64encode(picture.tobytes()).decode()}


def _to_script(content: Mapping[str, Any]) -> str:
    """JSON that ends no script early, whatever text is in it."""
    return json.dumps(content).replace("<", "\\u003c")
