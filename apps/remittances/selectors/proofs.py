"""How a payment's and a claim's figures add up, and what of them was posted: each with the segment that says so."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from apps.core.money import ZERO
from apps.ledger.models import Account, Leg
from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment, RemittedClaim


@dataclass(frozen=True, slots=True)
class PaymentProof:
    """BPR02 = claims (CLP04) - adjustments (PLB) + rest, dollars. `rest`: what neither explains, 0.00 in a balanced payment."""

    amount: Decimal
    claims: Decimal
    adjustments: Decimal

    @property
    def rest(self) -> Decimal:
        return self.amount - self.claims + self.adjustments


def payment_proof(payment: RemittancePayment) -> PaymentProof:
    claims = payment.claims.aggregate(total=Sum("paid"))["total"] or ZERO
    adjustments = payment.provider_adjustments.aggregate(total=Sum("amount"))["total"] or ZERO
    return PaymentProof(payment.amount, claims, adjustments)


@dataclass(frozen=True, slots=True)
class PostedFigure:
    """Of one account what an entry moved, debit positive, and the segment that the entry names."""

    words: str
    amount: Decimal
    segment: int | None


def posted_figures(row: RemittedClaim) -> list[PostedFigure]:
    """What stands in the ledger for a remitted claim; nothing where it waits, moved nothing or was taken back before it was booked."""
    legs = Leg.objects.filter(entry=row.entry_id) if row.entry_id else Leg.objects.none()
    sums = legs.values_list("account", "entry__segment").annotate(Sum("amount")).order_by("account")
    return [
        PostedFigure(str(Account(account).label).capitalize(), amount, segment) for account, segment, amount in sums
    ]


FILE_STATES = tuple(RemittanceFile.State.values)


@dataclass(slots=True)
class FileRow:
    """A file with its payments (number, dollars without duplicates and second parts), its claims by outcome and what waits."""

    file: RemittanceFile
    payments: int = 0
    amount: Decimal = ZERO
    duplicates: int = 0
    outcomes: tuple[tuple[str, int], ...] = ()
    waiting: int = 0

    @property
    def claims(self) -> int:
        return sum(number for _, number in self.outcomes)


def files(*, state: str = "", waiting: bool = False) -> "QuerySet[RemittanceFile]":
    """Newest first. `waiting`: only those of which a person must settle something."""
    found = RemittanceFile.objects.select_related("transmission").defer("transmission__payload")
    if state in FILE_STATES:
        found = found.filter(state=state)
    if waiting:
        open_ones = RemittanceException.objects.filter(file=OuterRef("pk"), state=RemittanceException.State.OPEN)
        found = found.filter(Exists(open_ones))
    return found.order_by("-received_at", "-pk")


def file_states() -> list[tuple[str, int]]:
    return list(RemittanceFile.objects.values_list("state").annotate(Count("pk")).order_by("state"))


def file_rows(shown: list[RemittanceFile]) -> list[FileRow]:
    """In three queries, however many."""
    rows = {file.pk: FileRow(file) for file in shown}
    payments = RemittancePayment.objects.filter(file__in=rows).values_list("file").order_by()
    sums = payments.annotate(
        number=Count("pk"),
        whole=Sum("amount", filter=Q(duplicate_of=None, continues=None), default=ZERO),
        copies=Count("pk", filter=~Q(duplicate_of=None)),
    )
    for key, number, amount, duplicates in sums:
        rows[key].payments, rows[key].amount, rows[key].duplicates = number, amount, duplicates
    claims = RemittedClaim.objects.filter(payment__file__in=rows).values_list("payment__file", "outcome")
    for key, outcome, number in claims.annotate(Count("pk")).order_by("payment__file", "outcome"):
        rows[key].outcomes += ((outcome, number),)
    waiting = RemittanceException.objects.filter(file__in=rows, state=RemittanceException.State.OPEN)
    for key, number in waiting.values_list("file").annotate(Count("pk")).order_by():
        rows[key].waiting = number
    return list(rows.values())
