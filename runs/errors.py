"""One small exception tree: what went wrong, in one sentence with the next step.

Only ``cli.py`` turns these into messages and exit codes; nothing else prints or exits.
"""


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
