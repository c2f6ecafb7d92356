"""Why a row of a file cannot be read. No message repeats what a cell says: it may name a patient."""


class RowError(ValueError):
    """One row. The message is the reason that people read beside the line number."""
