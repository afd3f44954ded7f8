"""What ``report`` leaves beside the pages, and how it opens them."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from runs.execution.engine import Engine
from runs.specs.catalogue import Goal
from runs.specs.spec import RunSpec
from runs.storage.store import Store
from tests.commands import call
from tests.runs import tiny

REPORT = ("report", "--section", "1.2", "--no-lab")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder with a narrow CNN, trained for an epoch."""
    folder = tmp_path_factory.mktemp("trained") / "results"
    store = Store.create(folder, tiny.dataset())
    assert Engine(store, tiny.dataset(), 1).run([Goal(RunSpec(model="cnn", filters=4, batch_size=4), {1: ()})])
    return folder


def test_papers_that_say_otherwise_than_new_pages_are_removed_with_a_word(results: Path, tmp_path: Path) -> None:
    command = (*REPORT, "--results", results, "--out", tmp_path / "pages")
    assert "Removed" not in call(*command).stderr
    papers = [tmp_path / "pages" / name for name in ("report.pdf", "audit.pdf")]
    for paper in papers:
        paper.write_bytes(b"%PDF-")  # as if made with these pages
    told = call(*command)
    assert (told.exit_code, "Removed" in told.stderr) == (0, False), "the new pages say the same"
    assert all(paper.is_file() for paper in papers)
    told = call(*command, "--seeds", "2")
    assert told.exit_code == 0
    assert f"Removed {papers[0]} and {papers[1]}: made earlier" in told.stderr
    assert "--pdf" in told.stderr
    assert not any(paper.exists() for paper in papers)


def test_papers_beside_a_report_that_cannot_be_read_are_removed(results: Path, tmp_path: Path) -> None:
    command = (*REPORT, "--results", results, "--out", tmp_path / "pages")
    call(*command)
    (tmp_path / "pages" / "report.json").write_text("{")
    (tmp_path / "pages" / "audit.pdf").write_bytes(b"%PDF-")
    assert f"Removed {tmp_path / 'pages' / 'audit.pdf'}: made earlier" in call(*command).stderr


def test_paper_that_cannot_be_removed_is_named(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = (*REPORT, "--results", results, "--out", tmp_path / "pages")
    call(*command)
    paper = tmp_path / "pages" / "report.pdf"
    paper.write_bytes(b"%PDF-")

    def refuse(self: object, path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("runs.disk.Disk.remove", refuse)
    done = call(*command, "--seeds", "2")
    assert (done.exit_code, f"Expected to remove {paper}" in done.stderr) == (1, True), done.output


def test_page_is_opened_by_its_whole_address(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: not opened.append(address))
    monkeypatch.chdir(tmp_path)
    done = call(*REPORT, "--results", results, "--out", "my pages", "--open")
    assert opened == [(tmp_path / "my pages" / "report.html").as_uri()]
    assert "browser" not in done.stderr


def test_where_there_is_no_browser_the_page_is_named(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    done = call(*REPORT, "--results", results, "--out", tmp_path / "pages", "--open")
    assert done.exit_code == 0
    assert f"No browser was found to open the page in. Open it yourself, or copy it to a desktop: {tmp_path}" in (
        done.stderr
    )
