"""How figures and tables share pages of paper: nothing is cut that could stand whole, and no half page stays empty."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from report.answers import Answer, Table
from report.drawing.charts import draw_strips
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


def test_two_figures_of_square_photographs_share_a_page() -> None:
    file = io.BytesIO()
    Image.new("L", (259, 64)).save(file, "PNG")
    source = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    picture = f'<img alt="a" width="518" height="128" src="{source}">'
    rows = 4 * f'<div class="strip"><span class="label">UNet</span>{picture}</div>'
    figure = '<figure class="figure{}">' + rows + "<figcaption>Photographs.</figcaption></figure>"
    assert pages(2 * figure.format(" tall")) == 1
    assert pages(2 * figure.format("")) == 2


def test_short_table_is_not_cut() -> None:
    """Eight rows, where five would fit: with the text before it, and with as much text behind, three pages."""
    rows = "".join(f"<tr><th>{row}</th><td>1</td></tr>" for row in range(8))
    table = '<figure class="tabular{}"><table><tbody>' + rows + "</tbody></table></figure>"
    before, behind = '<div style="height: 225mm"></div>', '<div style="height: 225mm"></div>'
    assert pages(before + table.format(" short") + behind) == 3
    assert pages(before + table.format("") + behind) == 2


@pytest.mark.parametrize(("rows", "short"), [(jinja_env.Site.long - 1, True), (jinja_env.Site.long, False)])
def test_pages_say_which_tables_are_short_and_which_pictures_tall(
    frames: Frames, tmp_path: Path, questions: Questions, rows: int, short: bool
) -> None:
    high = np.zeros((2, 9, 4, 3), np.uint8)

    def edit(answer: Answer) -> Answer:
        tables = [Table("many", "Rows.", ["a"], [["b"]] * rows)]
        return replace(
            answer, figures=[*answer.figures, draw_strips("high", "High.", "Rows.", {"a": high})], tables=tables
        )

    questions.edit = edit
    page = rendered(frames, tmp_path / "out", sections=["1.1"])
    classes = {attrs.get("id"): attrs.get("class") for tag, attrs in page.tags if tag == "figure"}
    assert classes["table-1-1-a-many"] == ("tabular short" if short else "tabular")
    assert classes["figure-1-1-a-high"] == "figure tall"
    assert classes["figure-1-1-a-curve"] == "figure"
