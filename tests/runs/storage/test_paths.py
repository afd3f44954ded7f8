"""Whatever a name holds, the path made of it lies in its folder, or there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.data.dataset import make_slug
from runs.errors import UsageError
from runs.storage.paths import make_path
from runs.storage.store import Store

#: What leads out of a folder, on one system or another.
EVIL = [
    "",
    ".",
    "..",
    "../x",
    "/etc/passwd",
    "a/../../b",
    "..\\x",
    "C:\\x",
    "~root",
    "a\0b",
    "a\nb",
    "-rf",
    ".lock",
    "a..b",
]
names = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="./\\~ab-_ \0\n:\u202e", max_size=12),
    st.sampled_from(EVIL),
    st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True),
)


@given(st.lists(names, min_size=1, max_size=3))
def test_path_of_any_names_is_inside_its_folder_or_refused(tmp_path: Path, parts: list[str]) -> None:
    home = tmp_path / "home"
    try:
        path = make_path(home, *parts)
    except UsageError:
        return
    assert path.resolve().is_relative_to(home.resolve())
    assert len(path.relative_to(home).parts) == len(parts)  # each name is one step down
    assert not any(part.startswith(".") for part in path.relative_to(home).parts)


@pytest.mark.parametrize("name", EVIL)
def test_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="Expected a name") as caught:
        make_path(tmp_path, name)
    assert str(caught.value).isprintable()
    with pytest.raises(UsageError):
        make_path(tmp_path, "good", name)


@pytest.mark.parametrize("name", ["unet-b100-lr0.001-s0", "epoch-025.safetensors", "a", "A1", "run.json"])
def test_names_of_ours_are_let_through(tmp_path: Path, name: str) -> None:
    assert make_path(tmp_path, name) == tmp_path / name


@given(st.text(max_size=80))
def test_slug_of_any_category_is_a_name(text: str) -> None:
    assert make_path(Path("results"), make_slug(text)).parent == Path("results")


@pytest.mark.parametrize("name", ["../other/unet", "/etc", "..", "unet/../../x"])
def test_store_reads_and_writes_no_run_outside_its_folder(tmp_path: Path, name: str) -> None:
    store = Store(tmp_path / "store", {})
    for use in (
        lambda: store.state(name),
        lambda: store.record(name),
        lambda: store.snapshot(name, 1),
        lambda: store.probe(name, "quality", 1),
        lambda: store.probe("unet", name, 1),
        lambda: store.save_snapshot(name, 1, {}),
        lambda: list(store.troubles(name)),
    ):
        with pytest.raises(UsageError):
            use()
    assert list(tmp_path.iterdir()) == []
