"""What a 999 or TA1 says of an inquiry (276) of ours: it arrived, or it was sent back and nobody was asked."""

from datetime import datetime

from apps.claims.encode.inquiries import inquiry_number
from apps.claims.rules.file_answer import file_verdict, is_returned, returned_sentence
from apps.claims.selectors.inquiries import INQUIRY
from apps.claims.services.returned_inquiries import take_returned_inquiry
from apps.claims.services.take_status import take_refused_inquiry
from apps.connectors.models import Transmission
from apps.x12 import InterchangeAcknowledgment
from apps.x12.guides.x999 import GroupAcknowledgment

FUNCTIONAL_CODE = "HR"  # GS01 of a 276
_TRANSACTION = "0001"
State = Transmission.State


def inquiry_returned(answer: InterchangeAcknowledgment, number: int, source: Transmission, *, now: datetime) -> None:
    """A TA1; `number` is the interchange's that it speaks of. Of files that are not ours nothing follows."""
    if file := _file(number):
        refused = returned_sentence(answer) if is_returned(answer) else ""
        _settle(file, refused, now)
        if refused:
            take_returned_inquiry(file, refused, 0, source, now=now)


def inquiry_checked(group: GroupAcknowledgment, number: int, source: Transmission, *, now: datetime) -> None:
    """A 999; `number` is the group's that it speaks of."""
    file, verdict = _file(number), file_verdict(group, _TRANSACTION)
    if file and verdict:
        refused = "" if verdict.accepted else " ".join(["The file check refused it.", *verdict.reasons])
        _settle(file, refused, now)
        take = take_returned_inquiry if verdict.envelope else take_refused_inquiry
        if refused:
            take(file, refused, verdict.segment, source, now=now)


def _settle(file: Transmission, refused: str, now: datetime) -> None:
    """Whoever answers has it, whatever we believe of the sending: its sender may note only now that it arrived."""
    state = State.FAILED if refused else State.SENT
    Transmission.objects.filter(pk=file.pk).update(state=state, settled_at=now, problem=refused[:300])


def _file(number: int) -> Transmission | None:
    files = Transmission.objects.filter(kind=INQUIRY, direction=Transmission.Direction.OUT).defer("payload")
    return files.filter(vendor_key=inquiry_number(number)).first()
