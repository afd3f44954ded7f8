"""Text from outside is text on the page, in its charts, in the PDF and on the terminal, whatever it holds; and
rendering opens no file and no socket.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest
from click.testing import CliRunner, Result

from cli import cli
from report.answers import Answer
from report.drawing.charts import Panel, Series, draw_chart
from report.pages.render import PageInfo, render
from report.results.frames import Frames
from report.results.tables import make_table
from runs.data.dataset import Dataset
from runs.environment import HOME
from runs.storage.store import Store
from tests.report.made_up_pages import Page, Questions, refound
from tests.runs import tiny

MARKUP = (
    '<script>alert(1)</script><img src=x onerror=alert(2)><!--screen--> " title="x" style=\'y\' '
    "&lt;b&gt; ]]> var(--c-none)"
)
TEMPLATE = "{{ 7 * 7 }} {% raw %} {# c #} ${x} $(id) `id` %s {0}"
ORDERS = "\x1b[31m\x1b]0;title\x07 \x00 \x08 \r \x9b2J \u202egnp.exe \u2066 \u2028 \ufeff \udcff"
RICH = "[bold]x[/] [/nothing] [link=file:///etc/passwd]y[/link] :smile:"
ALL = " ".join((MARKUP, TEMPLATE, ORDERS, RICH))
TIMES = 167
LONG = "a<b\x1b\u202e and words that are to fill the lines of some pages too " * TIMES
assert len(LONG) > 10_000
RAW = ("\x1b", "\x00", "\x07", "\x08", "\x9b", "\u202e", "\u2066", "\u2028", "\ufeff", "\udcff")


def hostile(answer: Answer) -> Answer:
    """Every text of an answer, those of a chart among them."""
    drawn = draw_chart("curve", ALL, ALL, Panel([Series(ALL, [1, 2], [3.0, 2.0], marker=True)], ALL, ALL, ALL))
    tables = [replace(table, caption=ALL, columns=[ALL, "b"], rows=[[ALL, None]]) for table in answer.tables]
    verdicts = [
        replace(refound(one, sentence=ALL), flags=[ALL], claim=replace(one.claim, statement=ALL, written=ALL))
        for one in answer.verdicts
    ]
    return replace(
        answer, title=ALL, asked=ALL, notes=[ALL, LONG], missing=[ALL], tables=tables, verdicts=verdicts,
        figures=[drawn] if answer.figures else [],
    )  # fmt: skip


def test_page_and_pdf_show_hostile_text_as_text(frames: Frames, questions: Questions, tmp_path: Path) -> None:
    questions.edit = hostile
    data = {**frames.data, "origin": ALL, "category": LONG, "written": "other", "source": ALL}
    runs = make_table([{**row, "commit": ALL, "device_name": ALL, "torch": ALL} for row in frames.rows])
    wild = replace(frames, data=data, runs=runs.drop(columns="seconds"))
    pages = PageInfo(ALL, LONG, {ALL: ALL, "device": LONG}, ALL)
    found = render(wild, tmp_path / "out", sections=["1.1"], pdf=True, pages=pages)
    text = found.html.read_text("utf-8")
    page = Page(text)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not {"iframe", "object", "embed", "link"} & {tag for tag, _ in page.tags}
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    assert all(source.startswith("data:") for source in page.all("src"))
    assert all(link.startswith(("#", "data:text/csv;charset=utf-8;base64,")) for link in page.all("href"))
    assert "alert(1)</script><img src=x onerror=alert(2)>" in page.text
    assert "7 * 7" in page.text
    assert "49" not in page.text.split("7 * 7")[1][:12]
    assert [order for order in RAW if order in text] == []
    assert "\\u202egnp.exe" in page.text
    assert "\\x1b[31m" in page.text
    assert page.text.count("a<b\\x1b\\u202e") >= 5 * TIMES  # to the last character, wherever it stands
    assert found.pdf is not None
    with pikepdf.open(found.pdf) as pdf:
        names = {str(name) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) for name in one}
        assert not names & {"/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/OpenAction"}
        links = [str(one.URI) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/URI" in one]
        assert set(links) <= {"audit.pdf"}
    if shutil.which("pdftotext"):
        command = ["pdftotext", "-raw", str(found.pdf), "-"]
        words = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode()
        assert "<script>alert(1)</script>" in "".join(words.split())
        assert [order for order in RAW if order in words] == []


def test_chart_shows_hostile_labels_as_text() -> None:
    for label in (ALL, LONG, MARKUP, ORDERS):
        panel = Panel([Series(label, [1, 2], [1, 2])], label, label, label, marks=[(1.5, label)])
        drawn = draw_chart("name", label, label, panel).svg
        assert drawn is not None
        assert [order for order in RAW if order in drawn] == []
        root = ElementTree.fromstring(drawn)  # well-formed
        assert not [one for one in root.iter() if one.tag.rpartition("}")[2] in ("script", "img", "image", "a")]
        assert not [name for one in root.iter() for name in one.attrib if name.startswith("on") or name == "style"]


# The terminal


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="python cli.py")


def harmless(done: Result) -> str:
    assert "Traceback" not in done.output
    assert [order for order in RAW if order in done.output] == []
    return " ".join(done.output.split())


def test_names_of_folders_are_text_in_messages(tmp_path: Path) -> None:
    category = f"{RICH} \x1b[31m\u202e{{{{ 7 * 7 }}}}"
    for name in (category.replace("/", "|"), "\x1b]0;title\x07"):
        (tmp_path / "pictures" / "train" / name).mkdir(parents=True)
    (tmp_path / "pictures" / "test").mkdir()
    done = call("run-all", "--data", tmp_path / "pictures", "--category", category, "--results", tmp_path / "r")
    assert done.exit_code == 1
    said = harmless(done)
    assert "\\x1b]0;title\\x07" in said
    assert "\\x1b[31m\\u202e{{ 7 * 7 }}" in said


@pytest.mark.parametrize("text", [ALL, LONG], ids=["all", "long"])
def test_category_and_origin_are_text_in_tables_and_reports(tmp_path: Path, text: str) -> None:
    made = tiny.dataset()
    data = Dataset("folder", text, text, made.train, made.test, made.palette, "other")
    Store.create(tmp_path, data)
    done = call("status", "--results", tmp_path)
    assert done.exit_code == 3, done.output
    shown = "".join(harmless(done).split())
    assert ("[link=file:///etc/passwd]" if text == ALL else "a<b\\x1b\\u202e") in shown
    done = call("verdicts", "--section", "1.2", "--results", tmp_path)
    harmless(done)
    assert done.exit_code == 0, done.output
    done = call("report", "--section", "1.2", "--results", tmp_path)
    harmless(done)
    assert done.exit_code == 0, done.output
    html = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert [order for order in RAW if order in html] == []


def test_options_that_are_refused_are_text(tmp_path: Path) -> None:
    for arguments in (
        ["--\x1b[31mred"],
        ["run-all", "--preset", "\x1b[31m\u202e"],
        ["report", "--section", "\x1b[31m"],
    ):
        done = call(*arguments)
        assert done.exit_code == 2
        harmless(done)


# What rendering opens

WATCH = """
import sys
from report.pages.render import write_pdf
write_pdf(BENIGN)  # fonts, style sheets of the renderer, its own modules
opened = []
watching = False
def hook(event, arguments):
    if watching and event.split(".")[0] in ("open", "socket", "subprocess", "urllib", "ftplib"):
        opened.append((event, str(arguments)[:200]))
