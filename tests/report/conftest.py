"""What tests of whole pages begin from: made-up questions in the place of the real ones, and frames without probes."""

from __future__ import annotations

from pathlib import Path

import pytest

from report.frames import Frames
from tests.fakes import fake_frames
from tests.report.made_up_pages import Questions, made_up_questions


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(probes=False)


@pytest.fixture
def questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Questions:
    return made_up_questions(tmp_path / "templates", monkeypatch)
