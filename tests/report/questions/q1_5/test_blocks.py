"""1.5: activations block by block, early beside late and one network beside another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from report.questions.q1_5 import answer as q1_5
from report.questions.q1_5 import blocks
from report.questions.q1_5.blocks import (
    compare_ends,
    compare_networks,
    describe_blocks,
    draw_activations,
    draws_input_first,
    say_blocks,
    tabulate_blocks,
)
from report.results.frames import Frames
from runs.specs.catalogue import CNN, UNET, UNET_UPSCALE
from tests.fakes import fake_frames
from tests.report.edited import with_probe
from tests.report.first_questions import text_of

FULL = {"channels": [32.0, 64.0, 64.0, 32.0, 24.0]}


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


def test_blocks_are_named_in_which_a_number_is_higher_or_lower() -> None:
    assert say_blocks(blocks.BLOCKS, []) == "higher in every block."
    assert say_blocks([], blocks.BLOCKS) == "lower in every block."
    assert say_blocks(["rfconv"], ["upconv1", "upconv2"]) == "higher in rfconv, lower in upconv1 and upconv2."
    assert say_blocks(["rfconv"], []).startswith("higher in rfconv; in the others")
    assert say_blocks([], []).startswith("in every block the two are the same")


def test_networks_are_compared_block_by_block_and_where_they_lie_furthest_apart(frames: Frames) -> None:
    ours = with_probe(frames, UNET, "activations", edges=[0.2, 0.3, 0.4, 0.9, 0.5], **FULL)
    made = with_probe(ours, CNN, "activations", edges=[0.3, 0.3, 0.3, 0.3, 0.3], **FULL)
    rows = {row["label"]: row for row in compare_networks(made, UNET, CNN)}
    edges = rows["Edge content"]
    assert edges["sentence"] == "higher in rfconv, upconv1 and upconv2, lower in downconv1."
    assert (edges["furthest"], round(edges["ours"].value, 3), round(edges["theirs"].value, 3)) == ("upconv1", 0.9, 0.3)
    assert set(rows) == {
        "Correlation with the input",
        "Edge content",
        "Share of zeros",
        "Share of independent channels",
    }


def test_independent_channels_are_the_rank_as_a_share_of_the_channels(frames: Frames) -> None:
    made = with_probe(frames, CNN, "activations", rank=[16.0, 16.0, 16.0, 16.0, 12.0], **FULL)
    ends = {row["label"]: row for row in compare_ends(made, CNN)}["share of independent channels"]
    assert (ends["first"].value, ends["last"].value, ends["side"]) == (0.5, 0.5, "the same")
    table = tabulate_blocks(made, (CNN,))
    assert [row[-1].value for row in table.rows] == [0.5, 0.25, 0.25, 0.5, 0.5]  # type: ignore[union-attr]


def test_first_blocks_that_draw_the_input_are_told_from_those_that_do_not(frames: Frames) -> None:
    samples = frames.data_probe("samples")
    assert samples is not None
    grey = np.asarray(samples.arrays["grey"][:3], np.float32).mean(axis=-1)  # (3, 32, 32)
    halves = grey.reshape(3, 16, 2, 16, 2).mean(axis=(2, 4))
    like = np.stack([halves, 255 - halves], axis=1)  # (3, 2 channels, 16, 16): the input and its negative
    like = np.tile(like, (1, 4, 1, 1))  # as many channels as a sheet shows
    quarter = like.reshape(3, 8, 8, 2, 8, 2).mean(axis=(3, 5))
    made = with_probe(frames, CNN, "activations", downconv1=like, downconv2=quarter)
    assert compare_ends(made, CNN)[0]["first"].value == pytest.approx(1, abs=1e-3)
    assert draws_input_first(made, CNN)
    turned = with_probe(frames, CNN, "activations", upconv1=like, upconv2=np.tile(grey[:, None], (1, 8, 1, 1)))
    assert not draws_input_first(turned, CNN)
    for one, words in ((made, "the first layers still draw"), (turned, "no mere drawings of it")):
        assert words in text_of("q1_5.html.j2", [q1_5.answer_cnn(one), *q1_5.answer(one)[1:]])


def test_sheets_of_two_networks_stand_side_by_side(frames: Frames) -> None:
    sheet = draw_activations(frames, (UNET, UNET_UPSCALE))
    assert sheet is not None
    assert [strip.label for strip in sheet.strips][:2] == ["downconv1, UNet", "downconv1, UNet, super-resolution"]
    assert len(sheet.strips) == 10


def test_without_maps_the_part_waits_for_them(frames: Frames) -> None:
    bare = replace(frames, probes={})
    assert describe_blocks(bare, CNN, ())["ends"] is None
    assert describe_blocks(bare, UNET, (CNN,))["beside"] is None
    assert draw_activations(bare, (CNN,)) is None
    assert blocks.draw_blocks(bare, (CNN,)) is None
