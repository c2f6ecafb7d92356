"""Why a whole file, or one row of it, cannot be read. No message repeats what a cell says: it may name a patient."""

from apps.connectors.ports.errors import RefusedError


class UnreadableFileError(RefusedError):
    """The file as a whole: its size, its encoding, its columns."""


class RowError(ValueError):
    """One row. The message is the reason that people read beside the line number."""
