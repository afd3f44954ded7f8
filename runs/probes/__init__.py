"""What is measured of a trained network beside training, or of the pictures, as arrays and notes; a module each.

Each probe is declared in :mod:`runs.specs.probe_outputs`, and ``measure`` of the module of its name takes it.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from types import ModuleType

import numpy as np

from runs.data.dataset import Dataset
from runs.errors import UsageError
from runs.probes.context import Context, DataProbe, Probed, RunProbe
from runs.specs.probe_outputs import ALL_PROBES
from runs.specs.spec import RunSpec


def measure(name: str, context: Context) -> Probed:
    """One probe on a trained network, which is left as it was: weights, buffers and mode.

    A network whose weights are no longer finite gives numbers that are not finite, and no error.

    Raises:
        UsageError: the probe does not apply to this kind of network.
    """
    check_applies(name, context.spec)
    take: RunProbe = find_module(name).measure
    training = context.net.training
    try:
        context.net.eval()
        with np.errstate(all="ignore"):
            return make_contiguous(take(context))
    finally:
        context.net.train(training)


def measure_data(name: str, dataset: Dataset) -> Probed:
    """One probe on the pictures."""
    take: DataProbe = find_module(name).measure
    with np.errstate(all="ignore"):
        return make_contiguous(take(dataset))


def find_module(name: str) -> ModuleType:
    """The module of a probe."""
    return import_module(f"{__name__}.{name}")


def check_applies(name: str, spec: RunSpec) -> None:
    """Refuses a network that a probe says nothing about.

    Raises:
        UsageError: it is one.
    """
    probe = ALL_PROBES[name]
    if spec.model not in probe.models or spec.task not in probe.tasks:
        raise UsageError(
            f"Expected a network that the probe {name!r} applies to (model {' or '.join(probe.models)}, task "
            f"{' or '.join(probe.tasks)}), got {spec.id}. Ask for another probe of this run."
        )


def make_contiguous(probed: Probed) -> Probed:
    """The same, with every array in C order, as files hold them."""
    return replace(probed, arrays={name: np.ascontiguousarray(array) for name, array in probed.arrays.items()})
