"""What the practice must put in order before patients can be written to: one visible task each, for the administrator."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from apps.core.advisory_locks import lock_until_commit
from apps.patient_balances.rules.guard import Fault
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_items, is_open, open_item

LACKING, BLOCKED = "messages_blocked", "message_words_blocked"
PAGE = "balances:texts_for"


def report_lacking(lacking: Mapping[str, str], *, now: datetime) -> None:
    """`lacking`: channel -> what is missing."""
    for channel, sentence in lacking.items():
        _open_once(LACKING, channel, f"Messages wait. {sentence}", now)


def anything_lacks() -> bool:
    return WorkItem.objects.filter(kind=LACKING, state=WorkItem.State.OPEN).exists()


def clear_lacking(channels: Iterable[str], *, now: datetime) -> None:
    """These channels can be used again."""
    solved = WorkItem.objects.filter(
        kind=LACKING, state=WorkItem.State.OPEN, subject_public_id__in=list(channels)
    ).values_list("pk", flat=True)
    close_items(list(solved), acting_user=None, now=now, outcome="Messages leave again.")


def report_blocked_words(faults: Iterable[Fault], *, now: datetime) -> None:
    for fault in dict.fromkeys(faults):
        _open_once(BLOCKED, fault.name.lower(), f"A message was not sent. {fault.value}", now)


def _open_once(kind: str, subject: str, title: str, now: datetime) -> None:
    if not is_open(kind, subject):
        _open(kind, subject, title, now)


@transaction.atomic
def _open(kind: str, subject: str, title: str, now: datetime) -> None:
    """Many messages may be kept by one cause at the same moment; they look and open one after the other."""
    lock_until_commit(kind, subject)
    if is_open(kind, subject):
        return
    open_item(
        kind=kind,
        title=title[:200],
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name=PAGE,
        subject_public_id=subject,
        now=now,
    )
