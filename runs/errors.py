"""One small exception tree: what went wrong, in one sentence with the next step.

Only ``cli.py`` turns these into messages and exit codes; nothing else prints or exits.
"""

from __future__ import annotations

import errno
import os
from types import FrameType

from runs.text import PROGRAM


def is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out, of the machine or of the device: torch has a class for some of them alone."""
    words = ("out of memory", "can't allocate memory", "alloc_failed")
    text = str(error).lower()
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and any(word in text for word in words))


INTERRUPTED, TERMINATED = 130, 143
#: What trains and measures whatever is left; where a sentence ends so, options may have to follow.
RUN_ALL = f"{PROGRAM} run-all"
#: The next step for errors of the system; for others it is to allow access.
MENDS = {
    errno.ENOSPC: "Free space there",
    errno.ENAMETOOLONG: "Give a shorter name",
    errno.EIO: "Mend the disk",
    errno.EMFILE: "Close other programs",
    errno.ENOENT: "See that it is there",
}


class RederiveError(Exception):
    """Base of every error that a user can meet. The text says what was expected, what came, what to do next."""

    exit_code = 1


class UsageError(RederiveError):
    """What was asked for cannot be done, whatever the machine's state: a wrong section, model or number."""

    exit_code = 2


class DataError(RederiveError):
    """The pictures asked for are not there, not readable or not of the right form."""


class StoreError(RederiveError):
    """The results folder cannot be used: read-only, from another recipe, or locked by another process."""


class DamagedError(StoreError):
    """A stored file does not match its checksum."""


class TrainingError(RederiveError):
    """A run could not be trained to its end."""


class RenderError(RederiveError):
    """The pages cannot be made: a library or a folder is missing."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: the same as an interrupt, but for the exit code."""


def raise_terminated(number: int, frame: FrameType | None) -> None:
    """For a signal's handler: ends whatever is at work, as an interrupt does."""
    raise Terminated


def describe_ending(error: BaseException) -> tuple[str, int]:
    """The sentence and the exit code in which an error ends; an empty sentence for one that is not ours to tell."""
    if isinstance(error, RederiveError):
        return f"Error: {error}", error.exit_code
    if isinstance(error, KeyboardInterrupt):
        came, code = ("Terminated", TERMINATED) if isinstance(error, Terminated) else ("Interrupted", INTERRUPTED)
        return f"{came}. Every finished epoch is kept; the same command goes on from there.", code
    if isinstance(error, OSError) and error.errno != errno.EPIPE:
        task = "print to the end" if error.filename is None else f"use {os.fsdecode(error.filename)}"
        mend = MENDS.get(error.errno or 0, "Allow access to it")
        return f"Error: Could not {task}: {error.strerror or error}. {mend} and try again.", 1
    return "", RederiveError.exit_code  # a pipe that nobody reads any more, which click knows how to end
