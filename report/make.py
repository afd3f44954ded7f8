"""A store and a request in, the pages of what is stored out: what every command that renders does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from report.frames import Frames, load
from report.render import PageInfo, Rendered, render
from runs.environment import commit
from runs.request import Request

if TYPE_CHECKING:
    from runs.store import Store


def frames_of(store: Store, request: Request) -> Frames:
    """The stored tables that a request speaks of."""
    return load(store, request.chosen, request.seeds, request.options())


def make(store: Store, request: Request, out: str | None, sections: Sequence[str], pdf: bool) -> Rendered:
    """The pages; the sections named alone, or all of them.

    Raises:
        RenderError: the pages cannot be made or written.
    """
    frames = frames_of(store, request)
    devices = dict.fromkeys(frames.runs["device_name"]) if len(frames.runs) else {}
    made = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    pages = PageInfo(made, commit(), {"device": ", ".join(devices)} if devices else {}, request.options())
    folder = Path(out) if out else Path(request.results) / "report"
    return render(frames, folder, sections=sections, pdf=pdf, pages=pages)


def rederive(request: Request, part: str) -> str:
    """The command that makes a part of the report again."""
    return f"python cli.py run-all --section {part.rsplit('.', 1)[0]} {request.options()}".rstrip()
