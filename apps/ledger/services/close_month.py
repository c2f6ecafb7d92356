"""Month end: once closed, a month's figures stand for ever."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from apps.audit.trail import record
from apps.core.advisory_locks import lock_until_commit
from apps.core.clock import practice_date
from apps.core.models import User
from apps.ledger.models import ClosedMonth, Entry
from apps.ledger.selectors.months import first_open_month
from apps.ledger.selectors.soundness import ledger_faults

# Each posting holds this lock in shared mode until its transaction ends (see the trigger on ledger_entry).
MONTHS = "ledger months"


class MonthCannotCloseError(ValueError):
    """A sentence for people: what keeps the month open."""


@transaction.atomic
def close_month(month: date, *, acting_user: User, now: datetime) -> ClosedMonth:
    """`month` is its first day. The months close in order, when they are over and the books are sound.

    The books are looked through while others post, and once more, while all posting waits, only where something was posted meanwhile.
    Raises MonthCannotCloseError. Whoever posts at this moment ends first.
    """
    last_seen = _last_entry()
    faults = ledger_faults()
    lock_until_commit(MONTHS)
    this_month = practice_date(now).replace(day=1)
    if month >= this_month:
        raise MonthCannotCloseError(f"{month:%B %Y} is not over yet.")
    earliest = first_open_month()
    if earliest is None or month < earliest:
        raise MonthCannotCloseError(f"{month:%B %Y} is closed already, or holds nothing.")
    if month > earliest:
        raise MonthCannotCloseError(f"Close {earliest:%B %Y} first: the months close in order.")
    if _last_entry() != last_seen:
        faults = ledger_faults()
    if faults:
        raise MonthCannotCloseError(f"The books are not sound. {faults[0]} Run manage.py check_ledger.")
    record("close_month", acting_user=acting_user, now=now, subject_kind="ledger_month", month=f"{month:%Y-%m}")
    return ClosedMonth.objects.create(month=month, closed_at=now, closed_by=acting_user)


def _last_entry() -> int | None:
    last: int | None = Entry.objects.aggregate(last=Max("pk"))["last"]
    return last
