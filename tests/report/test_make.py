"""What the first screen says of where the runs come from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from report.make import describe_training
from report.pages.render import render
from report.results.frames import Frames
from tests.report.made_up_pages import PAGES, Page, Questions

CPU: dict[str, Any] = {"device": "cpu", "device_name": "Some CPU", "commit": "aaa", "workers": 2}
GPU: dict[str, Any] = {"device": "cuda", "device_name": "Some GPU", "commit": "bbb", "workers": 1}


@pytest.mark.parametrize(
    ("rows", "device"),
    [
        ([CPU, CPU], "CPU: Some CPU, 2 workers side by side"),
        ([CPU | {"workers": None}], "CPU: Some CPU"),
        ([CPU, CPU | {"workers": 16}], "CPU: Some CPU, 2 to 16 workers side by side"),
        ([GPU, CPU | {"workers": 1}], "GPU: Some GPU, 1 worker; CPU: Some CPU, 1 worker"),
        ([GPU | {"device": "mps", "workers": None}], "mps: Some GPU"),
        (
            [GPU, GPU | {"plain_steps_because": "no graphs here"}],
            "GPU: Some GPU, 1 worker; 1 run with plain steps, for the GPU could not capture them",
        ),
    ],
)
def test_device_says_what_it_is_and_how_many_worked_on_it(rows: list[dict[str, Any]], device: str) -> None:
    assert describe_training(rows)["device"] == device


def test_commits_of_the_runs_are_told_once_each() -> None:
    assert describe_training([CPU, GPU, CPU])["trained at"] == "aaa, bbb"
    assert describe_training([]) == {}


@pytest.mark.parametrize(
    ("commit", "told"),
    [("aaa", "12:00; trained at aaa, rendered at 0123abc"), ("0123abc", "12:00, commit 0123abc")],
)
def test_first_screen_tells_the_commit_of_the_runs_where_it_is_another(
    frames: Frames, tmp_path: Path, questions: Questions, commit: str, told: str
) -> None:
    pages = replace(PAGES, environment={"device": "Some CPU", "trained at": commit})
    page = Page(render(frames, tmp_path / "out", pages=pages).html.read_text("utf-8"))
    assert told in page.text
