"""What tests of whole pages begin from: made-up questions in the place of the real ones, frames without probes, and a
browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from report.questions.q1_3 import batch_charts, blocks, skips
from report.questions.q1_4 import answer
from report.results.frames import Frames
from tests.fakes import fake_frames
from tests.report.browsing import CHROMIUM
from tests.report.edited import undrawn
from tests.report.made_up_pages import Questions, made_up_questions


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(probes=False)


@pytest.fixture
def questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Questions:
    return made_up_questions(tmp_path / "templates", monkeypatch)


@pytest.fixture
def plain_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences of 1.3 and 1.4 without the cost of drawing."""
    undrawn(monkeypatch, skips, blocks, batch_charts, answer)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
