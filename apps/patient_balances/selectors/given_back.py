"""Which rows speak of one card payment, and how much of it the processor has given back or a bank has taken.

A payment is known by the processor's payment intent; by our reference only where one side does not tell the intent.
"""

from decimal import Decimal

from django.db.models import Case, F, Q, Sum, When

from apps.core.money import ZERO
from apps.ledger.models import Account, Leg
from apps.patient_balances.models import CardDispute, PatientPayment, StrayPayment

Kind = StrayPayment.Kind
NOTHING = Q(pk__in=())


def same_payment(reference: str, intent: str) -> Q:
    """For PatientPayment, StrayPayment and CardDispute alike."""
    if intent:
        by_reference = Q(reference=reference, payment_intent="") if reference else NOTHING
        return Q(payment_intent=intent) | by_reference
    return Q(reference=reference) if reference else NOTHING


def given_back(reference: str, intent: str) -> Decimal:
    """What is in the ledger of the payment's refunds."""
    posted = StrayPayment.objects.filter(same_payment(reference, intent), kind=Kind.REFUND, entry__isnull=False)
    return posted.aggregate(total=Sum("amount"))["total"] or ZERO


def disputed_away(reference: str, intent: str) -> Decimal:
    """What the ledger shows as taken back by the cardholder's bank."""
    gone = CardDispute.objects.filter(same_payment(reference, intent), entry__isnull=False)
    restored = Case(When(restoring_entry=None, then=ZERO), default=F("restored_amount"))
    return gone.aggregate(total=Sum(F("amount") - restored))["total"] or ZERO


def left_on_balances(reference: str, intent: str) -> dict[int, Decimal]:
    """By balance, what is still there of a payment that its patient made for it: less what was given back or taken by a bank."""
    same = same_payment(reference, intent)
    disputes = CardDispute.objects.filter(same)
    moved = PatientPayment.objects.filter(same).values_list("entry_id")
    moved = moved.union(StrayPayment.objects.filter(same, kind=Kind.REFUND).values_list("entry_id"))
    moved = moved.union(disputes.values_list("entry_id"), disputes.values_list("restoring_entry_id"))
    entries = [entry for (entry,) in moved if entry]
    legs = Leg.objects.filter(entry__in=entries, account=Account.PATIENT_RECEIVABLE, charge__isnull=False)
    sums = legs.order_by().values("charge__encounter__balances").annotate(total=Sum("amount"))
    return {row["charge__encounter__balances"]: max(-row["total"], ZERO) for row in sums}


def left_of(unmatched: StrayPayment) -> Decimal:
    """What still waits as unapplied cash of money that was never placed."""
    named = unmatched.reference, unmatched.payment_intent
    return Decimal(unmatched.amount) - given_back(*named) - disputed_away(*named)
