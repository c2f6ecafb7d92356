"""What a late job leaves for a person. Told by the sweep, so only while something still runs; Today and /healthz tell the rest."""

from datetime import datetime

from django.db import transaction

from apps.automations.schedule import SCHEDULE, Periodic
from apps.automations.wording import clock_words
from apps.core import clock
from apps.core.advisory_locks import lock_until_commit
from apps.core.lateness import late_automations
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, is_any_open, open_item

KIND = "automation_late"


def tell_of_late(*, now: datetime) -> int:
    """One open worklist item for each late job, closed once it has run. Returns how many are late."""
    if not late_automations(now=now) and not is_any_open(KIND):
        return 0
    return _tell(now)


@transaction.atomic
def _tell(now: datetime) -> int:
    lock_until_commit(KIND)
    late = late_automations(now=now)
    known = {item.subject_public_id: item for item in WorkItem.objects.filter(kind=KIND, state=WorkItem.State.OPEN)}
    for name, item in known.items():
        if name not in late:
            close_item(item, acting_user=None, now=now, outcome="It runs on time again.")
    for periodic in SCHEDULE:
        if periodic.name in late and periodic.name not in known:
            _open(periodic, late[periodic.name], now=now)
    return len(late)


def _open(periodic: Periodic, due: datetime, *, now: datetime) -> None:
    open_item(
        kind=KIND,
        title=f"{periodic.title} should have started on {due:%b} {due.day} at {clock_words(due.time())}. Run it now;"
        " if others are late too, look at the worker and at beat.",
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name="automations:detail",
        subject_public_id=periodic.name,
        now=now,
        due_on=clock.practice_date(now),
    )
