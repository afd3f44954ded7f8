"""Verdicts as lists for terminals, pages and what shows tests."""

from __future__ import annotations

from xml.etree import ElementTree

from report.judging.kinds import Judgement
from report.judging.listing import count_statuses, tabulate_verdicts, write_junit, write_markdown
from tests.report.made_up_claims import HOLDS, REVERSED, UNSURE, verdict

HOSTILE = "a | b </testcase> & <script>"
ALL = [verdict(HOLDS), verdict(REVERSED), verdict(UNSURE), verdict(Judgement(reason=HOSTILE))]


def test_each_status_is_counted() -> None:
    assert count_statuses(ALL) == "4 verdicts: 1 reproduced, 1 not reproduced, 1 undecided, 1 not assessable"
    assert count_statuses([]) == "0 verdicts"
    assert tabulate_verdicts(ALL).row_count == 4


def test_markdown_has_a_row_each_and_no_cell_more() -> None:
    rows = write_markdown(ALL).splitlines()
    assert len(rows) == 2 + len(ALL)
    assert "undecided (no difference seen)" in rows[4] or "undecided (too few seeds)" in rows[4]
    assert {row.replace("\\|", "").count("|") for row in rows} == {6}


def test_junit_fails_what_is_not_reproduced_and_skips_what_is_open() -> None:
    suite = ElementTree.fromstring(write_junit(ALL))
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped")} == {
        "tests": "4", "failures": "1", "skipped": "2",
    }  # fmt: skip
    assert [[child.tag for child in case] for case in suite] == [[], ["failure"], ["skipped"], ["skipped"]]
    (told,) = suite[3]
    assert HOSTILE.lower() in (told.text or "").lower()
