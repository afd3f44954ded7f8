"""Hand-made frames with every run and probe of the catalogue: the shape of what the store holds.

The numbers are made up, and made so that they are near the write-up's. What a probe stores follows from its declared
form, to which ``tests/runs`` holds the real probes; only what has to mean something is made by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from report.results.frames import Frames, Measurement
from report.results.tables import make_table
from runs.specs.catalogue import list_goals
from runs.specs.presets import PRESETS, Preset
from runs.specs.probe_outputs import ALL_PROBES, DATA_PROBES
from runs.specs.spec import RECIPE, RunSpec

TEST = 12  # test pictures
KEPT = 10  # pictures kept each epoch
BLOCKS = ("downconv1", "downconv2", "rfconv", "upconv1", "upconv2")
SIDES = (16, 8, 8, 16, 32)
#: The sides that the letters of a probe's form stand for; of one that stands for no other number there are four.
LETTERS = {"M": TEST, "K": KEPT, "s64": 64, "s128": 128, "s256": 256}

FINAL = {"regression": (0.0096, 0.0105, 0.27), "cnn": (1.5579, 1.5745, 0.416), "unet": (1.2606, 1.3347, 0.494)}


def fake_frames(
    preset: Preset = PRESETS["write-up"], seeds: int = 2, without: tuple[str, ...] = (), probes: bool = True
) -> Frames:
    """Frames of a whole run-all; runs whose id begins with one of ``without`` are left out."""
    rng = np.random.default_rng(7)
    runs, epochs, stored, pictures = [], [], {}, {}
    for goal in list_goals(preset, seeds=seeds):
        spec = goal.spec
        if spec.id.startswith(without or ("none",)):
            continue
        runs.append(
            {
                "run": spec.id,
                **spec.model_dump(),
                "epochs": goal.epochs,
                "parameters": 90_000,
                "device": "cpu",
                "device_name": "Some CPU",
                "commit": "0123abc",
                "torch": "2.0",
                "stale": False,
                "diverged": False,
                "started": "2026-01-01T00:00:00+00:00",
                "workers": 2,
            }
        )
        final = FINAL[spec.model]
        for epoch in range(1, goal.epochs + 1):
            fall = 1 + 1.5 * np.exp(-epoch / 5) + 0.002 * rng.standard_normal()
            epochs.append(
                {
                    "run": spec.id,
                    "epoch": epoch,
                    "train_loss": final[0] * fall,
                    "val_loss": final[1] * fall,
                    "val_accuracy": final[2] / fall,
                    "train_seconds": 5.0 + 20.0 / spec.batch_size,
                    "val_seconds": 0.3,
                    "last_batch_loss": final[0] * fall * 1.01,
                }
            )
        pictures[spec.id] = rng.integers(0, 256, (goal.epochs, KEPT, 32, 32, 3), dtype=np.uint8)
        for epoch, names in goal.probes.items():
            for name in names:
                stored[spec.id, name, epoch] = fake_probe(name, spec, rng)
    for name in DATA_PROBES:
        stored["data", name, 0] = fake_probe(name, None, rng)
    data = {
        "id": "cifar10-horse-00000000",
        "source": "cifar10",
        "category": "horse",
        "origin": "CIFAR-10, class horse",
        "train": 5000,
        "test": 1000,
        "written": "same",
        "digest": "0" * 64,
        "palette": palette(),
        "palette_name": "assignment",
        "recipe": RECIPE,
    }
    columns = [
        "run",
        "epoch",
        "train_loss",
        "val_loss",
        "val_accuracy",
        "train_seconds",
        "val_seconds",
        "last_batch_loss",
    ]
    frame = make_table(runs) if runs else pd.DataFrame(columns=["epochs"])
    return Frames(
        data,
        frame,
        pd.DataFrame(epochs, columns=columns),
        stored if probes else {},
        pictures,
        preset,
        tuple(range(seeds)),
    )


def palette() -> list[list[float]]:
    """24 colours in pixel/256, darkest first."""
    return [[i * 10 / 256, i * 9 / 256, i * 8 / 256] for i in range(24)]


def fake_probe(name: str, spec: RunSpec | None, rng: np.random.Generator) -> Measurement:
    """A probe of a run, or of the pictures, as the store gives it back: its form filled with noise, but for what pages
    read something off.
    """
    declared = ALL_PROBES[name]
    arrays = {one: fill_form(form, rng) for one, form in declared.arrays.items()}
    arrays |= {one: np.array(values, arrays[one].dtype) for one, values in declared.values.items()}
    meant, notes = MEANT[name](spec, rng) if name in MEANT else ({}, {})
    return Measurement(arrays | meant, make_notes(name) | notes)


def fill_form(form: str, rng: np.random.Generator) -> np.ndarray:
    """Noise of a type and of sides: 0 to 1, or levels, or the numbers from 0 on."""
    kind, *sides = form.split()
    shape = [int(side) if side.isdigit() else LETTERS.get(side, 4) for side in sides]
    if kind == "uint8":
        return rng.integers(0, 256, shape, dtype=np.uint8)
    return np.arange(np.prod(shape)).reshape(shape) if kind == "int64" else rng.random(shape).astype(kind)


@cache
def make_notes(name: str) -> dict[str, Any]:
    """Notes of the declared form, as little as there can be."""
    schema = ALL_PROBES[name].notes.json_schema()
    made: dict[str, Any] = make_example(schema, schema.get("$defs", {}))
    return made


def make_example(schema: dict[str, Any], named: dict[str, Any]) -> Any:
    """The least that has a form, given as JSON schema; ``named`` are the forms that it refers to by name."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return make_example(named[schema["$ref"].rpartition("/")[2]], named)
    if "anyOf" in schema:
        return make_example(schema["anyOf"][0], named)
    if schema["type"] == "object":
        fields = schema.get(
            "properties", {f"{n}": schema["additionalProperties"] for n in range(schema.get("minProperties", 0))}
        )
        return {name: make_example(field, named) for name, field in fields.items()}
    if schema["type"] == "array":
        return [make_example(schema["items"], named)] * schema.get("minItems", 1)
    return {"string": "text", "integer": 1, "number": 0.5}[schema["type"]]


