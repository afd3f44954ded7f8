"""1.5: what kept pictures and activations show, from hand-made pictures."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from report.answers import Answer, Figure
from report.judging.kinds import Judgement
from report.measures.moments import at
from report.questions.q1_5 import answer as q1_5
from report.questions.q1_5 import blocks, progress
from report.questions.q1_5.claims import CLAIMS
from report.results.frames import Frames
from runs.specs.catalogue import CNN, PRESETS, UNET, UNET_UPSCALE
from runs.specs.spec import RunSpec
from tests.fakes import KEPT, fake_frames
from tests.report.edited import diverged, undrawn, verdicts, with_metric, with_probe
from tests.report.first_questions import text_of
from tests.report.kept_pictures import NOISE, Pictures, object_pictures, towards, with_pictures, with_truth

ANSWERS = {"1.5.a": q1_5.answer_cnn, "1.5.b": q1_5.answer_unet, "1.5.c": q1_5.answer_upscale}


@pytest.fixture(scope="module")
def frames() -> Frames:
    return with_truth(fake_frames(seeds=2), object_pictures())


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts, strips and sheets stay empty: sentences do not need them, and drawing takes long."""
    undrawn(monkeypatch, progress)
    undrawn(monkeypatch, blocks)
    for module, draw in ((progress, "draw_strips"), (blocks, "draw_sheet")):
        monkeypatch.setattr(module, draw, lambda name, caption, alt, *_, **__: Figure(name, caption, alt))
    monkeypatch.setattr(progress, "draw_reels", lambda *_: [])


def text(frames: Frames, part: str) -> str:
    """The text of one part as the report renders it; the others are gaps."""
    answers = [
        made(frames) if name == part else Answer(name, "", "", {"left out": None}) for name, made in ANSWERS.items()
    ]
    return text_of("q1_5.html.j2", answers)


def test_every_claim_of_1_5_is_judged_in_its_part(frames: Frames, plain: None) -> None:
    answers = q1_5.answer(frames)
    judged = [verdict.claim.id for answer in answers for verdict in answer.verdicts]
    assert sorted(judged) == sorted(claim.id for claim in CLAIMS)
    assert len(judged) == 17
    for claim in CLAIMS:
        assert claim.statement.endswith(".")
        assert claim.written
        assert claim.why
        assert not isinstance(claim.test, Judgement) or claim.test.proxies


def test_clusters_are_few_colours_in_flat_areas(frames: Frames) -> None:
    def grows(epoch: int) -> Pictures:
        return object_pictures() if epoch == 1 else NOISE

    grown = with_pictures(frames, CNN, grows)
    shrunk = with_pictures(frames, CNN, lambda epoch: NOISE if epoch == 1 else object_pictures())
    assert verdicts(CLAIMS, "1.5.a", grown)["clusters"].status == "reproduced"
    assert verdicts(CLAIMS, "1.5.a", shrunk)["clusters"].status == "not reproduced"


@pytest.mark.parametrize(
    ("losses", "early", "later"),
    [
        ([3.0] * 3 + [2.0] * 5 + [1.0] * 17, "reproduced", "reproduced"),
        ([3.0] * 3 + [2.0] * 5 + [2.5] * 17, "reproduced", "not reproduced"),
        ([1.0] * 3 + [2.0] * 5 + [2.0] * 17, "not reproduced", "not reproduced"),
    ],
)
def test_better_is_a_lower_loss_at_each_step(frames: Frames, losses: list[float], early: str, later: str) -> None:
    found = verdicts(CLAIMS, "1.5.a", with_metric(frames, CNN, "val_loss", losses))
    assert (found["better-5"].status, found["better-15"].status) == (early, later)


def test_pictures_come_nearer_to_the_truth_or_do_not(frames: Frames) -> None:
    truth = object_pictures()
    nearer = with_pictures(frames, CNN, lambda epoch: towards(truth, epoch))
    away = with_pictures(frames, CNN, lambda epoch: towards(truth, 26 - epoch))
    assert verdicts(CLAIMS, "1.5.a", nearer)["pictures"].status == "reproduced"
    assert verdicts(CLAIMS, "1.5.a", away)["pictures"].status == "not reproduced"


def test_smooth_edges_are_weak_and_in_the_wrong_place(frames: Frames) -> None:
    truth = object_pictures()
    smooth = np.stack([np.full((32, 32, 3), 60 + index, np.uint8) for index in range(KEPT)])
    made = with_pictures(frames, CNN, lambda epoch: truth if epoch > 16 else smooth)
    assert verdicts(CLAIMS, "1.5.a", made)["smooth-edges"].status == "reproduced"
    sharp = with_pictures(frames, CNN, lambda epoch: NOISE if epoch > 16 else truth)
    assert verdicts(CLAIMS, "1.5.a", sharp)["smooth-edges"].status == "not reproduced"


