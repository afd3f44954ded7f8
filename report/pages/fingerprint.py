"""What a section is made from, in a short record: where that of the kept section is the same, it stands as it is.

Nothing large is read for it: files of the store count by what their heads say, code and templates by their text.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from report.pages.kept_sections import Section
from report.results.source import Source
from runs.specs.catalogue import list_goals

HOME = Path(__file__).parents[2]
ROOMS = ("report", "runs")
#: Libraries that a section's numbers and drawings come from.
PACKAGES = ("jinja2", "markupsafe", "matplotlib", "numpy", "pandas", "pillow", "scipy")


def digest_code(templates: Path) -> str:
    """SHA-256 over all that pages follow from besides what is stored: modules, their tables, templates, libraries."""
    total = hashlib.sha256()
    modules = [
        path for room in ROOMS for ending in ("py", "csv") for path in sorted((HOME / room).rglob(f"*.{ending}"))
    ]
    for path in [*modules, *sorted(templates.glob("*.j2"))]:
        text = path.read_text("utf-8")
        total.update(f"{path.name} {len(text)}\n{text}".encode())
    versions = [platform.python_version(), *(f"{name} {_find_version(name)}" for name in PACKAGES)]
    total.update("\n".join(versions).encode())
    return total.hexdigest()


def describe_inputs(source: Source, section: str, options: str, code: str) -> dict[str, Any]:
    """What a section would be made from now.

    Returns:
        preset, seeds, options; runs: the stored ones that it wants (id -> epochs); inputs: a digest of all that is
        stored of them and of the data ("" where it is not known); code: as :func:`digest_code` gives it.
    """
    epochs = {row["run"]: int(row["epochs"]) for row in source.rows}
    seeds = len(source.seeds) + len(source.further)
    ids = [goal.spec.id for goal in list_goals(source.preset, [section], seeds, source.data["palette_name"])]
    return {
        "preset": source.preset.name,
        "seeds": list(source.seeds),
        "options": options,
        "runs": {run: epochs[run] for run in ids if run in epochs},
        "inputs": source.inputs(section),
        "code": code,
    }


def is_unchanged(section: Section, made: Mapping[str, Any]) -> bool:
    """Whether a kept section is what would be made again. Where its inputs are not known, it never is."""
    return bool(made["inputs"]) and section.made == made


def _find_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
