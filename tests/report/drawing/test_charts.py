"""Figures show the numbers they were given, in words and shapes that everybody can tell apart."""

from __future__ import annotations

import itertools
import math
import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes

from report.answers import Figure
from report.drawing import charts
from report.drawing.axes import spread_out
from report.drawing.bars import WHISKERED
from report.drawing.charts import (
    BANDED,
    Panel,
    Series,
    band_of_seeds,
    draw_bars,
    draw_chart,
    draw_scatter,
    draw_swatches,
    draw_to_svg,
)
from report.drawing.colours import COLOURS, GRID, INK, SOFT
from report.drawing.svg import prefix_ids, print_svg

SVG = "{http://www.w3.org/2000/svg}"
LINE = Panel([Series("UNet", [1, 2, 3], [3.0, 2.0, 1.0])], "epoch", "loss")


def page(figure: Figure) -> ElementTree.Element:
    """The figure's markup as a tree."""
    assert figure.svg is not None
    return ElementTree.fromstring(figure.svg)


def words(figure: Figure) -> list[str]:
    return [element.text or "" for element in page(figure).iter(f"{SVG}text")]


def test_data_table_holds_the_points_and_bands_that_are_drawn() -> None:
    series = Series("UNet", [1, 2], [0.5, math.nan], [0.4, math.nan], [0.6, math.nan])
    figure = draw_chart("loss", "A caption.", "Alt.", Panel([series], "epoch", "loss"))
    assert figure.columns == ["series", "epoch", "loss", "low", "high"]
    assert figure.rows == [["UNet", 1, 0.5, 0.4, 0.6], ["UNet", 2, None, None, None]]


def test_line_passes_through_its_points() -> None:
    """Equal steps of the data are equal steps on the page, and a larger number stands higher."""
    figure = draw_chart("loss", "A caption.", "Alt.", Panel([Series("UNet", [0, 1, 2], [0, 1, 3])], "epoch", "loss"))
    [path] = [p for p in page(figure).iter(f"{SVG}path") if p.get("stroke") == "var(--c-unet)"]
    points = np.array(re.findall(r"[ML] ([\d.]+) ([\d.]+)", path.get("d", "")), float)
    steps = np.diff(points, axis=0)
    assert steps[0, 0] == pytest.approx(steps[1, 0], abs=0.1)
    assert steps[1, 1] == pytest.approx(2 * steps[0, 1], abs=0.1)
    assert steps[0, 1] < 0


def test_chart_over_epochs_says_where_each_epoch_lies() -> None:
    line = Series("UNet", [1, 2, 3], [0, 1, 3])
    figure = draw_chart(
        "loss", "A caption.", "Alt.", Panel([line], "epoch", "loss"), Panel([line], "batch size", "loss")
    )
    [svg, other] = list(page(figure).iter(f"{SVG}svg"))
    start, step, left, top, right, bottom = map(float, svg.get("data-epochs", "").split())
    [path] = [p for p in svg.iter(f"{SVG}path") if p.get("stroke") == "var(--c-unet)"]
    points = np.array(re.findall(r"[ML] ([\d.]+) ([\d.]+)", path.get("d", "")), float)
    assert points[:, 0] == pytest.approx([start + step * epoch for epoch in (1, 2, 3)], abs=0.1)
    assert left < points[0, 0] < points[-1, 0] < right
    assert top < points[:, 1].min() < points[:, 1].max() < bottom
    assert other.get("data-epochs") is None


def test_each_panel_is_a_picture_of_its_own() -> None:
    figure = draw_chart("loss", "A caption.", "Two panels.", LINE, LINE)
    pictures = list(page(figure).iter(f"{SVG}svg"))
    assert len(pictures) == 2
    assert pictures[0].get("aria-label") == "Two panels."
    assert all(picture.get("role") == "img" for picture in pictures)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a & b", "$x^2$", "--> <!--", "%s {0} \\alpha", "'\""])
def test_labels_are_only_ever_text(text: str) -> None:
    panel = Panel([Series(text, [1, 2], [1, 2])], text, text, text, marks=[(1.5, text)], levels=[(1.5, text)])
    figure = draw_chart("name", "A caption.", text, panel)
    assert words(figure).count(text) == 6
    assert not list(page(figure).iter(f"{SVG}script"))
    assert not list(page(figure).iter("script"))


def test_pictures_carry_no_inline_styles_and_no_outside_addresses() -> None:
    """The page's content security policy would not let them through."""
    many = np.linspace(0, 1, 3000)
    for figure in (
        draw_chart("a", "", "", LINE),
        draw_scatter("b", "", "", Panel([Series("p", many, many)], "x", "y")),
    ):
        assert figure.svg is not None
        assert "style" not in figure.svg
        assert all(link.startswith(("#", "data:")) for link in re.findall(r'href="([^"]*)"', figure.svg))