sys.addaudithook(hook)
watching = True
open(PROOF).close()
proof, opened = opened, []
content = write_pdf(HOSTILE)
watching = False
assert proof and content.startswith(b"%PDF-")
print(opened)
"""


def page_that_wants(url: str) -> str:
    """Every way in which HTML, CSS and SVG ask for something from elsewhere."""
    imported = f'@import url("{url}");' if ":" in url else ""  # without a base, WeasyPrint takes no other
    return (
        f'<img alt="a" src="{url}"><object data="{url}"></object><embed src="{url}"><iframe src="{url}"></iframe>'
        f'<link rel="stylesheet" href="{url}"><link rel="attachment" href="{url}">'
        f'<a rel="attachment" href="{url}">a</a>'
        f'<style>{imported} @font-face {{ font-family: x; src: url("{url}") }} p {{ font-family: x; '
        f'background: url("{url}"); list-style-image: url("{url}"); content: url("{url}") }}</style>'
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
        f'<image href="{url}" width="9" height="9"/><image xlink:href="{url}" width="9" height="9"/>'
        f'<use href="{url}#a"/></svg>'
    )


def test_no_file_and_no_socket_is_opened_while_a_page_becomes_a_pdf(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    near, far = secret.as_uri(), "http://127.0.0.1:9/x"
    local = (near, str(secret), "secret.png")
    remote = (far, "https://127.0.0.1:9/x", "ftp://127.0.0.1:9/x", "//127.0.0.1/x")
    hostile_page = "".join(page_that_wants(url) for url in (*local, *remote))
    html = '<html lang="en"><title>t</title><p>text <b>bold</b></p>{}</html>'
    code = f"BENIGN = {html.format('')!r}\nHOSTILE = {html.format(hostile_page)!r}\nPROOF = {str(secret)!r}\n{WATCH}"
    environment = {**os.environ, "PYTHONPATH": str(HOME)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env=environment, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
