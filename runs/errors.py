"""One small exception tree: what went wrong, in one sentence with the next step.

Only ``cli.py`` turns these into messages and exit codes; nothing else prints or exits.
"""

from __future__ import annotations

from types import FrameType

INTERRUPTED, TERMINATED = 130, 143


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


def terminate(number: int, frame: FrameType | None) -> None:
    """For a signal's handler: ends whatever is at work, as an interrupt does."""
    raise Terminated


def ending(error: BaseException) -> tuple[str, int]:
    """The sentence and the exit code in which an error ends; an empty sentence for one that is not ours to tell."""
    if isinstance(error, RederiveError):
        return f"Error: {error}", error.exit_code
    if isinstance(error, KeyboardInterrupt):
        came, code = ("Terminated", TERMINATED) if isinstance(error, Terminated) else ("Interrupted", INTERRUPTED)
        return f"{came}. Every finished epoch is kept; the same command goes on from there.", code
    if isinstance(error, OSError) and error.filename is not None:
        text = f"Error: Expected to use {error.filename}, but: {error.strerror}. Give its rights and try again."
        return text, RederiveError.exit_code
    return "", RederiveError.exit_code  # a pipe that nobody reads any more, which click knows how to end
