"""What the pages show, read in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from apps.core.money import ZERO
from apps.core.sort_order import order_of
from apps.remittances.models import (
    ProviderAdjustment,
    RemittanceException,
    RemittanceFile,
    RemittancePayment,
    RemittedClaim,
)
from apps.remittances.rules.provider_adjustments import sentence_of
from apps.remittances.selectors.by_hand import purposes_by_file
from apps.remittances.selectors.soundness import PaymentBalance, payment_balances

_OPEN = RemittanceException.objects.filter(state=RemittanceException.State.OPEN)
PAYMENT_SORTS = {
    "arrived": ("pk",),
    "payer": ("payer_name",),
    "paid": ("paid_on",),
    "trace": ("trace_number",),
    "amount": ("amount",),
}
NEWEST_FIRST = "-arrived"
FILTERS = ("waiting", "denials", "duplicates")


@dataclass(slots=True)
class PaymentRow:
    """`outcomes` are (outcome, number of claims). `waiting`: open exceptions. No balance for a duplicate or a second part.
    `by_hand`: what it was entered as, in words; empty for one that came.
    """

    payment: RemittancePayment
    balance: PaymentBalance | None = None
    outcomes: list[tuple[str, int]] = field(default_factory=list)
    waiting: int = 0
    by_hand: str = ""

    @property
    def claims(self) -> int:
        return sum(number for _, number in self.outcomes)


def payments(show: str = "", sort: str = "") -> "QuerySet[RemittancePayment]":
    """`show` is one of FILTERS, anything else shows all; `sort` one of PAYMENT_SORTS, anything else is the newest first."""
    order = order_of(sort, PAYMENT_SORTS) or order_of(NEWEST_FIRST, PAYMENT_SORTS)
    found = RemittancePayment.objects.select_related("file", "payer").order_by(*order)
    if show == "waiting":
        return found.filter(Exists(_OPEN.filter(payment=OuterRef("pk"))))
    if show == "denials":
        denied = RemittedClaim.objects.filter(outcome=RemittedClaim.Outcome.POSTED_WITH_DENIAL)
        return found.filter(Exists(denied.filter(payment=OuterRef("pk"))))
    if show == "duplicates":
        return found.exclude(duplicate_of=None)
    return found


def payment_rows(shown: Sequence[RemittancePayment]) -> list[PaymentRow]:
    balances = payment_balances(shown)
    rows = {payment.pk: PaymentRow(payment, balances.get(payment.pk)) for payment in shown}
    claims = RemittedClaim.objects.filter(payment__in=rows).values_list("payment", "outcome")
    for key, outcome, number in claims.annotate(Count("pk")).order_by("payment", "outcome"):
        rows[key].outcomes.append((outcome, number))
    for key, number in _OPEN.filter(payment__in=rows).values_list("payment").annotate(Count("pk")):
        rows[key].waiting = number
    entered = purposes_by_file({payment.file_id for payment in shown})
    for row in rows.values():
        row.by_hand = entered.get(row.payment.file_id, "")
    return list(rows.values())


def patients_of_payments(shown: Sequence[RemittancePayment]) -> list[str]:
    """Public ids of whom the payments speak."""
    claims = RemittedClaim.objects.filter(payment__in=shown, claim__isnull=False)
    return list(claims.order_by("claim__patient").values_list("claim__patient__public_id", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open exceptions and the dollars that wait in clearing for them; refused files have none."""

    number: int
    amount: Decimal


def waiting() -> Waiting:
    found = _OPEN.aggregate(number=Count("pk"), amount=Sum("amount"))
    return Waiting(found["number"], found["amount"] or ZERO)


def find_file(public_id: str) -> RemittanceFile | None:
    return RemittanceFile.objects.filter(public_id=public_id).select_related("transmission").first()


def claims_of(payment: RemittancePayment, outcome: str = "") -> "QuerySet[RemittedClaim]":
    found = payment.claims.select_related("claim__patient", "exception").order_by("number")
    return found.filter(outcome=outcome) if outcome else found


def find_exception(public_id: str) -> RemittanceException | None:
    return (
        RemittanceException.objects.filter(public_id=public_id)
        .select_related("payment__payer", "remitted_claim__claim__patient", "settled_by", "work_item")
        # By key: one join of all of these takes longer to plan than to read them one after the other.
        .prefetch_related(
            "payment__file__transmission", "file__transmission", "remitted_claim__payment__file__transmission"
        )
        .first()
    )


def payments_of(file: RemittanceFile) -> list[RemittancePayment]:
    found = file.payments.select_related("payer", "duplicate_of__file", "continues__file").order_by("number")
    payments = list(found)
    for payment in payments:
        payment.file = file
    return payments


def adjustments_of(payment: RemittancePayment) -> list[tuple[ProviderAdjustment, str]]:
    """Each PLB pair with our sentence."""
    return [(row, sentence_of(row.reason)) for row in payment.provider_adjustments.order_by("number")]


def find_remitted_claim(file: RemittanceFile, payment: int, number: int) -> RemittedClaim | None:
    found = RemittedClaim.objects.filter(payment__file=file, payment__number=payment, number=number)
    return found.select_related("payment__file__transmission", "claim__patient").first()
