"""How figures and tables share pages of paper: nothing is cut that could stand whole, and no half page stays empty."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from report.answers import Answer, Table
from report.pages import jinja_env
from report.pages.pdf import write_pdf
from report.results.frames import Frames
from tests.report.made_up_pages import Questions, rendered


def pages(body: str) -> int:
    """How many pages of paper a text fills."""
    style = (jinja_env.TEMPLATES / "print.css").read_text("utf-8")
    content = write_pdf(f'<html lang="en"><title>t</title><style>{style}</style><body>{body}')
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def test_rows_of_pictures_that_do_not_fit_go_on_on_the_next_page() -> None:
    """Nine rows of horses of 25 mm, where eight fit on a page: no page is left empty for them."""
    file = io.BytesIO()
    Image.new("L", (197, 32)).save(file, "PNG")
    source = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    picture = f'<img alt="a" width="582" height="95" src="{source}">'
    row = f'<div class="strip"><p class="label">UNet</p>{picture}</div>'
    figure = '<figure class="figure"><div class="strips">{}</div><figcaption>Horses.</figcaption></figure>'
    assert pages(figure.format(7 * row)) == 1
    assert pages('<div style="height: 100mm"></div>' + figure.format(9 * row)) == 2


def test_short_table_is_not_cut() -> None:
    """Eight rows, where five would fit: with the text before it, and with as much text behind, three pages."""
    rows = "".join(f"<tr><th>{row}</th><td>1</td></tr>" for row in range(8))
    table = '<figure class="tabular{}"><table><tbody>' + rows + "</tbody></table></figure>"
    before, behind = '<div style="height: 225mm"></div>', '<div style="height: 225mm"></div>'
    assert pages(before + table.format(" short") + behind) == 3
    assert pages(before + table.format("") + behind) == 2


@pytest.mark.parametrize(("rows", "short"), [(jinja_env.Site.long - 1, True), (jinja_env.Site.long, False)])
def test_pages_say_which_tables_are_short(
    frames: Frames, tmp_path: Path, questions: Questions, rows: int, short: bool
) -> None:
    def edit(answer: Answer) -> Answer:
        tables = [Table("many", "Rows.", ["a"], [["b"]] * rows)]
        return replace(answer, tables=tables)

    questions.edit = edit
    page = rendered(frames, tmp_path / "out", sections=["1.1"])
    classes = {attrs.get("id"): attrs.get("class") for tag, attrs in page.tags if tag == "figure"}
    assert classes["table-1-1-a-many"] == ("tabular short" if short else "tabular")
    assert classes["figure-1-1-a-curve"] == "figure"
