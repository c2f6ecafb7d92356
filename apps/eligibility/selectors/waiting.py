"""The coverage tasks that wait for a role, as the navigation counts them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from apps.eligibility.models import EligibilityCheck
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from apps.worklist.snoozing import awake


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open tasks of a role that are not snoozed; `past`: those about visits before today, which no day ahead shows."""

    number: int
    past: int


def waiting_tasks(role: Role, today: date) -> Waiting:
    rows = EligibilityCheck.objects.filter(
        awake(today, "work_item__"), work_item__owner_role=role.value, work_item__state=WorkItem.State.OPEN
    )
    past = Count("work_item", filter=Q(service_date__lt=today), distinct=True)
    return Waiting(**rows.aggregate(number=Count("work_item", distinct=True), past=past))
