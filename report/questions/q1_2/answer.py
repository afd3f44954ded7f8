"""Question 1.2, colourization as classification: the answer 1.2.b."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from report.answers import Answer, Cell, Figure, Table
from report.drawing.charts import Panel, Series, band_of_seeds, draw_chart, draw_strips, draw_swatches
from report.judging.judge import judge_part
from report.measures.colourings import colour_gap, kept_lightness
from report.measures.common import printed_loss
from report.measures.picture_quality import LOOKS, quality, reference
from report.questions.beside_others import Compared, draw_beside_others, say_outliers, tabulate_beside_others
from report.questions.extremes import draw_comparisons, measure_distance
from report.questions.from_samples import find_picture, list_missing, map_statuses, write_remarks
from report.questions.nearer_order import say_nearer_order
from report.questions.phrases import count_agreeing, relate, say_first_pictures, say_length, say_on_seeds, say_where
from report.questions.q1_2 import leads
from report.questions.q1_2.claims import CLAIMS, cnn_loss
from report.questions.q1_2.variants import describe_variants, measure_variants, tabulate_variants
from report.questions.written import CNN_FIGURES, CNN_LOSS, LOSSES
from report.results.frames import Frames
from report.results.values import Sample
from runs.data.pixels import round_colours
from runs.specs.catalogue import BASE, CNN, CNN_AS_DRAWN, REGRESSION

#: Measures of the common scale, in the order of the table.
SCALE = ("mse", "psnr", "delta_e", "ssim", "colourfulness", "pixel_accuracy")
#: Those of the chroma alone.
KEPT = ("mse", "psnr", "delta_e", "ssim", "colourfulness")
NETWORKS = {"regression": REGRESSION, "classification": CNN}
#: Pictures that no network made: what each is called, and the measures that say something of it.
REFERENCES = {
    "truth": ("truth", ("colourfulness",)),
    "palette": ("truth in the colours of the palette", ("mse", "psnr", "delta_e", "ssim", "colourfulness")),
    "grey": ("grey, no colour at all", ("mse", "psnr", "delta_e", "ssim", "colourfulness")),
}


#: What is held beside others' results.
COMPARED = (
    Compared("regression", REGRESSION, "last_batch_loss", LOSSES[BASE]),
    Compared("CNN", CNN, "train_loss", CNN_LOSS, decimals=2),
    *(Compared("CNN", CNN, column, CNN_FIGURES[column]) for column in ("val_loss", "val_accuracy")),
    *(Compared("CNN, the handout’s order", CNN_AS_DRAWN, column) for column in CNN_FIGURES),
)


def answer(frames: Frames) -> list[Answer]:
    """The one part of 1.2 that asks for results."""
    made = {
        f"{key}_{name}": frames.take(quality(spec, key))
        for key in ("mse", "delta_e", "ssim", "colourfulness")
        for name, spec in NETWORKS.items()
    }
    gaps = {name: frames.take(colour_gap(spec)) for name, spec in NETWORKS.items()}
    samples = {
        "loss_regression": frames.take(printed_loss(BASE)),
        "loss_classification": frames.take(cnn_loss),
        "truth": frames.take(reference("truth", "colourfulness")),
        **made,
    }
    verdicts = judge_part("1.2.b", CLAIMS, frames)
    status = map_statuses(verdicts)
    wins = {
        "ΔE2000": (made["delta_e_regression"], made["delta_e_classification"]),
        "SSIM": (made["ssim_classification"], made["ssim_regression"]),
        "colourfulness": (gaps["regression"], gaps["classification"]),
    }
    squared = made["mse_classification"], made["mse_regression"]
    values: dict[str, Any] = {name: sample.measured() for name, sample in samples.items()}
    values |= {
        "trained": say_length(frames, BASE),
        "squared": relate(*squared),
        "squared_seeds": say_on_seeds(*squared),
        "wins": say_where(wins, "higher"),
        "losses": say_where(wins, "lower"),
        "ties": say_where(wins, "equal"),
        "better": status["images-better"],
        "grey_wins": list_beaten_by_grey(frames, made, "classification"),
        "grey_beats_regression": list_beaten_by_grey(frames, made, "regression"),
    }
    lead, outcome = leads.lead_classification(made["delta_e_classification"], made["delta_e_regression"], status)
    grey = relate(made["delta_e_regression"], frames.take(reference("grey", "delta_e")))
    values |= split_lightness(frames, made["delta_e_classification"])
    everything = [*samples.values(), *gaps.values()]
    return [
        Answer(
            "1.2.b",
            "Classification beside regression",
            "To train the CNN as a classifier of 24 colours: how its results compare with those of the regression.",
            values=values | describe_variants(frames),
            lead=lead,
            outcome=outcome,
            written=leads.WRITTEN,
            evidence=leads.prove_classification(
                (samples["loss_classification"], samples["loss_regression"]),
                made["colourfulness_classification"],
                samples["truth"],
                None if grey is None else grey == "higher",
            ),
            shown=("pictures", "scale"),
            figures=[
                *_draw_strips(frames),
                *_draw_curves(frames),
                *_draw_palette(frames),
                *draw_comparisons(frames, {"CNN": CNN}),
                *draw_beside_others(frames, COMPARED),
            ],
            tables=[
                _tabulate_losses(frames),
                _tabulate_scale(frames),
                *([tabulate_variants(frames)] if frames.preset.beyond else []),
                tabulate_beside_others(frames, COMPARED),
            ],
            verdicts=verdicts,
            missing=list_missing(
                *everything,
                *measure_variants(frames),
                measure_distance(frames, CNN),
                frames.take(kept_lightness(CNN, "delta_e")),
            ),
            notes=[
                "Cross-entropy is in nats a pixel; squared error is in RGB, pixels in 0..1. A picture of the palette’s "
                "nearest colours is the best that a classification can paint.",
                *filter(None, [say_outliers(frames, COMPARED)]),
                *filter(None, [say_nearer_order(frames, "CNN", CNN, CNN_AS_DRAWN, CNN_FIGURES)]),
                *write_remarks(*everything),
            ],
        )
    ]


def split_lightness(frames: Frames, painted: Sample) -> dict[str, Any]:
    """What lies in the lightness that the classification paints anew, and what in its colours: ΔE2000 of its
    chroma alone, of the grey copy and of the palette; "" where a number is not stored.
    """
    grey, kept = frames.take(reference("grey", "delta_e")), frames.take(kept_lightness(CNN, "delta_e"))
    palette = frames.take(reference("palette", "delta_e"))
    alike, seeds = count_agreeing(painted, grey)
    return {
        "kept": kept.measured() or "",
        "kept_side": relate(kept, grey) or "",
        "kept_seeds": say_on_seeds(kept, grey),
        "grey_delta_e": grey.measured() or "",
        "palette_delta_e": palette.measured() or "",
        "behind_grey": relate(painted, grey) == "higher" and alike == seeds,
    }


def list_beaten_by_grey(frames: Frames, made: Mapping[str, Sample], network: str) -> str:
    """The measures by which a grey copy of the truth, without any colour, is nearer to it than a network's pictures,
    and on how many seeds; "" for none.
    """
    pairs = {key: (made[f"{key}_{network}"], frames.take(reference("grey", key))) for key in ("mse", "delta_e", "ssim")}
    # Of a likeness, the grey copy's is the higher one where it is nearer.
    return say_where({LOOKS[key].label: pair[::-1] if key == "ssim" else pair for key, pair in pairs.items()}, "higher")


def _tabulate_losses(frames: Frames) -> Table:
    """Each network by the loss that it is trained with."""
    rows: list[list[Cell]] = [
        [name, *(frames.metric(spec, column).measured() for column in ("train_loss", "val_loss"))]
        for name, spec in NETWORKS.items()
    ]
    return Table(
        "own",
        "The loss that each network is trained with. The two cannot be compared with each other.",
        ["", "training", "validation"],
        rows,
    )


def _tabulate_scale(frames: Frames) -> Table:
    """Both networks, and pictures that no network made, on one scale."""
    rows: list[list[Cell]] = []
    for name, spec in NETWORKS.items():
        rows.append([name, *(frames.take(quality(spec, key)).measured() for key in SCALE)])
    for name, spec in NETWORKS.items():
        kept = [frames.take(kept_lightness(spec, key)).measured() if key in KEPT else None for key in SCALE]
        rows.append([f"{name}, chroma alone", *kept])
    for row, (name, telling) in REFERENCES.items():
        numbers = [frames.take(reference(row, key)).measured() if key in telling else None for key in SCALE]
        rows.append([name, *numbers])
    return Table(
        "scale",
        "Both networks on one scale: what they paint of the test pictures, beside the truth. Chroma "
        "alone is theirs under the lightness of the input.",
        ["pictures", *(LOOKS[key].label for key in SCALE)],
        rows,
    )


def _draw_strips(frames: Frames) -> list[Figure]:
    """Grey, truth, and what both networks paint; none without a network."""
    epoch = frames.preset.epoch(BASE)
    made = {
        name: pictures for name, spec in NETWORKS.items() if (pictures := find_picture(frames, spec, epoch)) is not None
    }
    if not made:
        return []
    samples = frames.data_probe("samples")
    given = {} if samples is None else {row: samples.arrays[row] for row in ("grey", "truth")}
    rows: dict[str, NDArray[np.uint8]] = given | made
    return [
        draw_strips(
            "pictures",
            f"{say_first_pictures(rows)}: what the networks see, the truth, and what each of them paints.",
            f"Rows of small pictures: {', '.join(rows)}.",
            rows,
        )
    ]


def _draw_curves(frames: Frames) -> list[Figure]:
    """The CNN's losses and its accuracy over the epochs; none without a run."""
    losses = [
        Series("training", *band_of_seeds(frames.curve(CNN, "train_loss")), colour="cnn"),
        Series("validation", *band_of_seeds(frames.curve(CNN, "val_loss")), colour="truth", dashed=True),
    ]
    if not any(map(math.isfinite, losses[0].y)):
        return []
    accuracy = Series(
        "validation", *band_of_seeds(100 * frames.curve(CNN, "val_accuracy")), colour="truth", dashed=True
    )
    words = [
        f"{what} goes from {series.y[0]:.{digits}f} to {series.y[-1]:.{digits}f}."
        for what, series, digits in (
            ("The training loss", losses[0], 3),
            ("The validation loss", losses[1], 3),
            ("The validation accuracy, in per cent,", accuracy, 1),
        )
        if any(map(math.isfinite, series.y))
    ]
    return [
        draw_chart(
            "curves",
            "The classification while it trains.",
            " ".join(words),
            Panel(losses, "epoch", "cross-entropy, nats a pixel"),
            Panel([accuracy], "epoch", "pixels in the right colour, %"),
            columns=3,
        )
    ]


