"""Half a file must not take the place of a whole one: what it lacks would no longer be known, and nobody would be told."""

# Tables grow or shrink by a few rows in a hundred from one to the next.
LEAST_SHARE = 0.9
# A correction of one takes away fewer.
MOST_DROPPED = 0.02


class HalfATableError(ValueError):
    """A file has far fewer rows than what is known already. The message says so; nothing was changed."""


def require_whole(rows: int, known: int, *, what: str, of: str) -> None:
    """`what` the rows are; `of` names what has `known` of them. Raises HalfATableError."""
    if rows < known * LEAST_SHARE:
        raise HalfATableError(f"It has {rows} {what} and {of} has {known}: half a file? Nothing was changed.")


def require_few_dropped(dropped: int, known: int, *, what: str, of: str) -> None:
    """`dropped`: how many of the `known` rows a later file of the same edition no longer has. A file that was cut at the end of a line
    looks whole otherwise. Raises HalfATableError.
    """
    if dropped > known * MOST_DROPPED:
        raise HalfATableError(f"It lacks {dropped} of the {known} {what} of {of}: half a file? Nothing was changed.")
