"""Where a run was made: versions, device, commit and a digest of the code that its numbers follow from."""

from __future__ import annotations

import ast
import hashlib
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from runs.limits import count_allowed_cores

HOME = Path(__file__).resolve().parent.parent

#: Version of the training recipe. A change that alters any number of a run raises it, and with it the id of the data:
#: what another recipe made lies in a store of its own.
RECIPE = 2
#: The files that a run's numbers follow from.
RECIPE_FILES = (
    "models/layers.py",
    "models/networks.py",
    "runs/training/features.py",
    "runs/data/pixels.py",
    "runs/training/predict.py",
    "runs/training/prepared.py",
    "runs/training/trainer.py",
)
PACKAGES = ("torch", "torchvision", "numba", "numpy", "pandas", "scikit-learn", "scikit-image", "scipy")


@cache
def digest_recipe() -> str:
    """12 hex digits over the recipe's code, blind to comments, docstrings, layout and imports.

    Where a name is imported from does not change what it computes, so that a file can move without turning runs stale.
    """
    total = hashlib.sha256()
    for name in RECIPE_FILES:
        total.update(normalize_source((HOME / name).read_text(encoding="utf-8")).encode())
    return total.hexdigest()[:12]


def is_current(code: str) -> bool:
    """Whether a digest that a run was stored with stands for today's recipe."""
    return code == digest_recipe()


def normalize_source(source: str) -> str:
    """Python source without comments, docstrings, layout and imports."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for part in ("body", "orelse", "finalbody"):
            body = getattr(node, part, None)
            if isinstance(body, list):
                setattr(node, part, [each for each in body if not isinstance(each, ast.Import | ast.ImportFrom)])
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


@cache
def find_commit() -> str:
    """The commit of this checkout, with "+" where files differ from it; "unknown" outside git."""
    try:
        command = ["git", "-C", str(HOME), "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return done.stdout.strip() or "unknown"


def find_processor() -> str:
    """The name of the processor, as the system gives it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def count_cores() -> int:
    """Processor cores that this process may use, by its affinity and the quotas of its control groups."""
    return count_allowed_cores()


@cache
def describe_environment(device: str = "cpu", device_name: str = "") -> dict[str, Any]:
    """Versions, system, device, commit and code digest, as plain text and numbers."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "device": device,
        "device_name": device_name or find_processor(),
        "cores": count_cores(),
        "commit": find_commit(),
        "code": digest_recipe(),
        "packages": {name: _find_version(name) for name in PACKAGES},
    }


def _find_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
