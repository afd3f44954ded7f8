"""Pictures for pages: every pixel of them, and nothing else."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from report.drawing.charts import draw_reel, draw_sheet, draw_strips


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def test_strips_hold_every_pixel_of_every_picture() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)
    figure = draw_strips("a", "", "", {"truth": pictures, "fewer": pictures[:2]}, scale=3)
    first, second = (pixels(strip.png) for strip in figure.strips)
    for index, picture in enumerate(pictures):
        assert (first[:, index * 6 : index * 6 + 5, :3] == picture).all()
    assert (first[:, 5, 3] == 0).all()
    assert first.shape == second.shape == (4, 17, 4)
    assert (second[:, 11:, 3] == 0).all()
    assert [(s.label, s.width, s.height) for s in figure.strips] == [("truth", 17, 4), ("fewer", 17, 4)]
    assert figure.scale == 3


def test_rows_say_how_many_pictures_they_hold_and_how_far_from_the_truth() -> None:
    truth = np.zeros((2, 4, 5, 3), np.uint8)
    rows = {"black": truth, "truth": truth, "lighter": truth + 51, "one, smaller": truth[:1, :2]}
    assert [strip.alt for strip in draw_strips("a", "", "", rows).strips] == [
        "black: 2 pictures of 5×4 pixels, squared error in RGB 0.0000 against the truth.",
        "truth: 2 pictures of 5×4 pixels.",
        "lighter: 2 pictures of 5×4 pixels, squared error in RGB 0.0397 against the truth.",
        "one, smaller: 1 picture of 5×2 pixels.",
    ]


def test_strips_of_nothing_are_empty() -> None:
    assert draw_strips("a", "", "", {}).strips == []
    assert draw_strips("a", "", "", {"none": np.zeros((0, 4, 4, 3), np.uint8)}).strips == []


def test_sheet_stretches_each_channel_and_leaves_dead_ones_black() -> None:
    block = np.zeros((18, 2, 2), np.float32)
    block[0] = [[0, 1], [2, 4]]
    block[17] = [[0, 0], [0, 1e-3]]
    blocks = {"small": block, "large": np.ones((1, 4, 4), np.float32)}
    figure = draw_sheet("a", "", "", blocks, words={"small": "18 channels"})
    assert [strip.alt for strip in figure.strips] == ["18 channels", "large"]
    small = pixels(figure.strips[0].png)
    light = small[..., :3].astype(int).sum(axis=-1)
    assert light[0, 0] < light[0, 2] < light[2, 0] < light[2, 2]  # twice as large as they are: two pixels each
    assert light[2, 2] == light[5 + 2, 5 + 2]  # the 18th channel: second row, second column
    assert len(set(light[:4, 5:9].ravel())) == 1
    assert small.shape == (9, 16 * 5 - 1, 4)


def test_sheet_draws_what_is_not_finite() -> None:
    block = np.array([[[np.nan, np.inf], [1, 2]]], np.float32)
    assert len(draw_sheet("a", "", "", {"block": block}).strips) == 1


def test_reel_holds_every_pixel_of_every_epoch() -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (4, 3, 5, 6, 3), dtype=np.uint8)
    found = draw_reel("CNN", pictures)
    assert (found.label, found.width, found.height, found.epochs) == ("CNN", 3 * 6 + 2, 5, 4)
    frames = pixels(found.png).reshape(4, 5, 20, 4)
    for epoch, row in enumerate(pictures):
        for index, picture in enumerate(row):
            assert (frames[epoch, :, index * 7 : index * 7 + 6, :3] == picture).all()
    assert (frames[:, :, 6, 3] == 0).all()


def test_few_colours_make_a_small_file_of_the_same_pixels() -> None:
    few = np.random.default_rng(2).integers(0, 24, (1, 2, 16, 16, 1), dtype=np.uint8) * np.array([9, 5, 3], np.uint8)
    found = draw_reel("", few)
    image = Image.open(io.BytesIO(found.png))
    assert image.mode == "P"
    shown = np.asarray(image.convert("RGBA"))
    assert (shown[:, :16, :3] == few[0, 0]).all()
    assert (shown[:, 17:, :3] == few[0, 1]).all()
    assert (shown[:, 16, 3] == 0).all()
    assert (np.delete(shown[..., 3], 16, axis=1) == 255).all()


def test_roles_go_to_the_rows_they_name() -> None:
    picture = np.zeros((1, 2, 2, 3), np.uint8)
    figure = draw_strips("a", "", "", {"input": picture, "last": picture}, roles={"last": "moment", "lost": "truth"})
    assert [strip.role for strip in figure.strips] == ["", "moment"]
