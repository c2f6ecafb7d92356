"""TA1: the interchange acknowledgement. It stands between ISA and GS and belongs to no transaction."""

from dataclasses import dataclass, field
from datetime import date, time

from apps.x12.envelope import Envelope


@dataclass(frozen=True, slots=True)
class InterchangeAcknowledgment:
    """`control_number` is the ISA13 answered; `code` A accepted, E accepted with errors, R rejected; `note` TA105 ("000" none)."""

    control_number: str
    sent_on: date | None
    sent_at: time | None
    code: str
    note: str = "000"
    segment: int = field(default=0, compare=False)

    @property
    def rejected(self) -> bool:
        return self.code == "R"


def write_ta1(acknowledgments: tuple[InterchangeAcknowledgment, ...], envelope: Envelope) -> bytes:
    """An interchange that carries only TA1 segments."""
    raise NotImplementedError
