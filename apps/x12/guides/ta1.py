"""TA1: the interchange acknowledgement (X12.5). It stands between ISA and GS and belongs to no transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time

from apps.x12.envelope import Envelope
from apps.x12.errors import ErrorKind, WriteError
from apps.x12.segments import Segment
from apps.x12.writer import Writer

_CODES = ("A", "E", "R")


@dataclass(frozen=True, slots=True)
class InterchangeAcknowledgment:
    """`control_number` is the ISA13 answered, `sent_on` and `sent_at` its ISA09 and ISA10 (to the minute); `code` A accepted, E
    accepted with errors, R rejected; `note` TA105 ("000" none).
    """

    control_number: str
    sent_on: date | None
    sent_at: time | None
    code: str
    note: str = "000"
    segment: int = field(default=0, compare=False)

    @property
    def accepted(self) -> bool:
        return self.code in ("A", "E")

    @property
    def rejected(self) -> bool:
        return self.code == "R"


def read_ta1(segment: Segment) -> InterchangeAcknowledgment:
    """What decides and is missing or unknown is noted."""
    for element in (1, 5):
        if not segment.text(element):
            segment.note(ErrorKind.MISSING_ELEMENT, element, "a value")
    if segment.text(4) not in _CODES:
        kind = ErrorKind.UNEXPECTED_SEGMENT if segment.text(4) else ErrorKind.MISSING_ELEMENT
        segment.note(kind, 4, "A, E or R")
    return InterchangeAcknowledgment(
        control_number=segment.text(1),
        sent_on=segment.short_date(2),
        sent_at=segment.time_of_day(3),
        code=segment.text(4),
        note=segment.text(5),
        segment=segment.number,
    )


def write_ta1(acknowledgments: Sequence[InterchangeAcknowledgment], envelope: Envelope) -> bytes:
    """An interchange that carries only TA1 segments. Raises WriteError, also for none and for a code that is not A, E or R."""
    if not acknowledgments:
        raise WriteError("There is no acknowledgement to write.")
    writer = Writer(envelope)
    writer.open_interchange()
    for item in acknowledgments:
        if item.code not in _CODES:
            raise WriteError("TA104 is not A, E or R.")
        sent_on = item.sent_on.strftime("%y%m%d") if item.sent_on else ""
        sent_at = item.sent_at.strftime("%H%M") if item.sent_at else ""
        writer.segment("TA1", item.control_number, sent_on, sent_at, item.code, item.note)
    return writer.close_interchange()
