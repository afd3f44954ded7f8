"""The pages in a real browser: quiet, alone, by keyboard, without scripts, for every eye and on every width."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from report.judging.verdict import STATUSES
from report.pages.render import render
from tests.fakes import fake_frames
from tests.report.browsing import NEEDS_CHROMIUM, PATIENCE, Window, opened
from tests.report.made_up_figures import EPOCHS, PAINTED, ROWS, TRUTH, after, fuller
from tests.report.made_up_pages import PAGES, made_up_questions

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the made-up report lies."""
    folder = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        made_up_questions(folder / "templates", patch).edit = fuller
        frames = fake_frames(probes=False, without=("unet-b10-lr0.001-s1",))
        old = replace(frames, runs=frames.runs.assign(stale=True))
        yield render(old, folder / "out", pages=PAGES).html.as_uri()


@pytest.fixture(scope="module")
def window(browser: Browser, address: str) -> Iterator[Window]:
    """Loaded once: no test undoes what another one needs."""
    yield from opened(browser, address, scripts=True)


@pytest.fixture
def page(window: Window, address: str) -> Iterator[Page]:
    """Whatever a test does with the page, the console stays empty and nothing is fetched."""
    window.page.set_viewport_size({"width": 1440, "height": 900})
    window.page.emulate_media(media="screen", color_scheme="light")
    window.page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
    yield window.page
    assert window.told == []
    assert window.asked == [address]


@pytest.fixture(scope="module")
def still(browser: Browser, address: str) -> Iterator[Page]:
    """The page with scripts switched off."""
    for window in opened(browser, address, scripts=False):
        yield window.page