@pytest.mark.parametrize(
    ("unet", "better", "much"),
    [
        (0.45, "reproduced", "reproduced"),
        (0.41, "reproduced", "not reproduced"),
        (0.35, "not reproduced", "not reproduced"),
    ],
)
def test_better_and_much_better_from_the_first_epoch_are_two_statements(
    frames: Frames, unet: float, better: str, much: str
) -> None:
    made = with_metric(with_metric(frames, CNN, "val_accuracy", 0.40), UNET, "val_accuracy", unet)
    found = verdicts(CLAIMS, "1.5.b", made)
    assert (found["better-first"].status, found["much-better-first"].status) == (better, much)


def test_gradient_flow_is_the_measure_of_1_3_b(frames: Frames) -> None:
    top_heavy, even = np.ones((50, 6)), np.ones((50, 6))
    top_heavy[:, :2] = 9
    made = with_probe(with_probe(frames, UNET, "gradients", norms=top_heavy), CNN, "gradients", norms=even)
    assert verdicts(CLAIMS, "1.5.b", made)["gradient-flow"].status == "reproduced"
    turned = with_probe(with_probe(frames, CNN, "gradients", norms=top_heavy), UNET, "gradients", norms=even)
    assert verdicts(CLAIMS, "1.5.b", turned)["gradient-flow"].status == "not reproduced"


def test_the_first_block_keeps_more_by_edges_and_by_rank(frames: Frames) -> None:
    more, less = {"edges": [0.9] * 5, "rank": [20.0] * 5}, {"edges": [0.2] * 5, "rank": [5.0] * 5}
    made = with_probe(with_probe(frames, UNET, "activations", **more), CNN, "activations", **less)
    assert verdicts(CLAIMS, "1.5.b", made)["first-layer"].status == "reproduced"
    turned = with_probe(with_probe(frames, CNN, "activations", **more), UNET, "activations", **less)
    assert verdicts(CLAIMS, "1.5.b", turned)["first-layer"].status == "not reproduced"


def test_the_object_shows_where_edges_lie_as_in_the_truth(frames: Frames) -> None:
    truth = object_pictures()
    seen = with_pictures(with_pictures(frames, UNET, lambda _: truth), CNN, lambda _: NOISE)
    unseen = with_pictures(with_pictures(frames, CNN, lambda _: truth), UNET, lambda _: NOISE)
    assert verdicts(CLAIMS, "1.5.b", seen)["object-first"].status == "reproduced"
    assert verdicts(CLAIMS, "1.5.b", unseen)["object-first"].status == "not reproduced"


def test_tremendous_is_held_against_what_the_write_up_calls_much_and_a_quarter_of_the_error(frames: Frames) -> None:
    truth = object_pictures()
    cnn = with_metric(frames, CNN, "val_accuracy", 0.40)
    steep = with_metric(cnn, UNET, "val_accuracy", [0.2] * 5 + [0.48] * 20)
    steep = with_pictures(steep, UNET, lambda epoch: towards(truth, epoch))
    slow = with_metric(cnn, UNET, "val_accuracy", [0.46] * 5 + [0.48] * 20)
    slow = with_pictures(slow, UNET, lambda epoch: towards(truth, 26 - epoch))
    assert verdicts(CLAIMS, "1.5.b", steep)["tremendous-15"].status == "reproduced"
    assert verdicts(CLAIMS, "1.5.b", slow)["tremendous-15"].status == "not reproduced"


def ranked(frames: Frames, colour: float, upscale: float, good: RunSpec) -> Frames:
    """Accuracies, and pictures that are the truth for one network and noise for the others."""
    for spec, share in ((CNN, colour), (UNET, colour), (UNET_UPSCALE, upscale)):
        frames = with_metric(frames, spec, "val_accuracy", share)
        frames = with_pictures(frames, spec, lambda _, best=spec == good: object_pictures() if best else NOISE)
    return frames


def test_super_resolution_may_be_the_worst_or_the_best(frames: Frames) -> None:
    worst = ranked(with_metric(frames, UNET_UPSCALE, "val_accuracy", 0.2), 0.4, 0.2, UNET)
    worst = with_pictures(worst, CNN, lambda _: object_pictures())
    best = ranked(frames, 0.4, 0.7, UNET_UPSCALE)
    names = ("bad", "worst")
    for made, status in ((worst, "reproduced"), (best, "not reproduced")):
        found = verdicts(CLAIMS, "1.5.c", made)
        assert {found[name].status for name in names} == {status}
    parted = ranked(frames, 0.4, 0.7, UNET)
    assert (
        verdicts(CLAIMS, "1.5.c", with_pictures(parted, CNN, lambda _: object_pictures()))["worst"].status
        == "undecided"
    )


