"""The PDF carries what the pages say, their pictures' words, and the data themselves; it opens anywhere."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pikepdf
import pytest

from report.pages import export
from report.pages.pdf import Enclosure, write_pdf
from report.pages.render import render
from report.results.frames import COLUMNS, Frames
from runs.errors import RenderError
from tests.fakes import fake_frames
from tests.report.made_up_pages import PAGES, made_up_questions

WITH_POPPLER = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads the PDF with Poppler's pdftotext")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"


@dataclass(frozen=True)
class Made:
    """A report of one made-up section and its audit, with the report's PDF open."""

    frames: Frames
    json: Path
    path: Path
    audit: Path
    pdf: pikepdf.Pdf
    links: Mapping[str, int]

    def text(self) -> list[str]:
        """The text of each page, laid out as it is printed."""
        command = ["pdftotext", "-layout", str(self.path), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split("\f")[:-1]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Of other data, so that the footer has something to say."""
    folder = tmp_path_factory.mktemp("pdf")
    with pytest.MonkeyPatch.context() as patch:
        made_up_questions(folder / "templates", patch)
        frames = fake_frames(seeds=1, without=("cnn", "regression"), probes=False)
        frames = replace(frames, data={**frames.data, "written": "other"})
        pages = replace(PAGES, moment="2026-03-01T12:00:00+01:00")
        printed: list[str] = []

        def note(html: str, files: Sequence[Enclosure]) -> bytes:
            printed.append(html)
            return write_pdf(html, files)

        patch.setattr("report.pages.render.write_pdf", note)
        found = render(frames, folder / "out", sections=["1.1"], pdf=True, pages=pages)
    links = {form: html.count("<a ") for form, html in zip(("report", "audit"), printed, strict=True)}
    assert found.pdf is not None
    assert found.audit is not None
    with pikepdf.open(found.pdf) as pdf:
        yield Made(frames, found.json, found.pdf, found.audit, pdf, links)


def objects(pdf: pikepdf.Pdf, **wanted: str) -> list[pikepdf.Object]:
    """The dictionaries and streams of a PDF that hold these names."""
    kinds = (pikepdf.Dictionary, pikepdf.Stream)
    return [
        each for each in pdf.objects
        if isinstance(each, kinds) and all(each.get(f"/{key}") == pikepdf.Name(name) for key, name in wanted.items())
    ]  # fmt: skip


def test_pdf_says_what_it_is(made: Made) -> None:
    about = made.pdf.docinfo
    assert str(about["/Title"]) == "Does the write-up still hold? Re-derived on CIFAR-10, class horse"
    assert str(about["/Author"]) == "rederive"
    assert "held against networks trained again" in str(about["/Subject"])
    assert "colourization" in str(about["/Keywords"])
    assert "horse" in str(about["/Keywords"])
    assert str(about["/CreationDate"]).startswith("D:20260301120000+01")
    assert str(made.pdf.Root.Lang) == "en"
    assert [float(side) for side in made.pdf.pages[0].MediaBox[2:]] == pytest.approx([595.28, 841.89], abs=0.1)


def test_pdf_is_tagged_and_every_figure_has_words(made: Made) -> None:
    assert bool(made.pdf.Root.MarkInfo.Marked)
    assert made.pdf.Root.StructTreeRoot.Type == pikepdf.Name.StructTreeRoot
    with made.pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    with pikepdf.open(made.audit) as audit:
        told = [str(figure.get("/Alt", "")) for figure in objects(audit, S="/Figure")]
    assert any(words.startswith("Rows of pictures. First row, ") for words in told)
    figures = objects(made.pdf, S="/Figure")
    words = [str(figure.get("/Alt", "")) for figure in figures]
    assert "A line falls." in words
    assert all(words)


def test_lists_hold_items_and_rows_hold_cells(made: Made) -> None:
    wanted = {
        "/L": {"/LI", "/L", "/Caption"},
        "/LI": {"/Lbl", "/LBody"},
        "/TR": {"/TH", "/TD"},
        "/THead": {"/TR"},
        "/TBody": {"/TR"},
    }
    for tag, inside in wanted.items():
        kinds = {str(kid.S) for each in objects(made.pdf, S=tag) for kid in each.get("/K", []) if "/S" in kid}
        assert kinds <= inside, tag
    assert all("/A" in head for head in objects(made.pdf, S="/TH"))  # its scope


def test_bookmarks_name_every_section_and_every_part(made: Made) -> None:
    with made.pdf.open_outline() as outline:
        titles = {item.title: [child.title for child in item.children] for item in outline.root}
    assert titles["1.1 Colourization as regression"] == ["1.1.a A part", "1.1.b Another part"]
    assert [title[:3] for title in titles if title.startswith("1.")] == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"]
    assert "How it was made" in titles


def test_pdf_carries_its_data(made: Made) -> None:
    enclosed = {name: item.get_file().read_bytes() for name, item in made.pdf.attachments.items()}
    assert enclosed.keys() == {"report.json"}
    with pikepdf.open(made.audit) as audit:
        enclosed = {name: item.get_file().read_bytes() for name, item in audit.attachments.items()}
    assert enclosed.keys() == {"report.json", "metrics.csv"}
    assert enclosed["report.json"] == made.json.read_bytes()
    rows = list(csv.DictReader(io.StringIO(enclosed["metrics.csv"].decode())))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(made.frames.epochs)
    for row, stored in zip(rows, made.frames.epochs.to_dict("records"), strict=True):
        assert row["run"] == stored["run"]
        given, known = [float(row[key] or "nan") for key in COLUMNS[1:]], [stored[key] for key in COLUMNS[1:]]
        assert given == pytest.approx(known, nan_ok=True, rel=0, abs=0)


def test_every_link_leads_somewhere(made: Made) -> None:
    names = {str(name) for name, _ in pikepdf.NameTree(made.pdf.Root.Names.Dests).items()}
    links = [each for page in made.pdf.pages for each in page.get("/Annots", []) if each.get("/Subtype") == "/Link"]
    inner = [link for link in links if "/Dest" in link]
    assert len(inner) == 9  # six questions, the parts of one, and how it was made
    assert {str(link.Dest) for link in inner} <= names
    assert [str(link.A.URI) for link in links if link not in inner] == ["audit.pdf"]


def test_charts_are_vectors_and_pictures_stay_pixels(made: Made) -> None:
    assert objects(made.pdf, Subtype="/Image") == []
    with pikepdf.open(made.audit) as audit:
        images = objects(audit, Subtype="/Image")
        assert {(int(image.Width), int(image.Height)) for image in images} == {(9, 4)}  # two of 4 × 4, a line between
        assert not [image for image in images if bool(image.get("/Interpolate", False))]


@WITH_POPPLER
def test_contents_name_the_pages(made: Made) -> None:
    pages = made.text()
    contents = next(page for page in pages if "Contents" in page)
    listed = dict(re.findall(r"(1\.1\.[ab]) [A-Za-z ]+? (\d+)\b", contents))
    assert listed.keys() == {"1.1.a", "1.1.b"}
    for name, page in listed.items():
        assert re.search(rf"^ *{re.escape(name)} ", pages[int(page) - 1], re.MULTILINE), (name, page)
        assert pages[int(page) - 1].rstrip().endswith(page)


@WITH_POPPLER
def test_first_page_answers_and_names_the_audit(made: Made) -> None:
    first = " ".join(made.text()[0].split())
    assert "These are other pictures than the write-up's" in first
    assert "What is not as the write-up had it" in first
    assert "Every statement with its test stands in the audit." in first


@WITH_POPPLER
def test_every_page_says_whose_pictures_and_every_inner_one_its_section(made: Made) -> None:
    pages = made.text()
    assert all("Not the write-up's data" in page for page in pages)
    heads = [page.strip().splitlines()[0] for page in pages]
    assert heads[1].startswith("Does the write-up still hold?")
    assert heads[-1].endswith("How it was made")


@WITH_POPPLER
def test_audit_has_every_statement_with_its_test_and_the_report_none(made: Made) -> None:
    texts = [
        " ".join(subprocess.check_output(["pdftotext", str(path), "-"], text=True).split())
        for path in (made.path, made.audit)
    ]
    assert "The reason of 1.1.a.claim-0." not in texts[0]
    assert texts[1].count("The statement of 1.1.a.claim-0.") == 2  # in the table and in its place
    assert "The reason of 1.1.a.claim-0." in texts[1]
    assert "Every run" in texts[1]


# What two checkers of others say


def run_checker(*command: str) -> subprocess.CompletedProcess[str]:
    path = Path(sys.executable).parent / command[0]
    return subprocess.run([str(path), *command[1:]], capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("which", ["path", "audit"])
def test_two_checkers_find_nothing_against_pdf_ua(made: Made, which: str, tmp_path: Path) -> None:
    """All that they know, but for a guess of outloud's at tables (TBL-010), which it counts as an error."""
    path = getattr(made, which)
    told = tmp_path / "told.json"
    run_checker("outloud", "--layer", "conformance", "--skip", "TBL-010", "--json", str(told), str(path))
    found = json.loads(told.read_text("utf-8"))["results"][0]
    assert [each for each in found["findings"] if each["severity"] == "error"] == []
    checked = run_checker("pdfua", "check", "--format", "json", "--min-severity", "warning", str(path))
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("form", ["report", "audit"])
def test_no_link_of_a_page_is_lost_on_paper(made: Made, form: str) -> None:
    """WeasyPrint gives no annotation to a link that is itself an item of a flex or grid box."""
    with pikepdf.open(made.path if form == "report" else made.audit) as pdf:
        links = [each for page in pdf.pages for each in page.get("/Annots", []) if each.get("/Subtype") == "/Link"]
        assert len(links) >= made.links[form]
        assert all(int(link.F) == 4 for link in links)


def test_boxes_of_figures_lie_on_their_page(made: Made) -> None:
    width, height = (float(side) for side in made.pdf.pages[0].MediaBox[2:])
    boxes = [[float(edge) for edge in figure.A.BBox] for figure in objects(made.pdf, S="/Figure")]
    assert boxes
    for left, bottom, right, top in boxes:
        assert 0 <= left < right <= width
        assert 0 <= bottom < top <= height


def test_header_cells_say_what_they_head_and_running_heads_are_no_content(made: Made) -> None:
    heads = objects(made.pdf, S="/TH")
    assert {str(head.A.Scope) for head in heads} == {"/Column", "/Row"}
    streams = b"".join(page.Contents.read_bytes() for page in made.pdf.pages)
    assert streams.count(b"/Artifact") >= 2 * len(made.pdf.pages)
    files = objects(made.pdf, Type="/Filespec")
    assert {str(file.AFRelationship) for file in files} == {"/Supplement"}
    assert len(made.pdf.Root.AF) == len(files)


def test_what_is_enclosed_comes_out_as_it_was() -> None:
    content = write_pdf(
        '<html lang="en"><title>t</title><p>text</p>', [Enclosure("a.bin", "Bytes.", bytes(range(256)))]
    )
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.attachments["a.bin"].get_file().read_bytes() == bytes(range(256))
        assert pdf.attachments["a.bin"].description == "Bytes."


def test_pdf_fetches_nothing(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(base64.b64decode(PIXEL))

    def images(source: str) -> int:
        html = f'<html lang="en"><title>t</title><p>text</p><img alt="a" src="{source}">'
        with pikepdf.open(io.BytesIO(write_pdf(html))) as pdf:
            return len(objects(pdf, Subtype="/Image"))

    assert images(f"data:image/png;base64,{PIXEL}") == 1
    assert images(picture.as_uri()) == 0


def test_missing_pango_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(RenderError, match=r"Pango.*python cli\.py doctor"):
        write_pdf("<p>text</p>")


def test_metrics_of_no_run_are_a_head_alone() -> None:
    assert export.write_metrics([]).decode() == ",".join(COLUMNS) + "\n"
