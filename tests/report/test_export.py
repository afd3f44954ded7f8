"""What a page says in sentences, as plain text for programs."""

from __future__ import annotations

from report.export import prose


def part(anchor: str, inside: str) -> str:
    other = '<div class="table"><p>Not this.</p></div>'
    return f'<section class="part" id="{anchor}">\n<h3>Title</h3>{inside}{other}</section>'


def test_prose_is_the_paragraphs_of_its_part_alone() -> None:
    page = part("part-1-1-a", '<div class="prose"><p>First.</p></div>') + part(
        "part-1-1-b",
        '<div class="prose">\n<p>A loss of <a href="#r">1.5&nbsp;s<abbr title="one seed">†</abbr></a> &lt;\n 2.</p>'
        "<div><ul><li>One</li> <li>Two</li></ul></div><figure><p>A caption.</p></figure><p>Last.</p></div>",
    )
    assert prose(page, "part-1-1-a") == ["First."]
    assert prose(page, "part-1-1-b") == ["A loss of 1.5 s† < 2.", "One", "Two", "Last."]


def test_part_that_is_not_ready_has_no_prose() -> None:
    page = part("part-1-1-a", "") + part("part-1-1-b", '<div class="prose"><p>Other.</p></div>')
    assert prose(page, "part-1-1-a") == []
    assert prose(page, "part-1-1-c") == []
