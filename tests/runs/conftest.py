"""What tests of runs begin from: a tiny data set, workers that are threads or begin at once, runs to compare with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runs.data.dataset import Dataset
from tests.runs import tiny
from tests.runs.replayed import work_in_threads
from tests.runs.two_runs import Unbroken, quick_start, trained_here


@pytest.fixture(scope="module")
def data() -> Dataset:
    return tiny.dataset()


@pytest.fixture(scope="module")
def threads() -> Iterator[None]:
    """The engine's workers are threads that replay digests; a module asks for it by a mark."""
    with pytest.MonkeyPatch.context() as patch:
        work_in_threads(patch)
        yield


@pytest.fixture(scope="module")
def quick() -> Iterator[None]:
    """Workers begin in no time; a module asks for it by a mark."""
    with quick_start():
        yield


@pytest.fixture(scope="module")
def unbroken(quick: None, data: Dataset) -> Unbroken:
    """Two runs on the module's data, each trained in one go in this process."""
    return trained_here(data)
