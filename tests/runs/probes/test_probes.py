"""What holds for every probe: its names and shapes, and that it leaves the network alone."""

from __future__ import annotations

import math
from functools import partial
from typing import get_args

import numpy as np
import pytest
import torch

from runs import probes
from runs.errors import UsageError
from runs.probes import commute, hooks, layers, sizes
from runs.specs.catalogue import NEEDS
from runs.specs.probe_outputs import ALL_PROBES, DATA_PROBES, RUN_PROBES, find_misfit
from runs.specs.spec import Model, RunSpec, Task
from tests import fakes
from tests.runs import tiny
from tests.runs.made_up_run import least


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few repetitions, few photographs and small batches where only time or the mean would gain."""
    monkeypatch.setattr(commute, "REPETITIONS", 1)
    monkeypatch.setattr(sizes, "PHOTOGRAPHS", 1)
    for module in (commute, layers):
        monkeypatch.setattr(module, "fill_outputs", partial(hooks.fill_outputs, count=3))


def choose_model(name: str) -> str:
    """A kind of network that a probe applies to: the last that is declared."""
    return ALL_PROBES[name].models[-1]


def assert_fits(name: str, real: probes.Probed) -> None:
    """Nothing is missing, and nothing is there that is not declared."""
    assert find_misfit(name, real.arrays, real.notes) == ""
    assert ALL_PROBES[name].arrays.keys() == real.arrays.keys()
    assert fakes.make_notes(name).keys() == real.notes.keys()
    assert all(array.flags.c_contiguous for array in real.arrays.values())


@pytest.mark.parametrize("name", ALL_PROBES)
def test_every_probe_has_a_module_of_its_name(name: str) -> None:
    assert callable(probes.find_module(name).measure)


@pytest.mark.parametrize("name", ALL_PROBES)
def test_fake_has_the_form_that_is_declared(name: str) -> None:
    made = fakes.fake_probe(name, RunSpec(model="cnn"), np.random.default_rng(0))
    assert find_misfit(name, made.arrays, made.notes) == ""
    assert find_misfit(name, least(name), fakes.make_notes(name)) == ""


@pytest.mark.parametrize("name", RUN_PROBES)
def test_run_probe_gives_what_is_declared(name: str) -> None:
    assert_fits(name, probes.measure(name, tiny.context(choose_model(name))))


@pytest.mark.parametrize("name", DATA_PROBES)
def test_data_probe_gives_what_is_declared(name: str) -> None:
    assert_fits(name, probes.measure_data(name, tiny.dataset()))


@pytest.mark.parametrize(
    ("name", "model", "task"),
    sorted(
        {(name, need.spec.model, need.spec.task) for needs in NEEDS.values() for need in needs for name in need.probes}
    ),
)
def test_every_probe_that_the_catalogue_asks_for_applies_to_its_network(name: str, model: str, task: str) -> None:
    assert_fits(name, probes.measure(name, tiny.context(model, task=task)))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", RUN_PROBES)
def test_probe_leaves_the_network_as_it_was(name: str, training: bool) -> None:
    context = tiny.context(choose_model(name))
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
    assert_fits(name, probes.measure(name, context))


@pytest.mark.parametrize("name", RUN_PROBES)
def test_one_picture_is_enough(name: str) -> None:
    assert_fits(name, probes.measure(name, tiny.context(choose_model(name), tiny.dataset(1, 1), batch_size=100)))


@pytest.mark.parametrize("name", DATA_PROBES)
def test_one_picture_is_enough_for_a_data_probe(name: str) -> None:
    assert_fits(name, probes.measure_data(name, tiny.dataset(1, 1)))


@pytest.mark.parametrize(
    ("name", "model", "task"),
    [
        (name, model, task)
        for name, probe in ALL_PROBES.items()
        for model in get_args(Model)
        for task in get_args(Task)
        if probe.models and (model not in probe.models or task not in probe.tasks)
    ],
)
def test_a_network_that_a_probe_does_not_apply_to_is_refused(name: str, model: str, task: str) -> None:
    with pytest.raises(UsageError, match=rf"the probe '{name}' applies to .*, got {model}-.*\. Ask for another"):
        probes.measure(name, tiny.context(model, task=task))


def test_an_array_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="numpy array for 'x', got list"):
        probes.Probed({"x": [1.0]})  # type: ignore[dict-item]
