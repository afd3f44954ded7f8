"""1.6: its claims, gaps and figures, and larger outputs (1.6.d), from hand-made numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from report.answers import Figure
from report.judging.kinds import Fact, Judgement, Value
from report.questions.q1_6 import answer as q1_6
from report.questions.q1_6 import larger, rates
from report.questions.q1_6.claims import CLAIMS
from report.questions.q1_6.larger_claims import at_side, sides
from report.results.frames import Frames, Measurement
from runs.specs.catalogue import CNN, CNN_FAST, PRESETS, REGRESSION, UNET, UNET_UPSCALE
from tests.fakes import fake_frames
from tests.report.conceptual import no_drawing, status, text
from tests.report.edited import diverged, with_probe
from tests.report.first_questions import text_of


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    no_drawing(monkeypatch)


def with_sizes(frames: Frames, **errors: Sequence[float]) -> Frames:
    """ΔE2000 by way at 64, 128 and 256 pixels, for both networks."""
    arrays = {f"{way}_delta_e": np.repeat(np.array(numbers)[:, None], 4, axis=1) for way, numbers in errors.items()}
    for spec in (CNN, UNET):
        frames = with_probe(frames, spec, "sizes", **arrays)
    return frames


def test_every_claim_of_1_6_is_judged_in_its_part(frames: Frames, plain: None) -> None:
    answers = q1_6.answer(frames)
    judged = [verdict.claim.id for answer in answers for verdict in answer.verdicts]
    assert sorted(judged) == sorted(claim.id for claim in CLAIMS)
    assert [len(answer.verdicts) for answer in answers] == [20, 10, 3, 2]
    for claim in CLAIMS:
        assert claim.statement.endswith(".")
        assert claim.written
        assert claim.why
        assert not isinstance(claim.test, Value) or claim.test.tolerance > 0
        assert not isinstance(claim.test, Fact) or claim.test.computation
        assert not isinstance(claim.test, Judgement) or claim.test.proxies or claim.test.reason


def test_a_size_is_found_by_its_side_not_its_place(frames: Frames) -> None:
    made = with_sizes(frames, direct=(1, 2, 3))
    assert sides(made) == [64, 128, 256]
    assert made.take(at_side(UNET, "direct", "delta_e", 128)).values == {0: 2, 1: 2}
    assert made.take(at_side(UNET, "direct", "delta_e")).values == {0: 2, 1: 2}
    assert made.take(at_side(UNET, "direct", "delta_e", 99)).diverged == (UNET.id, UNET.with_seed(1).id)


def test_enlarged_colour_helps_when_it_beats_none(frames: Frames, plain: None) -> None:
    helps = with_sizes(frames, direct=(5, 6, 7), upsampled=(6, 6, 6), grey=(9, 9, 9))
    harms = with_sizes(frames, direct=(7, 6, 5), upsampled=(9, 9, 9), grey=(6, 6, 6))
    assert status(helps, "1.6.d.upsampling") == "reproduced"
    assert status(harms, "1.6.d.upsampling") == "not reproduced"
    told = [text(made, "1.6.d") for made in (helps, harms)]
    assert "beside none the enlarged colour is lower" in told[0]
    assert "beside none the enlarged colour is higher" in told[1]


def test_chroma_is_compared_over_the_same_lightness(frames: Frames, plain: None) -> None:
    made = with_sizes(frames, direct=(90, 90, 90), upsampled=(6, 6, 6), grey=(9, 9, 9))
    told = [
        text(with_probe(made, UNET, "lightness", large_delta_e=np.repeat([[near]] * 3, 4, axis=1)), "1.6.d")
        for near in (5.0, 7.0)
    ]
    assert "Beside the enlarged colour that of the whole is lower on each seed; beside none" in told[0]
    assert "Beside the enlarged colour that of the whole is higher on each seed; beside none" in told[1]
    bare = replace(made, probes={key: found for key, found in made.probes.items() if key[1] != "lightness"})
    assert "Beside the enlarged colour" not in text(bare, "1.6.d")
    assert "no colour at 9.00" in text(bare, "1.6.d")


def test_averages_are_held_against_repeated_pixels(frames: Frames) -> None:
    truth = np.tile(np.linspace(0, 250, 32).astype(np.uint8)[None, None, :, None], (10, 32, 1, 3))
    truth[:, 10:20, 12:18] = 0
    near, far = np.clip(truth.astype(int) + 3, 0, 255).astype(np.uint8), np.zeros_like(truth)
    rows = {"truth": truth, "grey": truth, "bicubic": near, "palette": truth}

    def stored(**more: Any) -> Frames:
        return replace(frames, probes={**frames.probes, ("data", "samples", 0): Measurement(rows | more)})

    assert status(stored(small=far, bilinear=near), "1.6.d.averages") == "reproduced"
    assert status(stored(small=near, bilinear=far), "1.6.d.averages") == "not reproduced"


def test_photographs_are_shown_whole_where_small_and_by_their_middle_where_large(
    frames: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[dict[str, Any]] = []

    def strips(name: str, caption: str, alt: str, rows: dict[str, Any], scale: int = 2) -> Figure:
        drawn.append({"rows": rows, "scale": scale})
        return Figure(name, caption, alt)

    monkeypatch.setattr(larger, "draw_strips", strips)
    small, large = larger.draw_photographs(frames, 64), larger.draw_photographs(frames, 256)
    assert small is not None
    assert large is not None
    assert [list(each["rows"]) for each in drawn] == [["input", "whole photograph", "small, enlarged", "truth"]] * 2
    assert [each["scale"] for each in drawn] == [2, 1]
    truth = frames.probes[UNET.id, "sizes", 25].arrays
    np.testing.assert_array_equal(drawn[0]["rows"]["truth"], truth["truth_64"])
    np.testing.assert_array_equal(drawn[1]["rows"]["truth"], truth["truth_256"][:, 64:192, 64:192])
    assert small.caption.startswith("Photographs of 64×64 pixels")
    assert large.caption.startswith("The middle, 128×128 pixels, of photographs of 256×256 pixels")
    assert "left grey: ΔE2000" in small.alt


def test_averages_are_told_without_the_network_that_is_not_trained(plain: None) -> None:
    without = fake_frames(without=("unet-upscale",), seeds=1)
    answer = larger.answer(without)
    assert answer.ready
    assert "trained for it" not in text(without, "1.6.d").partition("What the write-up said")[0].partition("Table")[0]
    assert UNET_UPSCALE.id not in answer.missing


def test_every_part_has_charts_with_words_made_of_their_numbers(frames: Frames) -> None:
    answers = q1_6.answer(frames)
    for answer in answers:
        assert answer.ready
        assert answer.figures
        assert answer.tables
        assert all(figure.alt and (figure.svg or figure.strips) for figure in answer.figures)
    assert "validation loss at rate 0.01" in answers[0].figures[0].alt
    assert "the whole network: ReLU first" in answers[1].figures[0].alt
    assert "Validation loss over the epochs. baseline ends" in answers[0].figures[1].alt
    assert "with the perceptual loss, without" in answers[2].figures[-1].alt
    assert "UNet, ΔE2000: rank correlation" in answers[2].figures[1].alt
    assert "at 256" in answers[3].figures[0].alt


@pytest.mark.parametrize(
    ("stored", "ready"),
    [
        (lambda: fake_frames(probes=False, seeds=1), [True, False, False, False]),
        (lambda: fake_frames(without=("",), probes=False), [False] * 4),
        (lambda: fake_frames(seeds=0), [False] * 4),
        (lambda: replace(fake_frames(seeds=0), seeds=(0, 1)), [False] * 4),
        (lambda: fake_frames(without=("cnn-b100-lr0.01-",), seeds=1), [False, True, False, True]),
        (lambda: fake_frames(without=("cnn-b100-lr0.001-pool",), seeds=1), [True, False, True, True]),
        (lambda: fake_frames(without=("unet-b100-lr",), seeds=1), [True, True, False, False]),
        (lambda: fake_frames(without=(REGRESSION.model,), seeds=1), [True, True, False, True]),
        (lambda: replace(fake_frames(seeds=1), pictures={}), [True, False, True, True]),
        (lambda: fake_frames(PRESETS["quick"], seeds=1), [True] * 4),
    ],
    ids=[
        "no probes", "nothing", "no seeds", "seeds not stored", "no larger rate", "no other order", "no UNet",
        "no regression", "no pictures", "quick",
    ],
)  # fmt: skip
def test_nothing_that_may_be_stored_crashes_the_page(
    stored: Callable[[], Frames], ready: list[bool], plain: None
) -> None:
    answers = q1_6.answer(stored())
    told = text_of("q1_6.html.j2", answers)
    assert all(answer.title in told for answer in answers)
    assert [answer.ready for answer in answers] == ready


def test_a_missing_run_is_named_with_the_command_that_makes_it(plain: None) -> None:
    told = text(fake_frames(without=("cnn-b100-lr0.01-",), seeds=1), "1.6.a")
    assert CNN_FAST.id in told
    assert "Fill it: python cli.py run-all --section 1.6" in told
    assert "jitters by" not in told


def test_a_diverged_rate_is_told_and_left_out(frames: Frames, plain: None) -> None:
    made = diverged(frames, CNN_FAST, 0)
    answer = rates.answer(made)
    assert answer.ready
    assert any(CNN_FAST.id in note for note in answer.notes)
    gone = diverged(made, CNN_FAST, 1)
    assert not rates.answer(gone).ready
    assert status(gone, "1.6.a.val-loss-fast") == "not assessable"
    assert status(gone, "1.6.a.jitter") == "not assessable"


def test_a_quick_training_says_what_it_stands_for(plain: None) -> None:
    told = text(fake_frames(PRESETS["quick"], seeds=1), "1.6.a")
    assert "After 5 epochs, which stand for the write-up’s 25," in told
    assert "†" in told
