"""What holds for every probe: its names and shapes, and that it leaves the network alone."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from report.results.frames import Measurement
from runs import probes
from runs.errors import UsageError
from runs.probes import commute, hooks, layers, sizes
from runs.specs.catalogue import NEEDS
from runs.specs.probe_outputs import DATA_PROBES, OUTPUTS, RUN_PROBES, find_misfit
from tests import fakes
from tests.runs import tiny

MODELS = {"noise": "unet", "skips": "unet", "features": "regression"}


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few repetitions, few photographs and small batches where only time or the mean would gain."""
    monkeypatch.setattr(commute, "REPETITIONS", 1)
    monkeypatch.setattr(sizes, "PHOTOGRAPHS", 1)
    for module in (commute, layers):
        monkeypatch.setattr(module, "fill_outputs", partial(hooks.fill_outputs, count=3))


def model_for(name: str) -> str:
    return MODELS.get(name, "cnn")


def described(arrays: Any) -> dict[str, tuple[int, str]]:
    return {name: (array.ndim, array.dtype.kind) for name, array in arrays.items()}


def assert_same_schema(name: str, real: probes.Probed, fake: Measurement) -> None:
    assert find_misfit(name, real.arrays, real.notes) == find_misfit(name, fake.arrays, fake.notes) == ""
    assert OUTPUTS[name].arrays.keys() == real.arrays.keys()
    assert described(real.arrays) == described(fake.arrays)
    assert real.notes.keys() == fake.notes.keys()
    for key, note in fake.notes.items():
        assert type(real.notes[key]) is type(note), key


def test_there_is_a_probe_for_every_name_of_the_catalogue() -> None:
    assert probes.RUN.keys() == RUN_PROBES.keys()
    assert probes.DATA.keys() == DATA_PROBES.keys()
    assert OUTPUTS.keys() == RUN_PROBES.keys() | DATA_PROBES.keys()


@pytest.mark.parametrize("name", RUN_PROBES)
def test_run_probe_gives_what_the_fakes_give(name: str) -> None:
    context = tiny.context(model_for(name))
    real = probes.measure(name, context)
    fake = fakes.fake_probe(name, context.spec, np.random.default_rng(0))
    assert_same_schema(name, real, fake)
    assert all(array.flags.c_contiguous for array in real.arrays.values())
    if name == "layers":
        assert real.notes["layers"][0].keys() == fake.notes["layers"][0].keys()
    elif name != "sizes":  # which photographs there are depends on what is installed
        assert {k: v for k, v in real.notes.items() if isinstance(v, list)} == {
            k: v for k, v in fake.notes.items() if isinstance(v, list)
        }


@pytest.mark.parametrize("name", DATA_PROBES)
def test_data_probe_gives_what_the_fakes_give(name: str) -> None:
    fake = fakes.fake_data_probe(name, np.random.default_rng(0))
    assert_same_schema(name, probes.measure_data(name, tiny.dataset()), fake)


@pytest.mark.parametrize(
    ("name", "model", "task"),
    sorted(
        {(name, need.spec.model, need.spec.task) for needs in NEEDS.values() for need in needs for name in need.probes}
    ),
)
def test_every_probe_that_the_catalogue_asks_for_applies_to_its_network(name: str, model: str, task: str) -> None:
    context = tiny.context(model, task=task)
    fake = fakes.fake_probe(name, context.spec, np.random.default_rng(0))
    assert described(probes.measure(name, context).arrays) == described(fake.arrays)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", RUN_PROBES)
def test_probe_leaves_the_network_as_it_was(name: str, training: bool) -> None:
    context = tiny.context(model_for(name))
    net = context.net.train(training)
    before = {key: tensor.clone() for key, tensor in net.state_dict().items()}
    generator = torch.get_rng_state()
    probes.measure(name, context)
    assert all(torch.equal(tensor, before[key]) for key, tensor in net.state_dict().items())
    assert {module.training for module in net.modules()} == {training}
    assert all(parameter.grad is None for parameter in net.parameters())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())
    assert torch.equal(torch.get_rng_state(), generator)


@pytest.mark.parametrize(
    ("name", "model", "number"),
    [
        (name, model, number)
        for model, number in (("regression", math.nan), ("unet", math.nan), ("cnn", math.inf))
        for name in sorted(tiny.APPLIES[model])
    ],
)
def test_a_diverged_network_gives_numbers_and_no_error(name: str, model: str, number: float) -> None:
    context = tiny.context(model)
    with torch.no_grad():
        for parameter in context.net.parameters():
            parameter.fill_(number)
    fake = fakes.fake_probe(name, context.spec, np.random.default_rng(0))
    assert described(probes.measure(name, context).arrays) == described(fake.arrays)


@pytest.mark.parametrize("name", RUN_PROBES)
def test_one_picture_is_enough(name: str) -> None:
    model = "regression" if name == "features" else "unet"
    context = tiny.context(model, tiny.dataset(1, 1), batch_size=100)
    fake = fakes.fake_probe(name, context.spec, np.random.default_rng(0))
    assert described(probes.measure(name, context).arrays) == described(fake.arrays)


@pytest.mark.parametrize("name", DATA_PROBES)
def test_one_picture_is_enough_for_a_data_probe(name: str) -> None:
    fake = fakes.fake_data_probe(name, np.random.default_rng(0))
    assert described(probes.measure_data(name, tiny.dataset(1, 1)).arrays) == described(fake.arrays)


@pytest.mark.parametrize(
    ("name", "model", "fields", "words"),
    [
        ("skips", "cnn", {}, "skip connections"),
        ("temperature", "regression", {}, "classification"),
        ("sizes", "cnn", {"task": "upscale"}, "'upscale'"),
        ("lightness", "unet", {"task": "upscale"}, "'upscale'"),
    ],
)
def test_a_network_that_a_probe_does_not_apply_to_is_refused(
    name: str, model: str, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        probes.measure(name, tiny.context(model, **fields))


def test_an_array_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="numpy array for 'x', got list"):
        probes.Probed({"x": [1.0]})  # type: ignore[dict-item]
