"""An encrypted address into a file, from where an earlier attempt broke off, within bounds of time, pace and size.

pooch and its like check a digest as well, but begin anew after each break, follow a redirect to an unencrypted address,
and wait without end for a server that sends a byte now and then.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

#: Seconds that a download may stand still, and so also until the first answer.
STALL_SECONDS = 20.0
#: How much has to come in each stretch of a download, or it ends: a server that sends a byte now and then never stands
#: still. At this pace CIFAR-10 takes less than three hours.
PACE_BYTES, PACE_SECONDS = 1 << 20, 60.0
#: How often a connection that broke off is made again when the one before brought nothing, and the wait before each.
RETRIES, RETRY_SECONDS = 3, 1.0
#: Seconds between two looks at what has come.
LOOK_SECONDS = 0.2
#: Seconds over which the pace is taken.
PACE_WINDOW = 10.0


class FetchError(Exception):
    """An address cannot be had; the text is the reason alone, for another message to name."""


@dataclass(frozen=True)
class Progress:
    """How far a download is.

    Attributes:
        done: bytes that are there, of earlier attempts too.
        total: bytes in all.
        pace: bytes a second, over the last seconds.
        seconds: since this attempt began.
    """

    done: int
    total: int
    pace: float
    seconds: float

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at this pace; None while nothing comes."""
        return (self.total - self.done) / self.pace if self.pace else None


def download_to(
    url: str,
    part: Path,
    total: int,
    show: Callable[[Progress], None],
    answer_seconds: float = STALL_SECONDS,
    patience: float | None = None,
) -> None:
    """All bytes of an address in a file; those that lie in it already are not asked for again.

    The limit of a read does not bound headers that come byte by byte, nor the search for a name, so each attempt is
    made on a thread. One that does not keep up the pace is left behind, and writes no more.

    Args:
        url: the address.
        part: the file; it is kept when the download breaks off, and the next call goes on from there.
        total: how many bytes there are.
        show: told how far it is, some times a second.
        answer_seconds: how long to wait for the first byte.
        patience: seconds that all may take; None for any.

    Raises:
        FetchError: no answer in time, too slow, more bytes than there are, no encryption, or patience has run out.
        OSError: the file cannot be written to.
    """
    pace = Pace(_measure(part), patience)
    useless = 0
    while _measure(part) < total:
        before = _measure(part)
        trouble = _attempt(url, part, total, show, pace, answer_seconds if pace.came == 0 else STALL_SECONDS)
        if _measure(part) >= total:
            break
        useless = 0 if _measure(part) > before else useless + 1
        if useless >= (RETRIES if pace.came else 1):
            raise FetchError(trouble or f"only {_measure(part) >> 20} of {total >> 20} MB came")
        time.sleep(RETRY_SECONDS * useless)
    show(pace.take(_measure(part), total))


class Pace:
    """What has come since when: the pace over the last seconds, and whether patience or the least pace has run out."""

    def __init__(self, done: int, patience: float | None) -> None:
        self.begun = time.monotonic()
        self.first, self.came, self.patience = done, 0, patience
        self.marks = [(self.begun, done)]
        self.stretch = (self.begun, done)

    def take(self, done: int, total: int) -> Progress:
        """How far it is, now that so many bytes are there.

        Raises:
            FetchError: too little came in a stretch of time, or patience has run out.
        """
        now = time.monotonic()
        self.came = done - self.first
        self.marks = [mark for mark in self.marks if now - mark[0] <= PACE_WINDOW] or self.marks[-1:]
        since, from_there = self.marks[0]
        self.marks.append((now, done))
        pace = max(0.0, (done - from_there) / (now - since)) if now > since else 0.0
        progress = Progress(done, total, pace, now - self.begun)
        if done < total and self.patience is not None and now - self.begun > self.patience:
            raise FetchError(f"after {self.patience:g} s {show_progress(progress)}")
        if now - self.stretch[0] >= PACE_SECONDS:
            if done < total and done - self.stretch[1] < PACE_BYTES:
                raise FetchError(f"only {(done - self.stretch[1]) >> 10} kB came within {PACE_SECONDS:g} s")
            self.stretch = (now, done)
        return progress


