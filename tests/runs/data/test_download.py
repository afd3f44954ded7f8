"""A download against a server of this machine that is slow, breaks off, refuses, or sends something else."""

from __future__ import annotations

import contextlib
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable
from http.client import HTTPMessage
from pathlib import Path
from urllib.error import URLError
from urllib.request import HTTPSHandler, Request, urlopen

import pytest

from runs.data import download, university
from runs.data.download import Progress, show_progress
from tests.runs.data.slow_server import CONTENT, URL, Handler


def fetch(part: Path, **more) -> list[Progress]:
    shown: list[Progress] = []
    download.download_to(URL, part, len(CONTENT), shown.append, **more)
    return shown


def break_after(count: int, times: int) -> Callable[[Handler, bytes], None]:
    """Sends so many bytes and closes, so many times; then all."""
    left = [times]

    def play(handler: Handler, content: bytes) -> None:
        left[0] -= 1
        handler.send(content[:count] if left[0] >= 0 else content)
        handler.close_connection = True

    return play


def test_all_bytes_come_and_the_last_word_says_so(server, tmp_path):
    shown = fetch(tmp_path / "a.part")
    assert (tmp_path / "a.part").read_bytes() == CONTENT
    assert (shown[-1].done, shown[-1].total) == (len(CONTENT), len(CONTENT))
    assert server.ranges == [None]


def test_connection_that_breaks_off_is_made_again_and_goes_on_from_there(server, tmp_path):
    server.play = break_after(100_000, 2)
    fetch(tmp_path / "a.part")
    assert (tmp_path / "a.part").read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=100000-", "bytes=200000-"]


def test_what_an_earlier_command_fetched_is_not_asked_for_again(server, tmp_path):
    (tmp_path / "a.part").write_bytes(CONTENT[:150_000])
    fetch(tmp_path / "a.part")
    assert (tmp_path / "a.part").read_bytes() == CONTENT
    assert server.ranges == ["bytes=150000-"]


def test_server_that_cannot_go_on_sends_all_from_the_beginning(server, tmp_path):
    server.ignores_ranges = True
    (tmp_path / "a.part").write_bytes(b"something else")
    fetch(tmp_path / "a.part")
    assert (tmp_path / "a.part").read_bytes() == CONTENT


def test_file_that_is_complete_asks_for_nothing(server, tmp_path):
    (tmp_path / "a.part").write_bytes(CONTENT)
    fetch(tmp_path / "a.part")
    assert server.ranges == []


def test_server_that_breaks_off_without_end_is_given_up_and_what_came_is_kept(server, tmp_path):
    def play(handler: Handler, content: bytes) -> None:
        if len(content) == len(CONTENT):
            handler.send(content[:1000])
        handler.close_connection = True

    server.play = play
    with pytest.raises(download.FetchError):
        fetch(tmp_path / "a.part")
    assert (tmp_path / "a.part").read_bytes() == CONTENT[:1000]
    assert len(server.ranges) == 1 + download.RETRIES


def test_server_that_refuses_is_asked_once_and_named(server, tmp_path):
    server.RequestHandlerClass = type("Refusing", (Handler,), {"do_GET": lambda self: self.send_error(503, "Busy")})
    with pytest.raises(download.FetchError, match="HTTP Error 503: Busy"):
        fetch(tmp_path / "a.part")


