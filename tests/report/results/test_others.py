"""Others' results: read as they stand, compared only where they can be."""

from __future__ import annotations

import math

import pytest

from report.results.others import find_results, list_notebooks, read_results, span_results
from runs.specs.catalogue import CNN, REGRESSION, UNET, make_unet


def test_every_row_is_read_with_its_source() -> None:
    found = read_results()
    assert len(found) == 25
    assert all("/" in one.repository and one.epochs in (15, 25, 50) for one in found)
    assert {one.pools_first for one in found} == {True, False, None}


def test_each_notebook_is_named_once_with_its_source() -> None:
    notebooks = list_notebooks()
    assert [one.label[0] for one in notebooks] == ["A", "B", "D", "E", "F", "G", "H", "K"]
    assert all(len(one.commit) == 40 and one.course for one in notebooks)
    for one in read_results():
        assert (one.repository, one.commit) in {(each.repository, each.commit) for each in notebooks}


def test_rows_of_another_rate_batch_or_length_are_not_compared() -> None:
    assert {one.label for one in find_results(CNN, 25, "val_loss")} == {"A3"}  # the others have a rate of 0.3
    assert {one.label for one in find_results(make_unet(10), 25, "val_accuracy")} == {"D2", "F2"}
    assert find_results(make_unet(20), 25, "val_loss") == []
    assert [one.label for one in find_results(REGRESSION, 50, "train_loss")] == ["A2", "K1"]
    assert find_results(REGRESSION, 25, "val_accuracy") == []


def test_a_floored_accuracy_stands_for_a_whole_percent() -> None:
    span = span_results(find_results(UNET, 25, "val_accuracy"), "val_accuracy")
    assert span == pytest.approx((0.48, 0.50))
    floored = next(one for one in read_results() if one.label == "A6")
    assert floored.bounds("val_accuracy") == pytest.approx((0.49, 0.50))
    assert floored.bounds("val_loss") == (1.3311, 1.3311)


def test_one_row_makes_no_range() -> None:
    assert span_results(find_results(CNN, 25, "val_loss"), "val_loss") is None


def test_what_is_not_printed_is_no_number() -> None:
    assert math.isnan(read_results()[0].val_accuracy)
