"""A training step that replays one CUDA graph: the same weights as by the plain step, without the waiting.

A step of these networks is some hundred short kernels, and launching each takes longer than running it. Captured once,
they are launched together. The last, shorter batch of an epoch takes the plain step; a device that cannot capture takes
it always, and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import torch
from torch import Tensor

from runs.training.trainer import Trainer


class FusedStep:
    """Takes the steps of a trainer on the CPU in fewer passes over memory."""

    def __init__(self, trainer: Trainer) -> None:
        from models.fused import fused  # compiles, which takes seconds: not on machines that never train so

        self.trainer, self.fused = trainer, fused(trainer.net)

    def __call__(self, x: Tensor, y: Tensor) -> Tensor:
        """One step on a batch (B, C, H, W): the loss that it had."""
        if self.trainer.spec.model == "regression" or not self.fused.knows_loss(x, y):
            with self.fused:
                return self.trainer.step(x, y)
        self.trainer.optimizer.zero_grad(set_to_none=True)
        loss = self.fused.colour_loss(x, y)
        loss.backward()  # type: ignore[no-untyped-call]
        self.trainer.optimizer.step()
        return loss.detach()


def quicken(trainer: Trainer) -> CapturedStep | None:
    """Has a trainer take its steps so. What captures them, on a CUDA device; else None."""
    device = trainer.data.train_x.device.type
    if device == "cuda":
        trainer.take_step = step = CapturedStep(trainer, CudaGraphs())
        return step
    if device == "cpu":
        trainer.take_step = FusedStep(trainer)
    return None


#: Steps before the capture, in which the libraries choose their kernels and make room; what they change is undone.
WARM_UP = 3

Step = Callable[[], Tensor]


class Graphs(Protocol):
    """What a device must be able to do; tests bring one for the CPU."""

    def warm_up(self, step: Step) -> None:
        """Takes a step where it disturbs no capture."""

    def capture(self, step: Step) -> tuple[Tensor, Callable[[], None]]:
        """Records a step without taking it: the tensor that its loss will be in, and what takes it again."""


class CudaGraphs:
    """CUDA graphs, as torch records them."""

    def warm_up(self, step: Step) -> None:
        """Takes a step on a stream of its own, as capturing asks for."""
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            step()
        torch.cuda.current_stream().wait_stream(stream)

    def capture(self, step: Step) -> tuple[Tensor, Callable[[], None]]:
        """Records a step as a graph. Where that fails, torch leaves the thread on the stream of the capture."""
        graph, stream = torch.cuda.CUDAGraph(), torch.cuda.current_stream()
        try:
            with torch.cuda.graph(graph):
                loss = step()
        finally:
            torch.cuda.set_stream(stream)
        return loss, graph.replay


class CapturedStep:
    """Takes the steps of a trainer: the first whole batch is captured, the others replay it.

    Args:
        trainer: whose step it is; its weights and moments lie where they lie from now on.
        graphs: how the device captures.
    """

    def __init__(self, trainer: Trainer, graphs: Graphs) -> None:
        self.trainer, self.graphs = trainer, graphs
        self.size = trainer.spec.batch_size
        self.replay: Callable[[], None] | None = None
        #: Why the device could not capture; "" when it could.
        self.failure = ""

    def __call__(self, x: Tensor, y: Tensor) -> Tensor:
        """One step on a batch (B, C, H, W): the loss that it had. It is overwritten by the next step."""
        if not self.failure and self.replay is None and len(x) == self.size:
            self._capture(x, y)
        if self.replay is None or len(x) != self.size:
            return self.trainer.step(x, y)
        self.x.copy_(x)
        self.y.copy_(y)
        self.replay()
        return self.loss

    def _capture(self, x: Tensor, y: Tensor) -> None:
        self.trainer.data.features  # noqa: B018  a loss network is trained when first asked for: not while capturing
        self.x, self.y = x.clone(), y.clone()

        def step() -> Tensor:
            return self.trainer.step(self.x, self.y)

        try:
            with undo(self.trainer):
                for _ in range(WARM_UP):
                    self.graphs.warm_up(step)
            self.loss, self.replay = self.graphs.capture(step)
        except RuntimeError as error:
            cause = take_first(error)
            if isinstance(cause, torch.OutOfMemoryError):
                raise cause from None
            self.failure = str(cause).strip().partition("\n")[0] or type(cause).__name__


def take_first(error: RuntimeError) -> RuntimeError:
    """Why a capture failed: what was raised first, for ending a broken capture raises once more."""
    while isinstance(error.__context__, RuntimeError):
        error = error.__context__
    return error


@contextmanager
def undo(trainer: Trainer) -> Iterator[None]:
    """What is trained inside is undone afterwards, in place: a graph knows tensors by where they lie."""
    state = trainer.optimizer.state
    weights = [tensor.clone() for tensor in trainer.net.state_dict().values()]
    moments = {parameter: {k: v.clone() for k, v in own.items() if v is not None} for parameter, own in state.items()}
    try:
        yield
    finally:
        for tensor, before in zip(trainer.net.state_dict().values(), weights, strict=True):
            tensor.copy_(before)
        for parameter, own in state.items():
            for key, value in own.items():
                if value is not None and key in moments.get(parameter, {}):
                    value.copy_(moments[parameter][key])
                elif value is not None:
                    value.zero_()  # every moment, and the count of steps, begins at zero
