"""Text to money, numbers, dates and times, and back. Unreadable text is refused, never guessed."""

import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import TypeVar

Value = TypeVar("Value")

_LONGEST_DECIMAL = 18 + 2  # digits, a sign and a point
_COUNT = re.compile(r"[0-9]{1,18}")
_DATE = re.compile(r"[0-9]{8}")
_TIME = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])(?:([0-5][0-9])([0-9]{2})?)?")


# So many texts are kept of a table of values already read: a practice's fees and dates, but not a whole file.
MOST_TEXTS = 20_000


class Table(dict[str, Value]):
    """Looks a text up as its value; a file repeats its texts, so each is converted once. ValueError or IndexError, from
    `convert`, where it has none.
    """

    def __init__(self, convert: Callable[[str], Value]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, text: str) -> Value:
        if len(self) >= MOST_TEXTS:
            self.clear()
        value = self[text] = self._convert(text)
        return value


def read_decimal(text: str) -> Decimal:
    """X12.5, data type R, without exponents, which no implementation guide of HIPAA uses. ValueError if it is none."""
    if text.lstrip("0123456789.-") or len(text) > _LONGEST_DECIMAL:
        raise ValueError(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None


def read_count(text: str) -> int:
    """A whole number, X12.5's data type N0 without a sign. ValueError if it is none, or longer than any of a guide."""
    if not _COUNT.fullmatch(text):
        raise ValueError(text)
    return int(text)


def read_date(text: str) -> date:
    """CCYYMMDD. ValueError if it is not a day of the calendar."""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def read_time(text: str) -> time:
    """HHMM, HHMMSS or HHMMSSDD; parts of a second are dropped. ValueError if it is no time of day."""
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError(text)
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def write_decimal(value: Decimal) -> str:
    """The shortest form: 12.50 is "12.5", -0 is "0". ValueError for what is no number."""
    if not value.is_finite():
        raise ValueError(f"{value} is not an amount")
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def write_date(value: date) -> str:
    """CCYYMMDD, also where the year has fewer digits: `strftime` leaves them away on some systems."""
    return value.isoformat().replace("-", "")


def write_range(start: date, end: date) -> str:
    """CCYYMMDD-CCYYMMDD, as RD8 wants it."""
    return f"{write_date(start)}-{write_date(end)}"


def write_time(value: time) -> str:
    """HHMM, with seconds only where there are any."""
    return value.strftime("%H%M%S" if value.second else "%H%M")
