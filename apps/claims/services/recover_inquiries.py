"""Inquiries (276) that were cut off. Asking twice does no harm, so their claims are simply asked about again."""

from datetime import datetime

from django.db import transaction

from apps.claims.models import StatusInquiry
from apps.claims.selectors.inquiries import cut_off_inquiries
from apps.connectors import journal
from apps.connectors.models import Transmission

State = Transmission.State
_UNSENT = "Its sender was cut off before it left. Its claims are asked about again."
_UNKNOWN = "Nobody knows whether it arrived. Its claims are asked about again."


def recover_inquiries(*, now: datetime) -> int:
    """How many files were given up. Should the payer answer one all the same, its answer is taken as any other."""
    files = list(cut_off_inquiries(now).defer("payload").order_by("pk"))
    return sum(_give_up(file, now) for file in files)


@transaction.atomic
def _give_up(file: Transmission, now: datetime) -> bool:
    words = _UNSENT if file.state == State.STORED else _UNKNOWN
    if not journal.move(file, old=file.state, new=State.FAILED, now=now, problem=words):
        return False
    StatusInquiry.objects.filter(transmission=file, outcome=StatusInquiry.Outcome.WAITING).update(
        outcome=StatusInquiry.Outcome.NOT_SENT, sentence=words.replace("Its claims are", "The claim is")
    )
    return True
