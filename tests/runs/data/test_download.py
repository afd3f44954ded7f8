import contextlib
import io
import socket
import ssl
import threading
import time
from http.client import HTTPMessage, IncompleteRead
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, Request, urlopen

import pytest

from runs.data import download
from runs.data.sources.load import ignore

URL = "https://example.invalid/file"


class Response(io.BytesIO):
    """What an opened address gives: bytes, and headers that promise a length."""

    def __init__(self, content: bytes, length: int | None = None, then: Exception | None = None) -> None:
        super().__init__(content)
        self.headers = {"Content-Length": str(len(content) if length is None else length)}
        self.then = then

    def read1(self, size: int | None = -1) -> bytes:
        found = super().read1(size)
        if not found and self.then:
            raise self.then
        return found


def answer(monkeypatch: pytest.MonkeyPatch, response: Response | Exception) -> list[tuple[Request, float]]:
    asked: list[tuple[Request, float]] = []

    def opened(request: Request, seconds: float) -> Response:
        asked.append((request, seconds))
        if isinstance(response, Exception):
            raise response
        return response

    monkeypatch.setattr(download, "open_url", opened)
    return asked


def test_address_that_answers_is_no_obstacle_and_is_only_asked_for_its_head(monkeypatch):
    asked = answer(monkeypatch, Response(b""))
    assert download.find_obstacle(URL) is None
    assert [(request.get_method(), seconds) for request, seconds in asked] == [("HEAD", download.PROBE_SECONDS)]


def test_search_for_the_network_ends_though_the_name_server_hangs(monkeypatch):
    released = threading.Event()

    def hanging(request: Request, seconds: float) -> Response:
        released.wait(60)
        raise URLError("released")

    monkeypatch.setattr(download, "open_url", hanging)
    began = time.monotonic()
    try:
        assert download.find_obstacle(URL, 0.05) == "no answer within 0.05 s"
    finally:
        released.set()
    assert time.monotonic() - began < 5


def test_search_for_the_network_leaves_room_within_ten_seconds():
    assert download.PROBE_SECONDS <= 6


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (URLError(OSError("Name or service not known")), "Name or service not known"),
        (URLError(TimeoutError("timed out")), "no answer in time"),
        (HTTPError(URL, 403, "Forbidden", HTTPMessage(), None), "HTTP Error 403: Forbidden"),
        (ConnectionResetError(), "ConnectionResetError"),
    ],
)
def test_obstacle_names_the_reason(monkeypatch, error, reason):
    answer(monkeypatch, error)
    assert download.find_obstacle(URL) == reason


def test_copy_writes_all_bytes_and_tells_each_quarter(monkeypatch):
    content = bytes(range(256)) * 4096
    asked = answer(monkeypatch, Response(content))
    file, said = io.BytesIO(), []
    download.download_to(URL, file, len(content), said.append)
    assert file.getvalue() == content
    assert len(said) == 4
    assert asked[0][1] == download.STALL_SECONDS


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (Response(b"half", length=8, then=TimeoutError("timed out")), "no answer in time"),
        (Response(b"half", length=8), "only"),
        (Response(b"half", length=8, then=IncompleteRead(b"")), "IncompleteRead"),
        (Response(b"x" * 101, length=0), "more than"),
        (URLError(OSError("unreachable")), "unreachable"),
    ],
)
def test_copy_that_stalls_breaks_off_or_never_ends_is_an_error(monkeypatch, response, reason):
    answer(monkeypatch, response)
    with pytest.raises(download.FetchError, match=reason):
        download.download_to(URL, io.BytesIO(), 100, ignore)


HEAD = b"HTTP/1.1 200 OK\r\n"
#: What a server begins with, and what it then sends for ever, a byte now and then.
SLOW = {
    "pictures": (HEAD + b"Content-Length: 1000000\r\n\r\n", b"x"),
    "headers": (HEAD, b"x"),
    "the length of a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "nothing": (b"", b""),
}


