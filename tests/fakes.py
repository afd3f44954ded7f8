"""Hand-made frames with every run and probe of the catalogue: the shape of what the store holds.

The numbers are made up, and made so that they are near the write-up's. ``tests/runs`` checks that the real
probes give the same names and shapes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from report.results.frames import Frames, Measurement
from report.results.tables import make_table
from runs.specs.catalogue import list_goals
from runs.specs.presets import PRESETS, Preset
from runs.specs.probe_outputs import DATA_PROBES
from runs.specs.spec import RECIPE, RunSpec

TEST = 12  # test pictures
KEPT = 10  # pictures kept each epoch
BLOCKS = ("downconv1", "downconv2", "rfconv", "upconv1", "upconv2")
SIDES = (16, 8, 8, 16, 32)
REFERENCES = ("truth", "palette", "grey", "bilinear", "bicubic", "bilinear_palette", "bicubic_palette")
ERRORS = ("pixel_accuracy", "mse", "psnr", "delta_e", "ssim")
LOOKS = ("colourfulness", "total_variation", "contrast", "sharpness")

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
        stored["data", name, 0] = fake_data_probe(name, rng)
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


def fake_probe(name: str, spec: RunSpec, rng: np.random.Generator) -> Measurement:
    """A probe of a run, as the store gives it back."""
    f, outputs = spec.filters, 3 if spec.model == "regression" else 24
    channels = (f, 2 * f, 2 * f, f, outputs)

    def some(*shape: int) -> Any:
        return rng.random(shape, dtype=np.float32)

    if name == "layers":
        rows = [
            {"block": "downconv1", "layer": "Conv2d", "filters": f, "kernel": 3, "input": [1, 32, 32],
             "output": [f, 32, 32], "parameters": 320, "multiply_adds": 294912, "operations": 0, "seconds": 0.001}
        ]  # fmt: skip
        printed = "RegressionCNN(\n  ...\n)"
        return Measurement({}, {"layers": rows, "printed": printed, "parameters": 320, "batch": 100})
    if name == "quality":  # one number a test picture
        return Measurement({key: some(TEST) for key in ERRORS + LOOKS})
    if name == "extremes":  # three worst, three in the middle, three best
        order = rng.permutation(TEST)
        places = np.array([0, (TEST - 3) // 2, TEST - 3])[:, None] + np.arange(3)
        numbers = np.sort(some(TEST) * 40)[::-1]
        shown = {
            key: rng.integers(0, 256, (3, 3, 32, 32, 3), dtype=np.uint8) for key in ("input", "prediction", "truth")
        }
        return Measurement(
            {"index": order[places], "rank": places + 1, "delta_e": numbers[places]} | shown,
            {"groups": ["worst", "median", "best"], "pictures": TEST},
        )
    if name == "activations":  # maps of 3 test pictures; statistics over many
        maps = {
            block: some(3, c, side, side).astype(np.float16)
            for block, c, side in zip(BLOCKS, channels, SIDES, strict=True)
        }
        stats = {key: some(5) for key in ("sparsity", "dead_channels", "rank", "channels", "edges")}
        return Measurement(maps | stats, {"blocks": list(BLOCKS), "pictures": 256})
    if name == "gradients":  # L2 norm of each block's gradient at each step of the first epoch
        return Measurement({"norms": some(50, 6)}, {"blocks": [*BLOCKS, "finalconv"]})
    if name == "noise":  # gradients of single batches at the trained weights
        ones = ("noise_scale", "batch_noise", "mean_norm", "signal_norm", "steps")
        return Measurement({"batch_norms": some(16)} | {key: some(1) for key in ones})
    if name == "skips":  # each skip cut in turn
        cuts = ["none", "downconv2", "downconv1", "input"]
        return Measurement({"val_loss": some(4), "val_accuracy": some(4)}, {"cuts": cuts})
    if name == "temperature":
        t = np.array([0.0, 0.1, 0.2, 0.38, 0.5, 0.75, 1.0], np.float32)
        return Measurement(
            {"temperature": t, **{key: some(7) for key in ("colourfulness", "mse", "delta_e", "pixel_accuracy")},
             "pictures": rng.integers(0, 256, (7, KEPT, 32, 32, 3), dtype=np.uint8)},
            {"measured": 250},
        )  # fmt: skip
    if name == "commute":  # cases: what was compared, whether every element was equal, the largest difference
        cases = ["tensors", "trained network", "pooling before BatchNorm", "non-monotone activation", "gradients"]
        return Measurement(
            {
                "equal": np.array([1, 1, 0, 0, 1], np.uint8), "largest": np.array([0, 0, 0.5, 0.7, 0], np.float32),
                "compared": np.full(5, 1000, np.int64), "zero_signs": np.zeros(5, np.int64),
                # rows: downconv1, downconv2, whole network; one column a repetition
                "relu_first_seconds": some(3, 5), "pool_first_seconds": some(3, 5),  # forward
                "relu_first_step_seconds": some(3, 5), "pool_first_step_seconds": some(3, 5),  # forward and backward
                # rows: downconv1, downconv2; comparisons for one picture (ReLU, MaxPool)
                "relu_first_operations": np.array([[32768, 24576], [16384, 12288]], np.int64),
                "pool_first_operations": np.array([[8192, 24576], [4096, 12288]], np.int64),
                # conv2d on random tensors, relative to its largest output: distance from linearity, from plain
                # cross-correlation (kernel as it is), and from convolution proper (kernel flipped)
                "conv_linear_error": np.array([1e-7]), "conv_flip_error": np.array([2e-7]),
                "conv_flipped_difference": np.array([0.8]),
            },
            {"cases": cases, "places": ["downconv1", "downconv2", "network"], "batch": 100,
             "negative_scales": {"downconv1": 0, "downconv2": 1}},
        )  # fmt: skip
    if name == "sizes":  # real photographs, larger than what was trained on; K of each size
        sides = [64, 128, 256]
        arrays: dict[str, Any] = {"side": np.array(sides, np.int64)}
        for way in ("direct", "upsampled", "grey"):  # fully convolutional; small then chroma upsampled; no colour
            arrays |= {f"{way}_{measure}": some(3, 4) for measure in ("mse", "delta_e", "colourfulness")}
        arrays["truth_colourfulness"] = some(3, 4)
        for side in sides:
            for row in ("truth", "grey", "direct", "upsampled"):
                arrays[f"{row}_{side}"] = rng.integers(0, 256, (4, side, side, 3), dtype=np.uint8)
        return Measurement(arrays, {"photographs": ["astronaut", "cat", "coffee", "china"]})
    if name == "lightness":  # one number a test picture; sides × photographs
        large = {f"large_{key}": some(3, 4) for key in ("mse", "delta_e", "colourfulness")}
        pictures = {key: some(TEST) for key in (*ERRORS[1:], "colourfulness")}
        return Measurement(pictures | large | {"side": np.array([64, 128, 256], np.int64)})
    if name == "features":
        keys = ("distance", "grey_distance", "turns", "grey_turns", "truth_turns")
        return Measurement({key: some(TEST) for key in keys})
    raise KeyError(name)


def fake_data_probe(name: str, rng: np.random.Generator) -> Measurement:
    """A probe of the pictures, as the store gives it back."""
    if name == "samples":  # the first test pictures, as they are and as inputs
        rows = ("truth", "grey", "small", "bilinear", "bicubic", "palette")
        return Measurement({row: rng.integers(0, 256, (KEPT, 32, 32, 3), dtype=np.uint8) for row in rows})
    if name == "references":  # one number a test picture; errors against truth, looks by themselves
        return Measurement(
            {f"{row}_{key}": rng.random(TEST, dtype=np.float32) for row in REFERENCES for key in ERRORS + LOOKS}
        )
    if name == "copies":
        counts = {f"{half}{kind}": 0 for half in ("both", "train", "test") for kind in ("", " mirrored")}
        near = (np.arange(TEST) == 3).astype(np.uint8)
        likeness = {"likeness": rng.random(TEST, dtype=np.float32), "lead": near.astype(np.float32) / 2}
        return Measurement({"near": near, "nearest": np.arange(TEST), **likeness}, {"copies": counts})
    if name == "colours":
        hexagon = np.array(
            [[255, 0, 0], [255, 255, 0], [0, 255, 0], [0, 255, 255], [0, 0, 255], [255, 0, 255]], np.uint8
        )
        return Measurement(
            {
                "hexagon_rgb": hexagon, "hexagon_lab": rng.random((6, 3)).astype(np.float32) * 100,
                "path_lab": rng.random((96, 3)).astype(np.float32) * 100,  # along the hexagon's edges, 16 an edge
                "rgb_distance": rng.random(500, dtype=np.float32) * 255, "delta_e": rng.random(500) * 60,
                "band_rgb": np.array([20, 40, 80], np.float32),  # pairs at about one RGB distance
                "band_delta_e": rng.random((3, 5)).astype(np.float32) * 30,  # 5, 25, 50, 75, 95 % quantiles
                "band_pairs": np.array([5, 10, 20]),
                "rank_correlation": np.array([0.8]), "pairs": np.array([500]),
            }
        )  # fmt: skip
    raise KeyError(name)
