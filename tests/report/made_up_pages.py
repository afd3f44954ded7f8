"""Six made-up questions that need neither claims nor templates of the real ones."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from report.answers import Answer, Table
from report.drawing.charts import Panel, Series, draw_chart, draw_strips
from report.judging.claim import Claim
from report.judging.kinds import Value
from report.judging.verdict import STATUSES, Finding, Status, Verdict
from report.pages import jinja_env
from report.pages.render import PageInfo, render
from report.results.frames import Frames, Measure
from report.results.values import Measured, Sample
from runs.specs.catalogue import UNET

#: What the write-up might say when it wished the page ill.
HOSTILE = "<script>alert('1')</script><img src=x onerror=alert(2)> & \"quoted\" {{ 7 * 7 }}"

TEMPLATE = """{% import "macros.html.j2" as m %}
{% for a in answers %}
{% call m.part(a) %}<p>The loss is {{ a.values.loss | num }}, or {{ a.values.loss | plain }}.</p>{% endcall %}
{% endfor %}
"""


@dataclass
class Questions:
    """What the made-up questions answer; tests change it.

    Attributes:
        templates: the folder of the templates in use.
        edit: applied to each answer before it is given.
        asked: the sections that were answered, in order.
    """

    templates: Path
    edit: Callable[[Answer], Answer] = lambda answer: answer
    asked: list[str] = field(default_factory=list)

    def answer(self, section: str, frames: Frames) -> list[Answer]:
        """Two parts, one with a verdict of every status."""
        self.asked.append(section)
        return [self.edit(part) for part in (self._first(section, frames), self._second(section, frames))]

    def _first(self, section: str, frames: Frames) -> Answer:
        loss = frames.metric(UNET, "val_loss").measured()
        panel = Panel([Series("UNet", [1, 2, 3], [3.0, 2.0, 1.5], marker=True)], "epoch", "loss")
        pictures = np.arange(2 * 4 * 4 * 3, dtype=np.uint8).reshape(2, 4, 4, 3)
        return Answer(
            f"{section}.a", "A part", "What the loss is.", {"loss": loss},
            [draw_chart("curve", "A falling line.", "A line falls.", panel),
             draw_strips("rows", "Pictures.", "Rows of pictures.", {"truth": pictures, "grey": pictures})],
            [Table("numbers", "Numbers.", ["network", "loss"], [["UNet", loss], ["CNN", None]])],
            [verdict(f"{section}.a.claim-{index}", status, loss) for index, status in enumerate(STATUSES)],
            frames.metric(UNET, "val_loss").missing,
            ["A remark."],
        )  # fmt: skip

    def _second(self, section: str, frames: Frames) -> Answer:
        return Answer(f"{section}.b", "Another part", "The same again.", {"loss": Measured(1.25, n=0)})


def verdict(
    name: str, status: Status = "reproduced", measured: Measured | None = None, flags: tuple[str, ...] = ()
) -> Verdict:
    """A verdict on a made-up claim that the loss is 1.25, within 0.05."""
    claim = Claim(
        name,
        f"The statement of {name}.",
        "1.25",
        Value(1.25, Measure(lambda frames: Sample({})), 0.05),
        f"The reason of {name}.",
    )
    finding = Finding(status, f"The sentence of {name}.", measured, (1.2, 1.3) if measured else None, 2)
    return Verdict(claim, finding, flags)


def refound(verdict: Verdict, **changes: Any) -> Verdict:
    """The same verdict with another finding."""
    return replace(verdict, finding=replace(verdict.finding, **changes))


def made_up_questions(folder: Path, patch: pytest.MonkeyPatch) -> Questions:
    """Put made-up questions and their templates in the place of the real ones."""
    shutil.copytree(jinja_env.TEMPLATES, folder)
    questions = Questions(folder)
    for index in range(1, 7):
        name = f"q1_{index}"
        (folder / f"{name}.html.j2").write_text(TEMPLATE)
        module = ModuleType(f"report.questions.{name}.answer")
        module.answer = lambda frames, section=f"1.{index}": questions.answer(section, frames)  # type: ignore[attr-defined]
        patch.setitem(sys.modules, f"report.questions.{name}.answer", module)
    patch.setattr(jinja_env, "TEMPLATES", folder)
    return questions


PAGES = PageInfo("2026-03-01 12:00", "0123abc", {"device": "Some CPU"}, "--data cifar10 --seeds 2")


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        self.words = ""
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in {"style", "script"}:
            self.inside[self._open] = data
        else:
            self.words += data

    def all(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]

    @property
    def text(self) -> str:
        return " ".join(self.words.split())


def rendered(frames: Frames, out: Path, **options: Any) -> Page:
    return Page(render(frames, out, pages=PAGES, **options).html.read_text("utf-8"))


# What is on the page
