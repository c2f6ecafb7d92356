"""A payment that a person entered from paper was wrong as a whole, its amount for instance: all of it is undone, its deposit too.

Each of its answers is reversed by hand, and an 835 of ours in which the payer takes the whole amount (BPR03 D) undoes what is left: the
money that the reversals freed, the adjustments of the payment, and the rest that no claim explained.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from apps.audit.trail import record
from apps.core.clock import practice_date
from apps.core.models import User
from apps.core.money import ZERO
from apps.ledger.services import needs_approval
from apps.remittances.models import (
    ExpectedDeposit,
    HandRemittance,
    ProviderAdjustment,
    RemittanceException,
    RemittancePayment,
    RemittedClaim,
)
from apps.remittances.rules.entered import FROM_CASH_NOT_APPLIED, EnteredAdjustment
from apps.remittances.selectors.parked import left_of, unapplied_of
from apps.remittances.selectors.situations import billed_claims
from apps.remittances.services.deposit_matches import lock_deposits
from apps.remittances.services.hand_files import HandEntryError, HandWork, header_of_payment, post_by_hand
from apps.remittances.services.parked_work import keep_parked_work
from apps.remittances.services.reverse_by_hand import reverse_by_hand
from apps.remittances.services.set_aside import set_payment_aside
from apps.remittances.services.settle_exception import park
from apps.remittances.services.settlements import mark_settled

_POSTED = (RemittedClaim.Outcome.POSTED, RemittedClaim.Outcome.POSTED_WITH_DENIAL)
_SILENT = (RemittedClaim.Outcome.INFORMATIONAL, RemittedClaim.Outcome.PARKED)
_MATCHED = "A line of the bank is matched to it. Take the match apart first."
_Kind, _State = RemittanceException.Kind, RemittanceException.State


def why_not_to_reverse_payment(payment: RemittancePayment) -> str:
    """A sentence; empty where all of it can be undone here."""
    entered = HandRemittance.objects.filter(transmission=payment.file.transmission_id).first()
    if entered is None or entered.purpose != HandRemittance.Purpose.EOB:
        return "Only what was entered from paper is undone as a whole."
    if HandRemittance.objects.filter(takes_back_payment=payment).exists():
        return "This payment was undone already."
    if RemittancePayment.objects.filter(Q(duplicate_of=payment) | Q(continues=payment)).exists():
        return "The payer's own 835 of this payment has come: it is no mistake of whoever entered it."
    deposit = ExpectedDeposit.objects.filter(payment=payment).first()
    if deposit is not None and (deposit.received or deposit.differs):
        return _MATCHED
    return _of_claims(payment) or _of_money(payment)


def _of_claims(payment: RemittancePayment) -> str:
    if payment.claims.exclude(outcome__in=(*_POSTED, *_SILENT)).exists():
        return "A claim of it waits, was split or takes something back. Settle and reverse that first."
    undone = RemittedClaim.objects.filter(reverses__payment=payment, reverses__reversed_by_hand=None)
    if undone.exists():
        return "The payer took an answer of it back itself: it is no mistake of whoever entered it."
    return ""


def _of_money(payment: RemittancePayment) -> str:
    """What was freed by earlier reversals, or set apart, is still there."""
    apart = list(payment.exceptions.filter(entry__isnull=False))
    if len(apart) > 1 or any(left_of(each) != each.amount for each in apart):
        return "What was set apart of it has found its place. Take that back first."
    freed = _sum(payment.claims.filter(outcome__in=_POSTED, reversed_by_hand__isnull=False), "paid")
    if freed > unapplied_of(payment.payer_id):
        return "What its reversed claims freed has found its place. Take that back first."
    return ""


@transaction.atomic
def reverse_payment(
    *, payment: RemittancePayment, note: str, approves: bool, acting_user: User, now: datetime
) -> RemittancePayment:
    """Gives the payment by which the payer takes it all. `approves`: whether this person may approve write-offs; above their limit the
    books of a payment are undone by such a person, other than who entered it.

    Raises HandEntryError where it cannot be undone so, and nothing has changed.
    """
    if not note.strip():
        raise HandEntryError("Say in a note what was wrong, for those who read it later.")
    billed_claims(Q(pk__in=payment.claims.values("claim")))  # all of them, in the order in which everybody locks them
    payment = (
        RemittancePayment.objects.select_for_update(of=("self",)).select_related("payer", "file").get(pk=payment.pk)
    )
    refusal = why_not_to_reverse_payment(payment) or _unapproved(payment, approves=approves, acting_user=acting_user)
    if refusal:
        raise HandEntryError(refusal)
    whole = _Whole(payment, note, acting_user, now)
    posted = whole.undo()
    record(
        "reverse_payment",
        acting_user=acting_user,
        now=now,
        subject_kind="remittance_file",
        subject_public_id=payment.file.public_id,
        patients=sorted(
            set(payment.claims.filter(claim__isnull=False).values_list("claim__patient__public_id", flat=True))
        ),
        amount=str(payment.amount),
        note=note.strip()[:200],
    )
    return posted


def _unapproved(payment: RemittancePayment, *, approves: bool, acting_user: User) -> str:
    entered = HandRemittance.objects.get(transmission=payment.file.transmission_id)
    if not needs_approval(payment.amount) or (approves and entered.entered_by_id != acting_user.pk):
        return ""
    return "This is above what one person may undo. Ask an administrator other than who entered it."


@dataclass(frozen=True, slots=True)
class _Whole:
    payment: RemittancePayment
    note: str
    acting_user: User
    now: datetime

    def undo(self) -> RemittancePayment:
        today = practice_date(self.now)
        standing = self.payment.claims.filter(outcome__in=_POSTED)
        for row in standing.filter(reversed_by_hand=None).order_by("number"):
            reverse_by_hand(
                remitted_claim=row, letter_on=today, note=self.note, acting_user=self.acting_user, now=self.now
            )
        apart = self._set_apart()
        rest = apart.amount if apart else ZERO
        work = HandWork(
            purpose=HandRemittance.Purpose.PAYMENT,
            acting_user=self.acting_user,
            note=self.note,
            now=self.now,
            source=apart,
            drawn=rest,
            takes_back_payment=self.payment,
        )
        # Named by the payment too: one check may be entered, undone and entered again.
        number = f"{self.payment.trace_number[:30]} {self.payment.public_id}"
        told = {"trace_number": number, "paid_on": today, "amount": -self.payment.amount}
        header = header_of_payment(self.payment, method=self.payment.method, **told)
        posted = post_by_hand(header, [], self._adjustments(_sum(standing, "paid") + rest), work)
        if posted.exceptions.exists():
            raise HandEntryError("What was posted of it does not add up to its amount. Run manage.py check_ledger.")
        if apart is not None:
            keep_parked_work(apart, acting_user=self.acting_user, now=self.now)
        self._expect_nothing()
        return posted

    def _adjustments(self, from_apart: Decimal) -> Sequence[EnteredAdjustment]:
        own = [
            EnteredAdjustment(each.reason, -each.amount, each.reference)
            for each in ProviderAdjustment.objects.filter(payment=self.payment).order_by("number")
        ]
        return [*([EnteredAdjustment(FROM_CASH_NOT_APPLIED, from_apart)] if from_apart else []), *own]

    def _set_apart(self) -> RemittanceException | None:
        """What no claim explained, as cash not applied; what waited for a look needs none any more."""
        found = self.payment.exceptions.select_for_update(of=("self",)).select_related("payment", "file", "work_item")
        apart = found.filter(entry__isnull=False).first()
        for each in found.filter(state=_State.OPEN):
            if each.kind == _Kind.CLEARING:
                apart = each
            entry_id = park(each, self.now)
            mark_settled(each, note=self.note, acting_user=self.acting_user, now=self.now, entry_id=entry_id)
        return apart

    def _expect_nothing(self) -> None:
        lock_deposits()
        deposit = ExpectedDeposit.objects.filter(payment=self.payment).first()
        if deposit is None or deposit.state == ExpectedDeposit.State.SET_ASIDE:
            return
        if deposit.received or deposit.differs:
            raise HandEntryError(_MATCHED)
        set_payment_aside(
            expected_id=deposit.public_id, note=f"Undone: {self.note}", acting_user=self.acting_user, now=self.now
        )


def _sum(rows: QuerySet[Any], name: str) -> Decimal:
    found: Decimal | None = rows.aggregate(total=Sum(name))["total"]
    return found or ZERO
