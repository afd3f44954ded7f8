"""The answer to 1.3.b: what skip connections change between the CNN and the UNet, and the measured reasons."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from report.answers import Answer, Cell, Figure, Table
from report.drawing.charts import draw_chart, draw_strips
from report.judging.judge import judge_part
from report.measures.blocks import early_to_late
from report.measures.picture_quality import LOOKS, quality, reference
from report.questions.beside_others import draw_beside_others, say_outliers, tabulate_beside_others
from report.questions.curves import draw_over_epochs, find_last_values
from report.questions.extremes import draw_comparison, measure_distance
from report.questions.from_samples import find_picture, list_missing, map_statuses, write_remarks
from report.questions.near_copies import say_copies, tabulate_near_copies
from report.questions.nearer_order import say_nearer_order
from report.questions.phrases import (
    list_words,
    say_epochs,
    say_first_pictures,
    say_higher,
    say_length,
    say_on_seeds,
    say_side,
)
from report.questions.q1_3 import leads
from report.questions.q1_3.blocks import draw_gradients, tabulate_activations, tabulate_gradients
from report.questions.q1_3.claims import CLAIMS
from report.questions.q1_3.orders import COMPARED, UNET_FIGURES, measure_orders, tabulate_orders
from report.questions.q1_3.skips_claims import (
    SKIPS,
    UNCUT,
    UNET_LOSS,
    cost_of_cut,
    dead_share,
    last_epoch,
    passing_epoch,
    rank_share,
    settling_epoch,
    with_cut,
)
from report.questions.written import CNN_LOSS
from report.results.frames import Frames
from report.results.values import Sample, make_known
from runs.specs.catalogue import BASE, CNN, UNET, UNET_AS_DRAWN, make_unet
from runs.specs.spec import RunSpec

NETWORKS = {"CNN": CNN, "UNet": UNET}
#: What is tested with and without the pictures that are training pictures too.
TESTED = NETWORKS | {"UNet, batch 10": make_unet(10)}
_PICTURE_MEASURES = ("delta_e", "ssim", "sharpness")


def answer_skips(frames: Frames) -> Answer:
    """1.3.b: losses, accuracy and pictures of both networks, then each reason with what bears on it."""
    samples = measure_skips(frames)
    costs = {cut: frames.take(cost_of_cut(cut)) for cut in SKIPS}
    verdicts = judge_part("1.3.b", CLAIMS, frames)
    figures = [
        draw_skip_curves(frames),
        draw_skip_pictures(frames),
        draw_gradients(frames),
        draw_comparison(frames, "UNet", UNET),
        *draw_beside_others(frames, COMPARED),
    ]
    tables = [
        tabulate_networks(frames),
        tabulate_gradients(frames),
        tabulate_activations(frames),
        tabulate_cuts(frames),
        *([tabulate_orders(frames)] if frames.preset.beyond else []),
        tabulate_beside_others(frames, COMPARED),
        *tabulate_near_copies(frames, TESTED),
    ]
    status = map_statuses(verdicts)
    lead, outcome = leads.lead_skips(samples["unet_accuracy"], samples["cnn_accuracy"], status)
    return Answer(
        "1.3.b",
        "What skip connections change",
        "To train the UNet as long as the CNN, with batch 100, and to plot its training: how it compares with the CNN, "
        "whether skip connections improve validation loss, accuracy and pictures, and how, and at least two reasons "
        "why they may help.",
        values={name: sample.measured() for name, sample in samples.items()}
        | name_sides(samples)
        | describe_passing(frames)
        | {
            "length": say_length(frames, BASE),
            "dearest_cut": find_dearest(costs),
            "dearest_seeds": count_dearest_seeds(costs),
        }
        | describe_judged(status),
        lead=lead,
        outcome=outcome,
        written=leads.WRITTEN["1.3.b"],
        evidence=leads.prove_skips(samples, costs, find_dearest(costs)),
        shown=("curves", "pictures", "cuts"),
        figures=[figure for figure in figures if figure is not None],
        tables=[table for table in tables if table is not None],
        verdicts=verdicts,
        missing=list_missing(*samples.values(), *measure_orders(frames), measure_distance(frames, UNET)),
        notes=[
            "Gradient norms, dead channels, effective rank and the cost of a cut skip bear on the reasons given; "
            "none of them proves a cause.",
            *filter(None, [say_nearer_order(frames, "UNet", UNET, UNET_AS_DRAWN, UNET_FIGURES)]),
            *filter(None, [say_outliers(frames, COMPARED)]),
            *say_copies(frames, TESTED),
            *write_remarks(*samples.values()),
        ],
    )


def measure_skips(frames: Frames) -> dict[str, Sample]:
    """All numbers that the text speaks of, by name."""
    found: dict[str, Sample] = {}
    for name, spec in (("cnn", CNN), ("unet", UNET)):
        found |= {
            f"{name}_train": frames.metric(spec, "train_loss"),
            f"{name}_val": frames.metric(spec, "val_loss"),
            f"{name}_accuracy": frames.metric(spec, "val_accuracy"),
            f"{name}_gradient": frames.take(early_to_late(spec)),
            f"{name}_dead": frames.take(dead_share(spec)),
            f"{name}_rank": frames.take(rank_share(spec)),
        } | {f"{name}_{key}": frames.take(quality(spec, key)) for key in _PICTURE_MEASURES}
        found[f"{name}_settles"] = frames.take(settling_epoch(spec))
        found[f"{name}_parameters"] = count_parameters(frames, spec)
    found["truth_sharpness"] = frames.take(reference("truth", "sharpness"))
    found["whole_loss"] = frames.take(with_cut(UNCUT))
    return found | {f"cost_{cut}": frames.take(cost_of_cut(cut)) for cut in SKIPS}


def count_parameters(frames: Frames, spec: RunSpec) -> Sample:
    """The weights of a network, the same for every seed."""
    ids = {seed: run for seed, run in frames.ids(spec).items() if run in frames.runs.index}
    for run in ids.values():
        return make_known(float(frames.runs["parameters"][run]), digits=0, runs=(run,))
    return Sample({}, missing=tuple(frames.ids(spec).values()))


def name_sides(samples: Mapping[str, Sample]) -> dict[str, Any]:
    """For each pair of numbers, where the UNet's lies beside the CNN's; and which sentence that chooses."""
    names = ("train", "val", "accuracy", "gradient", "dead", "rank", "settles", *_PICTURE_MEASURES)
    found: dict[str, Any] = {
        f"{name}_side": say_side(samples[f"unet_{name}"], samples[f"cnn_{name}"]) for name in names
    }
    for name in ("gradient", "dead", "rank"):
        found[f"{name}_higher"] = say_higher(samples[f"unet_{name}"], samples[f"cnn_{name}"])
        found[f"{name}_lower"] = say_higher(samples[f"cnn_{name}"], samples[f"unet_{name}"])
    off = {name: find_away(samples, name) for name in NETWORKS}
    return found | {"sharpness_nearer": say_side(off["UNet"], off["CNN"])}


def find_away(samples: Mapping[str, Sample], name: str) -> Sample:
    """How far a network's sharpness is from the truth's, one a seed."""
    truth = samples["truth_sharpness"]
    ours = samples[f"{name.lower()}_sharpness"]
    return ours.map(lambda value: abs(value - truth.mean)) if truth.ok else Sample({})


def describe_passing(frames: Frames) -> dict[str, Any]:
    """The epoch at which the UNet passes the CNN's final validation loss, and whether it does: "all" seeds,
    "some" or "none".
    """
    epochs, last = frames.take(passing_epoch), frames.take(last_epoch)
    if not epochs.ok:
        return {"passing": None, "passes": None}
    within = {seed: epoch for seed, epoch in epochs.values.items() if epoch <= last.values[seed]}
    found = Sample(within, "", 0, epochs.runs).measured()
    return {
        "passing": found or "",
        "passes": "all" if len(within) == epochs.n else "some" if within else "none",
    }


def describe_judged(status: Mapping[str, str]) -> dict[str, str | bool]:
    """What the verdicts say of the gradient's flow, and of which skips the trained network relies on."""
    cuts = {
        found: [cut for cut in SKIPS if status[f"early-{cut}"] == found]
        for found in ("reproduced", "not reproduced", "undecided")
    }
    held, refused, left = cuts.values()
    return {
        "flow": status["gradient-flow"],
        "all_held": len(held) == len(SKIPS),
        "held_skips": list_words(held),
        "refused_skips": list_words(refused),
        "open_skips": list_words(left),
    }


