"""Fake frames with some numbers changed, and what the pages of 1.1 and 1.2 then say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from jinja2 import Environment

from report.answers import Answer
from report.judging.judge import judge_part
from report.judging.verdict import Verdict
from report.pages.render import Site, environment
from report.questions.q1_1.answer import answer_epochs, answer_lengths
from report.questions.q1_1.claims import CLAIMS
from report.questions.q1_1.colour_space import answer_colour_space
from report.questions.q1_1.layers import answer_network
from report.questions.q1_1.reading_off import answer_reading_off
from report.results.frames import Frames, Measurement
from runs.specs.catalogue import REGRESSION
from runs.specs.spec import RunSpec

PARTS = ["1.1.a", "1.1.b", "1.1.c", "1.1.d", "1.1.e"]
ANSWERS = {
    "1.1.a": answer_network,
    "1.1.b": answer_epochs,
    "1.1.c": answer_lengths,
    "1.1.d": answer_colour_space,
    "1.1.e": answer_reading_off,
}


def part(frames: Frames, name: str) -> Answer:
    return ANSWERS[name](frames)


def page(frames: Frames, *names: str) -> str:
    """The text of some parts as the report renders it, with single blanks and no markup; the others are gaps."""
    answers = [
        part(frames, each) if each in names else Answer(each, "", "", values={"left out": None}) for each in PARTS
    ]
    return text_of("q1_1.html.j2", answers)


def text_of(template: str, answers: Sequence[Answer]) -> str:
    """The text of a section, with single blanks and no markup."""
    env = templates()
    site = env.globals["site"]
    assert isinstance(site, Site)
    site.count(answers)
    html = env.get_template(template).render(answers=answers, by_part={each.part: each for each in answers})
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The report's own templates, compiled once."""
    return environment(Site())


def verdict(frames: Frames, name: str) -> Verdict:
    """The verdict of one claim, by its id."""
    found = judge_part(name.rsplit(".", 1)[0], [claim for claim in CLAIMS if claim.id == name], frames)
    assert [each.claim.id for each in found] == [name]
    return found[0]


def with_probe(frames: Frames, spec: RunSpec | None, name: str, epoch: int, **arrays: Any) -> Frames:
    """The same frames, with some arrays of a probe changed for every seed; None stands for the pictures."""
    ids = ["data"] if spec is None else [spec.with_seed(seed).id for seed in frames.seeds]
    probes = dict(frames.probes)
    for run in ids:
        old = probes[run, name, epoch]
        probes[run, name, epoch] = Measurement({**old.arrays, **arrays}, old.notes)
    return replace(frames, probes=probes)


def with_losses(frames: Frames, losses: Mapping[int, float], column: str = "train_loss") -> Frames:
    """The same frames, with RegressionCNN's loss at some epochs, a little more for each further seed."""
    epochs = frames.epochs.copy()
    for epoch, loss in losses.items():
        for seed in frames.seeds:
            rows = (epochs.run == REGRESSION.with_seed(seed).id) & (epochs.epoch == epoch)
            epochs.loc[rows, column] = loss * (1 + 1e-6 * seed)
    return replace(frames, epochs=epochs)


def with_layers(frames: Frames, blocks: Mapping[str, Sequence[str]], filters: Mapping[str, int], kernel: int) -> Frames:
    rows = [
        {"block": block, "layer": layer, "filters": filters[block] if "Conv" in layer else 0,
         "kernel": kernel if "Conv" in layer else 2 if layer == "MaxPool2d" else 0, "output": [filters[block], 8, 8],
         "parameters": 10, "multiply_adds": 1000 if "Conv" in layer else 0, "seconds": 0.001}
        for block, layers in blocks.items() for layer in layers
    ]  # fmt: skip
    probes = dict(frames.probes)
    for seed in frames.seeds:
        probes[REGRESSION.with_seed(seed).id, "layers", 25] = Measurement(
            {}, {"layers": rows, "printed": "RegressionCNN(<built>)", "parameters": 10 * len(rows)}
        )
    return replace(frames, probes=probes)


WRITTEN = {"downconv1": 32, "downconv2": 64, "rfconv": 64, "upconv1": 32, "upconv2": 3, "finalconv": 3}