@pytest.mark.parametrize("what", SLOW)
def test_server_that_sends_a_byte_now_and_then_is_not_waited_for(monkeypatch, what):
    begins, then = SLOW[what]
    gone = threading.Event()

    def dribble(server: socket.socket) -> None:
        caller, _ = server.accept()
        with caller, contextlib.suppress(OSError):
            caller.recv(4096)
            caller.sendall(begins)
            while not gone.wait(0.02):
                caller.sendall(then)

    monkeypatch.setattr(download, "PACE_SECONDS", 0.3)
    file, began = io.BytesIO(), time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=dribble, args=(server,), daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/file"
        monkeypatch.setattr(download, "open_url", lambda request, seconds: urlopen(address, timeout=seconds))
        try:
            with pytest.raises(download.FetchError, match=r"only 0 kB came within 0\.3 s"):
                download.download_to(URL, file, 10**6, ignore)
            assert time.monotonic() - began < 10
            written = file.tell()
            time.sleep(0.2)
            assert file.tell() <= written + 1  # what was under way; it writes no more
        finally:
            gone.set()
            thread.join(20)


def test_download_that_keeps_up_the_pace_may_take_many_stretches(monkeypatch):
    class Steady(Response):
        def read1(self, size: int | None = -1) -> bytes:
            time.sleep(0.05)
            return super().read1(10)

    answer(monkeypatch, Steady(bytes(100)))
    monkeypatch.setattr(download, "PACE_SECONDS", 0.25)
    monkeypatch.setattr(download, "PACE_BYTES", 1)
    file = io.BytesIO()
    download.download_to(URL, file, 100, ignore)
    assert file.getvalue() == bytes(100)


def test_unencrypted_address_is_not_asked():
    with pytest.raises(URLError, match="not encrypted"):
        download.open_url(Request("http://127.0.0.1:9/file"), 1)


@pytest.mark.parametrize("target", ["http://example.invalid/file", "ftp://example.invalid/file"])
def test_redirect_to_an_unencrypted_address_is_not_followed(target):
    with pytest.raises(URLError, match="not encrypted"):
        download.HttpsOnly().redirect_request(Request(URL), io.BytesIO(), 302, "Found", HTTPMessage(), target)


def test_redirect_to_an_encrypted_address_is_followed():
    target = "https://mirror.invalid/file"
    request = download.HttpsOnly().redirect_request(Request(URL), io.BytesIO(), 302, "Found", HTTPMessage(), target)
    assert request is not None
    assert request.full_url == target


@pytest.fixture
def listener(monkeypatch):
    """A server of this machine that answers everybody with an unencrypted page, and what it was sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)

        def answer_all() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.settimeout(5)
                    heard.append(caller.recv(4096))
                    caller.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=answer_all, daemon=True)
        thread.start()
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join(20)


def test_server_that_cannot_encrypt_is_told_nothing_and_not_asked_again(listener):
    port, heard = listener
    with pytest.raises(download.FetchError):
        download.download_to(f"https://127.0.0.1:{port}/file", io.BytesIO(), 100, ignore)
    assert [words[:1] for words in heard] == [b"\x16"]  # the offer to encrypt, and nothing else
    assert b"file" not in heard[0]


def test_proxy_is_asked_for_a_tunnel_and_told_no_more_than_the_server(listener, monkeypatch):
    port, heard = listener
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    with pytest.raises(download.FetchError, match="403 Forbidden"):
        download.download_to(URL, io.BytesIO(), 100, ignore)
    (words,) = heard
    assert words.startswith(b"CONNECT example.invalid:443 HTTP/1.")
    assert b"/file" not in words


def test_certificates_are_checked():
    handlers = [handler for handler in download.make_opener().handlers if isinstance(handler, HTTPSHandler)]
    (context,) = [vars(handler)["_context"] for handler in handlers]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
