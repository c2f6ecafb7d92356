"""A rule that fails on a claim is a fault of ours: an administrator is told which and how, once, while a claim is held by it."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from apps.claims.models import Claim, Finding
from apps.claims.rules.failures import UNCHECKED, UNREADABLE, Failure
from apps.core.advisory_locks import lock_until_commit
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items, withdraw_items

FAILED_KIND = "rule_failed"
_WHAT_TO_DO = ": its claims are held. Report it to the makers, and see that a biller corrects what is odd"


def tell_failed(failures: Collection[tuple[int, Failure]], *, now: datetime) -> None:
    """Claims' keys with what failed on them; failures of one kind are one item, which shows one claim. The caller has a transaction."""
    if not failures:
        return
    lock_until_commit(FAILED_KIND)
    told = {_title(failure): key for key, failure in failures}
    known = set(_open().filter(title__in=told).values_list("title", flat=True))
    subjects = dict(Claim.objects.filter(pk__in=told.values()).values_list("pk", "public_id"))
    fresh = [(title, subjects[key]) for title, key in told.items() if title not in known]
    open_items([_work(title, subject) for title, subject in fresh], now=now)


def settle_failed(*, now: datetime) -> None:
    """What no claim is held by any more was mended."""
    waiting = dict(_open().values_list("pk", "title"))
    if not waiting:
        return
    held_by = Finding.objects.filter(rule__in=[UNCHECKED.code, UNREADABLE.code], state=Finding.State.OPEN)
    sentences = set(held_by.values_list("sentence", flat=True))
    ended = [
        key
        for key, title in waiting.items()
        if not any(sentence.startswith(title.removesuffix(_WHAT_TO_DO)) for sentence in sentences)
    ]
    withdraw_items(ended, now=now, outcome="No claim is held by it any more.")


def _open() -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(kind=FAILED_KIND, state=WorkItem.State.OPEN)


def _title(failure: Failure) -> str:
    return f"{failure.what}{_WHAT_TO_DO}"


def _work(title: str, subject: str) -> NewItem:
    return NewItem(
        kind=FAILED_KIND,
        title=title,
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name="claims:exception",
        subject_public_id=subject,
    )