def test_ids_are_used_once_and_references_find_them() -> None:
    marked = Panel([Series("UNet", [1, 2], [1, 2], marker=True)], "x", "y")
    svg = prefix_ids(draw_chart("a", "", "", marked, marked).svg or "", "figure-1-") + prefix_ids(
        draw_chart("a", "", "", marked).svg or "", "figure-2-"
    )
    ids = re.findall(r' id="([^"]+)"', svg)
    links = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)
    assert links
    assert len(ids) == len(set(ids))
    assert {a or b for a, b in links} <= set(ids)


def test_same_numbers_give_the_same_bytes() -> None:
    assert draw_chart("a", "", "", LINE).svg == draw_chart("a", "", "", LINE).svg


def test_print_has_the_light_colours_and_says_what_it_shows() -> None:
    [drawing] = draw_chart("a", "", 'Falls "fast" & far', LINE).drawings
    svg = print_svg(drawing.svg)
    assert "var(" not in svg
    assert COLOURS["unet"] in svg
    assert drawing.alt == 'Falls "fast" & far'


@pytest.mark.parametrize(
    "series",
    [
        [], [Series("a", [], [])], [Series("a", [1], [2])], [Series("a", [1, 2], [math.nan, math.inf])],
        [Series("a", [1, 2], [0.0, -1.0])], [Series("a", np.arange(3), np.ones(3), np.ones(3), np.ones(3))],
    ],
)  # fmt: skip
@pytest.mark.parametrize("log", [False, True])
def test_charts_are_drawn_whatever_is_there(series: list[Series], log: bool) -> None:
    panel = Panel(series, "epoch", "loss", log_x=log, log_y=log)
    for figure in (draw_chart("a", "", "", panel), draw_scatter("a", "", "", panel)):
        nothing = not any(math.isfinite(y) for one in series for y in one.y)
        assert ("no run yet" in words(figure)) == nothing


def test_single_point_is_marked() -> None:
    figure = draw_chart("a", "", "", Panel([Series("UNet", [1], [2])], "x", "y"))
    assert len(list(page(figure).iter(f"{SVG}use"))) == 1


def test_few_values_on_a_logarithmic_axis_are_its_ticks() -> None:
    sizes = [10, 20, 50, 100, 200]
    figure = draw_chart("a", "", "", Panel([Series("UNet", sizes, sizes)], "batch size", "loss", log_x=True))
    assert [word for word in words(figure) if word in map(str, sizes)][:5] == ["10", "20", "50", "100", "200"]


def test_labels_at_the_ends_of_lines_do_not_overlap() -> None:
    lines = [Series(f"line {i}", [1, 2], [1, 2 + i / 1000]) for i in range(6)]
    figure = draw_chart("a", "", "", Panel(lines, "x", "y"))
    heights = sorted(
        float(t.get("y", "")) for t in page(figure).iter(f"{SVG}text") if (t.text or "").startswith("line")
    )
    assert len(heights) == 6
    assert min(np.diff(heights)) >= 12.9


def test_labels_without_room_go_into_a_legend() -> None:
    lines = [Series(f"a label that is rather too long for line {i}", [1, 2], [i, i]) for i in range(5)]
    figure = draw_chart("a", "", "", Panel(lines, "x", "y"))
    signs = [sign for _, sign in charts.SHAPES]
    assert [word for word in words(figure) if word in signs] == signs
    # each line has points of a shape of its own, so that the legend tells it apart without its colour
    shapes = {shape.get("d") for defs in page(figure).iter(f"{SVG}defs") for shape in defs.iter(f"{SVG}path")}
    assert len(shapes) == 5


def test_names_of_clouds_stand_behind_the_shape_of_their_points() -> None:
    clouds = [Series(label, [1, 2], [index, index]) for index, label in enumerate(("UNet", "CNN"))]
    told = words(draw_scatter("a", "", "", Panel(clouds, "x", "y")))
    assert told.index("\N{BLACK CIRCLE}") + 1 == told.index("UNet")
    assert told.index("\N{BLACK UP-POINTING TRIANGLE}") + 1 == told.index("CNN")


@given(
    st.lists(st.floats(-50, 150), max_size=8),
    st.floats(0.5, 20),
)
def test_spread_out_keeps_order_distance_and_bounds(wanted: list[float], gap: float) -> None:
    placed = spread_out(wanted, gap, 0, 200)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    ranked = [placed[index] for index in order]
    assert all(b - a >= gap - 1e-6 for a, b in itertools.pairwise(ranked))
    assert all(-1e-6 <= position <= 200 + 1e-6 for position in placed)


def test_spread_out_moves_no_further_than_it_must() -> None:
    assert spread_out([10, 50, 90], 10, 0, 100) == [10, 50, 90]
    assert spread_out([50, 50], 10, 0, 100) == [45, 55]
    assert spread_out([99, 99], 10, 0, 100) == [90, 100]


def test_a_panel_of_points_says_where_they_lie() -> None:
    panel = Panel([Series("UNet", [30, 10, 20], [2, 1, math.nan]), Series("CNN", [], [])], "pixels", "SSIM")
    svgs = list(page(draw_scatter("a", "", "All.", panel, panel)).iter(f"{SVG}svg"))
    assert [svg.get("aria-label") for svg in svgs] == [
        "All.",
        "UNet: 2 points, pixels from 10 to 30, SSIM from 1 to 2.",
    ]