Meant = tuple[dict[str, np.ndarray], dict[str, Any]]


def mean_layers(spec: RunSpec, rng: np.random.Generator) -> Meant:
    f = spec.filters
    rows = [
        {"block": "downconv1", "layer": "Conv2d", "filters": f, "kernel": 3, "input": [1, 32, 32],
         "output": [f, 32, 32], "parameters": 320, "multiply_adds": 294912, "operations": 0, "seconds": 0.001}
    ]  # fmt: skip
    return {}, {"layers": rows, "printed": "RegressionCNN(\n  ...\n)", "parameters": 320, "batch": 100}


def mean_extremes(spec: RunSpec, rng: np.random.Generator) -> Meant:
    """Three worst, three in the middle, three best."""
    order = rng.permutation(TEST)
    places = np.array([0, (TEST - 3) // 2, TEST - 3])[:, None] + np.arange(3)
    numbers = np.sort(rng.random(TEST, np.float32) * 40)[::-1]
    pictures = rng.integers(0, 256, (3, 3, 3, 32, 32, 3), dtype=np.uint8)
    shown = dict(zip(("input", "prediction", "truth"), pictures, strict=True))
    told: dict[str, np.ndarray] = {"index": order[places], "rank": places + 1, "delta_e": numbers[places]}
    return told | shown, {"pictures": TEST}


def mean_activations(spec: RunSpec, rng: np.random.Generator) -> Meant:
    """Maps of 3 test pictures; statistics over many."""
    f = spec.filters
    channels = (f, 2 * f, 2 * f, f, 3 if spec.model == "regression" else 24)
    maps = {
        block: rng.random((3, count, side, side)).astype(np.float16)
        for block, count, side in zip(BLOCKS, channels, SIDES, strict=True)
    }
    return maps, {"pictures": 256}


def mean_temperature(spec: RunSpec, rng: np.random.Generator) -> Meant:
    sampled = {key: rng.random(7, np.float32) for key in ("colourfulness", "mse", "delta_e", "pixel_accuracy")}
    pictures = rng.integers(0, 256, (7, KEPT, 32, 32, 3), dtype=np.uint8)
    temperature = np.array([0.0, 0.1, 0.2, 0.38, 0.5, 0.75, 1.0], np.float32)
    return sampled | {"temperature": temperature, "pictures": pictures}, {"measured": 250}


def mean_commute(spec: RunSpec, rng: np.random.Generator) -> Meant:
    """Cases: whether every element was equal, the largest difference; comparisons for one picture (ReLU, MaxPool)."""
    return {
        "equal": np.array([1, 1, 0, 0, 1], np.uint8),
        "largest": np.array([0, 0, 0.5, 0.7, 0], np.float32),
        "compared": np.full(5, 1000, np.int64),
        "zero_signs": np.zeros(5, np.int64),
        "relu_first_operations": np.array([[32768, 24576], [16384, 12288]], np.int64),
        "pool_first_operations": np.array([[8192, 24576], [4096, 12288]], np.int64),
        "conv_linear_error": np.array([1e-7]),
        "conv_flip_error": np.array([2e-7]),
        "conv_flipped_difference": np.array([0.8]),
    }, {"batch": 100, "negative_scales": {"downconv1": 0, "downconv2": 1}}


def mean_sizes(spec: RunSpec, rng: np.random.Generator) -> Meant:
    return {}, {"photographs": [f"photograph {number}" for number in range(1, 5)]}


def mean_copies(spec: None, rng: np.random.Generator) -> Meant:
    """One of the test pictures is nearly a training picture."""
    counts = {f"{half}{kind}": 0 for half in ("both", "train", "test") for kind in ("", " mirrored")}
    near = (np.arange(TEST) == 3).astype(np.uint8)
    return {"near": near, "lead": near.astype(np.float32) / 2}, {"copies": counts}


def mean_colours(spec: None, rng: np.random.Generator) -> Meant:
    hexagon = [[255, 0, 0], [255, 255, 0], [0, 255, 0], [0, 255, 255], [0, 0, 255], [255, 0, 255]]
    return {
        "hexagon_rgb": np.array(hexagon, np.uint8),
        "hexagon_lab": rng.random((6, 3)).astype(np.float32) * 100,
        "path_lab": rng.random((96, 3)).astype(np.float32) * 100,  # along the hexagon's edges, 16 an edge
        "rgb_distance": rng.random(500, dtype=np.float32) * 255,
        "delta_e": rng.random(500) * 60,
        "band_rgb": np.array([20, 40, 80], np.float32),  # pairs at about one RGB distance
        "band_delta_e": rng.random((3, 5)).astype(np.float32) * 30,  # 5, 25, 50, 75, 95 % quantiles
        "band_pairs": np.array([5, 10, 20]),
        "rank_correlation": np.array([0.8]),
        "pairs": np.array([500]),
    }, {}


#: What of a probe is no noise, by its name.
MEANT: dict[str, Callable[[Any, np.random.Generator], Meant]] = {
    "layers": mean_layers,
    "extremes": mean_extremes,
    "activations": mean_activations,
    "temperature": mean_temperature,
    "commute": mean_commute,
    "sizes": mean_sizes,
    "copies": mean_copies,
    "colours": mean_colours,
}
