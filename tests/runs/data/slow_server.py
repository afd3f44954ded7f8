"""A server of this machine that sends a file as a test wants it."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

URL = "https://example.invalid/file"
CONTENT = bytes(range(256)) * 1024


class Server(ThreadingHTTPServer):
    """Sends CONTENT, from where it is asked to, as ``play`` does it.

    Attributes:
        ranges: what each request asked for.
        ignores_ranges: whether it always begins at the beginning.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges: list[str | None] = []
        self.ignores_ranges = False
        self.play: Callable[[Handler, bytes], None] = lambda handler, content: handler.send(content)
        self.over = threading.Event()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        start = int(re.findall(r"\d+", asked)[0]) if asked and not self.server.ignores_ranges else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.server.play(self, CONTENT[start:])

    def send(self, content: bytes) -> None:
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""
