"""A page for paper becomes PDF/UA, with the data that it speaks of inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from report.pages.pdf_ua import finish_document
from runs.errors import RenderError
from runs.text import PROGRAM


@dataclass(frozen=True)
class Enclosure:
    """A file that travels inside the PDF."""

    name: str
    description: str
    content: bytes


def write_pdf(html: str, enclosures: Sequence[Enclosure] = ()) -> bytes:
    """The page as PDF/UA; nothing is fetched but what the page itself holds.

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
    now = datetime.now(UTC)
    attached = [
        Attachment(string=each.content, name=each.name, description=each.description, created=now, modified=now)
        for each in enclosures
    ]
    # the hints make WeasyPrint heed width and height, by which pixels are enlarged
    content: bytes = document.write_pdf(
        pdf_variant="pdf/ua-1", presentational_hints=True, attachments=attached, finisher=finish_document
    )
    return content
