"""Text to money, numbers, dates and times, and back. Unreadable text is refused, never guessed; reading is cached per
table.
"""

import re
from datetime import date, time
from decimal import Decimal

# X12.5, data type R, without exponents: no implementation guide of HIPAA uses them.
_DECIMAL = re.compile(r"-?(?:[0-9]{1,18}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")
_DATE = re.compile(r"[0-9]{8}")
_TIME = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])(?:([0-5][0-9])([0-9]{2})?)?")


class Decimals(dict[str, Decimal]):
    """Looks a text up as Decimal; a remittance repeats its amounts, so each text is converted once. ValueError if it
    is not one.
    """

    def __missing__(self, text: str) -> Decimal:
        if not _DECIMAL.fullmatch(text):
            raise ValueError(text)
        value = self[text] = Decimal(text)
        return value


class Dates(dict[str, date]):
    """Looks a CCYYMMDD text up as date. ValueError if it is not a day of the calendar."""

    def __missing__(self, text: str) -> date:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        value = self[text] = date.fromisoformat(text)
        return value


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
    return value.strftime("%Y%m%d")


def write_time(value: time) -> str:
    """HHMM, with seconds only where there are any."""
    return value.strftime("%H%M%S" if value.second else "%H%M")
