"""Which payments a cardholder contests, and which disputes a balance has."""

from collections.abc import Iterable

from django.db.models import QuerySet

from apps.patient_balances.models import CardDispute, PatientPayment, StrayPayment
from apps.patient_balances.selectors.given_back import same_payment


def paid_of(dispute: CardDispute) -> "QuerySet[PatientPayment]":
    same = same_payment(dispute.reference, dispute.payment_intent)
    return PatientPayment.objects.filter(same, state=PatientPayment.State.PAID)


def payments_of(dispute: CardDispute) -> list[PatientPayment]:
    """With their visits and patients."""
    return list(paid_of(dispute).select_related("balance__patient", "balance__encounter").order_by("pk"))


def unplaced_of(dispute: CardDispute) -> StrayPayment | None:
    """The money, where it came without an owner and nobody has placed it."""
    same = same_payment(dispute.reference, dispute.payment_intent)
    return StrayPayment.objects.filter(same, kind=StrayPayment.Kind.UNMATCHED, applied_to=None).order_by("pk").first()


def disputes_of(payments: Iterable[PatientPayment]) -> list[CardDispute]:
    """The newest first."""
    intents = {payment.payment_intent for payment in payments if payment.payment_intent}
    return list(CardDispute.objects.filter(payment_intent__in=intents).order_by("-opened_at")) if intents else []
