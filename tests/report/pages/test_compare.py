from __future__ import annotations

import json
import math
from copy import deepcopy
from typing import Any

import pytest
from rich.console import Console

from report.pages.compare import (
    Comparison,
    Difference,
    Effect,
    Flip,
    compare,
    describe_origins,
    draw_comparison,
    read_report,
    record_comparison,
)
from runs.errors import UsageError


def verdict(name: str = "1.3.b.better", **more: Any) -> dict[str, Any]:
    return {
        "id": name, "question": name[:5], "statement": f"{name} holds.", "written": "1.3347", "measured": 1.33,
        "unit": "", "spread": 0.003, "status": "reproduced", "flags": [], "n": 3, "interval": None, "runs": [],
        "command": "python cli.py run-all",
    } | more  # fmt: skip


def report(*verdicts: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": {"id": "cifar10-horse-1f3c9a20", "train": 5000, "palette": [[0, 0, 0]]},
        "environment": {"commit": "aaa", "device": "cpu", "made": "yesterday"},
        "preset": "write-up",
        "seeds": [0, 1, 2],
        "answers": {},
        "runs": [{"id": "unet-b100-lr0.001-s0", "epochs": 25, "marks": []}],
        "environments": [{"letter": "A", "facts": {"torch": "2.4", "commit": "aaa"}}],
        "verdicts": list(verdicts),
    }


def shown(comparison: Comparison) -> str:
    console = Console(width=200)
    with console.capture() as capture:
        console.print(draw_comparison(comparison))
    return capture.get()


def test_a_report_does_not_differ_from_itself() -> None:
    one = report(verdict(), verdict("1.3.c.other", measured=None, spread=None))
    comparison = compare(one, deepcopy(one))
    assert not comparison.flipped
    assert (comparison.flips, comparison.effects, comparison.origins) == ((), (), ())
    assert (comparison.only_first, comparison.only_second) == ((), ())
    assert "No verdict flipped." in shown(comparison)


def test_a_status_that_changed_is_a_flip() -> None:
    comparison = compare(report(verdict()), report(verdict(status="undecided")))
    assert comparison.flipped
    assert comparison.flips == (Flip("1.3.b.better", "1.3.b.better holds.", "reproduced", "undecided"),)
    assert "undecided" in shown(comparison)


def test_another_number_alone_is_no_flip() -> None:
    assert not compare(report(verdict()), report(verdict(measured=1.4))).flipped


def test_effect_is_in_units_of_the_noise() -> None:
    (effect,) = compare(report(verdict(spread=0.003)), report(verdict(measured=1.34, spread=0.004))).effects
    assert effect.noise == pytest.approx(0.005)
    assert effect.difference == pytest.approx(0.01)
    assert effect.ratio == pytest.approx(2.0)


def test_effect_has_no_sign_in_units_of_the_noise() -> None:
    (effect,) = compare(report(verdict(measured=1.34)), report(verdict(measured=1.33))).effects
    assert effect.ratio is not None
    assert effect.difference < 0 < effect.ratio


def test_one_seed_has_no_noise() -> None:
    (effect,) = compare(report(verdict(spread=None)), report(verdict(measured=1.4))).effects
    assert (effect.noise, effect.ratio) == (None, None)


def test_a_difference_without_any_spread_is_beyond_all_noise() -> None:
    assert Effect("a", "", "", 1.0, 2.0, 0.0).ratio == math.inf


def test_effects_are_sorted_by_size_against_the_noise() -> None:
    first = report(verdict("a"), verdict("b"), verdict("c"))
    second = report(verdict("a", measured=1.4), verdict("b", measured=1.9), verdict("c", measured=9.0, spread=None))
    assert [effect.id for effect in compare(first, second).effects] == ["b", "a", "c"]


@pytest.mark.parametrize("measured", [None, math.nan, math.inf])
def test_what_is_no_number_is_no_effect(measured: Any) -> None:
    assert compare(report(verdict(measured=measured)), report(verdict())).effects == ()


def test_numbers_of_two_units_are_not_compared() -> None:
    assert compare(report(verdict(unit="s")), report(verdict(unit="ms", measured=9.0))).effects == ()


