"""The PDF carries what the pages say, their pictures' words, and the data themselves; it opens anywhere."""

from __future__ import annotations

import base64
import csv
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pikepdf
import pytest

from report.pages import export
from report.pages.pdf import Enclosure, lay_out_for_paper, write_pdf
from report.pages.render import render
from report.results.frames import COLUMNS, Frames
from runs.errors import RenderError
from tests.fakes import fake_frames
from tests.report.made_up_pages import PAGES, made_up_questions

WITH_POPPLER = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="reads the PDF with Poppler's pdftotext")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
CHART = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" role="img" aria-label="It &lt; falls."><g/></svg>'


@dataclass(frozen=True)
class Made:
    """A report of one made-up section, with its PDF open."""

    frames: Frames
    json: Path
    path: Path
    pdf: pikepdf.Pdf

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
        found = render(frames, folder / "out", sections=["1.1"], pdf=True, pages=pages)
    assert found.pdf is not None
    with pikepdf.open(found.pdf) as pdf:
        yield Made(frames, found.json, found.pdf, pdf)


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
    figures = objects(made.pdf, S="/Figure")
    words = [str(figure.get("/Alt", "")) for figure in figures]
    assert "A line falls." in words
    assert any(told.startswith("Rows of pictures. First row, ") for told in words)
    assert all(words)


def test_lists_hold_items_and_rows_hold_cells(made: Made) -> None:
    wanted = {
        "/L": {"/LI", "/Caption"},
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
    assert {"What matters most", "All verdicts", "Appendix"} <= titles.keys()


def test_pdf_carries_its_data(made: Made) -> None:
    enclosed = {name: item.get_file().read_bytes() for name, item in made.pdf.attachments.items()}
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
    assert len(links) > 20
    assert not [link for link in links if link.get("/A", {}).get("/S") == "/URI"]
    assert {str(link.get("/Dest", "")) or str(link.A.D) for link in links} <= names


def test_charts_are_vectors_and_pictures_stay_pixels(made: Made) -> None:
    images = objects(made.pdf, Subtype="/Image")
    assert {(int(image.Width), int(image.Height)) for image in images} == {(9, 4)}  # two of 4 × 4 and a line between
    assert not [image for image in images if bool(image.get("/Interpolate", False))]


@WITH_POPPLER
def test_contents_name_the_pages(made: Made) -> None:
    pages = made.text()
    listed = dict(re.findall(r"(1\.\d(?:\.[a-z])?) .*?(?:\. ?){3,} *(\d+)$", pages[1], re.MULTILINE))
    assert listed.keys() == {"1.1", "1.1.a", "1.1.b", "1.2", "1.3", "1.4", "1.5", "1.6"}
    for name, page in listed.items():
        assert re.search(rf"^ *{re.escape(name)} ", pages[int(page) - 1], re.MULTILINE), (name, page)
        assert pages[int(page) - 1].rstrip().endswith(page)


@WITH_POPPLER
def test_title_page_holds_score_and_what_matters_most(made: Made) -> None:
    first, second, *_ = made.text()
    assert re.search(r"\d+ *of \d+ statements reproduced", first)
    assert "What matters most" in first
    assert re.search(r"1\.1 *Colourization as regression +\d+ of \d+", first)
    assert "Contents" in second


@WITH_POPPLER
def test_every_page_says_whose_pictures_and_every_inner_one_its_section(made: Made) -> None:
    pages = made.text()
    assert all("Not the write-up's data" in page for page in pages)
    heads = [page.strip().splitlines()[0] for page in pages]
    assert heads[2].startswith("Does the write-up still hold?")
    assert "1.1 Colourization as regression" in " ".join(heads)
    assert heads[-1].endswith("Appendix")


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


# The page for paper


def test_chart_becomes_an_image_that_says_the_same() -> None:
    html = lay_out_for_paper(f"<p>before</p>{CHART}<p>after</p>")
    [source] = re.findall(r'<img class="chart" alt="It &lt; falls." src="data:image/svg\+xml;base64,([^"]+)">', html)
    assert base64.b64decode(source).decode().startswith('<svg font-family="Liberation Sans')
    assert html.startswith("<p>before</p><img")
    assert html.endswith("><p>after</p>")


def test_drawing_that_repeats_numbers_says_so() -> None:
    html = lay_out_for_paper('<svg class="bar" viewBox="0 0 9 9" aria-hidden="true"><rect/></svg>' + CHART)
    assert html.startswith('<svg font-family="Liberation Sans')
    assert 'class="bar" viewBox="0 0 9 9"><title>The numbers beside it, drawn.</title><rect/></svg><img' in html


def test_paper_shows_nothing_that_needs_a_pointer() -> None:
    html = lay_out_for_paper(
        '<a class="num" href="#a" title="from a" data-runs="a">1<abbr title="one seed">†</abbr></a>'
        '<!--screen--><button>Copy</button><!--/screen--><span class="num">2 s</span>'
        '<details class="why"><p>Because.</p></details><div class="scroll" tabindex="0"><table></table></div>'
    )
    assert html == '<a class="num" href="#a">1†</a>2 s<p class="why">Because.</p><table></table>'


def test_numbers_in_cells_are_plain_and_those_of_a_verdict_are_a_line() -> None:
    number = '<a class="num" href="#run-a">1.5</a>'
    assert (
        lay_out_for_paper(f'<td data-label="x">{number}</td><p>{number}</p>')
        == f'<td data-label="x">1.5</td><p>{number}</p>'
    )
    terms = f"<div><dt>written</dt><dd>1.4</dd></div>\n<div><dt>measured</dt><dd>{number}</dd></div>"
    assert lay_out_for_paper(f'<dl class="numbers">\n{terms}\n</dl>') == (
        '<p class="numbers"><i>written</i> 1.4\N{EM SPACE}<i>measured</i> 1.5</p>'
    )
    assert lay_out_for_paper('<dl class="facts"><div><dt>Made</dt><dd>today</dd></div></dl>') == (
        '<div class="facts"><div><div class="dt">Made</div><div class="dd">today</div></div></div>'
    )
    assert lay_out_for_paper('<span class="icon" aria-hidden="true">✓</span> reproduced') == "✓ reproduced"


def test_metrics_of_no_run_are_a_head_alone() -> None:
    assert export.write_metrics([]).decode() == ",".join(COLUMNS) + "\n"
