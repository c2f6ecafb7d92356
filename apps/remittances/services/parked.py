"""Payers' money that was set apart comes out again: to claims of ours, or back to its payer. Never more than is left of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from apps.audit.trail import record
from apps.core.clock import practice_date
from apps.core.models import User
from apps.core.money import ZERO
from apps.ledger.services import post_entries
from apps.remittances.encode import Source, refund_entry
from apps.remittances.models import HandRemittance, RemittanceException, RemittancePayment
from apps.remittances.rules.entered import EnteredClaim
from apps.remittances.rules.words import dollars
from apps.remittances.selectors.parked import left_of, refund_key
from apps.remittances.selectors.situations import billed_claims
from apps.remittances.services.hand_files import HandWork
from apps.remittances.services.parked_work import keep_parked_work
from apps.remittances.services.settle_exception import SettlementError
from apps.remittances.services.split_exception import check_parts, post_parts


def apply_parked(
    *, exception_id: str, claims: Sequence[EnteredClaim], note: str, acting_user: User, now: datetime
) -> RemittancePayment:
    """What the claims are paid comes out of the money that this exception set apart. Gives the payment of nothing that says so.

    Raises SettlementError where that is more than is left, or a claim cannot take it, and nothing has changed.
    """
    if not note.strip():
        raise SettlementError("Say in a note why, for those who read it later.")
    paid = sum((claim.paid for claim in claims), ZERO)
    with _placing(exception_id, paid, claims) as (exception, left):
        if exception.payment is None:
            raise SettlementError("There is no payment here to apply.")
        check_parts(left, claims, left - paid)
        work = HandWork(
            purpose=HandRemittance.Purpose.APPLIED,
            acting_user=acting_user,
            note=note,
            now=now,
            source=exception,
            drawn=paid,
        )
        posted = post_parts(exception.payment, claims, work)
        keep_parked_work(exception, acting_user=acting_user, now=now)
        record(
            "apply_parked",
            acting_user=acting_user,
            now=now,
            subject_kind="remittance_exception",
            subject_public_id=exception_id,
            amount=str(paid),
        )
    return posted


def take_out_to_refund(*, exception_id: str, amount: Decimal, acting_user: User, now: datetime) -> int:
    """The ledger's entry by which so many dollars of what was set apart leave as a refund; who keeps the refund's record calls it, in
    a transaction. Raises SettlementError where that is more than is left.
    """
    with _placing(exception_id, amount, ()) as (exception, _):
        payment = exception.payment
        if payment is None:
            raise SettlementError("There is no payment here to refund.")
        key = refund_key(exception)
        source = Source(key, exception.file.transmission_id, payment.segment, practice_date(now), practice_date(now))
        entry = refund_entry(key, amount, payer_id=payment.payer_id, source=source)
        entry_id = post_entries([entry], now=now).entry_id(key)
        keep_parked_work(exception, acting_user=acting_user, now=now)
    return entry_id


@contextmanager
def _placing(
    exception_id: str, amount: Decimal, claims: Sequence[EnteredClaim]
) -> Iterator[tuple[RemittanceException, Decimal]]:
    """The exception, locked behind the claims' visits, and what is left of what it set apart; one transaction."""
    with transaction.atomic():
        billed_claims(Q(pk__in=[each.billed.claim_id for each in claims]))
        exception = (
            RemittanceException.objects.select_for_update(of=("self",))
            .select_related("payment__payer", "file")
            .get(public_id=exception_id)
        )
        left = left_of(exception)
        if amount <= ZERO:
            raise SettlementError("Name how much of it is placed.")
        if amount > left:
            raise SettlementError(f"{dollars(max(left, ZERO))} of it is left; {dollars(amount)} cannot be taken out.")
        yield exception, left
