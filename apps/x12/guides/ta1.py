"""TA1: the interchange acknowledgement. It stands between ISA and GS and belongs to no transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time

from apps.x12.envelope import Envelope
from apps.x12.segments import Segment
from apps.x12.writer import Writer


@dataclass(frozen=True, slots=True)
class InterchangeAcknowledgment:
    """`control_number` is the ISA13 answered; `code` A accepted, E accepted with errors, R rejected; `note` TA105
    ("000" none).
    """

    control_number: str
    sent_on: date | None
    sent_at: time | None
    code: str
    note: str = "000"
    segment: int = field(default=0, compare=False)

    @property
    def rejected(self) -> bool:
        return self.code == "R"


def read_ta1(segment: Segment) -> InterchangeAcknowledgment:
    return InterchangeAcknowledgment(
        control_number=segment.text(1),
        sent_on=segment.short_date(2),
        sent_at=segment.time_of_day(3),
        code=segment.text(4),
        note=segment.text(5),
        segment=segment.number,
    )


def write_ta1(acknowledgments: Sequence[InterchangeAcknowledgment], envelope: Envelope) -> bytes:
    """An interchange that carries only TA1 segments. Raises WriteError."""
    writer = Writer(envelope)
    writer.open_interchange()
    for item in acknowledgments:
        sent_on = item.sent_on.strftime("%y%m%d") if item.sent_on else ""
        writer.segment("TA1", item.control_number, sent_on, item.sent_at, item.code, item.note)
    return writer.close_interchange()
