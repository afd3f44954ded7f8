"""Pages in a real browser, for the tests of what only a browser does.

Chromium is the system's; where there is none, these tests are skipped.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

NEEDS_CHROMIUM = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the path (apt-get install chromium)")

#: Milliseconds that a step may take on a machine that is busy with other things.
PATIENCE = 30_000


@dataclass
class Window:
    """The report in a window of its own, what its console told, and what it asked for."""

    page: Page
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def opened(browser: Browser, address: str, scripts: bool) -> Iterator[Window]:
    """The report at an address, until the test is over."""
    context = browser.new_context(java_script_enabled=scripts)
    context.set_default_timeout(PATIENCE)
    window = Window(context.new_page())
    window.page.on("console", lambda message: window.told.append(message.text))
    window.page.on("pageerror", lambda error: window.told.append(str(error)))
    window.page.on("request", lambda request: window.asked.append(request.url))
    window.page.goto(address)
    yield window
    context.close()
