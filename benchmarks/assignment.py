"""The assignment's own loop, which ours is measured against: what it does, step by step, as the course published it.

- Pictures are numpy arrays of double precision, classes of 64-bit integers; each batch is turned into tensors anew.
- The default memory layout; a classification moves the colours last by a copy before the loss; plain Adam; the loss is
  read at every step.
- The validation records gradients, which nobody asks for.
- At the end of an epoch matplotlib draws ten pictures of the last training batch, and ten of the last test batch, into
  one figure, which keeps what was drawn before.

It asks torch for ``THREADS`` threads, whatever the machine; here it has as many as its caller sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from models import build_network
from runs.data.dataset import Dataset
from runs.specs.spec import RunSpec
from runs.training.prepared import prepare

#: Threads that it asks for.
THREADS = 5
#: Pictures that are drawn at the end of an epoch.
DRAWN = 10

Set = tuple[NDArray[np.generic], NDArray[np.generic]]


class AssignmentLoop:
    """One training by the assignment's loop.

    Args:
        spec: what to train.
        dataset: the pictures.
        folder: where the pictures of each epoch are written.
    """

    def __init__(self, spec: RunSpec, dataset: Dataset, folder: Path) -> None:
        data = prepare(dataset, spec)
        self.spec, self.folder = spec, folder
        self.regression = spec.model == "regression"
        self.palette = dataset.palette
        self.train = self._arrays(data.train_x, data.train_y)
        self.test = self._arrays(data.test_x, data.test_y)
        self.net = build_network(
            spec.model,
            in_channels=self.train[0].shape[1],
            outputs=3 if self.regression else len(data.palette),
            order=spec.order,
            seed=spec.seed,
        )
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=spec.learning_rate)
        self.criterion = nn.MSELoss() if self.regression else nn.CrossEntropyLoss()
        self.figure = Figure()
        self.axes = self.figure.subplots()
        FigureCanvasAgg(self.figure)
        self.epochs = 0

    def epoch(self) -> float:
        """One pass over the training pictures and one over the test pictures: the mean validation loss."""
        self.net.train()
        losses = []
        for x, y in self._batches(*self.train):
            self.optimizer.zero_grad()
            output = self.net(x)
            loss = self._loss(output, y)
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimizer.step()
            losses.append(loss.item())
        self._draw(x, y, output, f"train_{self.epochs}.png")
        self.net.eval()
        validation, right = [], 0
        for x, y in self._batches(*self.test):
            output = self.net(x)
            validation.append(self._loss(output, y).item())
            if not self.regression:
                right += int((output.detach().max(1, keepdim=True).indices == y).sum())
        self._draw(x, y, output, f"test_{self.epochs}.png")
        self.epochs += 1
        return float(np.mean(validation))

    def _arrays(self, x: Tensor, y: Tensor) -> Set:
        """Inputs (N, C, H, W) and targets (N, 3, H, W) or classes (N, 1, H, W), as the assignment holds them.

        Copied, for the strides of one channel decide which layout torch takes a map for, and ours lie channels last.
        """
        target = y.double() if self.regression else y[:, None].long()
        return x.double().numpy().copy(order="C"), target.numpy().copy(order="C")

    def _batches(self, x: NDArray[np.generic], y: NDArray[np.generic]) -> Iterator[tuple[Tensor, Tensor]]:
        size = self.spec.batch_size
        for start in range(0, len(x), size):
            target = torch.from_numpy(y[start : start + size])
            yield torch.from_numpy(x[start : start + size]).float(), target.float() if self.regression else target

    def _loss(self, output: Tensor, y: Tensor) -> Tensor:
        if self.regression:
            return self.criterion(output, y)
        colours = output.transpose(1, 3).contiguous().view(-1, output.shape[1])
        return self.criterion(colours, y.transpose(1, 3).contiguous().view(-1))

    def _draw(self, x: Tensor, y: Tensor, output: Tensor, name: str) -> None:
        """Input, truth and guess, a row each; where the input is small in colour, a row of bilinear upsampling too."""
        if self.regression:
            truth, guess = last(y), last(output.detach())
        else:
            truth, guess = (self.palette[c[:DRAWN].numpy()] for c in (y[:, 0], output.detach().max(1).indices))
        rows = [last(x.expand(-1, 3, -1, -1)), truth, guess]
        if self.spec.task == "upscale":
            small = functional.avg_pool2d(torch.from_numpy(np.moveaxis(truth, 3, 1)).float(), 4)
            rows.append(last(functional.interpolate(small, scale_factor=4, mode="bilinear")))
        self.axes.imshow(np.vstack([np.hstack(list(row)) for row in rows]).clip(0, 1))
        self.figure.savefig(self.folder / name)


def last(pictures: Tensor) -> NDArray[np.float32]:
    """The first pictures of (B, C, H, W), with their channels last."""
    return np.moveaxis(pictures[:DRAWN].numpy(), 1, 3)
