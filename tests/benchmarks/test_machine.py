"""Today's code is timed beside a checkout of any other: here beside itself, which has to come out as itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import machine
from benchmarks.against import open_checkout
from runs.environment import HOME


def test_checkout_beside_itself_is_as_quick_and_weighed_by_the_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "count_cores", lambda: 1)
    words = ["--against", str(HOME), "--pictures", "100", "--pairs", "3", "--only", "cnn-upscale"]
    done = CliRunner().invoke(machine.main, words)
    assert done.exit_code == 0, done.output
    (run,) = re.findall(r"^cnn-upscale-b100\S*\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)$", done.output, re.M)
    (total,) = re.findall(r"^all of these, by their epochs\s+([\d.]+)$", done.output, re.M)
    other, ours, ratio = map(float, run)
    assert other > 0
    assert ours > 0
    assert 1 / 3 < ratio < 3
    assert float(total) == pytest.approx(other / ours, abs=0.02)  # of one run: of its medians, with three decimals


def test_code_that_knows_no_such_run_says_so_and_goes_on() -> None:
    with open_checkout(HOME, 20, 1) as checkout:
        assert checkout.epoch({"model": "transformer"}) is None
        assert checkout.epoch({"model": "regression", "filters": 4, "batch_size": 10}) is not None


def test_checkout_without_the_benchmark_ends_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "benchmarks.py").write_text("", encoding="utf-8")
    with open_checkout(tmp_path, 20, 1) as checkout, pytest.raises(RuntimeError, match="ended"):
        checkout.epoch({"model": "cnn"})
