"""The bank's fee, or what it paid beyond its payments: the rest of a payment or of a credit, booked by a person with a reason."""

from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.clock import practice_date
from apps.core.jobs import nudge
from apps.core.models import User
from apps.core.money import ZERO
from apps.core.public_ids import new_public_id
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, needs_approval, post_entries, reverse_entries
from apps.remittances.models import BankLine, DepositDifference, ExpectedDeposit
from apps.remittances.rules.words import dollars
from apps.remittances.services.deposit_errors import DepositError
from apps.remittances.services.deposit_matches import lock_deposits, recount
from apps.worklist.queue import close_item


@transaction.atomic
def book_difference(
    *, subject: BankLine | ExpectedDeposit, reason: str, note: str, approves: bool, acting_user: User, now: datetime
) -> None:
    """What is left of `subject` is the bank's: deposits against other adjustments. Less cash where a payment lacks it, more where
    a credit has too much. `approves`: whether this person may approve write-offs; above the practice's limit it is such a person's, for
    no payer and no patient is asked for it any more.

    Raises DepositError where nothing of it was matched: then it is not a difference, but missing or unexplained.
    """
    lock_deposits()
    of_line = isinstance(subject, BankLine)
    subject.refresh_from_db()
    matched = subject.explained if isinstance(subject, BankLine) else subject.received
    waits = ("open",) if of_line else ExpectedDeposit.WAITING
    if subject.state not in waits or not subject.rest:
        raise DepositError("Nothing of this waits any more.")
    if not matched:
        raise DepositError("Nothing of this is matched yet. Match it first; what is then left can be booked.")
    if reason not in DepositDifference.Reason.values or not note.strip():
        raise DepositError("Choose what it is, and write why: the note is kept with your name.")
    if not approves and needs_approval(subject.rest):
        raise DepositError(
            f"{dollars(subject.rest)} is above what one person may give up. Ask an administrator to book it."
        )
    amount, public_id = subject.rest, new_public_id()
    cash = amount if of_line else -amount
    payer_id = None if isinstance(subject, BankLine) else subject.payment.payer_id
    legs = (
        NewLeg(Account.DEPOSITS, cash, None, None, payer_id),
        NewLeg(Account.OTHER_ADJUSTMENT, -cash, None, None, payer_id),
    )
    key = f"bank_difference:{public_id}"
    entry = NewEntry(Entry.Kind.ADJUSTMENT, key, practice_date(now), legs)
    DepositDifference.objects.create(
        public_id=public_id,
        line=subject if isinstance(subject, BankLine) else None,
        expected=None if isinstance(subject, BankLine) else subject,
        amount=amount,
        reason=reason,
        note=note.strip()[:300],
        entry_id=post_entries([entry], now=now).entry_id(key),
        made_at=now,
        made_by=acting_user,
    )
    _recount(subject, now)
    close_item(subject.work_item, acting_user=acting_user, now=now, outcome=f"Booked as a difference: {note}")
    _record("book_bank_difference", public_id, acting_user, now, amount=str(amount), reason=reason)


@transaction.atomic
def undo_difference(*, difference_id: str, acting_user: User, now: datetime) -> DepositDifference:
    """It was none: its entry is reversed, and the rest waits again. Raises DepositError where that was done."""
    lock_deposits()
    rows = DepositDifference.objects.filter(public_id=difference_id, undone_at=None)
    row = rows.select_related("line", "expected", "entry").first()
    if row is None:
        raise DepositError("This difference does not stand any more.")
    row.undone_at, row.undone_by = now, acting_user
    row.save(update_fields=["undone_at", "undone_by"])
    reverse_entries(keys=[row.entry.key], posted_on=practice_date(now), now=now)
    subject = row.line or row.expected
    if subject is not None:
        _recount(subject, now)
    _record("undo_bank_difference", difference_id, acting_user, now, amount=str(row.amount), reason=row.reason)
    nudge("reconcile_deposits")
    return row


def _recount(subject: BankLine | ExpectedDeposit, now: datetime) -> None:
    standing = subject.differences.filter(undone_at=None)
    subject.differs = sum(standing.values_list("amount", flat=True), ZERO)
    subject.save(update_fields=["differs"])
    lines, payments = ([subject.pk], []) if isinstance(subject, BankLine) else ([], [subject.pk])
    recount(lines, payments, now=now)


def _record(action: str, public_id: str, user: User, now: datetime, **detail: str) -> None:
    record(
        action,
        acting_user=user,
        now=now,
        subject_kind="deposit_difference",
        subject_public_id=public_id,
        **detail,
    )