def find_dearest(costs: Mapping[str, Sample]) -> str | None:
    """The skip whose cut costs most on average; None without numbers."""
    known = {cut: cost.mean for cut, cost in costs.items() if cost.ok}
    return max(known, key=lambda cut: known[cut]) if known else None


def count_dearest_seeds(costs: Mapping[str, Sample]) -> str:
    """On how many seeds the skip of :func:`find_dearest` is the dearest."""
    cut = find_dearest(costs)
    if cut is None:
        return ""
    others = [cost for name, cost in costs.items() if name != cut and cost.ok]
    rival = reduce(lambda one, other: one.paired(other, max), others)
    return say_on_seeds(costs[cut], rival)


def draw_skip_curves(frames: Frames) -> Figure | None:
    """Training loss, validation loss and accuracy over the epochs, CNN beside UNet."""
    lines = {name: (spec, name.lower()) for name, spec in NETWORKS.items()}
    final = frames.metric(CNN, "val_loss")
    levels = [(final.mean, "CNN’s last")] if final.ok else []
    panels = [
        draw_over_epochs(frames, "train_loss", "training loss, cross-entropy", lines),
        draw_over_epochs(frames, "val_loss", "validation loss, cross-entropy", lines, levels=levels),
        draw_over_epochs(frames, "val_accuracy", "pixels right, %", lines),
    ]
    ends = find_last_values(panels)
    if not ends:
        return None
    return draw_chart(
        "curves",
        "The loss of each epoch’s training, and loss and accuracy on the test pictures after it. The dashed level is "
        "the loss at which the CNN ends.",
        f"Three line charts over the epochs. Last values: {ends}.",
        *panels,
    )


