"""What can be wrong: with bytes that we read (`ReadError`, a value) and with records that we are asked to write
(`WriteError`, raised).
"""

from dataclasses import dataclass
from enum import StrEnum


class ErrorKind(StrEnum):
    """A closed set, so that a caller can decide by kind and show by message."""

    NOT_X12 = "not_x12"
    BAD_ENVELOPE = "bad_envelope"
    COUNT_MISMATCH = "count_mismatch"
    CONTROL_MISMATCH = "control_mismatch"
    UNREAD_GUIDE = "unread_guide"
    MISSING_SEGMENT = "missing_segment"
    UNEXPECTED_SEGMENT = "unexpected_segment"
    MISSING_ELEMENT = "missing_element"
    NOT_MONEY = "not_money"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    NOT_A_CODE = "not_a_code"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class ReadError:
    """One thing wrong in a file, with its whole address. Never an exception: the rest of the file is still read.

    `segment` is 1-based within the file (0: the file as a whole), `element` and `component` are 1-based within the
    segment.
    `guide` (as the file names it) and `loop` are the place in the guide, "" outside of a transaction and of any loop.
    `found` may be a patient's data: show it, never log it.
    """

    kind: ErrorKind
    message: str
    segment: int = 0
    segment_id: str = ""
    element: int | None = None
    component: int | None = None
    found: str = ""
    expected: str = ""
    interchange: str = ""
    group: str = ""
    transaction: str = ""
    guide: str = ""
    loop: str = ""

    @property
    def place(self) -> str:
        """For people, free of patient data: "interchange 000000001, group 1, transaction 0001, segment 7 CLP03 (005010X221A1,
        loop 2100)".
        """
        names = (("interchange", self.interchange), ("group", self.group), ("transaction", self.transaction))
        parts = [f"{name} {value}" for name, value in names if value]
        if self.segment:
            element = f"{self.element:02d}" if self.element else ""
            component = f"-{self.component}" if self.component else ""
            parts.append(f"segment {self.segment} {self.segment_id}{element}{component}".rstrip())
        guide = ", ".join(filter(None, (self.guide, self.loop and f"loop {self.loop}")))
        return ", ".join(parts) + (f" ({guide})" if guide else "")

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class WriteError(ValueError):
    """A record that cannot be written as legal X12 (a delimiter inside a value, a missing element, more than 5,000
    claims).
    """