def count_shares(pictures: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Pictures (K, H, W, 3) in colours of the palette (C, 3) -> the share of the pixels of each colour, (C,)."""
    alike = (pictures.reshape(-1, 1, 3) == palette[None]).all(axis=-1)  # (K·H·W, C)
    # A colour that stands in the palette twice counts where it stands first.
    first = np.zeros_like(alike)
    first[np.arange(len(alike)), alike.argmax(axis=1)] = alike.any(axis=1)
    return first.mean(axis=0)


def _draw_palette(frames: Frames) -> list[Figure]:
    """The colour bins, with their shares in the truth and in what the CNN paints, as far as these are stored."""
    palette = round_colours(np.array(frames.data["palette"], np.float64).reshape(-1, 3))
    if not len(palette):
        return []
    colours = [(int(r), int(g), int(b)) for r, g, b in palette]
    samples = frames.data_probe("samples")
    painted = find_picture(frames, CNN, frames.preset.epoch(BASE))
    nearest = None if samples is None else samples.arrays["palette"]
    kept = 0 if nearest is None else len(nearest)
    rows: dict[str, tuple[str, NDArray[Any] | None]] = {
        "truth": (f"of the first {kept} test pictures, each pixel in the nearest colour", nearest),
        "painted": ("of what the classification paints of them", painted),
    }
    figures = []
    for name, (whose, pictures) in rows.items():
        if pictures is None:
            continue
        found = count_shares(pictures, palette)
        used = int((found > 0).sum())
        figures.append(
            draw_swatches(
                f"palette-{name}",
                f"The colour bins and their shares in the pixels {whose}.",
                f"{len(colours)} colours, of which {used} occur; the most frequent has {100 * found.max():.0f} %.",
                colours,
                found.tolist(),
            )
        )
    return figures or [draw_swatches("palette", "The colour bins.", f"{len(colours)} colours.", colours)]
