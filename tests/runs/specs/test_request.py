"""What was asked for: said again as options, and what tells one request from another."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.train import run_all, train
from runs.errors import UsageError
from runs.specs.catalogue import PRESETS
from runs.specs.request import Request, Wanted, check_seeds

requests = st.builds(
    Request,
    data=st.one_of(st.sampled_from(["auto", "cifar10", "photos"]), st.text("ab ~'\"$/\\é-", min_size=1)),
    category=st.text("ab 'é", min_size=1),
    preset=st.sampled_from(list(PRESETS)),
    seeds=st.integers(1, 9),
    results=st.text("ab /'", min_size=1),
)


def parsed(options: str) -> Request:
    """Options read as a shell and the commands read them."""
    words = shlex.split(options)
    given_options: dict[str, Any] = {
        name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)
    }
    preset = given_options.get("preset", "write-up")
    seeds = given_options.pop("seeds", None)
    return Request(**given_options, seeds=check_seeds(int(seeds) if seeds else None, preset))


@given(requests)
def test_options_say_the_same_request_again(request_made: Request) -> None:
    assert parsed(request_made.options()) == request_made


def test_options_leave_out_what_is_the_default() -> None:
    assert Request().options() == ""
    assert Request(preset="thorough", seeds=5).options() == "--preset thorough"
    assert Request(data="my horses", seeds=3).options() == "--data 'my horses' --seeds 3"


@pytest.mark.parametrize("seeds", [0, -1, 10_001])
def test_seeds_that_make_no_sense_are_refused(seeds: int) -> None:
    with pytest.raises(UsageError, match=rf"--seeds: expected a number from 1 to 10000, got {seeds}\."):
        check_seeds(seeds, "write-up")


def test_seeds_are_those_of_the_preset_unless_asked_otherwise() -> None:
    assert [check_seeds(None, preset) for preset in ("write-up", "quick", "thorough")] == [1, 1, 5]
    assert check_seeds(3, "thorough") == 3


def test_goals_are_those_of_the_preset_sections_and_seeds() -> None:
    wanted = Request(preset="quick", seeds=2).goals(["1.1"])
    assert [goal.spec.id for goal in wanted] == [
        f"{name}-b100-lr0.001-s{seed}" for seed in (0, 1) for name in ("regression", "cnn")
    ]
    assert [goal.epochs for goal in wanted] == [10, 5] * 2


@pytest.mark.parametrize(
    ("data", "named", "sources"),
    [
        (None, None, {"cifar10", "photos", "folder"}),
        ("auto", None, {"cifar10", "photos", "folder"}),
        ("cifar10", "cifar10", {"cifar10"}),
        ("photos", "photos", {"photos"}),
        ("my horses", "my horses", {"cifar10", "folder"}),
        ("", "", {"cifar10", "folder"}),
    ],
)
def test_auto_names_no_pictures_and_what_is_no_source_is_a_path(
    data: str | None, named: str | None, sources: set[str]
) -> None:
    wanted = Wanted(data)
    assert wanted.named == named
    assert {source for source in ("cifar10", "photos", "folder") if wanted.may_come_from(source)} == sources
    assert wanted.same_folder({"folder": "/elsewhere"}) == wanted.same_folder({}) == (data not in ("my horses", ""))


def test_folder_is_the_same_however_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    last = Request("mine").record()
    for written in ("mine", "./mine/", "mine/../mine", str(tmp_path / "mine")):
        assert Wanted(written).same_folder(last)
    assert not Wanted("other").same_folder(last)


@pytest.mark.parametrize("wanted", [None, *PRESETS])
@pytest.mark.parametrize("last", [None, *PRESETS])
def test_presets_are_of_one_scale_unless_one_of_them_is_shortened(wanted: str | None, last: str | None) -> None:
    record = {} if last is None else {"preset": last}
    expected = wanted is None or (wanted == "quick") == (last == "quick")
    assert Wanted(preset=wanted).same_scale(record) == expected


def test_words_are_the_options_that_tell_results_from_others() -> None:
    assert Wanted().words() == Wanted(seeds=3).words() == ""
    assert Wanted("auto").words() == "--data auto"
    assert Wanted("my horses", "horse", "quick", 3).words() == "--data 'my horses' --category horse --preset quick"


def test_default_request_is_what_the_commands_take_where_nothing_is_asked_for() -> None:
    names = ("data", "category", "preset", "results")
    options = {option.name: option.default for option in train.params}
    assert Request(**{name: options[name] for name in names}) == Request()
    options = {option.name: option.default for option in run_all.params}
    assert [options[name] for name in names] == [None, None, None, Request.results]  # as was last asked for
