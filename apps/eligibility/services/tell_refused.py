"""The clearinghouse refuses what we ask: one task of the administrator, whatever the number of checks, until an answer comes."""

from datetime import datetime

from django.db import transaction

from apps.core.advisory_locks import lock_until_commit
from apps.core.clock import practice_date
from apps.worklist.models import WorkItem
from apps.worklist.queue import is_any_open, open_item, withdraw_items

KIND = "eligibility_refused"


@transaction.atomic
def tell_refused(*, now: datetime) -> None:
    """Two workers may be refused at the same moment; they look and open one after the other."""
    lock_until_commit(KIND)
    if is_any_open(KIND):
        return
    open_item(
        kind=KIND,
        title="Correct the clearinghouse's connection: it refuses what payers are asked about coverage",
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name="automations:step",
        subject_public_id="check_eligibility",
        now=now,
        due_on=practice_date(now),
    )


def refusal_is_over(*, now: datetime) -> None:
    if is_any_open(KIND):
        keys = WorkItem.objects.filter(kind=KIND, state=WorkItem.State.OPEN).values_list("pk", flat=True)
        withdraw_items(list(keys), now=now, outcome="The clearinghouse answers again.")
