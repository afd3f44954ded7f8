"""Where torchvision keeps the weights of VGG-16 on this machine. Torch-free, so that the catalogue can ask."""

from __future__ import annotations

import os
from pathlib import Path

#: The first digits of the SHA-256 of torchvision's file, as its name says.
VGG16_DIGEST = "397923af"


def find_vgg16() -> Path:
    """The file that torch.hub would keep the weights in, whether it is there or not."""
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111, raises nothing
    home = os.environ.get("TORCH_HOME") or Path(caches) / "torch"
    return Path(home) / "hub" / "checkpoints" / f"vgg16-{VGG16_DIGEST}.pth"
