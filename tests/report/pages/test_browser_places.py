"""Where the reading is, on a page as long as a real one: addresses, the way back, and what the contents mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page

from report.pages.render import render
from tests.fakes import fake_frames
from tests.report.browsing import NEEDS_CHROMIUM, PATIENCE
from tests.report.made_up_pages import PAGES, TEMPLATE, made_up_questions

pytestmark = NEEDS_CHROMIUM

#: Where a part stands below the upper edge once its address is opened: what is kept free there.
FREE = "parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A report whose parts are as high as real ones, and as unlike in height."""
    folder = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        made_up_questions(folder / "templates", patch)
        for index in range(1, 7):
            text = "{% for line in range(" + str(90 - 12 * index) + ") %}<p>A line of text.</p>{% endfor %}"
            (folder / "templates" / f"q1_{index}.html.j2").write_text(
                TEMPLATE.replace("{% endcall %}", text + "{% endcall %}")
            )
        frames = fake_frames(probes=False)
        copies = replace(frames, data={**frames.data, "written": "copies"})
        yield render(copies, folder / "out", pages=PAGES).html.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page at its start, all of it laid out."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    settled(page)
    yield page
    page.close()


def settled(page: Page) -> None:
    page.wait_for_function("() => document.documentElement.classList.contains('settled')", timeout=PATIENCE)


def off(page: Page, part: str) -> float:
    """How far a part is from where its address shows it, in pixels."""
    return float(page.evaluate(f"document.getElementById('{part}').getBoundingClientRect().top - {FREE}"))


@pytest.mark.parametrize(("width", "motion"), [(1440, "no-preference"), (1440, "reduce"), (360, "no-preference")])
def test_address_of_a_part_opens_there_every_time(browser: Browser, address: str, width: int, motion: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion=motion)  # type: ignore[arg-type]
    for part in ("part-1-6-b", "part-1-3-a", "part-1-6-b"):
        tab = context.new_page()
        tab.goto(f"{address}#{part}")
        settled(tab)
        tab.wait_for_timeout(300)  # what glides would still be on its way
        assert off(tab, part) == pytest.approx(0, abs=1)
        covered = (
            "document.elementFromPoint(innerWidth / 2, document.getElementById(id).getBoundingClientRect().top + 2)"
        )
        assert tab.evaluate(f"(id) => {covered}.closest('.toc') === null", part)
        tab.close()
    context.close()


def test_page_that_is_loaded_again_is_where_it_was_left(browser: Browser, address: str) -> None:
    tab = browser.new_page()
    tab.goto(f"{address}#part-1-6-b")
    settled(tab)
    tab.evaluate("scrollBy({ top: -700, behavior: 'instant' })")
    tab.wait_for_function("() => history.state?.top === scrollY")
    left = tab.evaluate("scrollY")
    tab.reload()
    settled(tab)
    assert left > 5_000
    assert tab.evaluate("scrollY") == pytest.approx(left, abs=1)
    tab.close()


def test_reader_who_scrolls_while_the_page_opens_is_not_pulled_back(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    tab = context.new_page()
    back = "() => { dispatchEvent(new Event('wheel')); requestAnimationFrame(() => scrollTo(0, 500)); }"
    tab.add_init_script(f"addEventListener('load', {back})")
    tab.goto(f"{address}#part-1-6-b")
    settled(tab)
    tab.wait_for_timeout(300)
    assert tab.evaluate("scrollY") == 500
    context.close()


# What the contents mark


def current(page: Page) -> list[str]:
    return page.locator(".toc [aria-current]").all_inner_texts()


def test_contents_lead_to_a_part_and_follow_the_reading(page: Page) -> None:
    page.locator(".toc a[href='#part-1-5-b']").click()
    page.wait_for_function("() => document.querySelector('.toc [aria-current]')?.hash === '#part-1-5-b'")
    assert current(page) == ["1.5.b Another part"]
    page.wait_for_function(
        "() => Math.abs(document.getElementById('part-1-5-b').getBoundingClientRect().top - 24) < 24"
    )


def test_narrow_contents_name_the_question_of_the_part(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate("document.getElementById('part-1-3-b').scrollIntoView({ behavior: 'instant' })")
    page.wait_for_function("() => document.querySelector('.toc [aria-current]')?.hash === '#part-1-3-b'")
    assert [text.split()[0] for text in current(page)] == ["1.3.b"]


def test_contents_mark_the_first_at_the_start_and_after_the_way_back(page: Page) -> None:
    assert [text.strip() for text in current(page)] == ["1.1 Colourization as regression"]
    page.evaluate("scrollTo({ top: 1e6, behavior: 'instant' })")
    page.wait_for_function("() => !document.querySelector('.toc [aria-current]').hash.startsWith('#q-1-1')")
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.wait_for_function("() => document.querySelector('.toc [aria-current]')?.hash === '#q-1-1'")
    assert len(current(page)) == 1


@pytest.mark.parametrize("width", [360, 1440])
def test_what_the_contents_mark_is_told_without_colours(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    drawn = """(one) => [getComputedStyle(one).boxShadow.replace(/rgb.*?\\)/, ""),
      getComputedStyle(one, "::before").borderLeftWidth]"""
    marked = page.locator(".toc [aria-current]").evaluate(drawn)
    other = page.locator(".toc > ol > li > a:not([aria-current])").first.evaluate(drawn)
    assert marked != other
