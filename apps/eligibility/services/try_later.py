from datetime import datetime, timedelta

from django.db import transaction

from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services.desk_tasks import open_tasks
from apps.eligibility.services.still_asked import still_asked

State = EligibilityCheck.State
# An outage is the machine's to wait out for a day; then a person picks up the phone (DOMAIN 3).
GIVE_UP_AFTER = timedelta(hours=24)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=2)


@transaction.atomic
def try_later(check: EligibilityCheck, *, sentence: str, now: datetime, pause: timedelta | None = None) -> None:
    """No answer this time: wait longer after each try, or `pause`; after a day, or once the visit began, the check ends as an outage.

    A check that somebody else has taken in hand since it was asked stays as it is: it may have its answer.
    """
    started = check.appointment is not None and check.appointment.starts_at <= now
    over = started or now - check.created_at >= GIVE_UP_AFTER
    next_try_at = None if over else now + (pause_after(check.attempts) if pause is None else pause)
    told = {"state": State.OUTAGE if over else State.WAITING, "sentence": sentence[:300], "next_try_at": next_try_at}
    if not still_asked(check).update(**told):
        return
    check.refresh_from_db(fields=list(told))
    if over and not started:
        open_tasks([check], now=now)


def pause_after(attempts: int) -> timedelta:
    """5 minutes after the first try, doubled with each, at most two hours."""
    doubled: timedelta = FIRST_PAUSE * 2 ** max(attempts - 1, 0)
    return min(doubled, LONGEST_PAUSE)
