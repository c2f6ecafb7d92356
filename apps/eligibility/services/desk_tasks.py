"""The task that a failed check gives the front desk: one open task a visit, moved along as newer checks replace older ones."""

from collections.abc import Sequence
from datetime import datetime

from apps.core import clock
from apps.core.models import User
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.rules.hours import working_hours_after, working_hours_before
from apps.eligibility.rules.rejections import Turn
from apps.eligibility.selectors import tasks_of_visits_off
from apps.worklist import queue
from apps.worklist.models import WorkItem

ESCALATE_BEFORE_HOURS = 4
KIND = "eligibility"


def escalation(starts_at: datetime, now: datetime) -> datetime:
    """Four working hours before the visit; where those have begun, one working hour from now, so that someone has a chance."""
    zone = clock.practice_zone()
    return max(
        working_hours_before(starts_at, ESCALATE_BEFORE_HOURS, zone), min(working_hours_after(now, 1, zone), starts_at)
    )


def open_tasks(checks: Sequence[EligibilityCheck], *, now: datetime, turn: Turn = Turn.FRONT_DESK) -> None:
    """One task a check of a visit; an older check's open task is taken over, with its assignee and notes. Denials ask without one."""
    with_visit = [check for check in checks if check.appointment_id]
    taken = _take_over(with_visit)
    fresh = [check for check in with_visit if check.pk not in taken]
    items = queue.open_items([_new_item(check, turn) for check in fresh], now=now)
    for check, item in zip(fresh, items, strict=True):
        check.work_item = item
    for check in with_visit:
        check.escalates_at = escalation(_starts(check), now)
    EligibilityCheck.objects.bulk_update(with_visit, ["work_item", "escalates_at"])


def close_tasks(check: EligibilityCheck, *, acting_user: User | None, now: datetime, outcome: str) -> None:
    """Close whatever is open about the visit of `check`."""
    if check.appointment_id is None:
        return
    keys = WorkItem.objects.filter(eligibility_check__appointment=check.appointment_id, state=WorkItem.State.OPEN)
    queue.close_items(list(keys.values_list("pk", flat=True)), acting_user=acting_user, now=now, outcome=outcome)


def close_tasks_of_visits_off(*, now: datetime) -> None:
    keys = list(tasks_of_visits_off().values_list("pk", flat=True))
    if keys:
        queue.withdraw_items(keys, now=now, outcome="The visit was canceled or moved to another day.")


def _take_over(checks: Sequence[EligibilityCheck]) -> set[int]:
    """Hand the open task of an older check of the same visit to the newer one."""
    newer = {check.appointment_id: check for check in checks}
    older = EligibilityCheck.objects.filter(
        appointment__in=newer.keys(), work_item__state=WorkItem.State.OPEN
    ).select_related("work_item")
    taken = set()
    for past in older:
        check, item = newer[past.appointment_id], past.work_item
        if item is None or past.pk == check.pk:
            continue
        EligibilityCheck.objects.filter(pk=past.pk).update(work_item=None)
        check.work_item = item
        item.subject_public_id, item.title = check.public_id, title(check)
        item.due_at, item.due_on = _starts(check), check.service_date
        item.save(update_fields=["subject_public_id", "title", "due_at", "due_on"])
        taken.add(check.pk)
    return taken


def _new_item(check: EligibilityCheck, turn: Turn) -> queue.NewItem:
    owner = WorkItem.OwnerRole.ADMINISTRATOR if turn is Turn.ADMINISTRATOR else WorkItem.OwnerRole.FRONT_DESK
    return queue.NewItem(
        kind=KIND,
        title=title(check),
        owner_role=owner,
        url_name="eligibility:check",
        subject_public_id=check.public_id,
        due_on=check.service_date,
        due_at=_starts(check),
    )


def title(check: EligibilityCheck) -> str:
    if check.state == EligibilityCheck.State.BY_PHONE:
        return f"Call {check.coverage.payer.name} about the coverage of the visit"
    return "Settle the coverage of the visit"


def _starts(check: EligibilityCheck) -> datetime:
    if check.appointment is None:
        raise ValueError("Only a visit's check has a task.")
    return check.appointment.starts_at
