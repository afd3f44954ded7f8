"""The gradient of every block at every step of the first epoch, from a run's fresh weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from models import BLOCKS
from runs.probes.context import Context, Probed
from runs.training.trainer import Trainer


def measure(context: Context) -> Probed:
    """Trains the first epoch again, from the weights that the seed gives, and looks on.

    Arrays:
        norms: (steps, 6) float32, the L2 norm of the gradient of all parameters of a block.
    """
    norms: list[Tensor] = []
    data = context.data
    # the evaluation at the end of the epoch is not looked at: one picture will do
    short = replace(data, test_x=data.test_x[:1], test_y=data.test_y[:1], test_classes=data.test_classes[:1])
    trainer = Trainer(context.spec, short)
    blocks = [list(getattr(trainer.net, name).parameters()) for name in BLOCKS]

    def look(optimizer: torch.optim.Optimizer, args: Any, kwargs: Any) -> None:
        gradients = [[weight.grad for weight in block if weight.grad is not None] for block in blocks]
        norms.append(torch.stack([torch.stack([part.norm() for part in block]).norm() for block in gradients]))

    trainer.optimizer.register_step_pre_hook(look)
    trainer.train_epoch()
    return Probed({"norms": torch.stack(norms).cpu().numpy()}, {"blocks": list(BLOCKS)})
