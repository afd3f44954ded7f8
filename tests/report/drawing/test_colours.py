"""Colours that everybody can tell apart and read, on the light page and on the dark one."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from report.drawing import charts
from report.drawing.charts import find_colour
from report.drawing.colours import COLOURS, NAMES, STATUS_COLOURS

CSS = (Path(charts.__file__).parents[2] / "templates" / "report.css").read_text("utf-8")

#: What red, green and blue light turn into for three kinds of colour-blind eyes (Machado, Oliveira, Fernandes, 2009).
BLIND = {
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


def theme(which: int) -> dict[str, str]:
    """The colours of the light (0) or dark (1) page, by variable, and the page's own."""
    block = re.findall(r":root \{(.*?)\n? *\}", CSS, re.DOTALL)[which]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    """The contrast ratio of WCAG 2."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (a, b))
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, eyes: str) -> np.ndarray:
    """The colour in Lab, as colour-blind eyes see it."""
    light = np.clip(np.array(BLIND[eyes]) @ linear(colour), 0, 1)
    return rgb2lab(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


def test_light_page_has_the_colours_that_charts_are_drawn_in() -> None:
    drawn = {f"c-{name}": colour for colour, name in NAMES.items()}
    status = {f"s-{name.replace(' ', '-')}": colour for name, colour in STATUS_COLOURS.items()}
    assert drawn | status == {name: colour for name, colour in theme(0).items() if name[:2] in {"c-", "s-"}}


def test_dark_page_gives_every_colour_of_the_light_page_a_value() -> None:
    assert theme(1).keys() == theme(0).keys()


@pytest.mark.parametrize("which", [0, 1])
def test_labels_in_every_colour_can_be_read_on_the_page(which: int) -> None:
    colours = theme(which)
    text = {n: c for n, c in colours.items() if n[:2] in {"c-", "s-"} and n not in {"c-grid", "s-missing"}}
    assert {name for name, colour in text.items() if contrast(colour, colours["page"]) < 4.45} == set()


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("eyes", BLIND)
def test_networks_differ_for_colour_blind_eyes(which: int, eyes: str) -> None:
    colours = theme(which)
    for a, b in itertools.combinations(["c-regression", "c-cnn", "c-unet", "c-truth"], 2):
        assert deltaE_ciede2000(seen(colours[a], eyes), seen(colours[b], eyes)) > 10, (a, b)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("eyes", BLIND)
def test_neighbouring_batch_sizes_differ_for_colour_blind_eyes(which: int, eyes: str) -> None:
    colours = theme(which)
    for a, b in itertools.pairwise([10, 20, 50, 100, 200]):
        assert deltaE_ciede2000(seen(colours[f"c-batch-{a}"], eyes), seen(colours[f"c-batch-{b}"], eyes)) > 6, (a, b)


@pytest.mark.parametrize(
    ("key", "label", "name"),
    [
        ("cnn", "UNet", "cnn"), ("", "UNet, training", "unet"), ("", "CNN", "cnn"), ("", "batch 50", "batch-50"),
        ("", "UNet, batch 20", "batch-20"), ("", "truth", "truth"), ("no key", "RegressionCNN", "accent"),
    ],
)  # fmt: skip
def test_colour_follows_key_then_label(key: str, label: str, name: str) -> None:
    assert find_colour(key, label) == COLOURS[name]


def test_unknown_labels_take_different_colours() -> None:
    assert len({find_colour("", label, index) for index, label in enumerate("abcde")}) == 5
