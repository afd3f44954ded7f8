"""Question 1.5, what the networks see: the answers on the CNN, the UNet and super-resolution."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from report.answers import Answer, Figure
from report.judging.judge import judge_part
from report.measures.blocks import early_to_late
from report.measures.moments import (
    EARLY,
    FIRST,
    LAST,
    LATER,
    accuracy_lead,
    at,
    block,
    enlarged,
    gain,
    metric_at,
    tail_fall,
    truth_edges,
    truth_has,
)
from report.questions.from_samples import list_missing, map_statuses, write_remarks
from report.questions.outcomes import Lead
from report.questions.phrases import say_higher, say_side
from report.questions.q1_5 import leads
from report.questions.q1_5.blocks import (
    describe_blocks,
    draw_activations,
    draw_blocks,
    list_samples,
    tabulate_blocks,
    take_ends,
)
from report.questions.q1_5.claims import CLAIMS
from report.questions.q1_5.progress import (
    compare_activations,
    describe_moments,
    draw_course,
    draw_moment_strip,
    explain_numbering,
    tabulate_beside,
    tabulate_pictures,
)
from report.results.frames import Frames
from report.results.sentence import Sentence
from report.results.values import Sample
from runs.specs.catalogue import CNN, UNET, UNET_UPSCALE
from runs.specs.spec import RunSpec

#: What the assignment asked of each network.
ASKED = {
    CNN: "How the CNN’s activations of a few test pictures differ between its first layers and its later ones.",
    UNET: "How the UNet’s activations differ from the CNN’s.",
    UNET_UPSCALE: "How the activations of the UNet for super-resolution differ from those of the networks that colour.",
}

#: What stands open of each part; the activations of all three networks stand with the first.
SHOWN = {
    "1.5.a": ("activations", "strip-cnn-colourize", "blocks"),
    "1.5.b": ("strip-unet-colourize",),
    "1.5.c": ("strip-unet-upscale",),
}

#: What the charts follow from epoch to epoch, the same for all three networks.
FOLLOWED = ("colours", "likeness", "error", "agreement")


def answer(frames: Frames) -> list[Answer]:
    """The three parts of 1.5."""
    return [answer_cnn(frames), answer_unet(frames), answer_upscale(frames)]


def answer_cnn(frames: Frames) -> Answer:
    """1.5.a: from clusters of colour to pictures, on the CNN."""
    samples = list_moments(frames, CNN) | {
        "colours_first": frames.take(at(CNN, FIRST, "colours")),
        "colours_last": frames.take(at(CNN, LAST, "colours")),
        "colours_truth": truth_has(frames, "colours", "palette"),
        "flat_first": frames.take(at(CNN, FIRST, "flatness")),
        "flat_last": frames.take(at(CNN, LAST, "flatness")),
        "like_early": frames.take(at(CNN, EARLY, "likeness")),
        "like_later": frames.take(at(CNN, LATER, "likeness")),
        "edges_early": frames.take(at(CNN, EARLY, "edges")),
        "edges_truth": truth_has(frames, "edges"),
        "agreement_early": frames.take(at(CNN, EARLY, "agreement")),
        "agreement_last": frames.take(at(CNN, LAST, "agreement")),
    }
    phrases: dict[str, str | bool | None] = {
        "colours_side": say_side(samples["colours_first"], samples["colours_last"]),
        "flat_side": say_side(samples["flat_first"], samples["flat_last"]),
        "edges_side": say_side(samples["edges_early"], frames.take(truth_edges(CNN, EARLY))),
        "agreement_side": say_side(samples["agreement_last"], samples["agreement_early"]),
        "clustered": say_higher(samples["colours_last"], samples["colours_first"])
        and say_higher(samples["flat_first"], samples["flat_last"]),
    }
    lead = leads.compare_early_with_late(*take_ends(frames, CNN, "follows"))
    return make_progress(frames, "1.5.a", "What the CNN sees", CNN, (), samples, phrases, lead, leads.judge_cnn)


def answer_unet(frames: Frames) -> Answer:
    """1.5.b: the UNet beside the CNN, from the first epoch on."""
    samples = list_moments(frames, UNET) | {
        "cnn_first": frames.take(metric_at(CNN, FIRST, "val_accuracy")),
        "unet_first": frames.take(metric_at(UNET, FIRST, "val_accuracy")),
        "lead_first": frames.take(accuracy_lead(UNET, CNN, FIRST)),
        "lead_last": frames.take(accuracy_lead(UNET, CNN, LAST)),
        "cnn_error": frames.take(at(CNN, FIRST, "error")),
        "flow_unet": frames.take(early_to_late(UNET)),
        "flow_cnn": frames.take(early_to_late(CNN)),
        "agreement_unet": frames.take(at(UNET, FIRST, "agreement")),
        "agreement_cnn": frames.take(at(CNN, FIRST, "agreement")),
        "showing_first": frames.take(at(UNET, FIRST, "showing")),
        "gain": frames.take(gain(UNET, FIRST, LATER)),
        "rank_unet": frames.take(block(UNET, "rank", "downconv1", 1)),
        "rank_cnn": frames.take(block(CNN, "rank", "downconv1", 1)),
    }
    phrases: dict[str, str | bool | None] = {
        "first_side": say_side(samples["unet_first"], samples["cnn_first"]),
        "error_side": say_side(samples["error_first"], samples["cnn_error"]),
        "flow_side": say_side(samples["flow_unet"], samples["flow_cnn"]),
        "agreement_side": say_side(samples["agreement_unet"], samples["agreement_cnn"]),
        "gain_side": say_side(samples["gain"], samples["lead_last"]),
        "rank_side": say_side(samples["rank_unet"], samples["rank_cnn"]),
    }
    lead = leads.compare_unet_with_cnn(*(take_ends(frames, spec, "follows")[1] for spec in (UNET, CNN)))
    return make_progress(frames, "1.5.b", "What the UNet sees", UNET, (CNN,), samples, phrases, lead, leads.judge_unet)


def answer_upscale(frames: Frames) -> Answer:
    """1.5.c: super-resolution beside both colourizations."""
    accuracies = {spec: frames.take(metric_at(spec, LAST, "val_accuracy")) for spec in (CNN, UNET, UNET_UPSCALE)}
    errors = {spec: frames.take(at(spec, LAST, "error")) for spec in accuracies}
    samples = list_moments(frames, UNET_UPSCALE) | {
        "accuracy": accuracies[UNET_UPSCALE],
        "accuracy_unet": accuracies[UNET],
        "accuracy_cnn": accuracies[CNN],
        "error": errors[UNET_UPSCALE],
        "error_unet": errors[UNET],
        "error_cnn": errors[CNN],
        "error_bilinear": frames.take(enlarged("bilinear", "error")),
        "fall": frames.take(tail_fall(UNET_UPSCALE)),
        "fall_unet": frames.take(tail_fall(UNET)),
        "agreement": frames.take(at(UNET_UPSCALE, LATER, "agreement")),
        "agreement_unet": frames.take(at(UNET, LATER, "agreement")),
        "edges": frames.take(at(UNET_UPSCALE, LATER, "edges")),
        "edges_truth": truth_has(frames, "edges"),
        "showing": frames.take(at(UNET_UPSCALE, LATER, "showing")),
    }
    ours = [accuracies[UNET_UPSCALE], errors[UNET], errors[CNN]]
    theirs = [(accuracies[UNET], accuracies[CNN]), (errors[UNET_UPSCALE],), (errors[UNET_UPSCALE],)]
    pairs = [(one, other) for one, others in zip(ours, theirs, strict=True) for other in others]
    phrases: dict[str, str | bool | None] = {
        "accuracy_side_unet": say_side(accuracies[UNET_UPSCALE], accuracies[UNET]),
        "accuracy_side_cnn": say_side(accuracies[UNET_UPSCALE], accuracies[CNN]),
        "error_side_unet": say_side(errors[UNET_UPSCALE], errors[UNET]),
        "error_side_cnn": say_side(errors[UNET_UPSCALE], errors[CNN]),
        "fall_side": say_side(samples["fall"], samples["fall_unet"]),
        "agreement_side": say_side(samples["agreement"], samples["agreement_unet"]),
        "edges_side": say_side(samples["edges"], frames.take(truth_edges(UNET_UPSCALE, LATER))),
        "worst": all(say_higher(other, one) for one, other in pairs),
        "best": all(say_higher(one, other) for one, other in pairs),
    }
    lead = leads.compare_upscale_with_unet(*(take_ends(frames, spec, "follows")[1] for spec in (UNET_UPSCALE, UNET)))
    title = "What super-resolution sees"
    return make_progress(frames, "1.5.c", title, UNET_UPSCALE, (CNN, UNET), samples, phrases, lead, leads.judge_upscale)


def list_moments(frames: Frames, spec: RunSpec) -> dict[str, Sample]:
    """Validation loss and error of the pictures at the first moments and the last."""
    names = {"first": FIRST, "early": EARLY, "later": LATER, "last": LAST}
    return {
        f"{label}_{name}": frames.take(measure)
        for name, number in names.items()
        for label, measure in (
            ("loss", metric_at(spec, number, "val_loss")),
            ("error", at(spec, number, "error")),
        )
    }


def make_progress(
    frames: Frames,
    part: str,
    title: str,
    spec: RunSpec,
    others: tuple[RunSpec, ...],
    samples: dict[str, Sample],
    phrases: dict[str, str | bool | None],
    lead: Sentence | None,
    judge: Callable[[Mapping[str, Sample], Mapping[str, str]], Lead],
) -> Answer:
    """The answer of one part: what all three share, and the samples and phrases of its own.

    The ``others`` stand beside the network in strip, chart and tables.
    """
    verdicts = judge_part(part, CLAIMS, frames)
    finding, outcome = judge(samples, map_statuses(verdicts))
    all_samples = [*samples.values(), *list_samples(frames, (*others, spec))]
    steps = {
        f"{label}_step_{end}": say_side(samples[f"{label}_{end}"], samples[f"{label}_{start}"])
        for label in ("loss", "error")
        for start, end in (("first", "early"), ("early", "later"))
    }
    figures: list[Figure | None] = [
        compare_activations(frames) if part == "1.5.a" else None,
        draw_activations(frames, (*others[-1:], spec)),
        draw_blocks(frames, (*others, spec)),
        draw_moment_strip(frames, spec, others),
        draw_course(frames, (*others, spec), FOLLOWED),
    ]
    return Answer(
        part,
        title,
        ASKED[spec],
        values={name: sample.measured() for name, sample in samples.items()}
        | describe_moments(frames)
        | steps
        | phrases
        | describe_blocks(frames, spec, others),
        lead=lead,
        finding=finding,
        outcome=outcome,
        written=leads.WRITTEN[part],
        evidence=[leads.prove_zeros(*take_ends(frames, spec, "sparsity")), finding],
        shown=SHOWN[part],
        figures=[figure for figure in figures if figure is not None],
        tables=[
            tabulate_blocks(frames, (*others, spec)),
            tabulate_pictures(frames, spec),
            tabulate_beside(frames, others),
        ],
        verdicts=verdicts,
        missing=list_missing(*all_samples),
        notes=[explain_numbering(frames), *write_remarks(*all_samples)],
    )