def draw_skip_pictures(frames: Frames) -> Figure | None:
    """Grey, truth and what both networks make of it."""
    epoch = frames.preset.epoch(BASE)
    samples = frames.data_probe("samples")
    rows = {} if samples is None else {"grey": samples.arrays["grey"], "truth": samples.arrays["truth"]}
    made = {name: find_picture(frames, spec, epoch) for name, spec in NETWORKS.items()}
    rows |= {name: found for name, found in made.items() if found is not None}
    if not rows:
        return None
    return draw_strips(
        "pictures",
        f"{say_first_pictures(rows)} after epoch {say_epochs(frames, BASE)}.",
        f"Rows of small pictures: {', '.join(rows)}.",
        rows,
    )


def tabulate_networks(frames: Frames) -> Table:
    """Both networks, what was written of them, and the truth: one row a measure."""
    columns = {"train_loss": "training loss", "val_loss": "validation loss", "val_accuracy": "pixels right"}
    rows: list[list[Cell]] = [
        [label, frames.metric(CNN, column).measured(), None, frames.metric(UNET, column).measured(), None, None]
        for column, label in columns.items()
    ]
    rows[0][2], rows[0][4] = f"{CNN_LOSS:.2f}", f"{UNET_LOSS:.2f}"
    for key in _PICTURE_MEASURES:
        own = frames.take(reference("truth", key)).measured() if key == "sharpness" else None
        rows.append(
            [
                LOOKS[key].label,
                frames.take(quality(CNN, key)).measured(),
                None,
                frames.take(quality(UNET, key)).measured(),
                None,
                own,
            ]
        )
    return Table(
        "networks",
        f"CNN and UNet after epoch {say_epochs(frames, BASE)}, on the test pictures except for the training loss.",
        ["", "CNN", "written", "UNet", "written", "truth"],
        rows,
    )


def tabulate_cuts(frames: Frames) -> Table | None:
    """Each skip of the trained UNet cut in turn at test time."""
    if not frames.probe(UNET, "skips", BASE):
        return None
    carried = "; ".join(f"{cut}: {what}" for cut, what in SKIPS.items())
    whole = [
        frames.take(with_cut(UNCUT)).measured(),
        None,
        frames.take(with_cut(UNCUT, "val_accuracy")).measured(),
        None,
    ]
    rows: list[list[Cell]] = [["nothing", *whole]]
    for cut in SKIPS:
        row: list[Cell] = [cut]
        for column in ("val_loss", "val_accuracy"):
            row += [frames.take(with_cut(cut, column)).measured(), frames.take(cost_of_cut(cut, column)).measured()]
        rows.append(row)
    return Table(
        "cuts",
        f"The trained UNet with one skip cut at test time: what it carries is replaced by zeros ({carried}).",
        ["cut", "validation loss", "change", "pixels right", "change"],
        rows,
    )
