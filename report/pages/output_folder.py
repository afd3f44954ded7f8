"""The folder that pages are written to, as the user named it; it is refused where they would replace other files."""

from __future__ import annotations

import os
from pathlib import Path

from report.pages.compare import read_report
from report.pages.kept_sections import section_path
from runs.errors import UsageError
from runs.specs.presets import SECTIONS
from runs.specs.request import Request
from runs.storage.output_paths import refuse_inside_stores

#: What is written into the folder, beside the kept sections.
PAGES = ("report.html", "report.json", "report.pdf", "audit.pdf")


def check_output_folder(request: Request, out: str | None) -> Path:
    """The folder of the pages: the one named, else "report" among the results.

    Raises:
        UsageError: it lies in a store, or holds pages that are not ours.
    """
    folder, option = (Path(out), "--out") if out else (Path(request.results) / "report", "--results")
    for written in (folder, folder / "sections"):
        refuse_inside_stores(written, option)
    theirs = [name for name in PAGES if os.path.lexists(folder / name)]
    if theirs and not _is_ours(folder):
        raise UsageError(
            f"Expected a folder for the pages, but {folder} holds a {theirs[0]} that this program did not write. "
            "Nothing was changed. Name another folder with --out, or move that file away."
        )
    return folder


def _is_ours(folder: Path) -> bool:
    """Whether pages were rendered into a folder before: it keeps a section, or a report.json as we write it."""
    if any(section_path(folder, name).is_file() for name in SECTIONS):
        return True
    try:
        return bool(read_report(folder / "report.json"))
    except UsageError:
        return False
