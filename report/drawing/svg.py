"""Clean SVG made from a matplotlib figure: text stays text, colours have names, and no style is inline.

Inline styles would not pass the page's content security policy, so they become attributes. Colours are drawn
as fixed hex values and get their names (CSS variables) here, so that one drawing serves light and dark pages;
:func:`print_svg` puts the hex values back for the PDF, whose renderer knows no variables in SVG.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from report.drawing.colours import INK, NAMES
from runs.text import make_visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

#: Fonts of the PDF's charts; its renderer hands no style sheet on to them.
PRINT_FONTS = "Liberation Sans,Helvetica Neue,Arial,DejaVu Sans Condensed,DejaVu Sans,sans-serif"

#: Pixels an inch of what is drawn as a picture; the drawing itself has 72 units an inch.
RASTER_DPI = 180

_SVG, _LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_FONT = re.compile(r"(?:(?P<style>italic|oblique) )?(?:(?P<weight>bold|[1-9]00) )?(?P<size>[\d.]+)px")
_DROPPED = {f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"}


@dataclass(frozen=True)
class Stroke:
    """A thin line under the drawing: an SVG path in pixels, and a hex colour."""

    path: str
    colour: str


@dataclass(frozen=True)
class Word:
    """Text over the drawing; x and y are of its base line, ``align`` is "start", "middle" or "end"."""

    x: float
    y: float
    text: str
    colour: str
    align: str
    bold: bool
    size: float


def to_svg(
    canvas: Canvas,
    salt: str,
    alt: str,
    strokes: Sequence[Stroke] = (),
    words: Sequence[Word] = (),
    data: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """One ``<svg>`` element that says ``alt``. The same drawing and salt give the same text and ids.

    ``data`` becomes attributes for scripts: "epochs" is ``data-epochs``.
    """
    import matplotlib  # here, for pages of kept sections draw nothing
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    target = io.StringIO()
    canvas.set_dpi(RASTER_DPI)
    printer: Any = FigureCanvasSVG(canvas)
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        printer.print_svg(target, metadata={"Date": None})
    root = ElementTree.fromstring(target.getvalue())
    for index, stroke in enumerate(strokes):
        line = {"d": stroke.path, "fill": "none", "stroke": stroke.colour, "stroke-width": "0.8"}
        root.insert(index, ElementTree.Element(f"{{{_SVG}}}path", line))
    for word in words:
        place = {"x": f"{word.x:.1f}", "y": f"{word.y:.1f}", "font-size": f"{word.size:g}", "fill": word.colour}
        place |= {"text-anchor": word.align} if word.align != "start" else {}
        place |= {"font-weight": "700"} if word.bold else {}
        ElementTree.SubElement(root, f"{{{_SVG}}}text", place).text = make_visible(word.text)
    _clean(root, salt)
    root.set("role", "img")
    root.set("aria-label", make_visible(alt))
    for name, text in data.items():
        root.set(f"data-{name}", text)
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def print_svg(svg: str) -> str:
    """The same drawing for paper: colours and font are written out, for its renderer knows no style sheet in SVG."""
    values = {name: colour for colour, name in NAMES.items()}
    coloured = re.sub(r"var\(--c-([a-z0-9-]+)\)", lambda match: values.get(match[1], match[0]), svg)
    return coloured.replace("<svg", f'<svg font-family="{PRINT_FONTS}"', 1)


def prefix_ids(markup: str, prefix: str) -> str:
    """The same markup with every id and every reference to one prefixed, so that ids differ between figures."""
    return re.sub(r'( id="|url\(#| href="#)', lambda match: match[1] + prefix, markup)


def _clean(root: ElementTree.Element, salt: str) -> None:
    """Drop what a page has no use for, in place; styles become attributes, colours names, ids unique."""
    slug = re.sub(r"[^a-z0-9]+", "-", salt.lower()).strip("-")
    for element in root.iter():
        _restyle(element)
    links = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', ElementTree.tostring(root, encoding="unicode"))
    used = {name for pair in links for name in pair}
    for element in root.iter():
        identity = element.attrib.pop("id", None)
        for name, value in element.attrib.items():
            if name == "href":
                element.set(name, f"#{slug}-{value[1:]}" if value.startswith("#") else value)
            else:
                element.set(name, _LONG_NUMBER.sub(_shorten, value).replace("url(#", f"url(#{slug}-"))
        if identity in used:
            element.set("id", f"{slug}-{identity}")
    _unwrap(root)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("stroke-linejoin", "round")


def _unwrap(parent: ElementTree.Element) -> None:
    """Replace groups without attributes by what they hold, and drop metadata, style and blank text."""
    children: list[ElementTree.Element] = []
    for child in parent:
        _unwrap(child)
        child.tail = None
        if child.tag == f"{{{_SVG}}}g" and not child.attrib:
            children += list(child)
        elif child.tag not in _DROPPED and (child.tag != f"{{{_SVG}}}defs" or len(child)):
            children.append(child)
    parent[:] = children
    if parent.tag != f"{{{_SVG}}}text":
        parent.text = None


def _restyle(element: ElementTree.Element) -> None:
    """The inline style and the link of an element as plain attributes; the page gives the font family."""
    link = element.attrib.pop(f"{{{_LINK}}}href", None)
    if link is not None:
        element.set("href", link)
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font" and (font := _FONT.match(value)):
            element.set("font-size", font["size"])
            for key in ("style", "weight"):
                if font[key]:
                    element.set(f"font-{key}", font[key])
        elif name and name not in {"font", "font-family"}:
            element.set(name, value)
    if element.tag == f"{{{_SVG}}}text" and "fill" not in element.attrib:
        element.set("fill", INK)
    for name in ("fill", "stroke"):
        value = element.get(name, "")
        if value in NAMES:
            element.set(name, f"var(--c-{NAMES[value]})")
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]


def _shorten(number: re.Match[str]) -> str:
    """A coordinate to a hundredth of a pixel."""
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
