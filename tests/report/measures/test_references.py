"""Where the text speaks of a figure or table, a link leads there."""

from __future__ import annotations

import re

import pytest

from report.answers import Answer, Figure, Table
from report.pages.jinja_env import Site, make_environment
from report.pages.render_section import render_section
from report.results.frames import Frames
from runs.specs.presets import SECTIONS
from tests.fakes import fake_frames


@pytest.fixture(scope="module")
def full() -> Frames:
    return fake_frames()


@pytest.mark.parametrize("section", SECTIONS)
def test_every_question_refers_to_what_stands_on_its_page(full: Frames, section: str) -> None:
    html = render_section(make_environment(Site()), full, section, {}).html
    found = re.findall(r'<a class="ref" href="#([^"]+)">(Figure|Table) ([\d.]+-\d+)</a>', html)
    assert found
    for anchor, kind, number in found:
        [place] = re.findall(rf'<figure [^>]*id="{anchor}">.*?</figure>', html, re.DOTALL)
        assert f'<span class="no">{kind} {number}</span>' in place


def test_what_is_not_drawn_is_not_referred_to() -> None:
    site = Site()
    site.count([Answer("1.1.a", "", "", {}, [Figure("curve", "", "")], [Table("losses", "", [], [])])])
    told = make_environment(site).from_string(
        '{% import "macros.html.j2" as m with context %}'
        '{{ m.ref("figure", "1.1.a", "curve") }},{{ m.ref("table", "1.1.a", "curve") }},'
        '{{ m.ref("table", "1.1.b", "x") }}.'
    )
    assert told.render() == ' (<a class="ref" href="#figure-1-1-a-curve">Figure 1.1-1</a>),,.'
