"""How long the pages take from stored results, and how large they are: what `report` is to reach, measured.

    python -m benchmarks.pages RESULTS

Processor seconds (user and system) are told beside those that passed: on a busy machine only the first say what the
program costs. Nothing is written to RESULTS; the pages go to a folder that is deleted afterwards.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

HOME = Path(__file__).parent.parent
SECTIONS = ("1.1", "1.2", "1.3", "1.4", "1.5", "1.6")
REPEATS = 3
LOAD = "(() => { const t = performance.getEntriesByType('navigation')[0]; return t.loadEventEnd; })()"
#: What each is to stay below: seconds, or megabytes.
GOALS = {"HTML, nothing kept": 8, "HTML, all kept": 3, "a section": 2, "PDF": 15}
SIZES = {"report.html": 8, "report.pdf": 10}


def timed(results: str, out: Path, *options: str) -> tuple[float, float]:
    """Processor seconds and passed seconds of one `report`."""
    command = [sys.executable, str(HOME / "cli.py"), "report", "--results", results, "--out", str(out), *options]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, time.perf_counter() - started


def tell(name: str, times: list[tuple[float, float]], goal: float) -> None:
    """The least of several times, which other work disturbed the least."""
    spent, passed = (min(column) for column in zip(*times, strict=True))
    click.echo(f"{name:24} {spent:6.2f} s of the processor, {passed:6.2f} s passed (goal {goal} s)")


def opening(page: Path) -> list[float]:
    """Seconds until the load event in a headless Chromium; none where there is no Chromium."""
    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if binary is None:
        return []
    from playwright.sync_api import sync_playwright

    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(REPEATS):
            tab = browser.new_page(viewport={"width": 1440, "height": 900})
            tab.goto(page.as_uri())
            found.append(float(tab.evaluate(LOAD)) / 1000)
            tab.close()
        browser.close()
    return found


@click.command()
@click.argument("results", type=click.Path(exists=True, file_okay=False))
def main(results: str) -> None:
    """Prints one line a figure of the pages of the stored RESULTS."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        cold = [timed(results, out / str(index)) for index in range(REPEATS)]
        tell("HTML, nothing kept", cold, GOALS["HTML, nothing kept"])
        out = out / "0"
        tell("HTML, all kept", [timed(results, out) for _ in range(REPEATS)], GOALS["HTML, all kept"])
        for section in SECTIONS:
            times = [timed(results, out, "--section", section) for _ in range(REPEATS)]
            tell(f"section {section}", times, GOALS["a section"])
        tell("PDF, all kept", [timed(results, out, "--pdf")], GOALS["PDF"])
        for name, most in SIZES.items():
            click.echo(f"{name:24} {(out / name).stat().st_size / 1e6:6.2f} MB (goal {most} MB)")
        loads = opening(out / "report.html")
        click.echo(
            f"{'load event':24} {min(loads):6.2f} s (goal 1 s)" if loads else "load event: no Chromium on the path"
        )


if __name__ == "__main__":
    main()
