"""A trainer in, the same trainer with the quickest steps that its device knows: no number changes with them."""

from __future__ import annotations

from torch import Tensor

from runs.captured import CapturedStep, CudaGraphs
from runs.train import Trainer


class FusedStep:
    """Takes the steps of a trainer on the CPU in fewer passes over memory."""

    def __init__(self, trainer: Trainer) -> None:
        from models.fused import fused  # compiles, which takes seconds: not on machines that never train so

        self.trainer, self.fused = trainer, fused(trainer.net)

    def __call__(self, x: Tensor, y: Tensor) -> Tensor:
        """One step on a batch (B, C, H, W): the loss that it had."""
        with self.fused:
            return self.trainer.step(x, y)


def quickened(trainer: Trainer) -> CapturedStep | None:
    """Has a trainer take its steps so. What captures them, on a CUDA device; else None."""
    device = trainer.data.train_x.device.type
    if device == "cuda":
        trainer.take_step = step = CapturedStep(trainer, CudaGraphs())
        return step
    if device == "cpu":
        trainer.take_step = FusedStep(trainer)
    return None
