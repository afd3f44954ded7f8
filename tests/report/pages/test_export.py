"""What a page says, for programs: its sentences as plain text, all of it as JSON."""

from __future__ import annotations

import json
import math

import pytest

from report.pages.export import extract_prose, split_lines


def part(anchor: str, inside: str) -> str:
    other = '<div class="table"><p>Not this.</p></div>'
    return f'<section class="part" id="{anchor}">\n<h3>Title</h3>{inside}{other}</section>'


def test_prose_is_the_paragraphs_of_its_part_alone() -> None:
    page = part("part-1-1-a", '<div class="prose"><p>First.</p></div>') + part(
        "part-1-1-b",
        '<div class="prose">\n<p>A loss of <a href="#r">1.5&nbsp;s<abbr title="one seed">†</abbr></a> &lt;\n 2.</p>'
        "<div><ul><li>One</li> <li>Two</li></ul></div><figure><p>A caption.</p></figure><p>Last.</p></div>",
    )
    assert extract_prose(page, "part-1-1-a") == ["First."]
    assert extract_prose(page, "part-1-1-b") == ["A loss of 1.5 s† < 2.", "One", "Two", "Last."]


def test_part_that_is_not_ready_has_no_prose() -> None:
    page = part("part-1-1-a", "") + part("part-1-1-b", '<div class="prose"><p>Other.</p></div>')
    assert extract_prose(page, "part-1-1-a") == []
    assert extract_prose(page, "part-1-1-c") == []


def test_lines_hold_the_record_one_entry_a_line() -> None:
    record = {"data": {"id": "é", "n": 1}, "runs": [{"a": [1, 2]}, "b"], "none": [], "preset": "quick"}
    text = split_lines(record)
    assert json.loads(text) == record
    assert list(json.loads(text)) == list(record)
    assert '\n{"a": [1, 2]},\n' in text
    assert '"id": "é",\n' in text


def test_lines_refuse_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="JSON"):
        split_lines({"loss": math.nan})
