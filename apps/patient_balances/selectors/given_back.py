"""Which rows speak of one card payment, and how much of it the processor has given back or a bank has taken.

A payment is known by the processor's payment intent; by our reference only where one side does not tell the intent.
"""

from decimal import Decimal

from django.db.models import Q, Sum

from apps.core.money import ZERO
from apps.patient_balances.models import CardDispute, StrayPayment

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
    gone = CardDispute.objects.filter(same_payment(reference, intent), entry__isnull=False, restoring_entry=None)
    return gone.aggregate(total=Sum("amount"))["total"] or ZERO


def left_of(unmatched: StrayPayment) -> Decimal:
    """What still waits as unapplied cash of money that was never placed."""
    named = unmatched.reference, unmatched.payment_intent
    return Decimal(unmatched.amount) - given_back(*named) - disputed_away(*named)
