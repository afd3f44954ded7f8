"""Papers of an earlier report in the folder of a new one: they would contradict the pages that they lie beside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from report.pages.compare import read_report
from runs.disk import get_disk
from runs.errors import RenderError, UsageError

#: The report on paper and its audit, as they are written.
PAPERS = ("report.pdf", "audit.pdf")


def remove_old_papers(out: Path, text: str) -> tuple[Path, ...]:
    """Remove the papers that say otherwise than a new report, while its report.json is not written yet: those whose own
    report.json, which still lies beside them, differs in more than the time at which it was made.

    Args:
        out: the folder of the pages.
        text: the new report.json.

    Raises:
        RenderError: one of them cannot be removed.
    """
    there = [out / name for name in PAPERS if (out / name).is_file()]
    if not there or _leave_out_time(json.loads(text)) == _read_old(out):
        return ()
    for path in there:
        try:
            get_disk().remove(path)
        except OSError as error:
            raise RenderError(
                f"Expected to remove {path}, which says otherwise than the new pages, got: {error.strerror}. Remove "
                "it, or make it anew with --pdf."
            ) from error
    return tuple(there)


def _read_old(out: Path) -> dict[str, Any] | None:
    try:
        return _leave_out_time(read_report(out / "report.json"))
    except UsageError:
        return None


def _leave_out_time(record: Mapping[str, Any]) -> dict[str, Any]:
    environment = record.get("environment")
    kept = {key: value for key, value in environment.items() if key != "made"} if isinstance(environment, dict) else {}
    return {**record, "environment": kept}
