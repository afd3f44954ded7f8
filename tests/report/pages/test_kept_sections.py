"""Sections on disk: made again one by one, and never believed when they are not whole."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from report.pages.kept_sections import (
    Absent,
    Section,
    digest_section,
    read_section,
    section_path,
    write_file,
    write_section,
)
from report.pages.render import render
from report.results.frames import Frames
from runs.disk import use_disk
from runs.errors import RenderError
from tests.conftest import grow
from tests.fakes import fake_frames
from tests.report.made_up_pages import PAGES, Questions, rendered
from tests.runs.disks import POINTS_OF_A_FILE, Counting, Crash, Dead, Failing

MEASURED = {"value": 0.5, "unit": "%", "digits": 1, "spread": None, "n": 2, "runs": ["run"], "given": False}
VERDICT = {
    "id": "x", "question": "1.1.a", "status": "reproduced", "flags": [], "statement": "It is so.", "written": "a half",
    "what": "measured", "n": 2,
}  # fmt: skip
SCORE = {"part": "1.1.a", "anchor": "a", "measured": MEASURED, "shown": []}
SECTION = Section("1.1", "data", {"seeds": [0]}, "<p>é ü</p>", [], [VERDICT], [SCORE], {}, ["run"])


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
    assert "Of 30 findings of the write-up: 6 ✓ reproduced" in page.text


def test_section_that_was_never_rendered_is_a_gap_with_its_command(
    frames: Frames, questions: Questions, tmp_path: Path
) -> None:
    page = rendered(frames, tmp_path / "out", sections=["1.3"])
    assert questions.asked == ["1.3"]
    assert "This section has not been rendered yet. Fill it: python cli.py report --section 1.1" in page.text
    assert "Of 5 findings of the write-up: 1 ✓ reproduced" in page.text


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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"sha256": 1, "section": "{}"}',
        "\x00\xff",
        '{"section": 5}',
        '{"section": null}',
        '{"section": {"name": 1}}',
        '"x"',
        "[" * 100_000,
        '{"sha256": [], "section": "' + "[" * 100_000 + '"}',
    ],
    ids=lambda text: text[:30],
)
def test_broken_section_file_is_absent_and_never_a_crash(text: str, tmp_path: Path) -> None:
    write_file(tmp_path / "sections" / "1.1.json", text.encode("latin-1"))
    assert isinstance(read_section(tmp_path, "1.1", "data"), Absent)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a system with pipes that have names")
def test_section_that_is_longer_than_memory_or_no_file_is_absent(tmp_path: Path) -> None:
    path = section_path(tmp_path, "1.1")
    path.parent.mkdir()
    path.touch()
    os.truncate(path, 2**40)
    assert isinstance(read_section(tmp_path, "1.1", "id"), Absent)
    path.unlink()
    os.mkfifo(path)
    assert isinstance(read_section(tmp_path, "1.1", "id"), Absent)


def test_section_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_section(SECTION, tmp_path)
    assert read_section(tmp_path, "1.1", "data") == SECTION


@pytest.mark.parametrize(
    "changed",
    [
        {"html": 5}, {"made": None}, {"parts": [1]}, {"verdicts": 5}, {"verdicts": []}, {"scores": [{}]},
        {"verdicts": [{**VERDICT, "status": "held"}]}, {"verdicts": [{**VERDICT, "flags": None}]},
        {"scores": [{**SCORE, "measured": 5}]}, {"scores": [{**SCORE, "figure": 5}]},
        {"scores": [{**SCORE, "shown": [["it", None]]}]}, {"scores": [{**SCORE, "anchor": None}]}, {"answers": []},
        {"missing": "none"}, {"missing": [1]},
        {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_kept_section_of_another_form_is_rendered_again(
    frames: Frames, questions: Questions, tmp_path: Path, changed: dict[str, Any]
) -> None:
    out = tmp_path / "out"
    render(frames, out, pages=PAGES)
    path = out / "sections" / "1.2.json"
    whole = path.read_bytes()
    section = json.loads(json.loads(whole)["section"])

    def keep(changes: dict[str, Any]) -> Section | Absent:
        """The section with these changes; a verdict or a score stands for as many as there are."""
        lists = {key: value * len(section[key]) for key, value in changes.items() if key in ("verdicts", "scores")}
        body = json.dumps({**section, **changes, **lists})
        path.write_text(json.dumps({"sha256": digest_section(body), "section": body}))
        return read_section(out, "1.2", str(frames.data["id"]))

    assert isinstance(keep({"verdicts": [VERDICT], "scores": [SCORE]}), Section)
    assert isinstance(keep(changed), Absent)
    render(frames, out, pages=PAGES)
    assert path.read_bytes() == whole


# Files

#: The points of a file: create, both halves, sync, close, rename, sync the folder.
LAST = POINTS_OF_A_FILE - 1


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_failure_at_any_point_of_a_write_keeps_the_old_file_and_leaves_no_other(tmp_path: Path, number: int) -> None:
    for at in range(POINTS_OF_A_FILE):
        path = write_file(tmp_path / "report.html", b"old")
        with (
            pytest.raises(RenderError, match=rf"{os.strerror(number)}.*unchanged.*--out"),
            use_disk(Failing(at, number)),
        ):
            write_file(path, b"new")
        assert path.read_bytes() == (b"new" if at == LAST else b"old"), at
        assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


def test_process_that_dies_at_any_point_of_a_write_leaves_a_whole_file(tmp_path: Path) -> None:
    for at in range(POINTS_OF_A_FILE):
        path = write_file(tmp_path / str(at) / "report.html", b"old")
        with pytest.raises(Crash), use_disk(Dead(at)):
            write_file(path, b"new")
        assert path.read_bytes() == (b"new" if at == LAST else b"old"), at
        left = [entry for entry in path.parent.iterdir() if entry != path]
        assert len(left) == (0 < at < LAST)
        others = [entry.rename(entry.with_name(".report.html.1.part")) for entry in left]  # of another process
        write_file(path, b"newer")
        assert path.read_bytes() == b"newer"
        assert sorted(path.parent.iterdir()) == sorted([*others, path])  # it may be at work
        for entry in others:  # an hour later it is nobody's any more
            os.utime(entry, (0, 0))
        write_file(path, b"newest")
        assert [entry.name for entry in path.parent.iterdir()] == ["report.html"]


def test_report_that_fails_at_any_of_its_files_is_the_old_one_or_the_new_one_in_each(
    frames: Frames, questions: Questions, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    render(frames, out, pages=PAGES)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    questions.edit = lambda answer: replace(answer, title="Told afresh")
    counting = Counting()
    with use_disk(counting):
        render(frames, tmp_path / "other", pages=PAGES)
    assert counting.calls.count("rename") == len(before) == 8
    for number in (0, 5, 6, 7):  # the first and the last section, the page, report.json
        with pytest.raises(RenderError), use_disk(Failing(number * POINTS_OF_A_FILE + 2, errno.ENOSPC)):
            render(frames, out, pages=PAGES)
        now = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        assert now.keys() == before.keys()
        assert sum(now[path] != before[path] for path in before) == number


def test_report_on_a_disk_that_is_really_full_leaves_the_old_one_and_no_other_file(
    frames: Frames, questions: Questions, tiny_disk: Path
) -> None:
    grow(tiny_disk, 4096)
    out = tiny_disk / "out"
    render(frames, out, pages=PAGES)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert len(before) == 8
    largest = max(map(len, before.values()))
    filler = tiny_disk / "filler"
    for room in (0, largest // 2):
        free = os.statvfs(tiny_disk)
        filler.write_bytes(bytes(free.f_bavail * free.f_bsize - room))
        with pytest.raises(RenderError, match=r"No space left on device.*Free space"):
            render(frames, out, pages=PAGES)
        filler.unlink()
        now = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        assert now.keys() == before.keys()
        assert now[out / "report.html"] == before[out / "report.html"]


def test_folder_that_cannot_be_made_is_an_error_with_the_next_step(
    frames: Frames, questions: Questions, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(RenderError, match="--out"):
        render(frames, tmp_path / "out", pages=PAGES)
