"""Each rule is looked at by its owner once a quarter: one of the practice's own by itself, the built-in ones as two books.

What nobody looks at keeps running, and shows that it is due (DOMAIN 2.8).
"""

from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.audit.trail import record
from apps.claims.models import PayerRule, RuleBook
from apps.claims.models.reviews import REVIEWED_EVERY
from apps.claims.services.payer_rules import RuleRefusedError
from apps.core.clock import practice_date
from apps.core.models import User
from apps.practice.access import role_of
from apps.practice.roles import Permission, may
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, close_item, open_items
from apps.worklist.services import assign

REVIEW_KIND = "payer_rule_review"
BOOK_REVIEW_KIND = "rule_book_review"
Row = TypeVar("Row", PayerRule, RuleBook)


@transaction.atomic
def review_rules(*, now: datetime) -> int:
    """One open item of work for each rule that runs and each book that is due, its owner's. How many are new."""
    for kind in RuleBook.Kind:
        _open_book(kind, now)
    return _ask(PayerRule.objects.filter(state=PayerRule.State.ON), now) + _ask(RuleBook.objects.all(), now)


def _ask(running: "QuerySet[Row]", now: datetime) -> int:
    untold = Q(review_item=None) | ~Q(review_item__state=WorkItem.State.OPEN)
    due = running.filter(untold, review_on__lte=practice_date(now))
    rows = list(due.select_for_update(of=("self",), skip_locked=True).select_related("owner").order_by("pk"))
    items = open_items([_work(row) for row in rows], now=now)
    for row, item in zip(rows, items, strict=True):
        item.assignee = _reviewer(row)
        row.review_item = item
    WorkItem.objects.bulk_update(items, ["assignee"])
    running.model.objects.bulk_update(rows, ["review_item"])
    return len(rows)


def _work(row: PayerRule | RuleBook) -> NewItem:
    if isinstance(row, RuleBook):
        title = f"Review the built-in {row.get_kind_display().lower()}: what they found and what they let pass"
        return NewItem(
            kind=BOOK_REVIEW_KIND,
            title=title,
            owner_role=_role(row),
            url_name="claims:rule_book",
            subject_public_id=row.kind,
            due_on=row.review_on,
        )
    return NewItem(
        kind=REVIEW_KIND,
        title=f"Review rule {row.code}, {row.name}: does it still do what it was written for?",
        owner_role=_role(row),
        url_name="claims:review_payer_rule",
        subject_public_id=row.public_id,
        due_on=row.review_on,
    )


def _reviewer(row: PayerRule | RuleBook) -> User | None:
    """The owner, while that person may still do it: who has left, or works elsewhere by now, would never see it."""
    role = role_of(row.owner)
    return row.owner if role and may(role, Permission.EDIT_CLAIMS) else None


def _role(row: PayerRule | RuleBook) -> WorkItem.OwnerRole:
    if role := role_of(_reviewer(row)):
        return WorkItem.OwnerRole(role)
    return row.role if isinstance(row, RuleBook) else WorkItem.OwnerRole.ADMINISTRATOR


@transaction.atomic
def keep_review(*, rule_id: str, note: str, acting_user: User, now: datetime) -> PayerRule:
    """A person looked at it and lets it run on; the next review is in a quarter. Raises RuleRefusedError."""
    rows = PayerRule.objects.select_for_update(of=("self",)).select_related("review_item")
    row = rows.get(public_id=rule_id)
    _keep(row, note, acting_user, now)
    record(
        "review_payer_rule",
        acting_user=acting_user,
        now=now,
        subject_kind="payer_rule",
        subject_public_id=row.public_id,
        rule=row.code,
    )
    return row


@transaction.atomic
def keep_book_review(*, kind: RuleBook.Kind, note: str, acting_user: User, now: datetime) -> RuleBook:
    """A person looked at the built-in rules of this kind; the next review is in a quarter. Raises RuleRefusedError."""
    row = _book(kind, now)
    _keep(row, note, acting_user, now)
    _book_changed("review_rule_book", row, acting_user, now)
    return row


@transaction.atomic
def give_book(*, kind: RuleBook.Kind, owner: User | None, acting_user: User, now: datetime) -> RuleBook:
    """Who answers for the built-in rules of this kind from now on; None: every coder, or every biller. An open review goes with them."""
    row = _book(kind, now)
    row.owner = owner
    row.save(update_fields=["owner"])
    if row.review_item and row.review_item.state == WorkItem.State.OPEN:
        WorkItem.objects.filter(pk=row.review_item.pk).update(owner_role=_role(row))
        assign(items=[row.review_item], assignee=owner, acting_user=acting_user, now=now)
    _book_changed("give_rule_book", row, acting_user, now)
    return row


def _open_book(kind: RuleBook.Kind, now: datetime) -> None:
    RuleBook.objects.get_or_create(kind=kind, defaults={"review_on": practice_date(now) + REVIEWED_EVERY})


def _book(kind: RuleBook.Kind, now: datetime) -> RuleBook:
    _open_book(kind, now)
    rows = RuleBook.objects.select_for_update(of=("self",)).select_related("review_item", "owner")
    return rows.get(kind=kind)


def _keep(row: PayerRule | RuleBook, note: str, acting_user: User, now: datetime) -> None:
    if not note.strip():
        raise RuleRefusedError("Say what you found.")
    row.reviewed_at, row.reviewed_by, row.review_note = now, acting_user, note.strip()[:300]
    row.review_on = practice_date(now) + REVIEWED_EVERY
    row.save(update_fields=["reviewed_at", "reviewed_by", "review_note", "review_on"])
    close_item(row.review_item, acting_user=acting_user, now=now, outcome="Looked at; it runs on.")


def _book_changed(action: str, row: RuleBook, acting_user: User, now: datetime) -> None:
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="rule_book",
        subject_public_id=row.kind,
        owner=row.owner.public_id if row.owner else "",
    )
