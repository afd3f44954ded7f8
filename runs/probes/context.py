"""What a probe gets and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import RegressionCNN
from runs.data.dataset import Dataset
from runs.specs.spec import RunSpec
from runs.training.prepared import Prepared


@dataclass(frozen=True)
class Context:
    """A trained network and what it was trained on.

    Attributes:
        spec: the run.
        epoch: epochs trained when the weights were kept.
        net: the network with those weights, in eval mode, on ``data``'s device. A probe leaves it as it was.
        data: the tensors of the run.
    """

    spec: RunSpec
    epoch: int
    net: RegressionCNN
    data: Prepared


@dataclass(frozen=True)
class Probed:
    """A probe's result: arrays, and notes that JSON can hold."""

    arrays: Mapping[str, NDArray[Any]]
    notes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, array in self.arrays.items():
            if not isinstance(array, np.ndarray):
                raise TypeError(f"Expected a numpy array for {name!r}, got {type(array).__name__}.")


RunProbe = Callable[[Context], Probed]
DataProbe = Callable[[Dataset], Probed]
