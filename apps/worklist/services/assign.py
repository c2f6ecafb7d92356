from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.worklist.models import WorkItem


@transaction.atomic
def assign(*, items: Collection[WorkItem], assignee: User | None, acting_user: User, now: datetime) -> int:
    """Give open work to one person, or back to its role (None). Returns how many items that changed."""
    keys = [item.pk for item in items]
    changed = WorkItem.objects.filter(pk__any_of=keys, state=WorkItem.State.OPEN).exclude(assignee=assignee)
    # Locked in one order: an item that is closed meanwhile is left out, and two who give the same items wait for each other.
    public_ids = list(changed.order_by("pk").select_for_update().values_list("public_id", flat=True))
    WorkItem.objects.filter(public_id__any_of=public_ids).update(assignee=assignee)
    if public_ids:
        record(
            "assign",
            acting_user=acting_user,
            now=now,
            subject_kind="work_item",
            subject_public_id=public_ids[0] if len(public_ids) == 1 else "",
            assignee=assignee.public_id if assignee else "",
            items=public_ids,
        )
    return len(public_ids)