def colour(place: Locator, x: float = 0.5) -> tuple[int, ...]:
    """The colour that is shown at a share of the width, half way down."""
    shown = Image.open(io.BytesIO(place.screenshot())).convert("RGB")
    found = shown.getpixel((int(x * shown.width), shown.height // 2))
    assert isinstance(found, tuple)
    return found


def figure(page: Page, name: str) -> Locator:
    return page.locator(f"#figure-1-1-a-{name}")


# Scripts


def test_slider_moves_pictures_and_marker_by_keyboard(page: Page) -> None:
    film = figure(page, "film")
    slider = film.get_by_label("Epoch")
    picture, line = film.locator(".reel img"), figure(page, "course").locator("line.now")
    slider.focus()
    places = []
    for key, epoch in (("Home", 1), ("ArrowRight", 2), ("End", EPOCHS), ("ArrowLeft", EPOCHS - 1)):
        page.keyboard.press(key)
        assert slider.get_attribute("aria-valuetext") == f"epoch {epoch} of {EPOCHS}"
        assert film.locator("output").inner_text() == f"{epoch} of {EPOCHS}"
        assert film.locator(".reel .label").inner_text() == f"CNN, after epoch {epoch}"
        assert colour(picture, 0.2) == after(epoch)
        places.append(float(line.get_attribute("x1") or "nan"))
    first, second, last, before = places
    assert last - first == pytest.approx(3 * (second - first))
    assert before - first == pytest.approx(2 * (second - first))


def test_slider_moves_a_strip_beside_the_fixed_epochs_on_screen_alone(page: Page) -> None:
    film = figure(page, "film")
    film.get_by_label("Epoch").press("End")
    visible = film.locator(".strip:visible .label")
    assert visible.all_inner_texts() == ["input", "epoch 1", "epoch 4", "truth", "CNN, after epoch 4"]
    page.emulate_media(media="print")
    assert film.get_by_label("Epoch").is_hidden()


def test_epochs_play_from_the_start_to_the_end(page: Page) -> None:
    film = figure(page, "film")
    film.get_by_label("Epoch").press("End")
    output = film.locator("output")
    output.evaluate(
        """(output) => {
          window.shown = [];
          new MutationObserver(() => window.shown.push(output.textContent)).observe(output, { childList: true });
        }"""
    )
    film.get_by_role("button").click()
    page.wait_for_function("() => window.shown.at(-1)?.startsWith('4')")
    assert page.evaluate("window.shown") == [f"{epoch} of {EPOCHS}" for epoch in range(1, EPOCHS + 1)]
    assert film.get_by_role("button").inner_text() == "Play"


def test_truth_is_uncovered_by_keyboard_and_by_pointer(page: Page) -> None:
    extremes = figure(page, "extremes")
    slider = extremes.get_by_label("Uncover the truth")
    pairs = extremes.locator(".pair")
    groups = extremes.locator(".groups p")
    assert [text.lower() for text in groups.all_inner_texts()] == ["worst", "median", "best"]
    assert extremes.locator(".groups li").first.inner_text() == "picture 7, ΔE 30.5"
    slider.focus()
    for key, expected in (("Home", PAINTED), ("End", TRUTH)):
        page.keyboard.press(key)
        assert {colour(pair) for pair in pairs.all()} == {expected}
    assert "truth over 100 per cent" in (slider.get_attribute("aria-valuetext") or "")
    box = pairs.nth(1).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 5)
    assert [colour(pairs.nth(2), x) for x in (0.25, 0.75)] == [TRUTH, PAINTED]
    assert slider.input_value() == "50"


def test_filter_shows_what_it_is_asked_for_and_counts_it(page: Page) -> None:
    rows = page.locator(".verdict-table tbody tr:visible")
    total = rows.count()
    page.get_by_label("Status").select_option("undecided")
    assert {row.get_attribute("data-status") for row in rows.all()} == {"undecided"}
    assert page.locator("#shown").inner_text() == f"6 of {total}"
    page.get_by_label("Question").select_option("1.3")
    assert rows.count() == 1
    assert total == 6 * len(STATUSES)


def test_number_says_its_runs_where_it_is_asked_and_is_no_stop_of_the_tab_key(page: Page) -> None:
    number = page.locator("#part-1-1-a .num").first
    tip = page.get_by_role("tooltip")
    number.hover()
    told = tip.inner_text()
    assert told.startswith("mean, n = 2, standard deviation 0.")
    assert "unet-b100-lr0.001-s0, unet-b100-lr0.001-s1" in told
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    before = page.url
    number.click()
    assert (tip.is_visible(), page.url) == (True, before)
    assert page.locator(".num[tabindex], .num a, a.num").count() == 0
    page.keyboard.press("Escape")


def test_csv_holds_all_the_rows_that_the_page_cuts(page: Page) -> None:
    with page.expect_download() as waiting:
        page.locator("[data-behind=figure-1-1-a-long] a.csv").click()
    assert waiting.value.suggested_filename == "figure-1.1-6-long.csv"
    read = list(csv.reader(io.StringIO(Path(waiting.value.path()).read_text("utf-8"))))
    assert read[1:] == [[str(cell) for cell in row] for row in ROWS]


# No scripts


def test_without_scripts_strips_stand_and_verdicts_are_told(still: Page) -> None:
    folds = still.locator("main details:not([open]) > summary:visible")
    while folds.count():  # those within others show once these are open
        folds.first.click()
    labels = figure(still, "film").locator(".strip:visible .label")
    assert labels.all_inner_texts() == ["input", "epoch 1", "epoch 4", "truth"]
    labels = figure(still, "extremes").locator(".strip:visible .label")
    assert labels.all_inner_texts() == ["input", "CNN", "truth"]
    assert still.locator("input:visible, select:visible, button:visible").count() == 0
    assert still.locator(".verdict:visible").count() == 6 * len(STATUSES)
    assert still.locator(".verdict-table tbody tr:visible").count() == 6 * len(STATUSES)
    assert "The sentence of 1.4.a.claim-2." in still.locator("#q-1-4").inner_text()


# Everybody


def test_pages_follow_the_theme_of_the_reader(page: Page) -> None:
    light = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        shown = Image.open(io.BytesIO(page.screenshot(clip={"x": 0, "y": 0, "width": 8, "height": 8}))).convert("L")
        light.append(shown.getpixel((4, 4)))
    assert light[0] > 240
    assert light[1] < 40


@pytest.mark.parametrize(
    ("scheme", "width", "rules"),
    [("light", 1440, []), ("dark", 1440, ["color-contrast"]), ("light", 360, ["scrollable-region-focusable"])],
)
def test_axe_finds_nothing_that_keeps_anybody_out(page: Page, scheme: str, width: int, rules: list[str]) -> None:
    """All rules once, and those on which theme and width bear once more; of six questions that are alike, two."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    page.locator("#part-1-1-a .num").first.focus()
    alike = {"exclude": [[f"#q-1-{index}"] for index in range(3, 7)]}
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    found = Axe().run(page, context=alike, options=options)
    grave = [
        (violation["id"], violation["impact"], [node["html"][:120] for node in violation["nodes"][:3]])
        for violation in found.response["violations"]
        if violation["impact"] in {"moderate", "serious", "critical"}
    ]
    assert grave == []


def test_every_control_is_reached_by_tabbing_and_shows_that_it_is(page: Page) -> None:
    """Of six questions that are alike, the first two."""
    wanted = page.evaluate(
        """() => {
          for (const question of [...document.querySelectorAll(".question")].slice(2)) question.hidden = true;
          const controls = "a[href], button, input, select, summary, [tabindex='0']";
          const all = [...document.querySelectorAll(controls)].filter((one) => one.checkVisibility());
          window.reached = {};
          document.addEventListener("focusin", ({ target }) => {
            const style = getComputedStyle(target);
            const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
            window.reached[all.indexOf(target)] = ringed;
          });
          return all.length;
        }"""
    )
    for _ in range(wanted + 3):  # past the last stop the window itself, then the first again
        page.keyboard.press("Tab")
    reached = page.evaluate("window.reached")
    page.locator(".question").evaluate_all("all => all.forEach((one) => (one.hidden = false))")
    assert reached == {str(index): True for index in range(wanted)}


def test_no_width_makes_the_page_scroll_sideways(page: Page) -> None:
    wide = {}
    for width in (360, 1440, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        wide[width] = page.evaluate("document.documentElement.scrollWidth")
    assert {width: found for width, found in wide.items() if found > width} == {}


def test_wide_table_takes_the_free_width_and_says_where_it_still_scrolls(page: Page) -> None:
    box = page.get_by_role("region", name="Every run")
    page.set_viewport_size({"width": 2560, "height": 900})
    assert box.evaluate("(box) => box.scrollWidth - box.clientWidth") == 0
    assert box.evaluate("(box) => box.clientWidth > box.parentElement.clientWidth")
    page.set_viewport_size({"width": 900, "height": 900})
    assert box.evaluate("(box) => box.scrollWidth - box.clientWidth") > 0
    assert box.get_attribute("tabindex") == "0"
    box.scroll_into_view_if_needed()
    shown = Image.open(io.BytesIO(box.screenshot())).convert("L")
    light = [np.median(shown.crop((x, 0, x + 1, shown.height))) for x in (shown.width // 2, shown.width - 4)]
    assert light[1] < light[0] - 20


def test_page_does_not_wait_for_pictures_further_down(page: Page) -> None:
    pictures = page.locator(".strips > .strip:not(.reel) img")
    assert pictures.count() > 0
    assert pictures.evaluate_all("all => all.every((one) => one.loading === 'lazy' && one.decoding === 'async')")


def test_time_until_the_page_is_there_is_on_record(page: Page, record_property: Callable[[str, object], None]) -> None:
    """How long it takes follows from the machine; what it must not do is wait for anything."""
    milliseconds = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    record_property("load_event_ms", milliseconds)
    assert 0 < milliseconds < PATIENCE
