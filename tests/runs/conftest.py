"""What sweeps over the store begin from: a tiny data set, and workers that are threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runs.dataset import Dataset
from tests.runs import tiny
from tests.runs.replayed import work_in_threads


@pytest.fixture(scope="module")
def data() -> Dataset:
    return tiny.dataset()


@pytest.fixture(scope="module")
def threads() -> Iterator[None]:
    """The engine's workers are threads that replay digests; a module asks for it by a mark."""
    with pytest.MonkeyPatch.context() as patch:
        work_in_threads(patch)
        yield
