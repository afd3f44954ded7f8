"""Training one run, epoch by epoch, to metric rows, weights and pictures. Touches no files.

The protocol is the write-up's: batches in one fixed order, losses averaged over the batches while training,
then the test pictures with the network in eval mode.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from models import RegressionCNN, build_network
from runs.data.dataset import COLOURS
from runs.data.pixels import Pixels, classify_pixels
from runs.specs.spec import RunSpec
from runs.training.features import WEIGHT, Features
from runs.training.predict import predict, show_output
from runs.training.prepared import Prepared

Arrays = dict[str, NDArray[Any]]

#: Test pictures whose predictions are kept after each epoch.
KEPT = 10
#: Pictures in one step of the evaluation: few enough for their maps to stay in the processor's cache. No number
#: changes with it beyond rounding.
EVAL_BATCH = 100


@dataclass(frozen=True)
class EpochRow:
    """The metrics of one epoch.

    Attributes:
        epoch: counted from 1.
        train_loss: mean over the epoch's batches, taken while training.
        val_loss: mean over all pixels of the test pictures, network in eval mode.
        val_accuracy: share of test pixels whose colour class is right, 0..1.
        train_seconds: time of the epoch's training, see :func:`choose_clock`.
        val_seconds: time of the evaluation, likewise.
        last_batch_loss: loss of the epoch's last batch, as the assignment's regression prints it.
    """

    epoch: int
    train_loss: float
    val_loss: float
    val_accuracy: float
    train_seconds: float
    val_seconds: float
    last_batch_loss: float

    @property
    def finite(self) -> bool:
        """Whether the run still gives numbers."""
        return math.isfinite(self.train_loss) and math.isfinite(self.val_loss)


def build_fresh(spec: RunSpec, colours: int = COLOURS) -> RegressionCNN:
    """The run's untrained network for so many colours: its weights follow from the seed. Stored channels last."""
    net = build_network(
        spec.model,
        in_channels=1 if spec.task == "colourize" else 3,
        outputs=3 if spec.model == "regression" else colours,
        filters=spec.filters,
        kernel=spec.kernel,
        order=spec.order,
        depth=spec.depth,
        activation=spec.activation,
        seed=spec.seed,
    )
    return net.to(memory_format=torch.channels_last)


def make_optimizer(spec: RunSpec, net: nn.Module) -> torch.optim.Optimizer:
    """The run's optimizer: Adam as written, or plain SGD with momentum 0.9, or RMSprop.

    On a CUDA device it counts its steps there, so that a step can be captured as a graph.
    """
    if spec.optimizer == "sgd":
        return torch.optim.SGD(net.parameters(), lr=spec.learning_rate, momentum=0.9)
    on_cuda = next(net.parameters()).is_cuda
    if spec.optimizer == "rmsprop":
        return torch.optim.RMSprop(net.parameters(), lr=spec.learning_rate, capturable=on_cuda)
    return torch.optim.Adam(net.parameters(), lr=spec.learning_rate, fused=True, capturable=on_cuda)


def choose_clock(device: torch.device) -> Callable[[], float]:
    """What tells the seconds of a run: on the CPU those that the processor spent on it, so that other work on the
    machine does not count; on another device those that passed, for there the processor only waits.
    """
    return time.process_time if device.type == "cpu" else time.perf_counter


def compute_loss(spec: RunSpec, output: Tensor, target: Tensor, features: Features | None = None) -> Tensor:
    """The run's loss, a mean over pixels: scalar.

    Args:
        spec: the run; a regression takes the mean squared error in RGB, the others cross-entropy.
        output: (B, C, H, W) float32.
        target: (B, 3, H, W) float32 for a regression, else (B, H, W) uint8 colour classes.
        features: the loss network whose distance a regression adds (Johnson, Alahi & Fei-Fei 2016).
    """
    if spec.model == "regression":
        loss = functional.mse_loss(output, target)
        return loss if features is None else loss + WEIGHT * features.distances(output, target).mean()
    # (B, C, H, W) -> (B·H·W, C): a view where channels lie last, and faster than the spatial form
    return functional.cross_entropy(output.permute(0, 2, 3, 1).flatten(0, 2), target.flatten().long())


