"""Kept sections stand while nothing that they were made from has changed, and no longer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from report.answers import Figure
from report.drawing import bars, charts
from report.pages import export, fingerprint, jinja_env
from report.pages.render import render
from report.results import stored
from report.results.frames import Frames
from report.results.stored import Shelf
from runs.specs import catalogue
from runs.specs.catalogue import CNN, REGRESSION, UNET
from runs.specs.presets import PRESETS, SECTIONS
from runs.storage.store import Store
from tests.fakes import fake_frames
from tests.report import made_up_pages
from tests.report.made_up_pages import PAGES, Questions, made_up_questions
from tests.report.made_up_store import save
from tests.report.made_up_store import stored as written
from tests.test_architecture import HOME

FILTERS = CNN.model_copy(update={"filters": 8})


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=1, probes=False)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frames: Frames) -> SimpleNamespace:
    """Made-up questions, a store, a copy of the code, and a report that was made of them once."""
    questions = made_up_questions(tmp_path / "templates", monkeypatch)
    monkeypatch.setattr(made_up_pages, "draw_chart", undrawn)
    for room in fingerprint.ROOMS:
        shutil.copytree(HOME / room, tmp_path / "home" / room, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(fingerprint, "HOME", tmp_path / "home")
    store = written(frames, tmp_path / "results")
    made = SimpleNamespace(
        questions=questions, store=store, frames=frames, home=tmp_path / "home", out=tmp_path / "out", patch=monkeypatch
    )
    assert answered(made) == list(SECTIONS)
    return made


def undrawn(name: str, caption: str, alt: str, *_: object, **__: object) -> Figure:
    """A figure without its drawing, which takes long."""
    return Figure(name, caption, alt)


def shelf(store: Store) -> Shelf:
    return Shelf(store, PRESETS["write-up"], (0,))


def answered(here: SimpleNamespace, source: Shelf | None = None, **options: object) -> list[str]:
    """The sections that a report answers afresh."""
    questions: Questions = here.questions
    questions.asked.clear()
    render(source or shelf(here.store), here.out, pages=options.pop("pages", PAGES), **options)  # type: ignore[arg-type]
    return list(questions.asked)


def test_second_report_answers_nothing_and_is_the_same(here: SimpleNamespace, tmp_path: Path) -> None:
    for path in here.out.glob("report.*"):
        path.unlink()
    assert answered(here) == []
    again = tmp_path / "afresh"
    render(shelf(here.store), again, pages=PAGES)
    names = sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert len(names) == 2 + len(SECTIONS)
    for name in names:
        assert (here.out / name).read_bytes() == (again / name).read_bytes(), name


def test_section_asked_for_is_always_answered(here: SimpleNamespace) -> None:
    assert answered(here, sections=["1.3"]) == ["1.3"]


def other_losses(here: SimpleNamespace) -> None:
    run = UNET.id
    epochs = here.frames.epochs.copy()
    epochs.loc[epochs.run == run, "val_loss"] += 0.001
    save(here.store, replace(here.frames, epochs=epochs), run)


def run_continued_elsewhere(here: SimpleNamespace) -> None:
    save(here.store, here.frames, UNET.id, diverged=True)


def touched_in_its_arrays(here: SimpleNamespace) -> None:
    path = here.store.folder / UNET.id / "state.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def new_probe(here: SimpleNamespace) -> None:
    here.store.save_probe(UNET.id, "skips", 25, {"version": 1, "notes": {}}, {"a": np.zeros(3)})


def new_probe_of_the_data(here: SimpleNamespace) -> None:
    here.store.save_probe("data", "colours", 0, {"version": 1, "notes": {}}, {"a": np.zeros(3)})


def run_gone(here: SimpleNamespace) -> None:
    shutil.rmtree(here.store.folder / REGRESSION.id)


def run_of_the_users_own(here: SimpleNamespace) -> None:
    save(here.store, here.frames, CNN.id, spec=FILTERS.model_dump())
    (here.store.folder / CNN.id).rename(here.store.folder / FILTERS.id)
    save(here.store, here.frames, CNN.id)
    answered(here)  # the other was written again
    shutil.rmtree(here.store.folder / FILTERS.id)


def damaged_section(here: SimpleNamespace) -> None:
    path = here.out / "sections" / "1.2.json"
    path.write_text(path.read_text("utf-8").replace("The sentence", "The phrase", 1), "utf-8")


def lost_section(here: SimpleNamespace) -> None:
    (here.out / "sections" / "1.5.json").unlink()


def edited(*path: str) -> Callable[[SimpleNamespace], None]:
    def edit(here: SimpleNamespace) -> None:
        place = Path(here.home, *path) if path[0] != "templates" else Path(jinja_env.TEMPLATES, *path[1:])
        place.write_text(place.read_text("utf-8") + "\n", "utf-8")

    return edit


def other_recipe(here: SimpleNamespace) -> None:
    here.patch.setattr(stored, "digest_recipe", lambda: "another")


def other_loss_network(here: SimpleNamespace) -> None:
    here.patch.setattr(catalogue, "find_vgg16", lambda: here.home / "report" / "make.py")


def other_library(here: SimpleNamespace) -> None:
    here.patch.setattr(fingerprint, "version", lambda name: "99.0")


WITH_UNET = ["1.3", "1.4", "1.5", "1.6"]
ALL = list(SECTIONS)


@pytest.mark.parametrize(
    ("change", "rebuilt"),
    [
        (other_losses, WITH_UNET), (run_continued_elsewhere, WITH_UNET), (touched_in_its_arrays, WITH_UNET),
        (new_probe, WITH_UNET), (new_probe_of_the_data, ALL), (run_gone, ["1.1", "1.2", "1.6"]),
        (run_of_the_users_own, ["1.6"]), (damaged_section, ["1.2"]), (lost_section, ["1.5"]),
(edited("templates", "q1_3.html.j2"), ALL), (edited("templates", "macros.html.j2"), ALL),
        (edited("report", "questions", "q1_2", "answer.py"), ALL), (edited("report", "drawing", "charts.py"), ALL),
        (edited("runs", "specs", "catalogue.py"), ALL), (other_recipe, ALL), (other_library, ALL),
        (other_loss_network, ["1.6"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_what_a_section_was_made_from_changes_it_and_nothing_else_does(
    here: SimpleNamespace, change: Callable[[SimpleNamespace], None], rebuilt: list[str]
) -> None:
    change(here)
    assert answered(here) == rebuilt
    assert answered(here) == []


@pytest.mark.parametrize("asked", [{"seeds": (0, 1)}, {"preset": PRESETS["thorough"]}])
def test_another_request_answers_all_afresh(here: SimpleNamespace, asked: dict[str, object]) -> None:
    assert answered(here, replace(shelf(here.store), **asked)) == ALL  # type: ignore[arg-type]


def test_other_options_answer_all_afresh(here: SimpleNamespace) -> None:
    assert answered(here, pages=replace(PAGES, options="--data photos")) == ALL


def test_tables_in_memory_are_never_taken_for_known(here: SimpleNamespace) -> None:
    for _ in range(2):
        here.questions.asked.clear()
        render(here.frames, here.out, pages=PAGES)
        assert here.questions.asked == ALL


def test_kept_section_is_shown_without_tables_or_drawings(here: SimpleNamespace) -> None:
    def refuse(*_: object) -> Frames:
        pytest.fail("the tables are made")

    here.patch.setattr(Shelf, "frames", refuse)
    assert answered(here) == []


# What a section may see


def test_section_sees_all_that_it_speaks_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that looks at a run beyond its needs would say another thing when it sees those alone."""
    for module in (charts, bars):
        for name in ("draw_chart", "draw_scatter", "draw_bars", "draw_to_svg", "draw_swatches"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, undrawn)
    source = shelf(written(fake_frames(seeds=1), tmp_path))
    for section in SECTIONS:
        question = import_module(f"report.questions.q{section.replace('.', '_')}.answer")
        whole, own = (
            [export.record_answer(a) for a in question.answer(f)] for f in (source.frames(), source.of(section))
        )
        assert own == whole
        assert all(answer["ready"] for answer in own)
