"""Text from outside is shown as text: nothing in it moves a cursor, colours a line or turns its direction."""

from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.text import make_visible, show_duration, show_estimate


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("unet: done at epoch 5, µ = 0.3 – 中文\n\tnext", "unet: done at epoch 5, µ = 0.3 – 中文\n\tnext"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("over\rwritten", "over\\rwritten"),
        ("back\x08\x08space", "back\\x08\\x08space"),
        ("\x9b2J", "\\x9b2J"),
        ("photo\u202egnp.exe", "photo\\u202egnp.exe"),
        ("\u2066\u2067\u2068\u2069\u200e\u200f\u061c", "\\u2066\\u2067\\u2068\\u2069\\u200e\\u200f\\u061c"),
        ("two\u2028lines\u2029more\x85", "two\\u2028lines\\u2029more\\x85"),
        ("not utf-8: \udcff", "not utf-8: \\udcff"),
        ("nothing\0", "nothing\\x00"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_orders_are_spelled_out_and_text_stays(text: str, shown: str) -> None:
    assert make_visible(text) == shown


@given(st.text())
def test_what_is_shown_of_any_text_holds_no_orders_and_can_be_written(text: str) -> None:
    shown = make_visible(text)
    kept = set("\n\t\u200c\u200d\u00ad")
    assert not [c for c in shown if unicodedata.category(c)[0] in "C" and c not in kept]
    assert not {"\u2028", "\u2029"} & set(shown)
    assert make_visible(shown) == shown
    shown.encode("utf-8")


def test_long_text_stays_whole() -> None:
    assert make_visible("a\x1b" * 10_000) == "a\\x1b" * 10_000


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "under 1 s"),
        (45.4, "45 s"),
        (59.6, "1 min"),
        (720, "12 min"),
        (3599, "1 h 00 min"),
        (11100, "3 h 05 min"),
        (math.nan, "–"),
    ],
)
def test_duration_is_said_in_words(seconds: float, said: str) -> None:
    assert show_duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "a few seconds"),
        (7, "about 10 s"),
        (114, "about 110 s"),
        (118, "about 2 min"),
        (3540, "about 59 min"),
        (3580, "about 1 h 00 min"),
        (6060, "about 1 h 40 min"),
    ],
)
def test_estimate_is_said_no_finer_than_it_is_known(seconds: float, said: str) -> None:
    assert show_estimate(seconds) == said
