"""Beyond the write-up: which of two orders of layers its figures are nearer to."""

from __future__ import annotations

from collections.abc import Mapping

from report.questions.beside_others import LABELS
from report.questions.phrases import list_words
from report.results.frames import Frames
from runs.specs.spec import RunSpec


def say_nearer_order(frames: Frames, name: str, ours: RunSpec, drawn: RunSpec, written: Mapping[str, float]) -> str:
    """By which figures the handout's order of layers, and by which the order of the other parts, is the nearer to what
    is written of a network; "" where a number is not stored.

    Args:
        frames: what is stored.
        name: what the network is called.
        ours: the network with its layers as in the other parts.
        drawn: the same in the handout's order.
        written: column of the epochs -> figure.
    """
    nearer: dict[bool, list[str]] = {True: [], False: []}
    for column, figure in written.items():
        one, other = frames.metric(ours, column), frames.metric(drawn, column)
        if not (one.ok and other.ok):
            return ""
        nearer[abs(other.mean - figure) < abs(one.mean - figure)].append(LABELS[column])
    if not nearer[False]:
        return f"By all its figures the written {name} is nearer to the handout’s order of layers."
    if not nearer[True]:
        return f"By none of its figures is the written {name} nearer to the handout’s order of layers."
    return (
        f"The written {name} is nearer to the handout’s order of layers by its {list_words(nearer[True])}, and nearer "
        f"to that of the other parts by its {list_words(nearer[False])}."
    )
