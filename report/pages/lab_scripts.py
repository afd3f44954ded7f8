"""The laboratory's scripts and style, as they are joined to those of a page."""

from __future__ import annotations

from report.pages import jinja_env

#: The scripts of the worker, and those of the page, in the order in which they are joined.
ENGINE = ("engine.js", "weights.js", "pictures.js", "worker.js")
PANEL = ("canvas.js", "inputs.js", "maps.js", "panel.js")


def read_engine() -> str:
    """The script of the worker."""
    return "".join(_read(name) for name in ENGINE)


def read_panel() -> str:
    """The scripts of the page."""
    return "".join(_read(name) for name in PANEL)


def read_style() -> str:
    """What is added to the style of the page."""
    return _read("lab.css")


def _read(name: str) -> str:
    return (jinja_env.TEMPLATES / "lab" / name).read_text("utf-8")
