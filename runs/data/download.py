"""An encrypted address in, its bytes out, within bounds: of time to answer, of standing still, of pace, of size."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

#: How long to look for the network before going without it.
PROBE_SECONDS = 4.0
#: How long a download may stand still.
STALL_SECONDS = 20.0
#: How much has to come in each stretch of a download, or it ends: a server that sends a byte now and then never stands
#: still. At this pace CIFAR-10 takes less than three hours.
PACE_BYTES, PACE_SECONDS = 1 << 20, 60.0


class FetchError(Exception):
    """An address cannot be had; the text is the reason alone, for another message to name."""


def find_obstacle(url: str, seconds: float = PROBE_SECONDS) -> str | None:
    """Why the address cannot be had within ``seconds``, or None.

    Looking up a name has no time limit of its own, so the attempt is made on a thread that is left behind.
    """
    answer: list[str | None] = []

    def attempt() -> None:
        try:
            with open_url(Request(url, method="HEAD"), seconds):
                answer.append(None)
        except (OSError, HTTPException, ValueError) as error:
            answer.append(_find_reason(error))

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(seconds)
    return answer[0] if answer else f"no answer within {seconds:g} s"


def download_to(url: str, file: IO[bytes], most: int, say: Callable[[str], None]) -> None:
    """All bytes of an address into an open file, ``most`` bytes at most; ``say`` is told at every quarter.

    The limit of a read does not bound headers that come byte by byte, nor the search for a name, so the attempt is made
    on a thread. One that does not keep up the pace is left behind, and writes no more.

    Raises:
        FetchError: no answer, none for ``STALL_SECONDS``, less than ``PACE_BYTES`` in ``PACE_SECONDS``, an answer cut
            short or too long, or no encryption.
    """
    attempt = _Attempt(url, file, most, say)
    attempt.start()
    seen = 0
    try:
        while True:
            attempt.join(PACE_SECONDS)
            came, seen = attempt.done - seen, attempt.done
            if not attempt.is_alive():
                break
            if came < PACE_BYTES:
                raise FetchError(f"only {came >> 10} kB came within {PACE_SECONDS:g} s")
    finally:
        attempt.wanted = False
    if attempt.trouble is not None:
        raise FetchError(attempt.trouble)


class _Attempt(threading.Thread):
    """A download under way: bytes that have come, whether they are still wanted, and why it ended too early."""

    def __init__(self, url: str, file: IO[bytes], most: int, say: Callable[[str], None]) -> None:
        super().__init__(daemon=True)
        self.url, self.file, self.most, self.say = url, file, most, say
        self.done, self.wanted = 0, True
        self.trouble: str | None = None

    def run(self) -> None:
        """Reads to the end, or for as long as it is wanted."""
        try:
            self._read()
        except FetchError as error:
            self.trouble = str(error)
        except (OSError, HTTPException, ValueError) as error:
            self.trouble = _find_reason(error)

    def _read(self) -> None:
        with open_url(Request(self.url), STALL_SECONDS) as response:
            length, told = int(response.headers.get("Content-Length") or 0), 0
            while (chunk := response.read1(1 << 16)) and self.wanted:
                self.done += len(chunk)
                if self.done > self.most:
                    raise FetchError(f"more than {self.most >> 20} MB came")
                self.file.write(chunk)
                if length and 4 * self.done // length > told:
                    told = 4 * self.done // length
                    self.say(f"{self.done >> 20} of {length >> 20} MB have come.")
        if self.done < length:
            raise FetchError(f"only {self.done >> 20} of {length >> 20} MB came")


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


def _find_reason(error: Exception) -> str:
    """What kept an address from us, without the wrapping of urllib."""
    inner = error.reason if isinstance(error, URLError) and not isinstance(error, HTTPError) else error
    return "no answer in time" if isinstance(inner, TimeoutError) else str(inner) or type(inner).__name__