def test_many_points_are_one_picture() -> None:
    def pictures(count: int) -> int:
        x = np.linspace(0, 1, count)
        return len(list(page(draw_scatter("a", "", "", Panel([Series("p", x, x)], "x", "y"))).iter(f"{SVG}image")))

    assert pictures(charts.MANY_POINTS) == 0
    assert pictures(charts.MANY_POINTS + 1) == 1


def test_band_goes_from_the_least_seed_to_the_greatest() -> None:
    table = pd.DataFrame({0: [1.0, 8.0], 1: [100.0, math.inf], 2: [4.0, 4.0]}, index=[1, 2])
    x, mean, low, high = band_of_seeds(table)
    assert (x, mean, low, high) == ([1, 2], [35.0, 6.0], [1.0, 4.0], [100.0, 8.0])


def test_a_caption_says_what_bands_are_only_where_there_are_any() -> None:
    plain, banded = Panel([Series("a", [1], [2])], "x", "y"), Panel([Series("a", [1], [2], [1], [3])], "x", "y")
    assert draw_chart("a", "Lines.", "", plain, banded).caption == "Lines." + BANDED
    assert draw_chart("a", "Lines.", "", plain).caption == "Lines."


def test_band_of_one_seed_has_no_ends() -> None:
    assert band_of_seeds(pd.DataFrame({0: [1.0]}, index=[1])) == ([1], [1], None, None)
    assert band_of_seeds(pd.DataFrame()) == ([], [], None, None)


# Bars, swatches, drawings


def rectangles(figure: Figure) -> dict[str, list[tuple[float, float]]]:
    """Width and height of each filled rectangle, by colour."""
    found: dict[str, list[tuple[float, float]]] = {}
    for path in page(figure).iter(f"{SVG}path"):
        points = np.array(re.findall(r"[ML] ([\d.]+) ([\d.]+)", path.get("d", "")), float)
        if path.get("fill", "none") != "none" and len(points):
            found.setdefault(path.get("fill", ""), []).append(tuple(np.ptp(points, axis=0)))
    return found


@pytest.mark.parametrize(("groups", "side"), [(["a", "b"], 1), (["a long name, " * 3, "another, " * 5], 0)])
def test_bars_are_as_long_as_their_numbers(groups: list[str], side: int) -> None:
    figure = draw_bars("a", "", "", groups, {"CNN": [1, 2], "UNet": [4, math.nan]}, "share")
    found = rectangles(figure)
    [one, two] = [size[side] for size in found["var(--c-cnn)"]]
    assert two == pytest.approx(2 * one, abs=0.1)
    assert found["var(--c-unet)"][0][side] == pytest.approx(4 * one, abs=0.1)
    assert figure.rows == [[groups[0], 1, 4], [groups[1], 2, None]]


def test_whiskers_of_bars_stand_in_the_table_and_their_meaning_in_the_caption() -> None:
    figure = draw_bars("a", "", "", ["x"], {"CNN": [1.5], "UNet": [1]}, "share", {"CNN": [(1.25, 2)]})
    assert figure.columns == ["", "CNN", "CNN, low", "CNN, high", "UNet", "UNet, low", "UNet, high"]
    assert figure.rows == [["x", 1.5, 1.25, 2, 1, None, None]]
    assert figure.caption == WHISKERED
    assert draw_bars("a", "Bars.", "", ["x"], {"truth": [1]}, "share", {"truth": [(1, 1)]}).caption == "Bars."


def test_bars_without_groups_are_empty() -> None:
    assert draw_bars("a", "", "", [], {}, "share").rows == []


def test_swatches_show_every_colour_and_its_share() -> None:
    figure = draw_swatches("a", "", "", [(255, 0, 0), (0, 0, 254)], [0.25, 0.75])
    found = rectangles(figure)
    assert found["#0000fe"][1][1] == pytest.approx(3 * found["#ff0000"][1][1], abs=0.1)
    assert figure.rows == [["#ff0000", 255, 0, 0, 25], ["#0000fe", 0, 0, 254, 75]]
    assert len(rectangles(draw_swatches("a", "", "", [(255, 0, 0)]))["#ff0000"]) >= 1


def test_drawing_gets_our_headings_and_keeps_its_numbers() -> None:
    def draw(ax: Axes) -> None:
        ax.plot([0, 1], [0, 1], color=COLOURS["accent"])
        ax.set(title="title", xlabel="a*", ylabel="b*")

    figure = draw_to_svg("a", "", "", draw, ["x"], [[1]])
    assert {"title", "a*", "b*"} <= set(words(figure))
    assert (figure.columns, figure.rows) == (["x"], [[1]])
    assert {INK, SOFT, GRID} & set(re.findall(r"#\w{6}", figure.svg or "")) == set()


# Pictures
