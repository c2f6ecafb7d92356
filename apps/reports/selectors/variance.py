"""What first payers allowed against what their contracts say, by payer and procedure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from apps.claims.models import Adjudication
from apps.core.money import ZERO
from apps.remittances.models import UnderpaidLine

_VERDICT = Adjudication.ContractVerdict


@dataclass(frozen=True, slots=True)
class Variance:
    """Of one payer and procedure: lines compared with the contract, and of those that fall short their number and dollars."""

    payer_id: str
    payer: str
    procedure: str
    compared: int
    lines: int = 0
    expected: Decimal = ZERO
    allowed: Decimal = ZERO
    short: Decimal = ZERO

    @property
    def share(self) -> Decimal:
        """Of the compared lines, how many fall short."""
        return Decimal(self.lines) / self.compared


def variances(since: date | None) -> list[Variance]:
    """Of answers that stand, remitted since that day (None: all): the most money first, then by payer and procedure."""
    short = {
        (payer, procedure): (number, expected, allowed, amount)
        for payer, procedure, number, expected, allowed, amount in _short(since)
        .values_list("adjudication__payer__public_id", "procedure")
        .annotate(Count("pk"), Sum("expected"), Sum("allowed"), Sum("short"))
        .order_by()
    }
    compared = Adjudication.objects.filter(
        _since(since), contract_verdict__in=(_VERDICT.AS_AGREED, _VERDICT.UNDERPAID), reversed=False
    )
    rows = compared.values_list("payer__public_id", "payer__name", "line__procedure").annotate(Count("pk")).order_by()
    found = [
        Variance(payer, name, procedure, number, *short.get((payer, procedure), ()))
        for payer, name, procedure, number in rows
    ]
    return sorted(found, key=lambda row: (-row.short, row.payer, row.procedure))


def evidence_lines(since: date | None, *, payer: str, procedure: str) -> "QuerySet[UnderpaidLine]":
    """The lines that fall short, the newest first."""
    rows = _short(since).filter(adjudication__payer__public_id=payer, procedure=procedure)
    rows = rows.select_related("adjudication__claim__patient", "underpayment")
    return rows.order_by("-adjudication__remitted_on", "-pk")


def _short(since: date | None) -> "QuerySet[UnderpaidLine]":
    rows = UnderpaidLine.objects.filter(taken_back=False, adjudication__reversed=False)
    return rows.filter(adjudication__remitted_on__gte=since) if since else rows


def _since(since: date | None) -> Q:
    return Q(remitted_on__gte=since) if since else Q()