def test_more_training_is_needed_while_the_loss_still_falls(frames: Frames) -> None:
    falling, flat = np.linspace(3, 1, 25).tolist(), [1.5] * 25
    made = with_metric(with_metric(frames, UNET_UPSCALE, "val_loss", falling), UNET, "val_loss", flat)
    done = with_metric(with_metric(frames, UNET, "val_loss", falling), UNET_UPSCALE, "val_loss", flat)
    assert verdicts(CLAIMS, "1.5.c", made)["more-training"].status == "reproduced"
    assert verdicts(CLAIMS, "1.5.c", done)["more-training"].status == "not reproduced"


def test_structure_shows_in_some_pictures_or_in_all(frames: Frames) -> None:
    some = object_pictures()
    some[:3] = 90  # nothing to see
    found = verdicts(CLAIMS, "1.5.c", with_pictures(frames, UNET_UPSCALE, lambda _: some))
    assert found["not-in-all"].status == "reproduced"
    whole = with_pictures(frames, UNET_UPSCALE, lambda _: object_pictures())
    assert verdicts(CLAIMS, "1.5.c", whole)["not-in-all"].status == "not reproduced"
    weaker = with_pictures(whole, UNET, lambda _: NOISE)
    assert verdicts(CLAIMS, "1.5.c", weaker)["structure-only"].status == "undecided"
    nothing = with_pictures(weaker, UNET_UPSCALE, lambda _: NOISE)
    assert verdicts(CLAIMS, "1.5.c", nothing)["structure-only"].status == "not reproduced"
    sharper = with_pictures(with_pictures(frames, UNET, lambda _: object_pictures()), UNET_UPSCALE, lambda _: some // 2)
    assert verdicts(CLAIMS, "1.5.c", sharper)["structure-only"].status == "reproduced"


def test_sentences_on_clusters_flip_with_the_pictures(frames: Frames, plain: None) -> None:
    grown = with_pictures(frames, CNN, lambda epoch: object_pictures() if epoch == 1 else NOISE)
    shrunk = with_pictures(frames, CNN, lambda epoch: NOISE if epoch == 1 else object_pictures())
    texts = [text(made, "1.5.a") for made in (grown, shrunk)]
    assert "holds 2.0 colours" in texts[0]
    assert "(at first lower on each seed)" in texts[0]
    assert "nearer to a segmentation than the last" in texts[0]
    assert "(at first higher on each seed)" in texts[1]
    assert "no nearer to a segmentation than the last" in texts[1]


def test_sentences_on_the_three_networks_flip_with_the_numbers(frames: Frames, plain: None) -> None:
    best = ranked(frames, 0.4, 0.7, UNET_UPSCALE)
    worst = with_pictures(ranked(frames, 0.4, 0.2, UNET), CNN, lambda _: object_pictures())
    mixed = with_metric(best, UNET_UPSCALE, "val_accuracy", 0.2)
    texts = [text(made, "1.5.c") for made in (best, worst, mixed)]
    assert "it is the best of the three" in texts[0]
    assert "super-resolution has 70.0 % of the pixels right" in texts[0]
    assert "it is the worst of the three" in texts[1]
    assert "do not agree on a place among the three" in texts[2]


def test_the_lead_of_the_unet_is_told_with_its_sign(frames: Frames, plain: None) -> None:
    behind = with_metric(with_metric(frames, CNN, "val_accuracy", 0.40), UNET, "val_accuracy", 0.35)
    told = text(behind, "1.5.b")
    assert "the UNet’s share is lower on each seed" in told
    assert "Its lead is −5.0 points there" in told


def test_epochs_in_the_text_are_those_of_the_preset(plain: None) -> None:
    quick = with_truth(fake_frames(PRESETS["quick"], seeds=1), object_pictures())
    told = text(quick, "1.5.a")
    assert "after epoch 5 (at first" in told
    assert "after epoch 2 (" in told
    assert "†" in told
    assert "epoch 16" not in told
    assert "epoch 25" not in told


def test_strips_go_from_the_input_to_the_truth(frames: Frames) -> None:
    strip = progress.draw_moment_strip(frames, UNET_UPSCALE, (CNN, UNET))
    assert strip is not None
    assert [row.label for row in strip.strips] == [
        "input", "bilinear", "picture 0, after epoch 1", "picture 5, after epoch 6", "picture 15, after epoch 16",
        "last picture, after epoch 25", "CNN, last picture", "UNet, last picture", "truth",
    ]  # fmt: skip
    assert strip.alt.count("squared error in RGB") == 4


def test_slider_moves_the_network_and_those_beside_it_through_the_same_epochs(frames: Frames) -> None:
    strip = progress.draw_moment_strip(frames, UNET, (CNN,))
    assert strip is not None
    assert [row.label for row in strip.strips if row.role != "aside"] == [
        "picture 0, after epoch 1", "picture 5, after epoch 6", "picture 15, after epoch 16", "truth",
    ]  # fmt: skip
    assert [(reel.label, reel.epochs) for reel in strip.reels] == [("UNet", 25), ("CNN", 25)]
    assert strip.stops == [1, 6, 16, 25]
    shown = np.asarray(Image.open(io.BytesIO(strip.reels[1].png)).convert("RGB"))
    kept = frames.pictures[CNN.id]
    height = strip.reels[1].height
    for epoch in (1, 25):
        assert (shown[(epoch - 1) * height : epoch * height, :32] == kept[epoch - 1, 0]).all()


def test_a_chart_and_a_sheet_are_drawn_with_words_made_of_their_numbers(frames: Frames) -> None:
    answer = q1_5.answer_cnn(frames)
    assert [figure.name for figure in answer.figures] == [
        "activations", "sheet-cnn-colourize", "along-blocks", "strip-cnn-colourize", "course",
    ]  # fmt: skip
    sheet, along, _, chart = answer.figures[1:]
    assert len(along.rows) == 4 * 5
    assert chart.svg is not None
    assert chart.svg.count("data-epochs=") == 4
    assert [strip.label for strip in sheet.strips] == ["downconv1", "downconv2", "rfconv", "upconv1", "upconv2"]
    assert "CNN, pixels as in the last picture" in chart.alt
    assert "100.0 at last" in chart.alt
    assert len(chart.rows) == 4 * 25
    assert "downconv1: 32 channels of 16×16" in sheet.alt
    assert [table.name for table in answer.tables] == ["blocks", "pictures", "beside"]


def test_a_missing_network_leaves_gaps_and_what_is_there(plain: None) -> None:
    frames = fake_frames(without=("unet-upscale",))
    upscale = q1_5.answer_upscale(frames)
    assert q1_5.answer_unet(frames).ready
    assert not upscale.ready
    assert UNET_UPSCALE.id in upscale.missing
    assert [figure.name for figure in upscale.figures] == [
        "sheet-unet-upscale",
        "along-blocks",
        "strip-unet-upscale",
        "course",
    ]
    told = text(frames, "1.5.c")
    assert "of the pixels right" not in told
    assert "Fill it: python cli.py run-all --section 1.5" in told
    assert UNET_UPSCALE.id in told


@pytest.mark.parametrize(
    ("stored", "ready"),
    [
        (lambda: fake_frames(probes=False), [False] * 3),
        (lambda: fake_frames(without=("",), probes=False), [False] * 3),
        (lambda: fake_frames(seeds=0), [False] * 3),
        (lambda: replace(fake_frames(seeds=0), seeds=(0, 1)), [False] * 3),
        (lambda: fake_frames(without=("cnn",), seeds=1), [False] * 3),
        (lambda: fake_frames(without=("unet",), seeds=1), [True, False, False]),
        (lambda: replace(fake_frames(seeds=1), pictures={}), [False] * 3),
        (lambda: fake_frames(PRESETS["quick"], seeds=1), [True] * 3),
    ],
    ids=["no probes", "nothing", "no seeds", "seeds not stored", "no CNN", "no UNet", "no pictures", "quick"],
)
def test_nothing_that_may_be_stored_crashes_the_page(
    stored: Callable[[], Frames], ready: list[bool], plain: None
) -> None:
    answers = q1_5.answer(stored())
    told = text_of("q1_5.html.j2", answers)
    assert all(answer.title in told for answer in answers)
    assert [answer.ready for answer in answers] == ready


def test_a_diverged_run_is_told_and_left_out(frames: Frames, plain: None) -> None:
    made = diverged(frames, CNN, 1)
    assert made.take(at(CNN, 0, "colours")).diverged == (CNN.with_seed(1).id,)
    answer = q1_5.answer_cnn(made)
    assert answer.ready
    assert any(CNN.with_seed(1).id in note for note in answer.notes)
    assert "†" in text(made, "1.5.a")
    both = diverged(made, CNN, 0)
    assert not q1_5.answer_cnn(both).ready
    assert verdicts(CLAIMS, "1.5.a", both)["better-5"].status == "not assessable"


def test_colours_and_likeness_are_followed_for_all_three_networks(frames: Frames) -> None:
    for answer, name in zip(q1_5.answer(frames), ("CNN", "UNet", "UNet, super-resolution"), strict=True):
        chart = next(figure for figure in answer.figures if figure.name == "course")
        for aspect in ("colours a picture", "pixels as in the last picture", "squared error", "edges as in the truth"):
            assert f"{name}, {aspect}" in chart.alt
