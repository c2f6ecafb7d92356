"""The message log, the consent register, and all that hangs on one balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet

from apps.core.sort_order import order_of
from apps.intake.models import Consent
from apps.patient_balances.models import (
    Balance,
    CardDispute,
    InboundMessage,
    Message,
    PatientPayment,
    PatientRequest,
    PaymentLink,
)
from apps.patient_balances.selectors.disputes import disputes_of
from apps.patient_balances.selectors.statement import Visit, visits_of

NEWEST_FIRST = "-when"
SORTS = {
    "patient": ("balance__patient__last_name", "balance__patient__first_name"),
    "when": ("due_at",),
}


def messages_log(*, state: str = "", channel: str = "", touch: str = "", sort: str = "") -> "QuerySet[Message]":
    """Each filter is one of the model's values or empty. By one of SORTS, turned by a minus before it; else the newest first."""
    order = order_of(sort, SORTS) or order_of(NEWEST_FIRST, SORTS)
    found = Message.objects.select_related("balance__patient", "sent_with").order_by(*order)
    for field, value in (("state", state), ("channel", channel), ("touch", touch)):
        if value:
            found = found.filter(**{field: value})
    return found


def message_counts(field: str) -> dict[str, int]:
    return dict(Message.objects.order_by().values_list(field).annotate(number=Count("pk")))


def consent_register(*, ended: bool | None = None) -> "QuerySet[Consent]":
    found = Consent.objects.select_related("patient").order_by("-given_on", "-pk")
    return found if ended is None else found.filter(revoked_at__isnull=not ended)


@dataclass(frozen=True, slots=True)
class BalanceView:
    balance: Balance
    visit: Visit
    messages: Sequence[Message]
    payments: Sequence[PatientPayment]
    disputes: Sequence[CardDispute]
    links: Sequence[PaymentLink]
    requests: Sequence[PatientRequest]
    inbound: Sequence[InboundMessage]
    consents: Sequence[Consent]
    others: Sequence[Balance]

    @property
    def owed(self) -> Decimal:
        return self.visit.owed


def balance_view(public_id: str) -> BalanceView | None:
    """In a constant number of queries; None where there is none."""
    found = Balance.objects.filter(public_id=public_id)
    visits = visits_of(found.select_related("patient", "claim__payer", "work_item"))
    if not visits:
        return None
    balance = visits[0].balance
    patient = balance.patient
    links = PaymentLink.objects.filter(balance__patient=patient).order_by("-created_at")
    payments = list(balance.payments.order_by("-started_at"))
    return BalanceView(
        balance=balance,
        visit=visits[0],
        messages=list(balance.messages.select_related("sent_with", "link").order_by("-due_at", "-pk")),
        payments=payments,
        disputes=disputes_of(payments),
        links=list(links[:12]),
        requests=list(balance.requests.order_by("-at")),
        inbound=list(InboundMessage.objects.filter(patient=patient).order_by("-at")[:12]),
        consents=list(patient.consents.order_by("-given_on", "-pk")),
        others=list(patient.balances.exclude(pk=balance.pk).order_by("-opened_at")[:12]),
    )
