"""Fake frames with some numbers set by hand, and a section's page without the cost of drawing its charts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from report.answers import Answer, Figure
from report.judging.claim import Claim
from report.judging.judge import judge_part
from report.judging.verdict import Verdict
from report.pages import filters
from report.pages.render import Site, environment
from report.results.frames import Frames, Measurement
from runs.specs.spec import RunSpec


def with_metric(frames: Frames, spec: RunSpec, column: str, numbers: float | Sequence[float]) -> Frames:
    """A column of a run's rows: one number for all epochs, or one an epoch; the same for each seed."""
    epochs = frames.epochs.copy()
    for seed in frames.seeds:
        rows = epochs.run == spec.with_seed(seed).id
        epochs.loc[rows, column] = np.broadcast_to(numbers, rows.sum())
    return replace(frames, epochs=epochs)


def with_probe(frames: Frames, spec: RunSpec | None, name: str, **arrays: Any) -> Frames:
    """Arrays of a probe, the same for each seed; without a run, of the pictures."""
    probes = dict(frames.probes)
    ids = {"data"} if spec is None else {spec.with_seed(seed).id for seed in frames.seeds}
    for key, old in frames.probes.items():
        if key[0] in ids and key[1] == name:
            changed = {array: np.asarray(value, np.float32) for array, value in arrays.items()}
            probes[key] = Measurement({**old.arrays, **changed}, old.notes)
    return replace(frames, probes=probes)


def diverged(frames: Frames, spec: RunSpec, seed: int) -> Frames:
    """One run whose numbers are no numbers from the third epoch on, in its probes too."""
    run = spec.with_seed(seed).id
    runs, epochs, probes = frames.runs.copy(), frames.epochs.copy(), dict(frames.probes)
    runs.loc[run, "diverged"] = True
    epochs.loc[(epochs.run == run) & (epochs.epoch > 2), ["train_loss", "val_loss"]] = np.nan
    for key, old in frames.probes.items():
        if key[0] == run:
            nothing = {name: np.full_like(array, np.nan, np.float32) for name, array in old.arrays.items()}
            probes[key] = Measurement(nothing, old.notes)
    return replace(frames, runs=runs, epochs=epochs, probes=probes)


def verdicts(claims: Sequence[Claim], part: str, frames: Frames) -> dict[str, Verdict]:
    """The verdicts of a part by the last word of their claims' ids."""
    return {verdict.claim.id.rsplit(".", 1)[1]: verdict for verdict in judge_part(part, claims, frames)}


def undrawn(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> None:
    """Charts of these question modules stay empty: sentences do not need them, and drawing takes long."""

    def empty(name: str, caption: str, alt: str, *_: Any, **__: Any) -> Figure:
        return Figure(name, caption, alt)

    for module in modules:
        for draw in ("draw_chart", "draw_bars"):
            if hasattr(module, draw):
                monkeypatch.setattr(module, draw, empty)


def page(name: str, frames: Frames) -> str:
    """A question's section as the report renders it, its white space in single blanks."""
    answers: list[Answer] = import_module(f"report.questions.{name}.answer").answer(frames)
    site = Site()
    site.count(answers)
    by_part: Mapping[str, Answer] = {answer.part: answer for answer in answers}
    html = environment(site).get_template(f"{name}.html.j2").render(answers=answers, by_part=by_part)
    return " ".join(html.split())


def prose(html: str, part: str) -> str:
    """A part's sentences without their tags; "" where the part is not ready."""
    anchor = filters.anchor(part, "part")
    assert f'id="{anchor}"' in html
    section = html.partition(f'id="{anchor}"')[2].partition("</section>")[0]
    text = section.partition('<div class="prose">')[2].partition("</div>")[0]
    return " ".join(re.sub(r"<[^>]+>", "", text).split())
