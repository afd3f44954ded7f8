"""The answers to 1.4, super-resolution: how small the input is, and what two networks make of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from report.answers import Answer, Cell, Figure, Table
from report.drawing.charts import draw_bars, draw_chart, draw_strips
from report.judging.judge import judge_part
from report.measures.picture_quality import LOOKS, SMALLER_IS_BETTER, quality, reference
from report.questions.beside_others import Compared, draw_beside_others, say_outliers, tabulate_beside_others
from report.questions.curves import draw_over_epochs, find_last_values
from report.questions.extremes import draw_comparisons, measure_distance
from report.questions.from_samples import find_picture, find_reach, list_missing, map_statuses, write_remarks
from report.questions.phrases import (
    list_words,
    relate,
    say_epochs,
    say_first_pictures,
    say_higher,
    say_length,
    say_side,
)
from report.questions.q1_4 import leads
from report.questions.q1_4.bilinear import describe_reasons, list_samples, paint_as_assignment
from report.questions.q1_4.claims import (
    AGAINST,
    CLAIMS,
    INTERPOLATIONS,
    NETWORKS,
    PAINTED,
    colour_gap,
    gap,
    interpolated,
    pixel_share,
    side_share,
    sizes,
)
from report.results.frames import Frames
from report.results.values import Sample, make_computed
from runs.specs.catalogue import BASE

#: Measures against the truth, and measures of a picture by itself.
ERRORS, OWN = tuple(AGAINST), ("total_variation", "contrast", "sharpness")
#: Columns of the table that no network makes.
REFERENCES = {
    "truth": "truth",
    "palette": "in the palette",
    "bilinear": "bilinear",
    "bilinear_palette": "bilinear in the palette",
    "bicubic": "bicubic",
    "bicubic_palette": "bicubic in the palette",
}


def answer(frames: Frames) -> list[Answer]:
    """Parts 1.4.a and 1.4.b."""
    return [answer_sizes(frames), answer_networks(frames)]


def answer_sizes(frames: Frames) -> Answer:
    """1.4.a: the input beside the output, in pixels."""
    full, small = sizes(frames)
    shares = frames.take(side_share), frames.take(pixel_share)
    samples = frames.data_probe("samples")
    rows = {"truth": "truth", "small": "small input, pixels repeated", "bilinear": "small input, bilinear"}
    figures = []
    if samples is not None:
        figures.append(
            draw_strips(
                "input",
                "Test pictures, what is left of them after downsizing, and the same brought back to full size by "
                "bilinear interpolation.",
                f"Three rows of small pictures: {', '.join(rows.values())}.",
                {label: samples.arrays[row] for row, label in rows.items()},
            )
        )
    verdicts = judge_part("1.4.a", CLAIMS, frames)
    lead, outcome = leads.lead_sizes(shares[0].map(float, "%", 1), shares[1].map(float, "%", 1), map_statuses(verdicts))
    return Answer(
        "1.4.a",
        "How small the input is",
        "How the downsized input and the output differ in resolution.",
        values={
            "full_side": make_computed(full, digits=0),
            "small_side": make_computed(small, digits=0),
            "full_pixels": make_computed(full * full, digits=0),
            "small_pixels": make_computed(small * small, digits=0),
            "side_share": shares[0].measured(),
            "pixel_share": shares[1].measured(),
            "halved": abs(shares[0].mean - 0.5) < 1e-9 or abs(shares[1].mean - 0.5) < 1e-9,
        },
        lead=lead,
        outcome=outcome,
        written=leads.WRITTEN["1.4.a"],
        shown=("input",),
        figures=figures,
        tables=[tabulate_sizes(full, small)],
        verdicts=verdicts,
    )


def tabulate_sizes(full: int, small: int) -> Table:
    """Sides, pixels and numbers of the picture that comes out and of the one that goes in."""
    rows: list[list[Cell]] = [
        [name, make_computed(out, digits=0), make_computed(into, digits=0), make_computed(into / out)]
        for name, out, into in (
            ("side, pixels", full, small),
            ("pixels", full * full, small * small),
            ("numbers (three a pixel)", 3 * full * full, 3 * small * small),
        )
    ]
    for row in rows:
        row.append("a half")
    return Table(
        "sizes",
        "The picture that is to come out and the downsized one. For the networks each pixel of the small picture is "
        "repeated until it is as large as the output; that adds no information.",
        ["", "output", "small input", "input / output", "written"],
        rows,
    )


#: What is held beside others' results; the write-up gives no figure.
COMPARED = tuple(
    Compared(name, spec, column)
    for name, spec in NETWORKS.items()
    for column in ("train_loss", "val_loss", "val_accuracy")
)


def answer_networks(frames: Frames) -> Answer:
    """1.4.b: CNN beside UNet beside two interpolations, against the truth."""
    samples = measure_networks(frames)
    other = frames.take(colour_gap)
    figures = [
        draw_networks(frames),
        draw_network_curves(frames),
        draw_looks(frames),
        *draw_comparisons(frames, NETWORKS),
        *draw_beside_others(frames, COMPARED),
    ]
    verdicts = judge_part("1.4.b", CLAIMS, frames)
    lead, outcome = leads.lead_networks(samples["unet_accuracy"], samples["cnn_accuracy"], map_statuses(verdicts))
    beside = compare_with_interpolation(frames)
    return Answer(
        "1.4.b",
        "CNN and UNet",
        "Whether the outputs of the CNN and the UNet differ in super-resolution, how both differ from bilinear "
        "interpolation, and at least two reasons why convolutional networks do better than it.",
        values={name: sample.measured() for name, sample in samples.items()}
        | name_sides(samples)
        | beside
        | describe_reasons(frames)
        | {
            "length": say_length(frames, BASE),
            "colour_gap": other.measured() if other.ok else "",
            "gap_side": say_side(samples["gap"], other) if other.ok else "",
        },
        lead=lead,
        outcome=outcome,
        written=leads.WRITTEN["1.4.b"],
        evidence=leads.prove_networks(samples, does_bicubic_win(samples), beside["unet_won"], beside["comparisons"]),
        shown=("pictures", "quality"),
        figures=[figure for figure in figures if figure is not None],
        tables=[tabulate_networks(frames), tabulate_beside_others(frames, COMPARED)],
        verdicts=verdicts,
        missing=list_missing(
            *samples.values(),
            *list_samples(frames).values(),
            other,
            *(measure_distance(frames, spec) for spec in NETWORKS.values()),
        ),
        notes=[
            "Total variation cannot tell noise from true detail; it is a proxy for both, and the truth’s own stands "
            "beside it.",
            "The row that the assignment’s own code calls bilinear interpolates the picture in the palette’s colours. "
            "Here “bilinear” interpolates the true one; the other row stands beside it under a name of its own.",
            *filter(None, [say_outliers(frames, COMPARED)]),
            *write_remarks(*samples.values()),
        ],
    )


def does_bicubic_win(samples: Mapping[str, Sample]) -> bool | None:
    """Whether bicubic interpolation in full colour beats both networks in PSNR and in ΔE2000; None without numbers."""
    sides = [
        relate(*pair)
        for name in ("cnn", "unet")
        for pair in (
            (samples["bicubic_psnr"], samples[f"{name}_psnr"]),
            (samples[f"{name}_delta_e"], samples["bicubic_delta_e"]),
        )
    ]
    return None if None in sides else set(sides) == {"higher"}


def measure_networks(frames: Frames) -> dict[str, Sample]:
    """All numbers that the text speaks of, by name."""
    found = {"gap": frames.take(gap)}
    for name, spec in NETWORKS.items():
        low = name.lower()
        found |= {
            f"{low}_val": frames.metric(spec, "val_loss"),
            f"{low}_accuracy": frames.metric(spec, "val_accuracy"),
        } | {f"{low}_{key}": frames.take(quality(spec, key)) for key in (*ERRORS, *OWN)}
    found["palette_psnr"] = frames.take(reference("palette", "psnr"))
    for row in ("truth", *INTERPOLATIONS, *PAINTED):
        found |= {f"{row}_{key}": frames.take(reference(row, key)) for key in (OWN if row == "truth" else ERRORS)}
    return found


def name_sides(samples: Mapping[str, Sample]) -> dict[str, Any]:
    """Where each of the UNet's numbers lies beside the CNN's, and which of the two is nearer to the truth."""
    found: dict[str, Any] = {
        f"{name}_side": say_side(samples[f"unet_{name}"], samples[f"cnn_{name}"])
        for name in ("val", "accuracy", *ERRORS, *OWN)
    }
    for key in OWN:
        truth = samples[f"truth_{key}"]
        off = [samples[f"{name}_{key}"].map(lambda value, t=truth.mean: abs(value - t)) for name in ("unet", "cnn")]  # type: ignore[misc]
        found[f"{key}_nearer"] = say_nearer(*off) if truth.ok and off[0].ok and off[1].ok else None
    return found


def say_nearer(unet: Sample, cnn: Sample) -> str:
    """Which network lies nearer to the truth, from the distances of both."""
    if say_higher(cnn, unet):
        return "nearer to the truth is the UNet"
    if say_higher(unet, cnn):
        return "nearer to the truth is the CNN"
    if say_side(unet, cnn) == "the same":
        return "both are equally near to the truth"
    return "which of them is nearer to the truth differs from seed to seed"


def compare_with_interpolation(frames: Frames) -> dict[str, Any]:
    """In how many measures of error each network beats both interpolations, on each seed."""
    found: dict[str, Any] = {}
    for name, spec in NETWORKS.items():
        pairs = {key: (frames.take(quality(spec, key)), frames.take(interpolated(key, spec))) for key in AGAINST}
        won = [say_higher(*(pair[::-1] if key in SMALLER_IS_BETTER else pair)) for key, pair in pairs.items()]
        complete = all(sample.ok for pair in pairs.values() for sample in pair)
        found |= {
            f"{name.lower()}_won": make_computed(sum(won), digits=0) if complete else None,
            f"{name.lower()}_wins": "all" if all(won) else "some" if any(won) else "none",
        }
    return found | {
        "comparisons": make_computed(len(AGAINST), digits=0),
        "against": list_words([LOOKS[key].label for key in AGAINST]),
    }


def tabulate_networks(frames: Frames) -> Table:
    """Every measure of both networks, both interpolations, the palette and the truth."""
    rows: list[list[Cell]] = [
        [
            LOOKS[key].label,
            *(
                None if row == "truth" and key in ERRORS else frames.take(reference(row, key)).measured()
                for row in REFERENCES
            ),
            *(frames.take(quality(spec, key)).measured() for spec in NETWORKS.values()),
        ]
        for key in (*ERRORS, *OWN)
    ]
    return Table(
        "quality",
        f"All test pictures, networks after epoch {say_epochs(frames, BASE)}. The first measures are against the "
        "truth, the last three of a picture by itself. The truth in the palette’s colours is the best that a network "
        "of this palette could paint.",
        ["", *REFERENCES.values(), *NETWORKS],
        rows,
    )


def draw_networks(frames: Frames) -> Figure | None:
    """Small input, bilinear, truth, and what both networks make of it."""
    epoch, samples = frames.preset.epoch(BASE), frames.data_probe("samples")
    labels = {"small": "small input", "bilinear": "bilinear", "truth": "truth"}
    rows = {} if samples is None else {label: samples.arrays[row] for row, label in labels.items()}
    painted = paint_as_assignment(frames)
    if painted is not None:
        rows["bilinear, as in the assignment"] = painted
    made = {name: find_picture(frames, spec, epoch) for name, spec in NETWORKS.items()}
    rows |= {name: found for name, found in made.items() if found is not None}
    if not rows:
        return None
    return draw_strips(
        "pictures",
        f"{say_first_pictures(rows)}, networks after epoch {say_epochs(frames, BASE)}.",
        f"Rows of small pictures: {', '.join(rows)}.",
        rows,
    )


def draw_network_curves(frames: Frames) -> Figure | None:
    """Validation loss and accuracy over the epochs, CNN beside UNet."""
    lines = {name: (spec, name.lower()) for name, spec in NETWORKS.items()}
    panels = [
        draw_over_epochs(frames, "val_loss", "validation loss", lines),
        draw_over_epochs(frames, "val_accuracy", "pixels right, %", lines),
    ]
    ends = find_last_values(panels)
    if not ends:
        return None
    return draw_chart(
        "curves",
        "Super-resolution: loss and accuracy on the test pictures after each epoch.",
        f"Two line charts over the epochs. Last values: {ends}.",
        *panels,
    )


def draw_looks(frames: Frames) -> Figure | None:
    """Total variation, contrast and sharpness as a share of the truth's."""
    truth = {key: frames.take(reference("truth", key)) for key in OWN}
    if not all(sample.ok and sample.mean for sample in truth.values()):
        return None
    rows = {name: [frames.take(quality(spec, key)) for key in OWN] for name, spec in NETWORKS.items()}
    rows |= {row: [frames.take(reference(row, key)) for key in OWN] for row in INTERPOLATIONS}
    rows = {
        name: [sample.map(lambda x, t=truth[key].mean: 100 * x / t) for key, sample in zip(OWN, row, strict=True)]  # type: ignore[misc]
        for name, row in rows.items()
        if all(sample.ok for sample in row)
    }
    said = [
        f"{name}: " + ", ".join(f"{LOOKS[key].label} {sample.mean:.0f} %" for key, sample in zip(OWN, row, strict=True))
        for name, row in rows.items()
    ]
    return draw_bars(
        "looks",
        "Total variation, contrast and sharpness of the pictures, as a share of the truth’s own: at 100 % a picture "
        "varies as much as the truth does.",
        f"Groups of bars. {'; '.join(said)}.",
        [LOOKS[key].label for key in OWN],
        {name: [sample.mean for sample in row] for name, row in rows.items()},
        "share of the truth’s, %",
        {name: find_reach(row) for name, row in rows.items()},
        # far from the blue of the CNN, and from each other
        {"bilinear": "muted", "bicubic": "extra-2"},
    )
