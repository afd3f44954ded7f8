"""A download as a terminal shows it, against a server of this machine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pty
import re
import sys
import threading

from commands.output import print_message
from runs.data import university
from runs.data.selection import Selection
from tests.runs.data.slow_server import CONTENT, Handler


class Terminal:
    """A pseudo-terminal in place of standard error; what is written to it is read as a screen shows it."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        self.stream = os.fdopen(slave, "w", encoding="utf-8")
        self.read: list[bytes] = []
        self.reader = threading.Thread(target=self._read_all, daemon=True)
        self.reader.start()

    def _read_all(self) -> None:
        with contextlib.suppress(OSError):  # the other end is closed
            while piece := os.read(self.master, 4096):
                self.read.append(piece)

    def close(self) -> str:
        """All that was written to it."""
        self.stream.close()
        self.reader.join(20)
        os.close(self.master)
        return b"".join(self.read).decode()


def show_on_screen(written: str) -> list[str]:
    """The lines that a screen shows in the end, of orders to go up, to the beginning and to clear a line."""
    lines, row, column = [""], 0, 0
    for order in re.findall(r"\x1b\[[0-9;?]*[a-zA-Z]|[\r\n]|[^\x1b\r\n]+", written):
        if order == "\n":
            row, column = row + 1, 0
            lines += [""] * (row == len(lines))
        elif order == "\r":
            column = 0
        elif order == "\x1b[2K":
            lines[row] = ""
        elif order.startswith("\x1b"):
            row -= int(re.findall(r"\d+", order)[0]) if order.endswith("A") else 0
        else:
            lines[row] = lines[row][:column].ljust(column) + order + lines[row][column + len(order) :]
            column += len(order)
    return [line.rstrip() for line in lines if line.strip()]


def test_terminal_shows_a_bar_that_goes_and_sentences_each_on_its_own_line(server, tmp_path, monkeypatch):
    terminal = Terminal()
    for name, value in (("TERM", "xterm"), ("COLUMNS", "200"), ("NO_COLOR", "1")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    monkeypatch.setattr(university, "BYTES", len(CONTENT))
    monkeypatch.setattr(university, "SHA256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(university, "FIRST_WORD", 0.3)
    server.play = send_slowly
    university.download_archive(Selection("cifar10", "horse", tmp_path, print_message))
    written = terminal.close()
    assert "kB/s" in written
    assert "/262.1 kB" in written
    assert "to go" in written
    first, word, *rest = show_on_screen(written)
    assert first == f"Downloading CIFAR-10 (0 MB) from {university.URL} to {tmp_path}."
    assert re.fullmatch(r"0 of 0 MB have come, \d+ kB/s: about \d+ s to go\.", word)
    assert rest == []


def send_slowly(handler: Handler, content: bytes) -> None:
    for place in range(0, len(content), 1 << 14):
        handler.send(content[place : place + (1 << 14)])
        handler.server.over.wait(0.05)