def show_progress(progress: Progress) -> str:
    """How far a download is, in words: "12 of 170 MB have come, 66 kB/s: about 40 min to go"."""
    come = f"{progress.done / 1e6:.0f} of {progress.total / 1e6:.0f} MB have come"
    left = progress.seconds_left
    if left is None:
        return f"{come}, and nothing is coming now"
    long = f"about {left / 60:.0f} min" if left >= 90 else f"about {max(1.0, left):.0f} s"
    return f"{come}, {progress.pace / 1e3:.0f} kB/s: {long} to go"


def _measure(part: Path) -> int:
    """The bytes that have come so far."""
    return part.stat().st_size if part.exists() else 0


def _attempt(
    url: str, part: Path, total: int, show: Callable[[Progress], None], pace: Pace, answer_seconds: float
) -> str | None:
    """One connection, as long as it gives something; why it ended too early, or None."""
    with part.open("ab") as file:
        attempt = _Attempt(url, file, total)
        attempt.start()
        began = time.monotonic()
        try:
            while attempt.is_alive():
                attempt.join(LOOK_SECONDS)
                show(pace.take(attempt.done, total))
                if not attempt.answered and time.monotonic() - began > answer_seconds:
                    raise FetchError(f"no answer within {answer_seconds:g} s")
        finally:
            attempt.wanted = False
            with attempt.writing:  # what it is writing just now is written whole, and nothing after it
                file.flush()
    if isinstance(attempt.error, OSError) and attempt.disk:
        raise attempt.error
    return None if attempt.error is None else find_reason(attempt.error)


class _Attempt(threading.Thread):
    """A connection: bytes that have come, whether they are still wanted, and why it ended too early."""

    def __init__(self, url: str, file: IO[bytes], total: int) -> None:
        super().__init__(daemon=True)
        self.url, self.file, self.total = url, file, total
        self.done, self.wanted, self.answered, self.disk = file.tell(), True, False, False
        self.writing = threading.Lock()
        self.error: Exception | None = None

    def run(self) -> None:
        """Reads to the end, or for as long as it is wanted."""
        try:
            self._read()
        except (OSError, HTTPException, ValueError, FetchError) as error:
            if isinstance(error, HTTPError):
                error.close()
            self.error = error

    def _read(self) -> None:
        request = Request(self.url, headers={"Range": f"bytes={self.done}-"} if self.done else {})
        with open_url(request, STALL_SECONDS) as response:
            self.answered = True
            if self.done and not self._goes_on(response):
                self._write(b"", anew=True)
            while self.wanted and (chunk := response.read1(1 << 16)):
                if self.done + len(chunk) > self.total:
                    raise FetchError(f"more than {self.total >> 20} MB came")
                self._write(chunk)

    def _goes_on(self, response: Any) -> bool:
        """Whether an answer begins where the file ends; a server that cannot do that sends all from the beginning."""
        begins = re.match(r"bytes (\d+)-", response.headers.get("Content-Range") or "")
        return response.status == 206 and begins is not None and int(begins[1]) == self.done

    def _write(self, chunk: bytes, anew: bool = False) -> None:
        with self.writing:
            if not self.wanted:
                return
            try:
                if anew:
                    self.file.truncate(0)
                    self.done = 0
                self.file.write(chunk)
            except OSError:
                self.disk = True
                raise
            self.done += len(chunk)


class HttpsOnly(HTTPRedirectHandler):
    """Follows redirects to encrypted addresses alone."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """The request that follows a redirect.

        Raises:
            URLError: the redirect leads to an unencrypted address.
        """
        _check_encrypted(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def open_url(request: Request, seconds: float) -> Any:
    """The open response to a request; each wait for it ends after ``seconds``.

    Raises:
        OSError: no answer, or an unencrypted address, be it of a redirect.
    """
    _check_encrypted(request.full_url)
    return make_opener().open(request, timeout=seconds)


def make_opener() -> OpenerDirector:
    """Opens encrypted addresses, of servers with a certificate for their name; through the user's proxy, if there is
    one, by a tunnel.
    """
    return build_opener(HttpsOnly, HTTPSHandler(context=ssl.create_default_context()))


def _check_encrypted(url: str) -> None:
    if not url.lower().startswith("https://"):
        raise URLError(f"{url} is not encrypted")


def find_reason(error: Exception) -> str:
    """What kept an address from us, without the wrapping of urllib."""
    inner = error.reason if isinstance(error, URLError) and not isinstance(error, HTTPError) else error
    return "no answer in time" if isinstance(inner, TimeoutError) else str(inner) or type(inner).__name__
