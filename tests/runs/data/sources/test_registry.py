"""A source is declared once: what else names the sources follows from that, for one with a hyphen as well."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from commands.options import add_common_options
from runs.data import photographs, sources
from runs.data.selection import Pictures, Selection
from runs.data.sources.load import load_dataset
from runs.data.sources.source import Source
from runs.errors import DataError, UsageError
from runs.specs.request import Request, Wanted
from runs.storage.find_store import Found

HOME = Path(__file__).resolve().parents[4]


def read_tiny(wanted: Selection) -> Pictures:
    return Pictures("tiny-photos", "crumbs", "a few patches", *photographs.cut_patches((21, 9)))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> str:
    """A source more, whose name has a hyphen and begins another's."""
    for name in ("tiny", "tiny-photos"):
        monkeypatch.setitem(sources.SOURCES, name, Source(name, "a few patches", read_tiny, "crumbs"))
    return "tiny-photos"


def run_all_again() -> click.Command:
    """A command with the options that all have, made after the source was."""
    return click.command()(add_common_options(training=True)(lambda **_: None))


def test_table_of_the_readme_is_that_of_the_sources() -> None:
    text = (HOME / "README.md").read_text(encoding="utf-8")
    assert (
        "\n".join(["| `--data` | pictures |", "|---|---|", *(f"| {a} | {b} |" for a, b in sources.list_rows())]) in text
    )


def test_source_with_a_hyphen_is_read_stored_and_found_again(tiny: str, tmp_path: Path) -> None:
    dataset = load_dataset(tiny, root=tmp_path)
    assert dataset.id.startswith("tiny-photos-crumbs-")
    assert sources.split_store_name(dataset.id) == (tiny, f"crumbs-{dataset.digest[:8]}")
    assert Wanted(tiny).named == tiny
    assert [Wanted(tiny).may_come_from(name) for name in (tiny, "tiny", "photos")] == [True, False, False]
    assert Request(tiny).record()["folder"] == ""
    lost = Found(tmp_path / dataset.id, None, "it is damaged")
    assert [lost.may_be_meant(Wanted(name)) for name in (tiny, "tiny", "photos")] == [True, False, False]


def test_source_more_is_offered_and_named_by_the_commands(tiny: str, tmp_path: Path) -> None:
    assert sources.spell_choices() == "auto|cifar10|photos|tiny|tiny-photos|PATH"
    assert any(sources.spell_choices() == option.metavar for option in run_all_again().params)
    with pytest.raises(DataError, match='"photos", "tiny", "tiny-photos" or pictures at a path'):
        load_dataset("tiny_photos", root=tmp_path)
    with pytest.raises(UsageError, match=r"no --category with --data tiny-photos.*'zebra'"):
        load_dataset(tiny, "zebra", root=tmp_path)


def test_name_of_a_store_that_no_source_has_is_split_at_its_first_hyphen() -> None:
    assert sources.split_store_name("other-horse-01234567") == ("other", "horse-01234567")
    assert sources.split_store_name("photos-patches-01234567") == ("photos", "patches-01234567")
