"""Question 1.6.d, larger outputs: large photographs coloured in two ways, and enlarged pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from report.answers import Answer, Cell, Figure, Table
from report.drawing.charts import Panel, draw_chart, draw_strips
from report.judging.judge import judge_part
from report.measures.kept_pictures import ASPECTS
from report.measures.layers import count_layers, count_tied, counted, find_reach, find_step
from report.measures.moments import LAST, at, enlarged
from report.questions.from_samples import list_missing, list_points, map_statuses, write_remarks
from report.questions.phrases import say_side as compared
from report.questions.q1_6 import leads
from report.questions.q1_6.larger_claims import CLAIMS, MEASURED, WAYS, at_side, sides
from report.results.frames import Frames, Measurement
from report.results.values import Sample
from runs.specs.catalogue import CNN, UNET, UNET_UPSCALE
from runs.specs.spec import RunSpec

NETWORKS: Mapping[RunSpec, str] = {CNN: "CNN", UNET: "UNet"}

#: Ways of colouring a large photograph, as short as they stand at the ends of lines.
SHORT: Mapping[str, str] = {
    "direct": "whole photograph",
    "kept": "chroma alone",
    "upsampled": "small, enlarged",
    "grey": "no colour",
}

#: Ways of enlarging the kept small inputs, as a page says them.
FILLED: Mapping[str, str] = {
    "small": "repeating each pixel",
    "bilinear": "averages of the nearest pixels (bilinear)",
    "bicubic": "weighted averages of more pixels (bicubic)",
}

#: Of larger photographs a square of this side is shown, in pixels.
WINDOW = 128
ROWS: Mapping[str, str] = {
    "grey": "input",
    "direct": SHORT["direct"],
    "upsampled": SHORT["upsampled"],
    "truth": "truth",
}


def answer(frames: Frames) -> Answer:
    """1.6.d: the error by size and way, with pictures, and averages beside repeated pixels."""
    there = sides(frames)
    errors = {row: frames.take(enlarged(row, "error")) for row in ("small", "bilinear")}
    network = frames.take(at(UNET_UPSCALE, LAST, "error"))
    smallest, largest = (end(there) if there else None for end in (min, max))
    ends = {
        f"{way}_{name}": frames.take(at_side(UNET, way, "delta_e", side))
        for way in WAYS
        for name, side in (("smallest", smallest), ("largest", largest))
    }
    samples = {f"{row}_error": sample for row, sample in errors.items()} | ends
    kept = {name: samples.pop(f"kept_{name}") for name in ("smallest", "largest")}
    drawn = [draw_sides(frames, there), *(draw_photographs(frames, side) for side in there)]
    verdicts = judge_part("1.6.d", CLAIMS, frames)
    lead, outcome = leads.lead_larger(ends["direct_largest"], ends["upsampled_largest"], map_statuses(verdicts))
    return Answer(
        "1.6.d",
        "Larger outputs",
        "How the networks, trained on 32×32, can be changed so that they colour test pictures that are larger.",
        values={name: sample.measured() for name, sample in samples.items()}
        | {name: sample.once().measured() for name, sample in ends.items() if name.startswith("grey")}
        | {
            "smallest": None if smallest is None else str(smallest),
            "largest": None if largest is None else str(largest),
            "kept_smallest": kept["smallest"].measured() or "",
            "kept_largest": kept["largest"].measured() or "",
            **describe_layers(frames, largest),
            "ways_side": compared(kept["largest"], ends["upsampled_largest"]) or "",
            "small_side": compared(kept["smallest"], ends["upsampled_smallest"]) or "",
            "grey_side": compared(ends["upsampled_largest"], ends["grey_largest"]),
            "averages_side": compared(errors["bilinear"], errors["small"]),
            "has_network": network.ok,
            "network_error": network.measured() if network.ok else "",
        },
        lead=lead,
        outcome=outcome,
        written=leads.WRITTEN["1.6.d"],
        evidence=leads.prove_larger(
            ends["direct_largest"],
            ends["upsampled_largest"],
            ends["grey_largest"],
            errors["bilinear"],
            errors["small"],
        ),
        shown=(f"photographs-{there[min(1, len(there) - 1)]}",) if there else (),
        figures=[one for one in drawn if one is not None],
        tables=[tabulate_sizes(frames, there), tabulate_filled(frames)],
        verdicts=verdicts,
        missing=list_missing(*samples.values(), *kept.values(), frames.take(at_side(CNN, "direct", "delta_e"))),
        notes=[*write_remarks(*samples.values()), *name_photograph(frames)],
    )


def describe_layers(frames: Frames, largest: int | None) -> dict[str, Any]:
    """What a template says of the CNN as built: whether a layer is tied to a size, and how much of a photograph a pixel
    of its output sees; "" where its layers are not stored.
    """
    found = {
        "layers": frames.take(counted(count_layers, CNN)),
        "tied": frames.take(counted(count_tied, CNN)),
        "step": frames.take(counted(find_step, CNN)),
        "reach": frames.take(counted(find_reach, CNN)),
    }
    share = "" if largest is None else found["reach"].map(lambda side: min(side / largest, 1), "%", 0).measured() or ""
    return {
        **{f"built_{name}": sample.measured() or "" for name, sample in found.items()},
        "none_tied": found["tied"].ok and found["tied"].mean == 0,
        "reach_share": share,
    }


def find_probe(frames: Frames) -> tuple[str, Measurement] | None:
    """The photographs of the UNet, else of the CNN, of the first seed that has them, and the network's name."""
    for spec in (UNET, CNN):
        for stored in frames.probe(spec, "sizes").values():
            return NETWORKS[spec], stored
    return None


