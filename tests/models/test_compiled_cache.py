"""Compiled passes are kept beside their code, under a name that follows from all of it; where that cannot be, told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import compiled_cache
from runs.doctor import check_compiled

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    compiled_cache.find_folder.cache_clear()
    yield
    compiled_cache.find_folder.cache_clear()


def test_name_follows_from_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_cache, "HERE", tmp_path)
    names = set()
    for text in ("a = 1", "a = 2"):
        (tmp_path / "kernels.py").write_text(text)
        compiled_cache.find_folder.cache_clear()
        folder = compiled_cache.find_folder()
        assert folder is not None
        assert folder.is_dir()
        names.add(folder.name)
    assert len(names) == 2
    assert check_compiled().ok


def test_where_nothing_can_be_written_they_are_compiled_anew_and_doctor_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "__pycache__").write_text("in the way")
    monkeypatch.setattr(compiled_cache, "HERE", tmp_path)
    assert compiled_cache.find_folder() is None
    check = check_compiled()
    assert (check.ok, check.needed) == (False, False)
    assert "compiles anew" in check.found


@pytest.mark.slow
def test_second_command_compiles_nothing() -> None:
    code = (
        "import models.fused; from models import kernels, colour_loss; "
        "print(sum(kernels.relu.stats.cache_misses.values()), sum(colour_loss.cross_entropy.stats.cache_hits.values()))"
    )
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=HOME, env=os.environ, capture_output=True, text=True, check=True
        )
    misses, hits = map(int, done.stdout.split())
    assert (misses, hits) == (0, 1)
