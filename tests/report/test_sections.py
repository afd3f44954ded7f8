"""Sections on disk: made again one by one, and never believed when they are not whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from report.frames import Frames
from report.render import render
from report.sections import Absent, Section, read_section, write_file, write_section
from runs.errors import RenderError
from tests.fakes import fake_frames
from tests.report.made_up_pages import PAGES, Questions, rendered


def test_one_section_is_made_again_and_the_others_stay(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(frames, out, pages=PAGES)
    kept = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (out / "sections").iterdir()}
    questions.asked.clear()
    questions.edit = lambda answer: replace(answer, title="Told afresh")
    page = rendered(frames, out, sections=["1.3"])
    assert questions.asked == ["1.3"]
    now = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (out / "sections").iterdir()}
    assert {name for name in kept if kept[name] != now[name]} == {"1.3.json"}
    assert page.text.count("Told afresh") == 4  # two parts, each in the contents and in its place
    assert "6 of 30 statements reproduced" in page.text


def test_section_that_was_never_rendered_is_a_gap_with_its_command(
    frames: Frames, questions: Questions, tmp_path: Path
) -> None:
    page = rendered(frames, tmp_path / "out", sections=["1.3"])
    assert questions.asked == ["1.3"]
    assert "This section has not been rendered yet. Fill it: python cli.py report --section 1.1" in page.text
    assert "1 of 5 statements reproduced" in page.text


def test_section_of_other_data_is_a_gap(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(frames, out, pages=PAGES)
    other = replace(frames, data={**frames.data, "id": "photos-photos-11111111"})
    page = rendered(other, out, sections=["1.3"])
    assert page.text.count("was made from other data.") == 5


def test_damaged_section_is_a_gap(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(frames, out, pages=PAGES)
    path = out / "sections" / "1.2.json"
    path.write_text(path.read_text("utf-8").replace("The sentence", "The phrase", 1), "utf-8")
    page = rendered(frames, out, sections=["1.3"])
    assert page.text.count("does not match its checksum.") == 1


def test_section_rendered_from_other_runs_says_so(questions: Questions, tmp_path: Path) -> None:
    out = tmp_path / "out"
    render(fake_frames(seeds=1, probes=False), out, pages=PAGES)
    page = rendered(fake_frames(seeds=2, probes=False), out, sections=["1.3"])
    assert page.text.count("This section was rendered earlier, from other seeds, other runs or epochs") == 5


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sha256": 1, "section": "{}"}', "\x00\xff"])
def test_broken_section_file_is_absent_and_never_a_crash(text: str, tmp_path: Path) -> None:
    write_file(tmp_path / "sections" / "1.1.json", text.encode("latin-1"))
    assert isinstance(read_section(tmp_path, "1.1", "data"), Absent)


def test_section_comes_back_as_it_was_written(tmp_path: Path) -> None:
    section = Section("1.1", "data", {"seeds": [0]}, "<p>é ü</p>", [], [{"id": "x"}], [{"effect": 1.0}], {}, ["run"])
    write_section(section, tmp_path)
    assert read_section(tmp_path, "1.1", "data") == section


# Files


def test_failed_write_keeps_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_file(tmp_path / "report.html", b"old")

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RenderError, match="No space left on device"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


def test_folder_that_cannot_be_made_is_an_error_with_the_next_step(
    frames: Frames, questions: Questions, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(RenderError, match="--out"):
        render(frames, tmp_path / "out", pages=PAGES)
