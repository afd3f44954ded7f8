"""The laboratory in the report, and alone: where it stands, what it costs, and where it may be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from report.make import make_lab_page, make_report
from runs.errors import StoreError, UsageError
from runs.specs.presets import PRESETS
from runs.specs.request import Request
from runs.storage.store import Store
from tests.fakes import fake_frames
from tests.report.browsing import NEEDS_CHROMIUM, PATIENCE, opened
from tests.report.made_up_store import stored
from tests.report.pages.made_up_lab import make_shelf

#: Bytes that the laboratory may add to the page.
MOST = 1_500_000
REQUEST = Request("cifar10", "horse", "write-up", 1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return make_shelf(fake_frames(seeds=1), tmp_path_factory.mktemp("results") / "cifar10-horse-00000000").store


@pytest.fixture(scope="module")
def folders(store: Store, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The page without and with the laboratory."""
    out = tmp_path_factory.mktemp("out")
    for name, lab in (("without", False), ("with", True)):
        make_report(store, REQUEST, str(out / name), ("1.5",), pdf=False, lab=lab)
    return out / "without", out / "with"


def test_laboratory_adds_no_more_than_it_may(folders: tuple[Path, Path]) -> None:
    without, whole = ((folder / "report.html").stat().st_size for folder in folders)
    assert 500_000 < whole - without < MOST


def test_page_without_it_may_start_no_worker(folders: tuple[Path, Path]) -> None:
    without, whole = ((folder / "report.html").read_text("utf-8") for folder in folders)
    assert "worker-src" not in without
    assert "try-it" not in without
    assert "worker-src blob:" in whole


@NEEDS_CHROMIUM
def test_parts_lead_to_it_and_it_leads_to_the_row_of_its_run(browser: Browser, folders: tuple[Path, Path]) -> None:
    expect.set_options(timeout=PATIENCE)
    for window in opened(browser, (folders[1] / "report.html").as_uri(), scripts=True):
        page = window.page
        page.get_by_role("button", name="Start the networks").click()
        expect(page.locator(".lab-told")).to_contain_text("The UNet painted test picture 1")
        assert page.get_by_role("link", name="Its row in the list of runs").get_attribute("href") == (
            "#run-unet-b100-lr0-001-s0"
        )
        assert window.told == []
        assert page.locator("#q-1-5 #try-it").count() == 1


def test_laboratory_alone_replaces_its_like_and_nothing_else(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "lab.html"
    assert make_lab_page(store, REQUEST, file) == file
    make_lab_page(store, REQUEST, file)
    file.write_text("somebody else's")
    with pytest.raises(UsageError, match="did not write it"):
        make_lab_page(store, REQUEST, file)
    with pytest.raises(UsageError, match=r"ends in \.html"):
        make_lab_page(store, REQUEST, tmp_path / "lab.txt")
    with pytest.raises(UsageError, match="outside of stored results"):
        make_lab_page(store, REQUEST, store.folder / "lab.html")


def test_no_weights_are_no_laboratory_alone(tmp_path: Path) -> None:
    frames = fake_frames(PRESETS["quick"], seeds=1)
    bare = stored(frames, tmp_path / "cifar10-horse-00000000")
    with pytest.raises(StoreError, match="Expected the weights of trained networks"):
        make_lab_page(bare, REQUEST, tmp_path / "lab.html")
