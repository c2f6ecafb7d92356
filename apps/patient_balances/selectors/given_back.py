"""Which rows speak of one card payment, and how much of it the processor has given back or a bank has taken.

A payment is known by the processor's payment intent; by our reference only where one side does not tell the intent.
"""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Min, Q, Sum

from apps.core.money import ZERO
from apps.ledger.models import Account, Leg
from apps.patient_balances.models import CardDispute, DisputeReturn, PatientPayment, StrayPayment

Kind = StrayPayment.Kind
NOTHING = Q(pk__in=())
Line = tuple[int | None, int]  # patient and charge


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
    again = DisputeReturn.objects.filter(dispute__in=gone).aggregate(total=Sum("amount", default=ZERO))
    return Decimal(gone.aggregate(total=Sum("amount", default=ZERO))["total"] - again["total"])


def left_on_visits(reference: str, intent: str) -> dict[int, dict[Line, Decimal]]:
    """By visit and line, in the order of the payment, what is still there of it: less what was given back or taken by a bank.

    A line may have less than nothing, where what another of its visit was paid was given back on it.
    """
    same = same_payment(reference, intent)
    disputes = CardDispute.objects.filter(same)
    moved = PatientPayment.objects.filter(same).values_list("entry_id")
    moved = moved.union(StrayPayment.objects.filter(same, kind=Kind.REFUND).values_list("entry_id"))
    again = DisputeReturn.objects.filter(dispute__in=disputes)
    moved = moved.union(disputes.values_list("entry_id"), again.values_list("entry_id"))
    entries = [entry for (entry,) in moved if entry]
    legs = Leg.objects.filter(entry__in=entries, account=Account.PATIENT_RECEIVABLE, charge__isnull=False)
    sums = legs.values_list("charge__encounter", "patient", "charge").annotate(total=Sum("amount"), first=Min("pk"))
    found: defaultdict[int, dict[Line, Decimal]] = defaultdict(dict)
    for visit, patient, charge, total, _first in sums.order_by("first"):
        found[visit][patient, charge] = -total
    return dict(found)


def left_of(unmatched: StrayPayment) -> Decimal:
    """What still waits as unapplied cash of money that was never placed."""
    named = unmatched.reference, unmatched.payment_intent
    return Decimal(unmatched.amount) - given_back(*named) - disputed_away(*named)
