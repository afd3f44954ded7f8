"""The laboratory's panel in a real browser: what it paints and tells, by hand, by keyboard, and of hostile pictures."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from report.pages.lab_alone import render_lab
from runs.data.pixels import resize_pictures, to_grey, to_uint8
from runs.specs.catalogue import CNN, REGRESSION, UNET
from runs.specs.presets import PRESETS
from runs.specs.spec import RunSpec
from runs.training.predict import anneal_mean, paint
from runs.training.prepared import make_inputs, to_planes
from tests.fakes import fake_frames, palette
from tests.report.browsing import NEEDS_CHROMIUM, PATIENCE, Window, opened
from tests.report.pages.made_up_lab import make_lab, make_network, make_pictures

pytestmark = NEEDS_CHROMIUM

PICTURES = make_pictures(10)
PALETTE = np.array(palette(), np.float64)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("lab")
    path = folder / "lab.html"
    frames = fake_frames(PRESETS["quick"], seeds=1)
    path.write_text(render_lab(make_lab(frames, folder / "results")), "utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def window(browser: Browser, address: str) -> Iterator[Window]:
    for window in opened(browser, address, scripts=True):
        window.page.get_by_role("button", name="Start the networks").click()
        yield window


@pytest.fixture
def page(window: Window, address: str) -> Iterator[Page]:
    """The panel as it is at first; the console stays empty, and nothing is asked for but the worker."""
    expect.set_options(timeout=PATIENCE)
    page = window.page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(media="screen", color_scheme="light")
    page.get_by_role("radio", name="test picture 1", exact=True).check()
    page.get_by_role("combobox", name="Network").select_option("UNet")
    page.get_by_role("combobox", name="Size").select_option("32")
    page.get_by_role("slider", name="Temperature").fill("0")
    for name in ("from downconv2", "from downconv1", "from the input"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("checkbox", name="change places").uncheck()
    expect(told(page)).to_contain_text("The UNet painted test picture 1 of 32 × 32 pixels")
    settle(page)
    yield page
    assert window.told == []
    assert [asked for asked in window.asked if not asked.startswith("blob:")] == [address]


def told(page: Page) -> Any:
    return page.get_by_role("status")


def settle(page: Page) -> None:
    """Until all that was chosen is painted."""
    expect(page.locator(".lab-seen")).to_have_attribute("aria-busy", "false")


def read_canvas(page: Page, caption: str) -> NDArray[np.uint8]:
    """The pixels of what is shown under a caption, (H, W, 3)."""
    settle(page)
    figure = page.locator(".lab-seen figure").filter(has=page.get_by_text(caption, exact=True))
    side, levels = figure.locator("canvas").evaluate(
        """(canvas) => {
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          return [canvas.width, [...data]];
        }"""
    )
    return np.array(levels, np.uint8).reshape(side, side, 4)[..., :3]


def run_torch(spec: RunSpec, picture: NDArray[np.uint8]) -> torch.Tensor:
    with torch.no_grad():
        output: torch.Tensor = make_network(spec)(to_planes(make_inputs(picture[None], spec.task)))
    return output


def differ(one: NDArray[np.uint8], other: NDArray[np.uint8], levels: int = 1) -> float:
    """The share of numbers that differ by more than so many levels."""
    return float((np.abs(one.astype(int) - other.astype(int)) > levels).mean())


# What it paints


def test_picture_is_painted_as_torch_paints_it(page: Page) -> None:
    expected = paint(run_torch(UNET, PICTURES[0]), PALETTE, "unet")[0]
    assert differ(read_canvas(page, "UNet"), expected) < 0.002
    assert differ(read_canvas(page, "test picture 1"), to_uint8(to_grey(PICTURES[:1]))[0][..., None]) == 0
    assert differ(read_canvas(page, "truth"), PICTURES[0]) == 0
    expect(told(page)).to_contain_text("of its pixels have the colour class of the truth")
    measured = page.locator(".lab-measured")
    expect(measured).to_contain_text("In the report, ")
    expect(measured).to_contain_text("get their right colour class after 5 epochs")


def test_temperature_reads_off_the_annealed_mean(page: Page) -> None:
    page.get_by_role("combobox", name="Network").select_option("CNN")
    page.get_by_role("slider", name="Temperature").fill("0.38")
    expect(page.locator(".lab-measured")).to_contain_text("at temperature 0.38")
    expect(told(page)).to_contain_text("The CNN painted")
    expected = anneal_mean(run_torch(CNN, PICTURES[0]), PALETTE, 0.38)[0]
    assert differ(read_canvas(page, "CNN"), expected) < 0.002


def test_regression_has_no_temperature_and_no_skip_connections(page: Page) -> None:
    page.get_by_role("combobox", name="Network").select_option("Regression")
    page.get_by_role("combobox", name="Epoch").select_option("3")
    expect(told(page)).to_contain_text("The Regression painted")
    expect(page.get_by_role("slider", name="Temperature")).to_be_disabled()
    expect(page.get_by_role("checkbox", name="from the input")).to_be_disabled()
    expected = paint(run_torch(REGRESSION, PICTURES[0]), PALETTE, "regression")[0]
    assert differ(read_canvas(page, "Regression"), expected) < 0.002


def test_skip_that_is_cut_changes_the_picture_and_the_report_is_quoted(page: Page) -> None:
    whole = read_canvas(page, "UNet")
    page.get_by_role("checkbox", name="from downconv1").uncheck()
    expect(page.locator(".lab-measured")).to_contain_text("without the skip connection that brings downconv1")
    assert differ(read_canvas(page, "UNet"), whole) > 0.05


def test_changed_places_make_no_difference(page: Page) -> None:
    page.get_by_role("checkbox", name="change places").check()
    expect(told(page)).to_contain_text("the largest difference is 0.")


def test_super_resolution_stands_beside_bilinear_interpolation(page: Page) -> None:
    page.get_by_role("combobox", name="Network").select_option("CNN for super-resolution")
    expect(told(page)).to_contain_text("Of bilinear interpolation's pixels")
    assert differ(read_canvas(page, "bilinear"), resize_pictures(PICTURES[:1], "bilinear")[0]) == 0
    expect(page.locator(".lab-measured")).to_contain_text("bilinear interpolation gets")


def test_larger_size_is_painted_in_that_size(page: Page) -> None:
    page.get_by_role("combobox", name="Size").select_option("128")
    expect(told(page)).to_contain_text("of 128 × 128 pixels")
    assert read_canvas(page, "UNet").shape == (128, 128, 3)
    expect(page.locator(".lab-measured")).to_contain_text("photographs of 128 × 128 pixels")


# Pictures of one's own


def give(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files(files=[{"name": name, "mimeType": "image/png", "buffer": content}])


def save(picture: NDArray[np.uint8], kind: str = "PNG", **options: Any) -> bytes:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, kind, **options)
    return content.getvalue()


def test_picture_of_ones_own_is_turned_upright(page: Page) -> None:
    """It lies on its side, and its EXIF record says so: the bright edge is at the top when it stands."""
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[:, :40] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    give(page, "photo.jpg", save(picture, "JPEG", quality=95, exif=exif))
    expect(told(page)).to_contain_text("painted your picture")
    seen = read_canvas(page, "your picture")
    assert seen[:8].mean() > 240
    assert seen[-8:].mean() < 15


def test_pasted_picture_is_taken(page: Page) -> None:
    page.evaluate(
        """(text) => {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          const clipboardData = new DataTransfer();
          clipboardData.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
          dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
        }""",
        base64.b64encode(save(np.full((40, 50, 3), 200, np.uint8))).decode(),
    )
    expect(told(page)).to_contain_text("painted your picture")
    assert np.all(read_canvas(page, "your picture") == 200)


def make_hostile() -> dict[str, tuple[bytes, str]]:
    whole = save(PICTURES[0])
    size = (60_000).to_bytes(4, "big")
    return {
        "a text": (b"no picture at all, " * 9, "none of them"),
        "empty": (b"", "none of them"),
        "broken": (whole[: len(whole) // 3], "breaks off or is damaged"),
        "gigapixel": (whole[:16] + 2 * size + whole[24:], "60000 × 60000"),
        "no pixels": (whole[:16] + bytes(8) + whole[24:], "none of them"),
    }


@pytest.mark.parametrize("name", make_hostile())
def test_hostile_picture_gives_a_sentence_and_the_panel_works_on(page: Page, name: str) -> None:
    content, words = make_hostile()[name]
    give(page, "hostile.png", content)
    expect(told(page)).to_contain_text(words)
    page.get_by_role("radio", name="test picture 2", exact=True).check()
    expect(told(page)).to_contain_text("painted test picture 2")


def test_first_frame_of_a_moving_picture_is_taken(page: Page) -> None:
    frames = [Image.fromarray(np.full((32, 32, 3), level, np.uint8)) for level in (255, 0)]
    content = io.BytesIO()
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:], loop=0)
    give(page, "moving.gif", content.getvalue())
    expect(told(page)).to_contain_text("its first frame is taken")
    assert np.all(read_canvas(page, "your picture") >= 254)


def test_drawing_by_keyboard_and_by_pointer_is_painted(page: Page) -> None:
    page.get_by_text("Draw a picture").click()
    canvas = page.locator(".lab-draw canvas")
    canvas.focus()
    for key in ("ArrowLeft", "ArrowUp", " "):
        page.keyboard.press(key)
    expect(told(page)).to_contain_text("painted your drawing")
    seen = read_canvas(page, "your drawing")
    assert np.all(seen[15:17, 15:17] == 230)
    assert (seen == 230).sum() == 4 * 3
    canvas.click(position={"x": 3, "y": 3})
    page.wait_for_function(
        """() => {
          const copy = new OffscreenCanvas(1, 1).getContext("2d");
          copy.drawImage(document.querySelector(".lab-seen canvas"), 0, 0);
          return copy.getImageData(0, 0, 1, 1).data[0] === 230;
        }"""
    )


# Activations


def test_activations_stand_side_by_side_and_are_enlarged_by_keyboard(page: Page) -> None:
    page.locator(".lab-maps summary").click()
    sheets = page.locator(".lab-sheets canvas")
    expect(sheets).to_have_count(10)
    assert page.locator(".lab-name").all_inner_texts() == ["CNN, epoch 5", "UNet, epoch 5"]
    sheet = page.get_by_label("Channel of downconv2, UNet, epoch 5")
    sheet.focus()
    for key in ("ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert sheet.get_attribute("aria-valuenow") == "10"
    expect(page.locator(".lab-large p")).to_contain_text("UNet, epoch 5, downconv2, channel 10 of 64")
    page.get_by_role("radio", name="test picture 3", exact=True).check()
    expect(told(page)).to_contain_text("test picture 3")
    expect(page.locator(".lab-measured")).to_contain_text("Zeros among the activations of the UNet")
    page.locator(".lab-maps summary").click()


# Everybody


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 360)])
def test_axe_finds_nothing_that_keeps_anybody_out(page: Page, scheme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    expect(page.locator(".lab-sheets canvas")).to_have_count(10)
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    violations = [
        (violation["id"], [node["html"][:120] for node in violation["nodes"][:3]])
        for violation in found.response["violations"]
    ]
    assert violations == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = false))")


def test_without_scripts_the_panel_says_what_it_would_do(browser: Browser, address: str) -> None:
    for window in opened(browser, address, scripts=False):
        expect(window.page.locator(".lab-off")).to_be_visible()
        assert window.page.locator("#try-it :is(input, select, button):visible").count() == 0


def test_store_without_weights_has_no_laboratory(tmp_path: Path) -> None:
    from report.pages.lab import build_lab
    from report.results.stored import Shelf
    from tests.report.made_up_store import stored

    frames = fake_frames(PRESETS["quick"], seeds=1)
    assert build_lab(Shelf(stored(frames, tmp_path / "results"), frames.preset, frames.seeds)) is None
