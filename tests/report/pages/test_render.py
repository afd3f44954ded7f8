"""The pages hold what the answers say, all of it and nothing else, and one section can be made alone."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import math
import re
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from report.answers import Answer
from report.judging.verdict import STATUSES
from report.pages import front as book
from report.pages.render import PageInfo, Site, environment, render
from report.results.frames import Frames, Measurement
from report.results.values import ON_PICTURES, Measured, make_computed
from runs.data.copies import count_copies
from runs.errors import RenderError, UsageError
from runs.specs.catalogue import PRESETS, UNET
from tests.fakes import fake_frames
from tests.report.made_up_pages import HOSTILE, PAGES, Page, Questions, refound, rendered
from tests.runs.tiny import pictures


def test_page_says_every_verdict_and_counts_them(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    page = rendered(frames, tmp_path / "out")
    for section in range(1, 7):
        for index in range(len(STATUSES)):
            name = f"1.{section}.a.claim-{index}"
            assert page.text.count(f"The statement of {name}.") >= 2  # in the summary and in its place
            assert f"The sentence of {name}." in page.text
            assert f"The reason of {name}." in page.text
    assert "Of 30 findings of the write-up: 6 ✓ reproduced" in page.text
    for status in STATUSES:
        assert f"6 {environment(Site()).globals['site'].icons[status]} {status}" in page.text


def test_page_asks_for_nothing_from_anywhere(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    page = rendered(frames, tmp_path / "out")
    assert all(link.startswith(("#", "data:text/csv;")) for link in page.all("href"))
    assert all(source.startswith("data:image/png;base64,") for source in page.all("src"))
    assert not {"link", "iframe", "object", "embed", "base"} & {tag for tag, _ in page.tags}
    assert "@import" not in page.inside["style"]
    assert "url(" not in page.inside["style"]


def test_policy_lets_through_this_style_and_this_script_only(
    frames: Frames, questions: Questions, tmp_path: Path
) -> None:
    page = rendered(frames, tmp_path / "out")
    [policy] = [attrs["content"] for _, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    for kind in ("style", "script"):
        expected = base64.b64encode(hashlib.sha256(page.inside[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{expected}'" in policy
    assert "default-src 'none'" in policy
    assert page.all("style") == []
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]


def test_every_anchor_is_there_once_and_every_link_finds_its_own(
    frames: Frames, questions: Questions, tmp_path: Path
) -> None:
    page = rendered(frames, tmp_path / "out")
    counted = Counter(page.all("id"))
    assert {name: count for name, count in counted.items() if count > 1} == {}
    assert {link[1:] for link in page.all("href") if link.startswith("#")} <= counted.keys()


def test_numbers_name_their_runs(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    page = rendered(frames, tmp_path / "out")
    ids = " ".join(UNET.with_seed(seed).id for seed in (0, 1))
    numbers = [attrs for tag, attrs in page.tags if tag == "span" and attrs.get("data-runs") == ids]
    assert numbers
    assert all(UNET.id in (attrs["title"] or "") for attrs in numbers)


def test_figures_and_tables_are_numbered_by_section(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    questions.edit = lambda answer: replace(answer, figures=answer.figures[:1]) if answer.part == "1.2.a" else answer
    page = rendered(frames, tmp_path / "out")
    assert re.findall(r"Figure (1\.[123]-\d)", page.text) == ["1.1-1", "1.1-2", "1.2-1", "1.3-1", "1.3-2"]
    assert "Table 1.6-1" in page.text


def test_a_table_that_has_a_figures_name_has_its_own_number_and_anchor(
    frames: Frames, questions: Questions, tmp_path: Path
) -> None:
    def namesakes(answer: Answer) -> Answer:
        tables = [replace(table, name=name) for table in answer.tables for name in ("rows", "curve", "numbers")]
        return replace(answer, tables=tables)

    questions.edit = namesakes
    page = rendered(frames, tmp_path / "out")
    for kind in ("figure", "table"):
        ids = [each for each in page.all("id") if re.fullmatch(rf"{kind}-1-1-a-[a-z]+", each)]
        assert ids
        assert len(set(ids)) == len(ids)
        numbers = re.findall(rf"{kind.capitalize()} 1\.1-(\d+)", page.text)
        assert numbers == [str(index) for index in range(1, len(ids) + 1)]
    counted = Counter(page.all("id"))
    assert max(counted.values()) == 1


def test_pictures_and_charts_have_words_for_those_who_do_not_see_them(
    frames: Frames, questions: Questions, tmp_path: Path
) -> None:
    page = rendered(frames, tmp_path / "out")
    assert all(attrs.get("alt") for tag, attrs in page.tags if tag == "img")
    assert [attrs.get("aria-label") for tag, attrs in page.tags if attrs.get("role") == "img"].count(
        "A line falls."
    ) == 6
    drawings = [attrs for tag, attrs in page.tags if tag == "svg" and attrs.get("role") == "img"]
    assert len(drawings) > 6
    text = (tmp_path / "out" / "report.html").read_text("utf-8")
    named = re.findall(r'role="img"(?![^>]*aria-label)[^>]*>(?:<title>([^<]+)</title>)?', text)
    assert named
    assert all(words.endswith(".") for words in named), named


def test_long_data_tables_are_cut_and_say_so(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    rows = [["UNet", index, index + 0.5] for index in range(100)]

    def longer(answer: Answer) -> Answer:
        return replace(answer, figures=[replace(f, rows=rows) for f in answer.figures[:1]])

    questions.edit = longer
    out = tmp_path / "out"
    page = rendered(frames, out)
    assert "The first 60 of 100 rows" in page.text
    assert "59.5" in page.text
    assert "60.5" not in page.text
    record = json.loads((out / "report.json").read_text("utf-8"))
    assert record["answers"]["1.1.a"]["figures"][0]["rows"] == rows
    [link] = [attrs for _, attrs in page.tags if attrs.get("download") == "figure-1.1-1-curve.csv"]
    assert link["href"] is not None
    kind, _, content = link["href"].partition(",")
    assert kind == "data:text/csv;charset=utf-8;base64"
    read = list(csv.reader(StringIO(base64.b64decode(content).decode())))
    assert read == [["series", "epoch", "loss"], *[[str(cell) for cell in row] for row in rows]]


def test_text_from_outside_is_only_ever_text(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    def hostile(answer: Answer) -> Answer:
        tables = [replace(t, caption=HOSTILE, columns=[HOSTILE, "b"], rows=[[HOSTILE, None]]) for t in answer.tables]
        figures = [replace(f, caption=HOSTILE, alt=HOSTILE) for f in answer.figures]
        verdicts = [
            replace(
                refound(v, sentence=HOSTILE),
                flags=[HOSTILE],
                claim=replace(v.claim, statement=HOSTILE, written=HOSTILE),
            )
            for v in answer.verdicts
        ]
        return replace(
            answer, title=HOSTILE, asked=HOSTILE, notes=[HOSTILE], missing=[HOSTILE], figures=figures, tables=tables,
            verdicts=verdicts,
        )  # fmt: skip

    questions.edit = hostile
    wild = replace(
        frames,
        data={**frames.data, "origin": HOSTILE, "category": HOSTILE, "written": "other", "source": HOSTILE},
        runs=frames.runs.assign(commit=HOSTILE, device_name=HOSTILE),
    )
    out = tmp_path / "out"
    pages = PageInfo(HOSTILE, HOSTILE, {HOSTILE: HOSTILE, "device": HOSTILE}, HOSTILE)
    page = Page(render(wild, out, pages=pages).html.read_text("utf-8"))
    assert "7 * 7" in page.text
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert all(source.startswith("data:") for source in page.all("src"))
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert "alert" not in page.inside["script"]


# What does not get onto a page


@pytest.mark.parametrize("value", [0.5, 3, "1.25", None, True])
@pytest.mark.parametrize("name", ["num", "plain"])
def test_only_measured_numbers_reach_a_page(name: str, value: object) -> None:
    template = environment(Site()).from_string("{{ value | " + name + " }}")
    with pytest.raises(TypeError, match="Expected a Measured"):
        template.render(value=value)


def test_computed_number_names_the_pictures() -> None:
    html = (
        environment(Site()).from_string("{{ value | num }}").render(value=make_computed(24, digits=0, runs=ON_PICTURES))
    )
    assert html == '<span class="num" title="from the pictures" data-runs="data">24</span>'


def test_marks_stand_at_the_heading_of_the_part(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    old = replace(frames, runs=frames.runs.assign(stale=True))
    html = render(old, tmp_path / "out", pages=PAGES).html.read_text("utf-8")
    assert len(re.findall(r'class="mark stale"', html)) == 6
    assert re.search(r"1\.1\.a</span> A part</a></h3>\s*<p class=\"marks\"><span class=\"mark stale\"", html)


def test_number_without_runs_is_no_link() -> None:
    html = environment(Site()).from_string("{{ value | plain }}").render(value=Measured(1.5, "s", 1))
    assert html == '<span class="num">1.5 s</span>'


def test_undefined_name_in_a_template_is_an_error(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    (questions.templates / "q1_3.html.j2").write_text("{{ by_part['1.3.a'].values.lost }}")
    with pytest.raises(RenderError, match=r"q1_3\.html\.j2.*lost"):
        render(frames, tmp_path / "out", pages=PAGES)


def test_unknown_section_is_refused_before_anything_is_written(frames: Frames, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        render(frames, tmp_path / "out", sections=["1.9"], pages=PAGES)
    assert not (tmp_path / "out").exists()


# Gaps


def test_missing_runs_leave_a_gap_with_the_command_that_fills_it(questions: Questions, tmp_path: Path) -> None:
    page = rendered(fake_frames(without=("unet-b100",), probes=False), tmp_path / "out")
    assert page.text.count("A gap: the runs that answer this are not stored yet.") == 6
    assert "Fill it: python cli.py run-all --section 1.3 --data cifar10 --seeds 2" in page.text
    assert "unet-b100-lr0.001-s0" in page.text
    assert "The loss is 1.25" in page.text  # the part that needs no run


def test_partly_missing_runs_are_named_and_the_rest_is_shown(questions: Questions, tmp_path: Path) -> None:
    page = rendered(fake_frames(without=("unet-b100-lr0.001-s1",), probes=False), tmp_path / "out")
    assert page.text.count("Some of the runs are not stored yet") == 6
    assert "one seed" in page.text


def test_nothing_stored_still_makes_a_page(questions: Questions, tmp_path: Path) -> None:
    out = tmp_path / "out"
    page = rendered(fake_frames(without=("cnn", "unet", "regression"), probes=False), out)
    assert "No run is stored yet." in page.text
    assert json.loads((out / "report.json").read_text("utf-8"))["runs"] == []


# One section alone


def test_record_says_what_the_pages_say(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    def not_a_number(answer: Answer) -> Answer:
        return replace(answer, values={**answer.values, "gone": Measured(math.nan), "list": [True, "a", 2]})

    questions.edit = not_a_number
    found = render(frames, tmp_path / "out", pages=PAGES)
    record = json.loads(found.json.read_text("utf-8"), parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert record.keys() >= {"data", "environment", "preset", "answers", "runs", "verdicts"}
    assert record["preset"] == "write-up"
    assert record["units"]["%"].startswith("a share in 0..1")
    assert record["environment"] == {"device": "Some CPU", "made": "2026-03-01 12:00", "commit": "0123abc"}
    assert record["answers"].keys() == {f"1.{n}.{letter}" for n in range(1, 7) for letter in "ab"}
    assert record["answers"]["1.1.b"]["values"]["gone"]["value"] is None
    assert record["answers"]["1.1.b"]["values"]["list"] == [True, "a", 2]
    assert record["answers"]["1.1.b"]["prose"] == ["The loss is 1.2500, or 1.2500."]
    assert record["verdicts"][0]["sentence"] == "The sentence of 1.1.a.claim-0."
    assert len(record["verdicts"]) == 30
    assert record["verdicts"] == found.verdicts
    assert record["verdicts"][0]["command"] == "python cli.py run-all --section 1.1 --data cifar10 --seeds 2"
    assert {run["id"] for run in record["runs"]} == set(frames.runs.index)


# The front


@pytest.mark.parametrize(
    ("written", "preset", "expected"),
    [
        ("same", "write-up", []), ("other", "write-up", ["other"]), ("copies", "thorough", ["copies"]),
        ("other", "quick", ["other", "quick"]),
    ],
)  # fmt: skip
def test_reader_is_told_whose_pictures_and_how_much(
    frames: Frames, written: str, preset: str, expected: list[str]
) -> None:
    told = book.list_notices(replace(frames, data={**frames.data, "written": written}, preset=PRESETS[preset]))
    assert [notice["kind"] for notice in told] == expected


def test_reader_is_told_of_test_pictures_that_are_training_pictures(frames: Frames) -> None:
    counts = {**count_copies(pictures(4, 0), pictures(4, 1)), "both": 2, "train": 1}
    shared = replace(frames, probes={("data", "copies", 0): Measurement({}, {"copies": counts})})
    (notice,) = [notice for notice in book.list_notices(shared) if notice["kind"] == "shared"]
    assert (notice["weight"], notice["told"]) == (
        "loud",
        "2 test pictures are also a training picture, pixel for pixel; 1 training picture is a training picture for "
        "the second time.",
    )
    assert "shared" not in [notice["kind"] for notice in book.list_notices(frames)]


def test_quick_report_names_the_command_of_the_full_one(questions: Questions, tmp_path: Path) -> None:
    quick = fake_frames(PRESETS["quick"], probes=False)
    pages = replace(PAGES, options="--data cifar10 --preset quick --seeds 2")
    page = Page(render(quick, tmp_path / "out", pages=pages).html.read_text("utf-8"))
    assert re.search(r"For the full report: python cli\.py run-all --data cifar10 --seeds 2 ?Copy", page.text)


def test_what_is_not_tested_is_listed_with_the_reason(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    told = rendered(frames, tmp_path / "out").text
    listed = told[told.index("What is not tested, and why") :]
    for words in ("divided by 256", "shuffled once", "augmented", "cross-entropy", "uniform weights", "sources"):
        assert words in listed[: listed.index("Every run")]


def test_a_section_kept_from_before_words_had_readings_is_still_shown(
    frames: Frames, questions: Questions, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    render(frames, out, pages=PAGES)
    for path in (out / "sections").glob("*.json"):
        kept = json.loads(path.read_text("utf-8"))
        body = json.loads(kept["section"])
        for record in body["verdicts"]:
            del record["reading"], record["proxies"]
        for score in body["scores"]:
            del score["shown"], score["figure"]
            score |= {"effect": 1.0, "sentence": "It is.", "numbers": []}
            if score["measured"]:
                del score["measured"]["given"]
        kept["section"] = json.dumps(body, ensure_ascii=False)
        kept["sha256"] = hashlib.sha256(kept["section"].encode()).hexdigest()
        path.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
    assert "Of 30 findings of the write-up: 6" in rendered(frames, out, sections=["1.3"]).text
