"""A corrected claim that answered a denial was cancelled before it left: the denial is open again."""

from django.db import transaction

from apps.denials import selectors
from apps.denials.models import Denial
from apps.worklist.models import WorkItem


def reopen_denials() -> int:
    """With its first action and deadline as they were; what a coder confirmed stays confirmed. Returns how many."""
    return _reopen() if selectors.answers_cancelled().exists() else 0


@transaction.atomic
def _reopen() -> int:
    locked = selectors.answers_cancelled().select_for_update(skip_locked=True, of=("self",))
    denials = list(locked.select_related("rule", "work_item"))
    items = [(denial, denial.work_item) for denial in denials if denial.work_item]
    for denial, item in items:
        item.title, item.due_on, item.snoozed_until = denial.rule.first_action[:200], denial.due_on, None
        if denial.confirmed_at is None:
            item.owner_role = WorkItem.OwnerRole(denial.rule.owner_role)
    WorkItem.objects.bulk_update(
        [item for _, item in items], ["title", "due_on", "snoozed_until", "owner_role"], batch_size=500
    )
    Denial.objects.filter(pk__in=[denial.pk for denial in denials]).update(state=Denial.State.OPEN, answered_at=None)
    return len(denials)
