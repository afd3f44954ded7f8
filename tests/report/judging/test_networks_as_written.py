"""The networks as built, held against what the write-up prints of them, and a wrong one found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from report.judging.judge import judge
from report.measures.layers import SHAPES, differing_shapes
from report.questions.all_claims import load_claims
from report.results.frames import Frames, Measurement
from runs import probes
from runs.probes import samples
from runs.specs.catalogue import CNN, REGRESSION, UNET
from runs.specs.spec import RunSpec, make_spec
from runs.training.trainer import KEPT, build_fresh
from tests.fakes import fake_frames
from tests.runs import tiny

CLAIMS = {claim.id: claim for claim in load_claims()}


def built(model: str, **fields: Any) -> Frames:
    """Frames whose run of a model is a network that was really built."""
    frames, spec = fake_frames(seeds=1), {each.model: each for each in SHAPES}[model]
    notes = probes.measure("layers", tiny.context(model, **{"filters": 32, **fields})).notes
    return replace(frames, probes={**frames.probes, (spec.id, "layers", 25): Measurement({}, notes)})


@pytest.mark.parametrize(
    ("spec", "claim"), [(REGRESSION, "1.1.a.shapes"), (CNN, "1.2.b.network"), (UNET, "1.3.b.network")]
)
def test_networks_take_and_give_the_channels_that_are_printed(spec: RunSpec, claim: str) -> None:
    assert judge(CLAIMS[claim], built(spec.model)).status == "reproduced"
    narrow = built(spec.model, filters=16)
    assert narrow.take(differing_shapes(spec)).mean == 5  # finalconv has no filters of its own
    assert judge(CLAIMS[claim], narrow).status == "not reproduced"


def test_blocks_of_the_regression_are_those_that_are_printed() -> None:
    assert judge(CLAIMS["1.1.a.blocks"], built("regression")).status == "reproduced"
    assert judge(CLAIMS["1.1.a.blocks"], built("regression", order="pool-relu")).status == "not reproduced"


def test_settings_and_counts_are_those_of_the_assignment_and_others_are_found() -> None:
    frames = fake_frames()
    names = ("1.1.b.settings", "1.1.b.train-pictures", "1.1.b.test-pictures", "1.2.b.colours")
    assert {judge(CLAIMS[name], frames).status for name in names} == {"reproduced"}
    other = replace(
        frames,
        runs=frames.runs.assign(batch_size=99),
        data={**frames.data, "train": 4, "test": 3, "palette": frames.data["palette"][:23]},
    )
    assert {judge(CLAIMS[name], other).status for name in names} == {"not reproduced"}
    assert judge(CLAIMS["1.1.b.settings"], fake_frames(seeds=0)).status == "missing"


def with_samples(frames: Frames, **arrays: NDArray[np.uint8]) -> Frames:
    """The same frames, with kept test pictures as the probe takes them, some of them changed."""
    rows = {**samples.measure(tiny.dataset()).arrays, **arrays}
    return replace(frames, probes={**frames.probes, ("data", "samples", 0): Measurement(rows, {})})


def test_inputs_are_the_means_that_the_assignment_takes_and_others_are_found() -> None:
    frames, names = fake_frames(seeds=1), ("1.1.b.side", "1.1.b.grey", "1.4.a.pooled")
    truth = tiny.dataset().test[:KEPT]
    made = with_samples(frames)
    assert {judge(CLAIMS[name], made).status for name in names} == {"reproduced"}
    luma = np.rint(truth @ np.array([0.299, 0.587, 0.114]))[..., None].repeat(3, axis=-1).astype(np.uint8)
    picked = truth[:, ::4, ::4].repeat(4, axis=1).repeat(4, axis=2)  # one pixel of each sixteen
    other = with_samples(frames, grey=luma, small=picked)
    assert {judge(CLAIMS[name], other).status for name in names[1:]} == {"not reproduced"}
    wide = with_samples(frames, truth=np.zeros((2, 32, 48, 3), np.uint8))
    assert judge(CLAIMS["1.1.b.side"], wide).status == "not reproduced"
    bare = fake_frames(seeds=1, probes=False)
    assert {judge(CLAIMS[name], bare).status for name in names} == {"missing"}


@pytest.mark.parametrize("model", ["cnn", "unet"])
def test_networks_for_super_resolution_take_three_channels(model: str) -> None:
    claim, runs = CLAIMS[f"1.4.b.{model}-channels"], fake_frames(seeds=1).runs.copy()
    for run in runs.index:
        name, task = str(runs.at[run, "model"]), str(runs.at[run, "task"])
        if name == model:
            network = build_fresh(make_spec(model=name, task=task))
            runs.loc[run, "parameters"] = sum(weights.numel() for weights in network.parameters())
    frames = fake_frames(seeds=1)
    assert judge(claim, replace(frames, runs=runs)).status == "reproduced"
    assert judge(claim, frames).status == "not reproduced"  # all of one size
    assert judge(claim, fake_frames(seeds=1, without=(f"{model}-upscale",))).status == "missing"
