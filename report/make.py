"""A store and a request in, the pages of what is stored out: what every command that renders does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from report.render import PageInfo, Rendered, render
from report.stored import Shelf
from runs.damage import gaps
from runs.environment import commit
from runs.request import Request

if TYPE_CHECKING:
    from report.frames import Frames
    from runs.store import Store


def frames_of(store: Store, request: Request) -> Frames:
    """The stored tables that a request speaks of."""
    return shelf(store, request).frames()


def shelf(store: Store, request: Request) -> Shelf:
    """What is stored, as far as a request speaks of it; read when asked for."""
    return Shelf(store, request.chosen, tuple(range(request.seeds)), request.options())


def make(store: Store, request: Request, out: str | None, sections: Sequence[str], pdf: bool) -> Rendered:
    """The pages; the sections named alone, or all of them.

    Raises:
        RenderError: the pages cannot be made or written.
    """
    source = shelf(store, request)
    devices = dict.fromkeys(str(row["device_name"]) for row in source.rows)
    now = datetime.now().astimezone()
    pages = PageInfo(
        now.strftime("%Y-%m-%d %H:%M %Z"),
        commit(),
        {"device": ", ".join(devices)} if devices else {},
        request.options(),
        now.isoformat(timespec="seconds"),
    )
    folder = Path(out) if out else Path(request.results) / "report"
    rendered = render(source, folder, sections=sections, pdf=pdf, pages=pages)
    return replace(rendered, gaps=gaps(store, rendered.missing, source.damaged_probes))


def rederive(request: Request, part: str) -> str:
    """The command that makes a part of the report again."""
    return f"python cli.py run-all --section {part.rsplit('.', 1)[0]} {request.options()}".rstrip()