class Trainer:
    """One run under way.

    Args:
        spec: what to train.
        data: the run's tensors.
        arrays: a stored state (see :meth:`arrays`) to go on from; None starts afresh.
        epoch: the epoch that ``arrays`` was kept after.
    """

    def __init__(
        self, spec: RunSpec, data: Prepared, arrays: Mapping[str, NDArray[Any]] | None = None, epoch: int = 0
    ) -> None:
        self.spec, self.data, self.epoch = spec, data, epoch
        self.net = build_fresh(spec, len(data.palette)).to(data.train_x.device)
        self.optimizer = make_optimizer(spec, self.net)
        #: What takes a step: who drives the training may put a quicker one in its place that does the same.
        self.take_step: Callable[[Tensor, Tensor], Tensor] = self.step
        if arrays is not None:
            load_weights(self.net, arrays)
            self._load_optimizer(arrays)

    def train_epoch(self) -> EpochRow:
        """One more epoch: trains on every batch, then measures the test pictures."""
        now = choose_clock(self.data.train_x.device)
        start = now()
        train_loss, last_batch_loss = self._train()
        trained = now()
        val_loss, val_accuracy = evaluate(self.spec, self.net, self.data)
        self.epoch += 1
        done = now()
        seconds = (trained - start, done - trained)
        return EpochRow(self.epoch, train_loss, val_loss, val_accuracy, *seconds, last_batch_loss)

    def _train(self) -> tuple[float, float]:
        """Trains on every batch: the mean of their losses, and the last one's."""
        self.net.train()
        x, y, size = self.data.train_x, self.data.train_y, self.spec.batch_size
        total = torch.zeros((), dtype=torch.float64, device=x.device)
        starts = range(0, len(x), size)
        with act_in_place(self.net):
            for start in starts:
                loss = self.take_step(x[start : start + size], y[start : start + size])
                total += loss
        return float(total) / len(starts), float(loss)  # read once an epoch, so that a GPU never waits

    def step(self, x: Tensor, y: Tensor) -> Tensor:
        """One step of training on a batch: the loss that it had, a scalar on the device."""
        self.optimizer.zero_grad(set_to_none=True)
        loss = compute_loss(self.spec, self.net(x), y, self.data.features)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return loss.detach()

    def picture(self) -> Pixels:
        """The network's colours for the first test pictures: (K, 32, 32, 3) uint8."""
        return predict(self.net, self.data.test_x[:KEPT], self.data.palette, self.spec.model)

    def weights(self) -> Arrays:
        """The network's weights and buffers, by their names, as arrays."""
        return {name: to_numpy(tensor) for name, tensor in self.net.state_dict().items()}

    def arrays(self) -> Arrays:
        """All that going on needs: the weights, the optimizer's moments as ``optimizer.<index>.<key>``, and the palette
        that the weights paint with.
        """
        moments: Arrays = {"palette": self.data.palette}
        for index, parameter in enumerate(self.net.parameters()):
            for key, value in self.optimizer.state[parameter].items():
                if value is not None:
                    moments[f"optimizer.{index}.{key}"] = to_numpy(value)
        return self.weights() | moments

    def _load_optimizer(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        parameters = list(self.net.parameters())
        for name, array in arrays.items():
            if name.startswith("optimizer."):
                _, index, key = name.split(".")
                parameter = parameters[int(index)]
                stored = torch.from_numpy(array)
                # moments lie in memory as their parameter does, so that a continued run takes the same path
                value = torch.empty_like(parameter) if stored.shape == parameter.shape else torch.empty_like(stored)
                self.optimizer.state[parameter][key] = value.to(parameter.device).copy_(stored)


@contextmanager
def act_in_place(net: nn.Module) -> Iterator[None]:
    """While open, activations overwrite their input, which saves memory and time and changes no number.

    Outside they do not, so that a probe which watches a layer sees its output as it was.
    """
    activations = [module for module in net.modules() if isinstance(module, nn.ReLU | nn.LeakyReLU)]
    for module in activations:
        module.inplace = True
    try:
        yield
    finally:
        for module in activations:
            module.inplace = False


def load_weights(net: nn.Module, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Stored weights into a network of the same shape; other arrays are left alone."""
    names = net.state_dict().keys()
    net.load_state_dict({name: torch.from_numpy(np.array(arrays[name])) for name in names})


def to_numpy(tensor: Tensor) -> NDArray[Any]:
    """A tensor as a contiguous array of its own."""
    return np.array(tensor.detach().cpu().numpy(), order="C", copy=True)


@torch.no_grad()
def evaluate(spec: RunSpec, net: RegressionCNN, data: Prepared) -> tuple[float, float]:
    """Loss and accuracy on the test pictures, network in eval mode.

    Returns:
        The mean loss over all pixels, and the share (0..1) of pixels whose colour class is right; for a
        regression the class is that of the nearest colour of the palette.
    """
    net.eval()
    device, count = data.test_x.device, len(data.test_x)
    total = torch.zeros((), dtype=torch.float64, device=device)
    guesses = []
    for start in range(0, count, EVAL_BATCH):
        part = slice(start, start + EVAL_BATCH)
        output = net(data.test_x[part])
        total += compute_loss(spec, output, data.test_y[part], data.features).double() * len(output)
        guesses.append(show_output(output) if spec.model == "regression" else output.argmax(dim=1))
    guess = torch.cat(guesses)  # on the device until here, so that a GPU never waits
    if spec.model == "regression":
        guess = torch.from_numpy(classify_pixels(guess.cpu().numpy(), data.palette)).to(device)
    right = (guess == data.test_classes).sum()
    return float(total) / count, int(right) / data.test_classes.numel()