def test_address_at_which_nobody_listens_is_named(monkeypatch, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setattr(download, "open_url", lambda request, seconds: urlopen(f"http://127.0.0.1:{port}/", timeout=5))
    with pytest.raises(download.FetchError, match="refused"):
        fetch(tmp_path / "a.part")


def test_more_bytes_than_there_are_end_it(server, tmp_path):
    with pytest.raises(download.FetchError, match="more than 0 MB came"):
        download.download_to(URL, tmp_path / "a.part", 1000, lambda progress: None)
    assert (tmp_path / "a.part").stat().st_size <= 1000


def test_server_that_does_not_answer_is_waited_for_so_long_and_no_longer(server, tmp_path):
    def silent(self: Handler) -> None:
        self.server.over.wait(20)

    server.RequestHandlerClass = type("Silent", (Handler,), {"do_GET": silent})
    began = time.monotonic()
    with pytest.raises(download.FetchError, match=r"no answer within 0\.2 s"):
        fetch(tmp_path / "a.part", answer_seconds=0.2)
    assert time.monotonic() - began < 5


def dribble(handler: Handler, content: bytes) -> None:
    for place in range(len(content)):
        handler.send(content[place : place + 1])
        if handler.server.over.wait(0.02):
            return


def test_server_that_sends_a_byte_now_and_then_is_not_waited_for(server, tmp_path, monkeypatch):
    server.play = dribble
    monkeypatch.setattr(download, "PACE_SECONDS", 0.3)
    with pytest.raises(download.FetchError, match=r"only 0 kB came within 0\.3 s"):
        fetch(tmp_path / "a.part")
    written = (tmp_path / "a.part").stat().st_size
    time.sleep(0.2)
    assert (tmp_path / "a.part").stat().st_size == written  # it writes no more


def test_patience_runs_out_and_the_pace_and_the_time_left_are_told(server, tmp_path):
    server.play = dribble
    with pytest.raises(download.FetchError, match=r"after 0\.4 s 0 of 0 MB have come, \d+ kB/s: about \d+ min to go"):
        fetch(tmp_path / "a.part", patience=0.4)
    assert (tmp_path / "a.part").stat().st_size > 0


def test_headers_that_come_byte_by_byte_are_not_waited_for(server, tmp_path):
    def slow(self: Handler) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while not self.server.over.wait(0.02):
                self.wfile.write(b"x")

    server.RequestHandlerClass = type("Slow", (Handler,), {"do_GET": slow})
    with pytest.raises(download.FetchError, match=r"no answer within 0\.3 s"):
        fetch(tmp_path / "a.part", answer_seconds=0.3)


def test_search_for_a_name_that_hangs_is_not_waited_for(monkeypatch, tmp_path):
    released = threading.Event()

    def hang(request: Request, seconds: float) -> None:
        released.wait(20)
        raise URLError("released")

    monkeypatch.setattr(download, "open_url", hang)
    try:
        with pytest.raises(download.FetchError, match=r"no answer within 0\.1 s"):
            fetch(tmp_path / "a.part", answer_seconds=0.1)
    finally:
        released.set()


def test_disk_that_is_full_is_an_error_of_the_disk_and_not_of_the_network(server, tmp_path, monkeypatch):
    def full(self: object, chunk: bytes, anew: bool = False) -> None:
        vars(self)["disk"] = True
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download._Attempt, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        fetch(tmp_path / "a.part")


def test_pace_is_that_of_the_last_seconds_and_the_time_left_follows(monkeypatch):
    moments = iter([0.0, 1.0, 2.0, 20.0])
    monkeypatch.setattr(download.time, "monotonic", lambda: next(moments))
    pace = download.Pace(50, None)
    assert pace.take(150, 1000).seconds_left == pytest.approx(8.5)
    assert pace.take(150, 1000).pace == 50
    standing = pace.take(150, 1000)
    assert (standing.pace, standing.seconds_left) == (0, None)
    assert show_progress(standing).endswith("and nothing is coming now")
    assert show_progress(Progress(12 * 10**6, 170 * 10**6, 66_000, 4)) == (
        "12 of 170 MB have come, 66 kB/s: about 40 min to go"
    )
    assert show_progress(Progress(12 * 10**6, 13 * 10**6, 1e6, 4)).endswith("about 1 s to go")


def test_how_long_it_takes_is_said_within_five_seconds_and_then_now_and_then():
    said: list[str] = []
    with university.watch_download(said.append) as show:
        for second in range(0, 130, 2):
            show(Progress(second * 66_000, 170 * 10**6, 66_000, second))
    assert university.FIRST_WORD <= 4
    assert [words.rpartition(": ")[2] for words in said] == [f"about {left} min to go." for left in (43, 42, 41)]


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


def test_server_that_cannot_encrypt_is_told_nothing_and_not_asked_again(listener, tmp_path):
    port, heard = listener
    with pytest.raises(download.FetchError):
        download.download_to(f"https://127.0.0.1:{port}/file", tmp_path / "a", 100, lambda progress: None)
    assert [words[:1] for words in heard] == [b"\x16"]  # the offer to encrypt, and nothing else
    assert b"file" not in heard[0]


def test_proxy_is_asked_for_a_tunnel_and_told_no_more_than_the_server(listener, monkeypatch, tmp_path):
    port, heard = listener
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    with pytest.raises(download.FetchError, match="403 Forbidden"):
        download.download_to(URL, tmp_path / "a", 100, lambda progress: None)
    (words,) = heard
    assert words.startswith(b"CONNECT example.invalid:443 HTTP/1.")
    assert b"/file" not in words


def test_certificates_are_checked():
    handlers = [handler for handler in download.make_opener().handlers if isinstance(handler, HTTPSHandler)]
    (context,) = [vars(handler)["_context"] for handler in handlers]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
