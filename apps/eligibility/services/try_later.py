from datetime import datetime, timedelta

from django.db import transaction

from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services.desk_tasks import open_tasks

State = EligibilityCheck.State
# An outage is the machine's to wait out for a day; then a person picks up the phone (DOMAIN 3).
GIVE_UP_AFTER = timedelta(hours=24)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=2)


@transaction.atomic
def try_later(check: EligibilityCheck, *, sentence: str, now: datetime, pause: timedelta | None = None) -> None:
    """No answer this time: wait longer after each try, or `pause`; after a day, or once the visit began, the check ends as an outage."""
    check.sentence = sentence[:300]
    started = check.appointment is not None and check.appointment.starts_at <= now
    if now - check.created_at >= GIVE_UP_AFTER or started:
        check.state, check.next_try_at = State.OUTAGE, None
    else:
        check.state, check.next_try_at = State.WAITING, now + (pause_after(check.attempts) if pause is None else pause)
    check.save(update_fields=["state", "sentence", "next_try_at"])
    if check.state == State.OUTAGE and not started:
        open_tasks([check], now=now)


def pause_after(attempts: int) -> timedelta:
    """5 minutes after the first try, doubled with each, at most two hours."""
    doubled: timedelta = FIRST_PAUSE * 2 ** max(attempts - 1, 0)
    return min(doubled, LONGEST_PAUSE)
