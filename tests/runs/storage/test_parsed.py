"""JSON read quickly is JSON as Python reads it: every value, every refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.storage.arrays import parse_json

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
)


def told(read: Any, text: str | bytes) -> str:
    """What a reader gives, types and the bits of floats told apart; or which error."""
    try:
        return repr(read(text))
    except (ValueError, RecursionError) as error:
        return type(error).__name__


@given(VALUES, st.booleans())
def test_every_value_is_read_as_it_was_written(value: Any, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped)
    assert told(parse_json, text) == told(json.loads, text)
    assert told(parse_json, text.encode("utf-8", "surrogatepass")) == told(json.loads, text)


@given(NUMBERS)
def test_every_number_is_read_to_the_last_bit(text: str) -> None:
    assert told(parse_json, text) == told(json.loads, text)


@given(st.text(alphabet='{}[]":,\\u0d8 1.eE+-nulltrueNaInfity\t\n\x0b\x00\ufeff'))
def test_any_text_is_read_or_refused_alike(text: str) -> None:
    assert told(parse_json, text) == told(json.loads, text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2, "b": {"a": 3, "a": 4}}',
        "[NaN, Infinity, -Infinity, -0, -0.0, 1E400, -1e400, 5e-324]",
        '"\\ud800"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        "1".encode("utf-16"),
        "9" * 4300,
        "9" * 4301,
        "[" * 900 + "]" * 900,
        "[" * 100_000,
        "[1,]",
        "-NaN",
        "01",
        "1 2",
        "",
    ],
)
def test_what_is_seldom_met_is_read_or_refused_alike(text: str | bytes) -> None:
    assert told(parse_json, text) == told(json.loads, text)