def name_photograph(frames: Frames) -> list[str]:
    """Which photographs these are, as a remark."""
    found = find_probe(frames)
    if not found:
        return []
    names = found[1].notes["photographs"]
    few = f"There are {len(names)} of them: n counts the seeds, and other photographs might differ."
    return [f"The photographs: {', '.join(names)}. {few}"]


def draw_photographs(frames: Frames, side: int) -> Figure | None:
    """Photographs of one size, or their middle where they are large: input, both ways, truth."""
    found = find_probe(frames)
    if found is None:
        return None
    name, stored = found
    shown_side = min(len(stored.arrays[f"truth_{side}"][0]), WINDOW)
    margin = (len(stored.arrays[f"truth_{side}"][0]) - shown_side) // 2
    window = slice(margin, margin + shown_side)
    told = [
        f"{words}: ΔE2000 {float(np.mean(stored.arrays[f'{way}_delta_e'][stored.arrays['side'] == side])):.1f}"
        for way, words in (("direct", ROWS["direct"]), ("upsampled", ROWS["upsampled"]), ("grey", "left grey"))
    ]
    what = "Photographs" if shown_side == side else f"The middle, {shown_side}×{shown_side} pixels, of photographs"
    return draw_strips(
        f"photographs-{side}",
        f"{what} of {side}×{side} pixels, coloured by the {name} that was trained on small pictures.",
        f"Rows of photographs: input, coloured as a whole, coloured small and enlarged, truth. {'; '.join(told)}.",
        {words: stored.arrays[f"{row}_{side}"][:, window, window] for row, words in ROWS.items()},
        scale=max(1, WINDOW // side),
    )


def draw_sides(frames: Frames, there: list[int]) -> Figure | None:
    """ΔE2000 and colourfulness by size, one line a way, one panel a network and measure; None without the probe."""
    panels, told = [], []
    for spec, name in NETWORKS.items():
        if not frames.probe(spec, "sizes"):
            continue
        lines = []
        for way, words in WAYS.items():
            found = [frames.take(at_side(spec, way, "delta_e", side)) for side in there]
            if not all(sample.ok for sample in found):
                continue
            colour = {"direct": name.lower(), "kept": "extra-1", "upsampled": "accent", "grey": "muted"}[way]
            line = list_points(SHORT[way], [float(side) for side in there], found, colour)
            lines.append(replace(line, dashed=way == "grey"))
            told.append(
                f"{name}, {words}: "
                + ", ".join(f"{one.mean:.1f} at {at}" for one, at in zip(found, there, strict=True))
            )
        panels.append(Panel(lines, "side of the photograph, pixels", "ΔE2000", title=name, log_x=True))
    if not panels:
        return None
    return draw_chart(
        "sizes",
        "Error of photographs by their size: the whole photograph coloured by the network; of that the chroma alone, "
        "under the photograph's own lightness; coloured small, with the chroma enlarged under the same; and, dashed, "
        "no colour at all.",
        f"{len(panels)} line charts over the side of the photographs. {'; '.join(told)}.",
        *panels,
        columns=2,
    )


def tabulate_sizes(frames: Frames, there: list[int]) -> Table:
    """Every measure of both networks by size and way; leaving a photograph grey does not depend on the network."""
    rows: list[list[Cell]] = []
    for side in there:
        ways = [(spec, name, way) for spec, name in NETWORKS.items() for way in WAYS if way != "grey"]
        for spec, name, way in ways:
            measured = [frames.take(at_side(spec, way, key, side)).measured() for key in MEASURED]
            rows.append([f"{side}×{side}, {name}: {WAYS[way]}", *measured])
        plain = [measure_grey(frames, key, side) for key in MEASURED]
        rows.append([f"{side}×{side}: {WAYS['grey']}", *(sample.measured() for sample in plain)])
    return Table(
        "sizes",
        "Large photographs by size and way, mean over the photographs.",
        ["photographs", *(words for words, _, _ in MEASURED.values())],
        rows,
    )


def measure_grey(frames: Frames, key: str, side: int) -> Sample:
    """A measure of the photographs left grey, from whichever network's probe is there."""
    found = [frames.take(at_side(spec, "grey", key, side)) for spec in (UNET, CNN)]
    return next((sample for sample in found if sample.ok), found[0]).once()


def tabulate_filled(frames: Frames) -> Table:
    """Ways of filling in, and the trained network beside them, on the kept test pictures."""
    aspects = ("error", "edges", "agreement")
    rows: list[list[Cell]] = [
        [words, *(frames.take(enlarged(row, aspect)).measured() for aspect in aspects)] for row, words in FILLED.items()
    ]
    rows.append(
        ["the UNet trained for it", *(frames.take(at(UNET_UPSCALE, LAST, aspect)).measured() for aspect in aspects)]
    )
    return Table(
        "filled",
        "The kept test pictures, shrunk to a quarter of their side and brought back to full size in four ways.",
        ["filled in by", *(ASPECTS[aspect].label for aspect in aspects)],
        rows,
    )
