"""The laboratory of the report, measured in a headless Chromium: whether it gives what torch gives, and how quickly.

    python -m benchmarks.lab RESULTS

For every network and epoch that is stored: the largest difference of the outputs from torch's with weights of 32 bits,
on 200 test pictures, and the share of pixels that have torch's class with the weights of the page; milliseconds of a
forward pass; then the longest that the panel keeps the page from answering, and what it adds to the page and its load
event. Nothing is written to RESULTS.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright

from report.make import make_lab_page, make_report, open_shelf
from report.pages.lab import NETWORKS, list_snapshots
from report.pages.lab_weights import BITS, pack_network
from report.results.stored import Shelf
from runs.data.pixels import classify_pixels, to_uint8
from runs.job import load_data
from runs.specs.request import Request, Wanted
from runs.storage.find_store import find
from runs.training.prepared import make_inputs, to_planes
from runs.training.trainer import build_fresh, load_weights
from tests.report.pages.laboratory import open_engine, run_outputs

PICTURES = 200
#: Those that a store keeps, by which the page chooses its bits.
KEPT = 10
TIMES = 25
LOADS = 25
#: What each is to reach.
DIFFERENCE, SAME, QUICK, LARGE, BLOCKED, BYTES, LATER = 1e-3, 0.999, 60, 1000, 50, 1_500_000, 50

TIME = """async ([network, side, times]) => {
  const found = [];
  for (let time = 0; time < times; time++) {
    const pixels = Uint8Array.from({ length: side * side * 3 }, () => 256 * Math.random());
    const asked = { picture: { height: side, width: side, pixels }, mark: `${side} ${time}`, side, network };
    const answer = await ask("paint", { ...asked, coloured: true, temperature: 0, cuts: [], swapped: false, maps: [] });
    found.push(answer.milliseconds);
  }
  return found;
}"""
#: Tasks of the page's own thread that take 50 ms or more, while a reader tries this and that.
WATCH = """() => {
  window.blocked = [];
  new PerformanceObserver((list) => blocked.push(...list.getEntries().map((one) => one.duration))).observe({
    type: "longtask", buffered: true,
  });
}"""
LOAD = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"


def compare_networks(page: Page, shelf: Shelf, pictures: NDArray[np.uint8]) -> None:
    """One line a network and epoch."""
    palette = np.array(shelf.data["palette"])
    frames = shelf.verified([run for run in shelf.records if run.endswith(f"-s{shelf.seeds[0]}")])
    for name, spec, epoch in list_snapshots(frames, shelf.seeds[0]):
        arrays = shelf.snapshot(spec.id, epoch)
        if arrays is None:
            click.echo(f"{name}, epoch {epoch}: no weights are stored")
            continue
        net = build_fresh(spec)
        load_weights(net, arrays)
        with torch.no_grad():
            given = to_planes(make_inputs(pictures, spec.task))
            expected = net.eval()(given).permute(0, 2, 3, 1).numpy()
        about: dict[str, Any] = {
            "task": spec.task, "regression": spec.model == "regression", "skips": spec.model == "unet",
            "order": spec.order,
        }  # fmt: skip
        inputs = make_inputs(pictures[:KEPT], spec.task)
        packed = {str(bits): pack_network(arrays, spec, inputs, palette, bits) for bits in ((32,), BITS)}
        open_engine(page, {key: {**network, **about} for key, network in packed.items()}, (palette * 256).tolist())
        whole, stored = (run_outputs(page, key, pictures) for key in packed)

        def classify(output: NDArray[np.float32], regression: bool = about["regression"]) -> NDArray[Any]:
            return classify_pixels(to_uint8(output), palette) if regression else output.argmax(axis=-1)

        same = float((classify(stored) == classify(expected)).mean())
        difference = float(np.abs(whole - expected).max())
        fine = "" if difference < DIFFERENCE and same >= SAME else "   MISSED"
        click.echo(
            f"{name}, epoch {epoch}: at most {difference:.1e} from torch (goal {DIFFERENCE}); with "
            f"{packed[str(BITS)]['bits']} bits, in {len(packed[str(BITS)]['packed']):,} letters, {100 * same:.3f} % of "
            f"the pixels keep their class (goal {100 * SAME:.1f} %){fine}"
        )
        if name == next(iter(NETWORKS)):
            for side, goal in ((32, QUICK), (128, LARGE)):
                times = page.evaluate(TIME, [str(BITS), side, TIMES])
                click.echo(
                    f"   a forward pass on {side} × {side}: median {statistics.median(times):.0f} ms, "
                    f"{min(times):.0f} to {max(times):.0f}, the first {times[0]:.0f} (goal {goal})"
                )


def watch_panel(page: Page, address: str) -> float:
    """Milliseconds of the longest task on the page's own thread while everything is tried; 0 where none took 50."""
    page.goto(address)
    page.evaluate(WATCH)
    page.get_by_role("button", name="Start the networks").click()
    settled = page.locator(".lab-seen[aria-busy=false]")
    settled.wait_for()
    page.locator(".lab-maps summary").click()
    settled.wait_for()
    for network in NETWORKS:
        for side in ("32", "128", "256"):
            page.get_by_role("combobox", name="Network").select_option(network)
            page.get_by_role("combobox", name="Size").select_option(side)
            settled.wait_for()
    return max(page.evaluate("() => window.blocked"), default=0.0)


def time_loads(browser: Browser, files: dict[str, Path]) -> dict[str, float]:
    """Milliseconds until the load event of each page, the median of several, taken in turns."""
    found: dict[str, list[float]] = {name: [] for name in files}
    for _ in range(LOADS):
        for name, file in files.items():
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(file.as_uri())
            found[name].append(float(page.evaluate(LOAD)))
            page.close()
    return {name: statistics.median(times) for name, times in found.items()}


def weigh_pages(browser: Browser, shelf: Shelf, request: Request, folder: Path) -> None:
    """What the laboratory adds to the page, and to the time until it is loaded."""
    files = {
        name: make_report(shelf.store, request, str(folder / name), (), pdf=False, lab=lab).html
        for name, lab in (("without", False), ("with", True))
    }
    added = files["with"].stat().st_size - files["without"].stat().st_size
    click.echo(f"the page is {added:,} bytes larger (goal {BYTES:,})")
    loads = time_loads(browser, files)
    click.echo(
        f"load event: {loads['without']:.0f} ms without, {loads['with']:.0f} ms with the laboratory (goal {LATER} more)"
    )


@click.command()
@click.argument("results", type=click.Path(exists=True, file_okay=False))
@click.option("--pages/--no-pages", default=True, help="Also render the report, with the laboratory and without.")
def main(results: str, pages: bool) -> None:
    """Prints one line a figure of the laboratory of the stored RESULTS."""
    torch.set_num_threads(1)
    store, request = find(results, Wanted())
    shelf = open_shelf(store, request)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        pictures = load_data(replace(request, results=name), click.echo).test[:PICTURES]
        binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox", "--disable-gpu"])
        compare_networks(browser.new_page(), shelf, pictures)
        file = make_lab_page(store, request, folder / "lab.html")
        blocked = watch_panel(browser.new_page(), file.as_uri())
        shown = f"{blocked:.0f} ms" if blocked else f"less than {BLOCKED} ms"
        click.echo(f"the page is kept from answering for {shown} at most (goal {BLOCKED} ms)")
        if pages:
            weigh_pages(browser, shelf, request, folder)
        browser.close()


if __name__ == "__main__":
    main()
