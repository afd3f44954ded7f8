"""The archive of CIFAR-10 from the university that made it, kept when its digest holds."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from runs.data import download
from runs.data.download import Progress, show_progress
from runs.data.selection import Say, Selection
from runs.errors import DataError

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
ARCHIVE = "cifar-10-python.tar.gz"
BYTES = 170_498_071
SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
#: Seconds after which it is said how long the download will take, and how often it is said again where no bar is shown.
FIRST_WORD, NEXT_WORD = 4.0, 60.0
#: Seconds to wait for an answer where the photographs can be taken instead.
ANSWER_SECONDS = 4.0


def download_archive(wanted: Selection) -> Path:
    """The archive in the root. A download that broke off goes on from there.

    Raises:
        DataError: it cannot be had; the text says why, and how to come by it.
    """
    root, say = wanted.root, wanted.say
    target, part = root / ARCHIVE, root / f"{ARCHIVE}.part"
    answer_seconds = ANSWER_SECONDS if wanted.data == "auto" else download.STALL_SECONDS
    made = [folder for folder in (root, *root.parents) if not folder.exists()]
    try:
        root.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(f"{part}.lock", timeout=0 if wanted.patience is not None else -1):
                if target.exists() and _digest(target) == SHA256:  # another process has fetched it meanwhile
                    return target
                come = f", from {part.stat().st_size / 1e6:.0f} MB on" if part.exists() else ""
                until = "" if wanted.patience is None else f"; the photographs are taken after {wanted.patience:g} s"
                say(f"Downloading CIFAR-10 ({BYTES / 1e6:.0f} MB) from {URL} to {root}{come}{until}.")
                with watch_download(say) as show:
                    download.download_to(URL, part, BYTES, show, answer_seconds, wanted.patience)
                if _digest(part) != SHA256:
                    part.unlink()
                    raise DataError(
                        f"What {URL} sent does not match the digest of CIFAR-10, and was removed. "
                        f"{explain_by_hand(root)}"
                    )
                part.replace(target)
        finally:
            _clear_away(part, made)
    except Timeout:
        raise DataError(f"Another process is downloading CIFAR-10 to {root}. {explain_by_hand(root)}") from None
    except (OSError, download.FetchError) as error:
        kept = part.stat().st_size if part.exists() else 0
        goes_on = f" What has come is kept: --data cifar10 goes on from {kept / 1e6:.0f} MB." if kept else ""
        raise DataError(
            f"CIFAR-10 is not here, and it cannot be downloaded from {URL} to {root}: {error}.{goes_on} "
            f"{explain_by_hand(root)}"
        ) from None
    return target


def _clear_away(part: Path, made: Sequence[Path]) -> None:
    """Removes what is of no use: an empty part, its lock, and the folders that were made for it."""
    if part.exists() and part.stat().st_size:
        return
    for path in (part, Path(f"{part}.lock")):
        path.unlink(missing_ok=True)
    with suppress(OSError):  # it holds something else
        for folder in made:
            folder.rmdir()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def watch_download(say: Say) -> Iterator[Callable[[Progress], None]]:
    """What shows how far a download is: a bar with the pace and the time left on a terminal, else a line a minute; on
    both a sentence within five seconds.
    """
    next_word = FIRST_WORD
    with _make_bar() as bar:

        def show(progress: Progress) -> None:
            nonlocal next_word
            if bar is not None:
                bar.update(bar.task_ids[0], completed=progress.done, total=progress.total)
            if progress.seconds >= next_word and progress.done < progress.total:
                with _hide(bar):
                    say(f"{show_progress(progress)}.")
                next_word = float("inf") if bar is not None else progress.seconds + NEXT_WORD

        yield show


def _make_bar() -> AbstractContextManager[Bar | None]:
    """A bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    from runs.terminal import open_console

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), TextColumn("to go"))
    bar = Progress(*columns, console=open_console(stderr=True), transient=True)
    bar.add_task("CIFAR-10", total=BYTES)
    return bar


@contextmanager
def _hide(bar: Bar | None) -> Iterator[None]:
    """Clear the bar's line for a sentence: what click writes would begin in the middle of it."""
    if bar is not None:
        bar.stop()
    yield
    if bar is not None:
        bar.start()


def explain_by_hand(root: Path) -> str:
    """How to come by CIFAR-10 otherwise."""
    return (
        f"Fetch {URL} elsewhere and put {ARCHIVE} into {root}; or name CIFAR-10 as another tool keeps it, or a "
        "folder of pictures: --data PATH."
    )
