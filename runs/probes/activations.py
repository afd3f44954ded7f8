"""What the five blocks of a trained network show: maps of a few test pictures, statistics over many."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from models import BLOCKS
from runs.probes.context import Context, Probed
from runs.probes.hooks import watch_blocks
from runs.training.predict import run_batches

#: Test pictures whose maps are kept, and over how many the statistics are taken.
SHOWN, COUNTED = 3, 256
STATISTICS = ("sparsity", "dead_channels", "rank", "channels", "edges")


def measure(context: Context) -> Probed:
    """The outputs of the blocks, for test pictures.

    Arrays:
        <block>: (3, C, h, w) float16, the maps of the first test pictures.
        sparsity: (5,) share of values that are zero.
        dead_channels: (5,) channels that are above zero nowhere in any picture.
        rank: (5,) effective rank of the channels (Roy & Vetterli 2007), 1 to C; 0 where nothing varies.
        channels: (5,) C.
        edges: (5,) length of the gradient from pixel to pixel over the standard deviation of the channel, mean
            over places and the channels that vary; 0 where none does.
    """
    names = BLOCKS[:-1]
    arrays: dict[str, np.ndarray] = {}
    sums: dict[str, Sums] = {}
    with watch_blocks({name: getattr(context.net, name) for name in names}) as seen:
        for _ in run_batches(context.net, context.data.test_x[:COUNTED]):
            for name in names:
                if name not in sums:
                    arrays[name] = seen[name][:SHOWN].half().contiguous().cpu().numpy()
                    sums[name] = Sums(seen[name].shape[1])
                sums[name].add(seen[name].cpu())
    rows = np.array([sums[name].statistics() for name in names], np.float32)  # (5 blocks, 5 statistics)
    arrays |= dict(zip(STATISTICS, rows.T, strict=True))
    return Probed(arrays, {"blocks": list(names), "pictures": min(COUNTED, len(context.data.test_x))})


class Sums:
    """Running sums over batches of one block's maps, so that no more than a batch is ever held."""

    def __init__(self, channels: int) -> None:
        self.values, self.zeros, self.places = 0, 0, 0
        self.peak = torch.full((channels,), -torch.inf)
        self.total = torch.zeros(channels, dtype=torch.float64)
        self.products = torch.zeros(channels, channels, dtype=torch.float64)
        self.slopes = torch.zeros(channels, dtype=torch.float64)

    def add(self, maps: Tensor) -> None:
        """Counts in the maps (B, C, h, w) of a batch."""
        vectors = maps.permute(0, 2, 3, 1).flatten(0, 2)  # (B, C, h, w) -> (B·h·w, C)
        self.values += len(vectors)
        self.zeros += int((vectors == 0).sum())
        self.peak = torch.maximum(self.peak, vectors.amax(dim=0))
        wide = vectors.double()
        self.total += wide.sum(dim=0)
        self.products += wide.T @ wide
        across = maps[:, :, :-1, 1:] - maps[:, :, :-1, :-1]
        down = maps[:, :, 1:, :-1] - maps[:, :, :-1, :-1]
        lengths = torch.hypot(across, down)  # (B, C, h-1, w-1)
        self.slopes += lengths.sum(dim=(0, 2, 3), dtype=torch.float64)
        self.places += lengths[:, 0].numel()

    def statistics(self) -> tuple[float, ...]:
        """The numbers of ``STATISTICS``, in their order."""
        channels = len(self.total)
        mean = self.total / self.values
        covariance = self.products / self.values - torch.outer(mean, mean)  # (C, C)
        sparsity = self.zeros / (self.values * channels)
        dead = int((self.peak <= 0).sum())
        return sparsity, dead, find_effective_rank(covariance), channels, self.edges(covariance, mean)

    def edges(self, covariance: Tensor, mean: Tensor) -> float:
        """Mean length of the gradient over the standard deviation, of the channels that vary."""
        if not bool(torch.isfinite(covariance).all()):
            return float("nan")
        spread = covariance.diagonal().clamp(min=0).sqrt()
        varies = spread > 1e-6 * mean.abs() + 1e-30  # more than rounding leaves
        slopes = (self.slopes / self.places)[varies] / spread[varies]
        return float(slopes.mean()) if len(slopes) else 0.0


def find_effective_rank(covariance: Tensor) -> float:
    """The exponential of the entropy of the normalised singular values (Roy & Vetterli 2007) of centred data.

    Args:
        covariance: (C, C) of that data; its eigenvalues are the squared singular values, up to a factor.

    Returns:
        1 to C; 0 where nothing varies; NaN where the covariance is not finite.
    """
    if not bool(torch.isfinite(covariance).all()):
        return float("nan")
    squares = torch.linalg.eigvalsh(covariance)
    # what lies below the rounding of the largest is zero
    squares = torch.where(squares > 1e-12 * squares.amax(), squares, 0).clamp(min=0)
    singular = squares.sqrt()
    if float(singular.sum()) == 0:
        return 0.0
    shares = singular / singular.sum()
    return float(torch.exp(torch.special.entr(shares).sum()))
