"""The laboratory's networks in a real browser give what torch gives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from report.pages.lab_weights import pack_network
from runs.data.pixels import classify_pixels, to_uint8
from runs.specs.catalogue import CNN, CNN_POOL_FIRST, CNN_UPSCALE, REGRESSION, UNET, UNET_UPSCALE
from runs.training.prepared import make_inputs, to_planes
from tests.report.browsing import NEEDS_CHROMIUM, PATIENCE
from tests.report.pages.laboratory import open_engine, run_outputs
from tests.report.pages.made_up_lab import make_network, make_pictures

pytestmark = NEEDS_CHROMIUM

SPECS = {
    "regression": REGRESSION, "cnn": CNN, "unet": UNET, "cnn-upscale": CNN_UPSCALE, "unet-upscale": UNET_UPSCALE,
    "pool-relu": CNN_POOL_FIRST, "pool-norm-relu": UNET.model_copy(update={"order": "pool-norm-relu"}),
}  # fmt: skip
#: Pictures whose outputs are compared number by number, and whose classes alone are.
NUMBERS, CLASSES = 20, 200


PALETTE = np.random.default_rng(1).integers(0, 256, (24, 3)).astype(np.uint8)
PICTURES = make_pictures(CLASSES)
NETWORKS = {name: make_network(spec) for name, spec in SPECS.items()}


def run_torch(name: str, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    with torch.no_grad():
        output = NETWORKS[name](to_planes(make_inputs(pictures, SPECS[name].task)))
    return output.permute(0, 2, 3, 1).numpy()


def find_class(name: str, output: NDArray[np.float32]) -> NDArray[np.uint8]:
    if SPECS[name].model == "regression":
        return classify_pixels(to_uint8(output), PALETTE)
    return output.argmax(axis=-1).astype(np.uint8)


def pack(name: str, *bits: int) -> dict[str, object]:
    spec = SPECS[name]
    arrays = {key: value.numpy() for key, value in NETWORKS[name].state_dict().items()}
    packed = pack_network(arrays, spec, make_inputs(PICTURES[:10], spec.task), PALETTE, *([bits] if bits else []))
    about = {"task": spec.task, "regression": spec.model == "regression", "skips": spec.model == "unet"}
    return {**packed, **about, "order": spec.order}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    networks = {f"{name} whole": pack(name, 32) for name in SPECS} | {name: pack(name) for name in SPECS}
    open_engine(page, networks, PALETTE.tolist())
    yield page
    page.close()


@pytest.mark.parametrize("name", SPECS)
def test_whole_weights_give_what_torch_gives(page: Page, name: str) -> None:
    found = run_outputs(page, f"{name} whole", PICTURES[:NUMBERS])
    assert np.abs(found - run_torch(name, PICTURES[:NUMBERS])).max() < 1e-3


@pytest.mark.parametrize("name", SPECS)
def test_packed_weights_keep_the_class_of_nearly_every_pixel(page: Page, name: str) -> None:
    found = find_class(name, run_outputs(page, name, PICTURES))
    assert (found == find_class(name, run_torch(name, PICTURES))).mean() >= 0.999
