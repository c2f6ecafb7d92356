"""Whether a file came whole: X12 counts in its trailers what it holds, so that a file that was cut, or joined wrongly, shows it."""

from collections.abc import Iterable, Sequence

from apps.x12 import ErrorKind, ReadError

# Of the envelope, each of these leaves something out or stands where something is gone.
_OF_THE_ENVELOPE = frozenset(
    {
        ErrorKind.BAD_ENVELOPE,
        ErrorKind.COUNT_MISMATCH,
        ErrorKind.UNEXPECTED_SEGMENT,
        ErrorKind.TOO_LONG,
        ErrorKind.TOO_MANY,
    }
)
_NAMED = 2


def envelope_gaps(errors: Iterable[ReadError]) -> list[ReadError]:
    """An ISA element of the wrong length loses nothing, nor does a control number that is not repeated."""
    return [
        error
        for error in errors
        if error.kind in _OF_THE_ENVELOPE and not (error.segment_id == "ISA" and error.element)
    ]


def trailer_gaps(errors: Iterable[ReadError]) -> list[ReadError]:
    """Of a transaction's errors: its SE is missing, or counts other segments."""
    return [
        error
        for error in errors
        if (error.kind is ErrorKind.COUNT_MISMATCH and error.segment_id == "SE")
        or (error.kind is ErrorKind.MISSING_SEGMENT and error.expected == "SE")
    ]


def doubts(errors: Sequence[ReadError]) -> str:
    """For a person; empty where the file is whole. Names places, no patient."""
    if not errors:
        return ""
    named = " ".join(f"{error.message[:-1]} (segment {error.segment})." for error in errors[:_NAMED])
    more = f" And {len(errors) - _NAMED} more." if len(errors) > _NAMED else ""
    return f"The file may not be whole: what could be read is posted. {named}{more}"
