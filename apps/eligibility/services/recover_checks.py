import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.connectors import journal
from apps.connectors.models import Transmission
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.selectors import abandoned_checks, tasks_to_escalate, with_people
from apps.eligibility.services.record_answer import record_answer
from apps.worklist.models import WorkItem

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecoveredChecks:
    waiting_again: int
    escalated: int
    recorded: int = 0  # answers that had come before the crash


def recover_checks(*, now: datetime) -> RecoveredChecks:
    """What a crash left in `asking`: an answer that had come is recorded, the others are asked again (asking twice is harmless).

    Tasks whose time has come are escalated.
    """
    put_back = recorded = 0
    for key in list(abandoned_checks(now).values_list("pk", flat=True)):
        try:
            recorded += _record_stored(key, now)
        except Exception:  # whatever it is, it is this answer's alone: the payer is asked once more
            logger.exception("The stored answer of eligibility check %s could not be recorded.", key)
        put_back += _put_back(key, now)
    return RecoveredChecks(put_back, _escalate(now), recorded)


def _abandoned(key: int, now: datetime) -> EligibilityCheck | None:
    """Locked; None where another worker has it, or has dealt with it."""
    rows = with_people(abandoned_checks(now).filter(pk=key)).select_related("inquiry")
    return rows.select_for_update(of=("self",), skip_locked=True).first()


@transaction.atomic
def _record_stored(key: int, now: datetime) -> bool:
    check = _abandoned(key, now)
    answer = _stored_answer(check.inquiry) if check and check.inquiry else None
    if check is None or answer is None:
        return False
    record_answer(check, answer, now=now)
    return True


def _stored_answer(inquiry: Transmission) -> Transmission | None:
    return Transmission.objects.filter(
        connection=inquiry.connection_id,
        kind="271",
        vendor_key=inquiry.control_number,
        direction=Transmission.Direction.IN,
        state=Transmission.State.STORED,
    ).first()


@transaction.atomic
def _put_back(key: int, now: datetime) -> bool:
    """Whether the inquiry arrived, nobody can tell any more: so the journal says."""
    check = _abandoned(key, now)
    if check is None:
        return False
    if check.inquiry:
        journal.move(check.inquiry, old=Transmission.State.SENDING, new=Transmission.State.UNKNOWN, now=now)
    EligibilityCheck.objects.filter(pk=key).update(state=EligibilityCheck.State.WAITING, next_try_at=None)
    return True


@transaction.atomic
def _escalate(now: datetime) -> int:
    """A visit near at hand whose coverage nobody settled becomes the administrator's to see."""
    late = tasks_to_escalate(now).select_for_update(skip_locked=True, of=("self",))
    keys = list(late.values_list("pk", flat=True))
    return WorkItem.objects.filter(pk__in=keys).update(owner_role=WorkItem.OwnerRole.ADMINISTRATOR)
