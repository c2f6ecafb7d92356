"""What a request asks for, in its address or its form. What cannot be understood is refused, as the vendors refuse it."""

from collections.abc import Mapping
from datetime import date

_MOST_DIGITS = 18  # Python reads no number of thousands of them


class BadQueryError(Exception):
    """Answered with 400 and this sentence."""


def whole_number(asked: Mapping[str, str], name: str, default: int) -> int:
    """Raises BadQueryError where something else is asked for."""
    text = asked.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise BadQueryError(f"{name} is no whole number: {text}.")
    return int(text)


def day(text: str) -> date:
    """Raises BadQueryError where it is no day of the calendar, CCYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BadQueryError(f"{text} is not a date.") from problem