def test_claims_of_one_report_only_are_named() -> None:
    comparison = compare(report(verdict("a"), verdict("b")), report(verdict("b"), verdict("c")))
    assert (comparison.only_first, comparison.only_second) == (("a",), ("c",))
    assert not comparison.flipped
    assert "Only in the first: a." in shown(comparison)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"preset": "quick"}, Difference("preset", "write-up", "quick")),
        ({"seeds": [0]}, Difference("seeds", "0, 1, 2", "0")),
        (
            {"data": {"id": "photos-horse-00000000", "train": 5000}},
            Difference("data: id", "cifar10-horse-1f3c9a20", "photos-horse-00000000"),
        ),
        ({"environment": {"commit": "bbb", "device": "cpu"}}, Difference("environment: commit", "aaa", "bbb")),
        ({"environment": {"commit": "aaa", "device": "cuda"}}, Difference("environment: device", "cpu", "cuda")),
        (
            {"environments": [{"facts": {"torch": "2.5", "commit": "aaa"}}, {"facts": {"torch": "2.4"}}]},
            Difference("runs: torch", "2.4", "2.4, 2.5"),
        ),
        (
            {"runs": [{"id": "unet-b100-lr0.001-s0", "epochs": 50, "marks": ["stale"]}]},
            Difference("run unet-b100-lr0.001-s0", "25 epochs", "50 epochs, stale"),
        ),
        ({"runs": []}, Difference("run unet-b100-lr0.001-s0", "25 epochs", "–")),
    ],
)
def test_what_two_reports_come_from_is_compared(change: Any, difference: Any) -> None:
    comparison = compare(report(verdict()), report(verdict()) | change)
    assert comparison.origins == (difference,)
    assert difference.what in shown(comparison)


def test_a_report_of_an_earlier_rule_is_read_and_where_the_rule_changed_is_told() -> None:
    old = verdict(tolerance="Within 10 % of it.", level=0.97)
    comparison = compare(report(old), report(verdict(tolerance="Within 5 % of it.", because="", role="finding")))
    assert comparison.rules == (Difference("1.3.b.better", "Within 10 % of it.", "Within 5 % of it."),)
    (rule,) = comparison.origins
    assert rule.what == "rule of the verdicts"
    assert "an earlier one" in rule.first
    assert "at every number of seeds" in rule.second
    assert "Within 5 % of it." in shown(comparison)


def test_time_of_making_and_palette_are_no_origin() -> None:
    assert not any("made" in name or "palette" in name for name in describe_origins(report()))


def test_shares_are_shown_as_per_cent_and_their_difference_as_points() -> None:
    first, second = verdict(measured=0.494, spread=0.003, unit="%"), verdict(measured=0.511, spread=0.004, unit="%")
    text = shown(compare(report(first), report(second)))
    assert "49.4" in text
    assert "1.7" in text
    assert "points" in text


def test_brackets_in_a_statement_are_shown_as_they_are() -> None:
    flipped = compare(report(verdict(statement="in [bold] words")), report(verdict(status="missing")))
    assert "in [bold] words" in shown(flipped)


def test_many_effects_are_counted() -> None:
    first = report(*(verdict(f"c{i}") for i in range(25)))
    second = report(*(verdict(f"c{i}", measured=2.0 + i) for i in range(25)))
    assert "5 more numbers differ" in shown(compare(first, second))


def test_report_is_read_from_a_file_or_its_folder(tmp_path: Any) -> None:
    folder = tmp_path / "results" / "report"
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps(report(verdict())))
    for place in (folder / "report.json", folder, folder.parent):
        assert read_report(place) == report(verdict())


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", '{"verdicts": 3}', '{"verdicts": [{"id": "a"}]}', "\udcff"])
def test_what_is_no_report_is_refused(tmp_path: Any, text: Any) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError, match=r"report\.json"):
        read_report(path)


def test_no_report_names_the_command_that_makes_one(tmp_path: Any) -> None:
    with pytest.raises(UsageError, match=r"python cli\.py report"):
        read_report(tmp_path)


def test_a_claim_that_one_report_does_not_measure_flips_nothing() -> None:
    comparison = compare(
        report(verdict(), verdict("1.3.c.other")), report(verdict(status="missing"), verdict("1.3.c.other"))
    )
    assert not comparison.flipped
    assert comparison.unmeasured == (Flip("1.3.b.better", "1.3.b.better holds.", "reproduced", "missing"),)
    assert "Measured in one of the two alone" in shown(comparison)


def test_why_it_is_undecided_stands_with_the_status_and_ids_are_whole() -> None:
    name = "1.3.c." + "very-" * 20 + "long"
    comparison = compare(report(verdict(name)), report(verdict(name, status="undecided", because="too few seeds")))
    assert comparison.flips[0].second == "undecided (too few seeds)"
    assert name in shown(comparison)
    assert json.loads(json.dumps(record_comparison(comparison)))["flips"][0]["id"] == name
