"""The commands that render and judge what is stored: ``report``, ``verdicts`` and ``diff``."""

from __future__ import annotations

import json
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from commands.options import add_common_options, complete_value, find_stored, section_option
from commands.output import INCOMPLETE, MISSING, print_message, print_result, print_table, show_pages
from commands.settings import Command
from runs.specs.presets import choose_sections, is_part_asked
from runs.text import count_words


@click.command("report", cls=Command)
@section_option
@add_common_options(training=False)
@click.option("--pdf", is_flag=True, help="Also render the PDF.")
@click.option(
    "--out", metavar="DIR", help="Where the pages go.  [default: RESULTS/report]", shell_complete=complete_value
)
@click.option("--no-lab", is_flag=True, help="Leave out the networks that can be tried in the page.")
@click.option(
    "--lab",
    "lab_page",
    metavar="FILE.html",
    type=click.Path(path_type=Path),
    help="Write these networks alone, as one page, and nothing else.",
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser.")
@click.option("--strict", is_flag=True, help=f"Exit with 3 when something is stale or missing: {MISSING}.")
def report(
    asked: Sequence[str],
    pdf: bool,
    out: str | None,
    no_lab: bool,
    lab_page: Path | None,
    open_page: bool,
    strict: bool,
    **wanted: Any,
) -> None:
    """Render what is stored. A section alone leaves the others as they are."""
    from report.make import make_lab_page, make_report

    chosen = choose_sections(asked) if asked else ()
    store, request = find_stored(**wanted)
    if lab_page:
        print_result(str(make_lab_page(store, request, lab_page)))
        return
    rendered = make_report(store, request, out, chosen, pdf, lab=not no_lab)
    show_pages(rendered)
    if open_page:
        open_in_browser(rendered.html)
    missing = rendered.list_missing(chosen)
    stale = [
        verdict["id"]
        for verdict in rendered.verdicts
        if "stale" in verdict["flags"] and is_part_asked(verdict["question"], chosen)
    ]
    if strict and (missing or stale):
        gaps = f"{count_words(len(missing), 'run')} with gaps"
        print_message(f"Not complete: {gaps}, {count_words(len(stale), 'stale verdict')}.")
        sys.exit(INCOMPLETE)


def open_in_browser(page: Path) -> None:
    """Opens a page; where there is no browser, as on a machine without a screen, says where the page lies."""
    place = page.absolute()
    try:
        opened = webbrowser.open(place.as_uri())
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        print_message(f"No browser was found to open the page in. Open it yourself, or copy it to a desktop: {place}")


@click.command("verdicts", cls=Command)
@section_option
@add_common_options(training=False)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown", "junit"]),
    default="table",
    show_default=True,
    help="markdown for a page or a review, junit for what shows tests.",
)
@click.option(
    "--status",
    "shown",
    type=click.Choice(["reproduced", "not-reproduced", "undecided", "not-assessable", "missing"]),
    multiple=True,
    help="Only verdicts that say so. Repeatable.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["not-reproduced", "undecided", "missing"]),
    multiple=True,
    help=f"Exit with 3 when a verdict says so, or none could be judged; with missing, when one lacks {MISSING}. "
    "Repeatable.",
)
def verdicts(
    asked: Sequence[str], as_json: bool, form: str, shown: Sequence[str], fail_on: Sequence[str], **wanted: Any
) -> None:
    """What the stored runs say of every claim."""
    from report.judging import listing
    from report.judging.record import verdict_record
    from report.make import command_for_part, judge_sections

    sections = choose_sections(asked)
    store, request = find_stored(**wanted)
    judged = [
        one for one in judge_sections(store, request, sections, print_message) if is_part_asked(one.claim.part, asked)
    ]
    chosen = [one for one in judged if not shown or one.status.replace(" ", "-") in shown]
    if as_json or form == "json":
        records = [verdict_record(one, command_for_part(request, one.claim.part)) for one in chosen]
        print_result(json.dumps(records, indent=2))
    elif form == "markdown":
        print_result(listing.write_markdown(chosen))
    elif form == "junit":
        print_result(listing.write_junit(chosen))
    else:
        print_table(listing.tabulate_verdicts(chosen))
    print_message(f"{listing.count_statuses(chosen)}; {request.describe()}")
    said = {one.status.replace(" ", "-") for one in judged} | {"missing" for one in judged if one.missing}
    if fail_on and (set(fail_on) & said or said == {"missing"}):
        sys.exit(INCOMPLETE)


@click.command("diff", cls=Command)
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def diff(first: Path, second: Path, as_json: bool) -> None:
    """Two results side by side: FIRST and SECOND are report.json files, or folders that hold one."""
    from report.pages.compare import compare, draw_comparison, read_report, record_comparison

    comparison = compare(read_report(first), read_report(second))
    if as_json:
        print_result(json.dumps(record_comparison(comparison), indent=2))
    else:
        print_table(draw_comparison(comparison))
    if comparison.flipped:
        sys.exit(INCOMPLETE)
