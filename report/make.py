"""Making the pages of what is stored, from a store and a request: every command that renders uses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report.judging.judge import judge
from report.pages.kept_sections import write_file
from report.pages.lab import build_lab
from report.pages.lab_alone import LAB_MARK, render_lab
from report.pages.output_folder import check_output_folder
from report.pages.render import PageInfo, Rendered, render
from report.questions.all_claims import load_claims
from report.results.format import join_words
from report.results.stored import Shelf
from runs.environment import find_commit
from runs.errors import RUN_ALL, StoreError, UsageError
from runs.specs.presets import SECTIONS
from runs.specs.request import Request, spell_option
from runs.storage.damage_report import describe_gaps, list_damaged, tell_damage
from runs.storage.output_paths import refuse_inside_stores
from runs.text import count_words

if TYPE_CHECKING:
    from report.judging.verdict import Verdict
    from runs.storage.store import Store


def open_shelf(store: Store, request: Request) -> Shelf:
    """What is stored, as far as a request speaks of it; read when asked for."""
    return Shelf(
        store,
        request.chosen,
        tuple(range(request.seeds)),
        request.options(),
        tuple(range(request.seeds, request.most_seeds)),
    )


def make_report(
    store: Store, request: Request, out: str | None, sections: Sequence[str], pdf: bool, lab: bool = True
) -> Rendered:
    """The pages; the sections named alone, or all of them. With ``lab``, the networks can be tried in them.

    Raises:
        UsageError: they may not go where they are to.
        RenderError: the pages cannot be made or written.
    """
    source = open_shelf(store, request)
    now = datetime.now().astimezone()
    pages = PageInfo(
        now.strftime("%Y-%m-%d %H:%M %Z"),
        find_commit(),
        describe_training(source.rows),
        request.options() + spell_out_folder(request, out),
        now.isoformat(timespec="seconds"),
    )
    folder = check_output_folder(request, out)
    tried = build_lab(source) if lab else None
    rendered = render(source, folder, sections=sections, pdf=pdf, pages=pages, lab=tried)
    gaps = describe_gaps(store, rendered.list_missing(sections), source.damaged_probes)
    lacking = [name for name in sections or SECTIONS if rendered.missing.get(name)]
    if lacking:
        gaps.append(f"Fill them: {request.command_for(lacking)}{spell_out_folder(request, out)}")
    return replace(rendered, gaps=gaps)


def make_lab_page(store: Store, request: Request, file: Path) -> Path:
    """The laboratory alone, as one page.

    Raises:
        UsageError: it may not be written there.
        StoreError: no weights are stored to be tried.
        RenderError: it cannot be written.
    """
    if file.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"--lab: expected the name of an HTML file, got {file}. Name one that ends in .html.")
    refuse_inside_stores(file, "--lab")
    if file.is_file() and LAB_MARK not in file.read_bytes():
        raise UsageError(
            f"--lab: {file} is there, and this program did not write it. Nothing was changed. Name another file with "
            "--lab, or move that one away."
        )
    lab = build_lab(open_shelf(store, request))
    if lab is None:
        raise StoreError(
            f"Expected the weights of trained networks in {store.folder}, found none. Train them: {RUN_ALL}"
        )
    return write_file(file, render_lab(lab).encode())


def judge_sections(
    store: Store, request: Request, sections: Sequence[str], say: Callable[[str], None]
) -> list[Verdict]:
    """The verdicts of some sections, on what their pages would show: runs whose files are right to the last byte.
    Where one is missing, ``say`` is told what is damaged of what it lacks.
    """
    source = open_shelf(store, request)
    claims = load_claims()
    judged = [
        judge(claim, frames)
        for section in sections
        for frames in [source.of(section)]
        for claim in claims
        if claim.id.startswith(f"{section}.")
    ]
    lacking = dict.fromkeys(run for verdict in judged for run in verdict.missing)
    for sentence in tell_damage(store, list_damaged(store, lacking), source.damaged_probes):
        say(sentence)
    return judged


def describe_training(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """On what runs were trained and by which commits, in words; empty without any run.

    Args:
        rows: the runs, with "device", "device_name" and "commit", and "workers" and "plain_steps_because" where these
            are on record.
    """
    workers: dict[str, set[int]] = {}
    for row in rows:
        kind = {"cpu": "CPU", "cuda": "GPU"}.get(str(row["device"]), str(row["device"]))
        workers.setdefault(f"{kind}: {row['device_name']}", set()).add(int(row.get("workers") or 0))
    devices = [device + _describe_workers(found - {0}) for device, found in workers.items()]
    plain = sum(bool(row.get("plain_steps_because")) for row in rows)
    if plain:
        devices.append(f"{count_words(plain, 'run')} with plain steps, for the GPU could not capture them")
    commits = dict.fromkeys(str(row["commit"]) for row in rows)
    return {"device": "; ".join(devices), "trained at": join_words(list(commits))} if rows else {}


def _describe_workers(workers: set[int]) -> str:
    """How many workers there were at a time; "" where that is not on record."""
    if not workers:
        return ""
    least, most = min(workers), max(workers)
    if most == 1:
        return ", 1 worker"
    return f", {least} to {most} workers side by side" if least < most else f", {most} workers side by side"


def spell_out_folder(request: Request, out: str | None) -> str:
    """The option that names where the pages go, with a space before it; "" where they go to their usual place."""
    usual = Path(request.results) / "report"
    return "" if out is None or Path(out) == usual else f" {spell_option({'out': out})}"


def command_for_part(request: Request, part: str) -> str:
    """The command that makes a part of the report again."""
    return request.command_for([part.rsplit(".", 1)[0]])
