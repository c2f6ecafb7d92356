"""Each rule is looked at by its owner once a quarter. One that nobody looks at keeps running, and shows that it is due (DOMAIN 2.8)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from apps.audit.trail import record
from apps.claims.models import PayerRule
from apps.claims.services.payer_rules import REVIEWED_EVERY, RuleRefusedError
from apps.core.clock import practice_date
from apps.core.models import User
from apps.practice.access import role_of
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, close_item, open_items

REVIEW_KIND = "payer_rule_review"


@transaction.atomic
def review_payer_rules(*, now: datetime) -> int:
    """One open item of work for each rule that runs and is due, its owner's. How many are new."""
    untold = Q(review_item=None) | ~Q(review_item__state=WorkItem.State.OPEN)
    due = PayerRule.objects.filter(untold, state=PayerRule.State.ON, review_on__lte=practice_date(now))
    rows = list(due.select_for_update(of=("self",), skip_locked=True).select_related("owner").order_by("pk"))
    items = open_items([_work(row) for row in rows], now=now)
    for row, item in zip(rows, items, strict=True):
        item.assignee = row.owner
        row.review_item = item
    WorkItem.objects.bulk_update(items, ["assignee"])
    PayerRule.objects.bulk_update(rows, ["review_item"])
    return len(rows)


@transaction.atomic
def keep_review(*, rule_id: str, note: str, acting_user: User, now: datetime) -> PayerRule:
    """A person looked at it and lets it run on; the next review is in a quarter. Raises RuleRefusedError."""
    rows = PayerRule.objects.select_for_update(of=("self",)).select_related("review_item")
    row = rows.get(public_id=rule_id)
    if not note.strip():
        raise RuleRefusedError("Say what you found.")
    row.reviewed_at, row.reviewed_by, row.review_note = now, acting_user, note.strip()[:300]
    row.review_on = practice_date(now) + REVIEWED_EVERY
    row.save(update_fields=["reviewed_at", "reviewed_by", "review_note", "review_on"])
    close_item(row.review_item, acting_user=acting_user, now=now, outcome="Looked at; it runs on.")
    record(
        "review_payer_rule",
        acting_user=acting_user,
        now=now,
        subject_kind="payer_rule",
        subject_public_id=row.public_id,
        rule=row.code,
    )
    return row


def _work(row: PayerRule) -> NewItem:
    role = role_of(row.owner)
    owner_role = WorkItem.OwnerRole(role) if role else WorkItem.OwnerRole.ADMINISTRATOR
    return NewItem(
        kind=REVIEW_KIND,
        title=f"Review rule {row.code}, {row.name}: does it still do what it was written for?",
        owner_role=owner_role,
        url_name="claims:review_payer_rule",
        subject_public_id=row.public_id,
        due_on=row.review_on,
    )
