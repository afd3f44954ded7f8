"""A printable page in, PDF/UA out, with the data that it speaks of inside."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from report.drawing.svg import print_svg
from runs.errors import RenderError
from runs.text import PROGRAM

#: What only a screen has a use for: data tables, buttons, and what a number says under the pointer.
_SCREEN_ONLY = re.compile(r'<!--screen-->.*?<!--/screen-->|(?<=") (?:title|data-runs)="[^"]*"', re.DOTALL)
#: A drawing that stands for itself, and its alternative text.
_CHART = re.compile(r'<svg\b(?=[^>]* xmlns=)[^>]*? aria-label="([^"]*)".*?</svg>', re.DOTALL)
#: Every drawing of a PDF/UA has words, also one that only repeats the numbers beside it.
_REPEATED = re.compile(r'(<svg\b[^>]*?) aria-hidden="true"([^>]*>)')
_REPEATS = r"\1\2<title>The numbers beside it, drawn.</title>"
#: Wrappings that say nothing on paper; each costs time when thousands of boxes are laid out.
_WRAPPINGS = (
    (re.compile(r'<abbr title="one seed">†</abbr>'), "†"),
    (re.compile(r'<span class="num">([^<]*)</span>'), r"\1"),
    (re.compile(r'<span class="icon" aria-hidden="true">([^<]*)</span>'), r"\1"),
    (re.compile(r'(<(?:td|dd)[^>]*>)<a class="num"[^>]*>([^<]*)</a>'), r"\1\2"),
    (re.compile(r'<details class="why"><p>(.*?)</p></details>', re.DOTALL), r'<p class="why">\1</p>'),
    (re.compile(r'<div class="scroll"[^>]*>(<table.*?</table>)</div>', re.DOTALL), r"\1"),
)

#: The numbers of a verdict: a list of terms on the screen, a line on paper.
_NUMBERS = re.compile(r'<dl class="numbers">(.*?)</dl>', re.DOTALL)
#: Pairs of terms and texts: a list of a PDF/UA may hold nothing but its items, and each pair here has a box of its own.
_PAIR = re.compile(r"<(/?)(dl|dt|dd)\b([^>]*)>")
_TERM = re.compile(r"<dt>(.*?)</dt><dd>(.*?)</dd>", re.DOTALL)


def lay_out_for_paper(html: str) -> str:
    """What is printed of a page. Charts become images: they are parsed and styled in a fifth of the time so, and
    stay vectors.
    """
    html = print_svg(_SCREEN_ONLY.sub("", html))
    html = _CHART.sub(lambda chart: f'<img class="chart" alt="{chart[1]}" src="{_find_address(chart[0])}">', html)
    html = _REPEATED.sub(_REPEATS, html)
    for wrapped, kept in _WRAPPINGS:
        html = wrapped.sub(kept, html)
    return _PAIR.sub(_divide, _NUMBERS.sub(_write_line, html))


def _divide(tag: re.Match[str]) -> str:
    end, name, rest = tag.groups()
    return "</div>" if end else f"<div{rest}>" if name == "dl" else f'<div class="{name}"{rest}>'


def _write_line(numbers: re.Match[str]) -> str:
    told = "\N{EM SPACE}".join(f"<i>{term}</i> {text}" for term, text in _TERM.findall(numbers[1]))
    return f'<p class="numbers">{told}</p>'


def _find_address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@dataclass(frozen=True)
class Enclosure:
    """A file that travels inside the PDF."""

    name: str
    description: str
    content: bytes


def write_pdf(html: str, enclosures: Sequence[Enclosure] = ()) -> bytes:
    """The report as PDF/UA; nothing is fetched but what the page itself holds.

    Raises:
        RenderError: WeasyPrint or the libraries that it draws with are missing.
    """
    try:
        from weasyprint import HTML, Attachment
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        raise RenderError(
            "Expected WeasyPrint with Pango to make the PDF; it cannot be loaded. Install Pango (Debian, Ubuntu: "
            "apt install libpango-1.0-0 libpangoft2-1.0-0; macOS: brew install pango), then try again; "
            f"{PROGRAM} doctor says what is missing."
        ) from error
    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    attached = [Attachment(string=each.content, name=each.name, description=each.description) for each in enclosures]
    # the hints make WeasyPrint heed width and height, by which pixels are enlarged
    content: bytes = document.write_pdf(pdf_variant="pdf/ua-1", presentational_hints=True, attachments=attached)
    return content
