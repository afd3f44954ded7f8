"""The device to train on: what was asked for, checked against what torch can use and by a step that is tried on it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from functools import cache

from runs.errors import UsageError
from runs.text import PROGRAM

#: The last torch that was built for the last CUDA that serves cards of these generations.
LAST_FOR_OLD = "torch 2.14 or older in its build for CUDA 12.6, which serves cards of compute capability 5.0 to 9.0"


def choose_device(asked: str) -> tuple[str, str]:
    """The device to train on and its name; "auto" takes a CUDA GPU where there is one that works.

    Raises:
        UsageError: the device asked for is not there, or cannot do what training takes.
    """
    import torch

    if asked == "cpu" or not torch.cuda.is_available():
        if asked in ("cpu", "auto"):
            return "cpu", ""
        raise UsageError(
            f"Expected the device {asked!r}, but torch finds only: cpu. Use --device auto, or install a torch build "
            f"for your device and look again with: {PROGRAM} doctor"
        )
    refusal = find_refusal()
    if refusal and asked == "auto":
        return "cpu", ""
    if refusal:
        raise UsageError(f"--device {asked}: expected a GPU that torch can train on. {refusal} Or use --device cpu.")
    return "cuda", torch.cuda.get_device_name(0)


def describe_refused_gpu() -> str:
    """A sentence on a GPU that torch finds and cannot train on, with what to install; "" where there is none."""
    import torch

    refusal = find_refusal() if torch.cuda.is_available() else ""
    return f"Trains on the CPU, although there is a GPU. {refusal}" if refusal else ""


@cache
def find_refusal() -> str:
    """Why torch cannot train on the GPU that it finds, and what to do; "" where it can. A GPU that torch's build has no
    kernels for is as available to torch as any other, and only fails when something is computed on it.
    """
    import torch

    try:
        with warnings.catch_warnings():  # torch warns of cards that it does not serve; we say it ourselves
            warnings.simplefilter("ignore")
            name, capability = torch.cuda.get_device_name(0), torch.cuda.get_device_capability(0)
            built = torch.cuda.get_arch_list()
            if torch.version.hip is None and not has_kernels(built, capability):
                return describe_missing_kernels(name, capability, built)
            take_tiny_step("cuda")
    except RuntimeError as error:  # as all errors of CUDA are
        cause = str(error).strip().partition("\n")[0]
        return (
            f"A training step that was tried on it failed: {cause}. Look whether other programs fill its memory and "
            f"whether its driver fits torch {torch.__version__} (nvidia-smi shows both), then look again with: "
            f"{PROGRAM} doctor"
        )
    return ""


def has_kernels(built: Sequence[str], capability: tuple[int, int]) -> bool:
    """Whether a build of torch has kernels for a GPU.

    Args:
        built: what the build has kernels for, as torch lists it: "sm_86" runs on 8.6 and on later cards of generation
            8, "sm_90a" on 9.0 alone, "compute_90" is compiled at run time for any card from 9.0 on.
        capability: the GPU's compute capability, say (8, 6).
    """
    for architecture in built:
        told = re.fullmatch(r"(sm|compute)_(\d+)(\d)([a-z]?)", architecture)
        if told is None:
            continue
        kind, version, exact = told[1], (int(told[2]), int(told[3])), bool(told[4])
        if exact:
            fits = version == capability
        else:
            fits = version <= capability and (kind == "compute" or version[0] == capability[0])
        if fits:
            return True
    return False


def describe_missing_kernels(name: str, capability: tuple[int, int], built: Sequence[str]) -> str:
    """That this build of torch has no kernels for a GPU, and which has."""
    import torch

    versions = [(int(digits[:-1]), int(digits[-1])) for one in built for digits in re.findall(r"_(\d{2,})", one)]
    old = bool(versions) and capability < min(versions)
    mend = LAST_FOR_OLD if old else "a newer torch, or one built for CUDA"
    return (
        f"torch {torch.__version__} has kernels for {', '.join(built) or 'no GPU'}, and {name} has compute capability "
        f"{capability[0]}.{capability[1]}. To train on it, install {mend} (see pytorch.org, Get started), and look "
        f"again with: {PROGRAM} doctor"
    )


def take_tiny_step(device: str) -> None:
    """Take a training step of a convolution on a device, as small as can be.

    Raises:
        RuntimeError: the device cannot do that.
    """
    import torch
    from torch import nn

    net = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2)).to(device)
    optimizer = torch.optim.Adam(net.parameters(), fused=device == "cuda")
    loss = net(torch.ones(2, 1, 4, 4, device=device)).square().mean()
    loss.backward()
    optimizer.step()
    loss.item()  # waits until all is done: errors of a GPU come late


def describe_idle_gpus(device: str) -> str:
    """A sentence on the GPUs that worker processes leave idle, all but the first; "" where there are none."""
    if device != "cuda":
        return ""
    import torch

    count = torch.cuda.device_count()
    return f"They take the first of {count} GPUs; --engine ray takes all of them." if count > 1 else ""


def count_default_workers(device: str, cores: int) -> int:
    """Runs side by side unless asked otherwise: one a core on the CPU, two on one GPU."""
    return cores if device == "cpu" else 2
