import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.connectors import journal
from apps.connectors.models import Transmission
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.selectors import abandoned_checks, lost_inquiries, tasks_to_escalate, with_people
from apps.eligibility.services.record_answer import record_answer
from apps.worklist.models import WorkItem

logger = logging.getLogger(__name__)
State = EligibilityCheck.State
TOO_LATE = "The payer's answer was lost, and the visit has begun."
LOST = "No answer came. Asking again is harmless, so nobody waits for this one."


@dataclass(frozen=True, slots=True)
class RecoveredChecks:
    waiting_again: int
    escalated: int
    recorded: int = 0  # answers that had come before the crash
    closed: int = 0  # their visit had begun


def recover_checks(*, now: datetime) -> RecoveredChecks:
    """What a crash left in `asking`: an answer that had come is recorded, the others are asked again (asking twice is harmless).

    Once the visit began nobody needs the answer: the check ends as an outage. Inquiries that no check waits for end as unknown.
    Tasks whose time has come are escalated.
    """
    recorded = 0
    released: Counter[State | None] = Counter()
    for key in list(abandoned_checks(now).values_list("pk", flat=True)):
        try:
            recorded += _record_stored(key, now)
        except Exception:  # whatever it is, it is this answer's alone: the payer is asked once more
            logger.exception("The stored answer of eligibility check %s could not be recorded.", key)
        released[_release(key, now)] += 1
    lost_inquiries(now).update(state=Transmission.State.UNKNOWN, settled_at=now, problem=LOST)
    return RecoveredChecks(released[State.WAITING], _escalate(now), recorded, released[State.OUTAGE])


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
def _release(key: int, now: datetime) -> State | None:
    """The state that the check was given. Whether the inquiry arrived, nobody can tell any more: so the journal says."""
    check = _abandoned(key, now)
    if check is None:
        return None
    if check.inquiry:
        journal.move(check.inquiry, old=Transmission.State.SENDING, new=Transmission.State.UNKNOWN, now=now)
    begun = check.appointment is not None and check.appointment.starts_at <= now
    check.state, check.sentence = (State.OUTAGE, TOO_LATE) if begun else (State.WAITING, check.sentence)
    check.next_try_at = None
    check.save(update_fields=["state", "sentence", "next_try_at"])
    return State(check.state)


@transaction.atomic
def _escalate(now: datetime) -> int:
    """A visit near at hand whose coverage nobody settled becomes the administrator's to see."""
    late = tasks_to_escalate(now).select_for_update(skip_locked=True, of=("self",))
    keys = list(late.values_list("pk", flat=True))
    return WorkItem.objects.filter(pk__in=keys).update(owner_role=WorkItem.OwnerRole.ADMINISTRATOR)
