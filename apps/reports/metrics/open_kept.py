"""What is open now, from the balances that the ledger keeps of each charge line (`check_metrics` adds them up a second way)."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, DecimalField, F, Max, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from apps.core.money import ZERO
from apps.intake.models import Charge
from apps.ledger.models import ChargeBalance, Entry
from apps.reports.metrics.agency import AGENCY_CHARGES
from apps.reports.metrics.windows import Window, end_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

_CENTS = DecimalField(max_digits=14, decimal_places=2)
_NOTHING = Value(ZERO, output_field=_CENTS)
_IS_OPEN = Q(owed__lt=ZERO) | Q(owed__gt=ZERO)


class _Owed(TypedDict):
    owed: Decimal


def stands_at(on: date) -> bool:
    """Nothing was posted after that day, so that its end and now are the same to the ledger."""
    newest: date | None = Entry.objects.aggregate(newest=Max("posted_on"))["newest"]
    return newest is None or newest <= on


def receivable(_on: date) -> tuple[Decimal, Decimal]:
    found = _open_balances().aggregate(
        debits=Sum("owed", filter=Q(owed__gt=ZERO), default=ZERO),
        credits=Sum("owed", filter=Q(owed__lt=ZERO), default=ZERO),
    )
    return Decimal(found["debits"]), Decimal(found["credits"])


def _open_balances() -> "QuerySet[WithAnnotations[ChargeBalance, _Owed]]":
    patients = Case(When(charge__in=AGENCY_CHARGES, then=_NOTHING), default=F("patient_receivable"))
    standing = ChargeBalance.objects.exclude(insurance_receivable=ZERO, patient_receivable=ZERO)
    return standing.annotate(owed=F("insurance_receivable") + patients)


def with_agency(_on: date) -> Decimal:
    given = ChargeBalance.objects.filter(charge__in=AGENCY_CHARGES)
    return Decimal(given.aggregate(total=Sum("patient_receivable", default=ZERO))["total"])


def unbilled_charges(on: date) -> "QuerySet[Charge]":
    return Charge.objects.filter(_is_unbilled(on))


def _is_unbilled(on: date) -> Q:
    """A visit is marked billed in the transaction that posts its charges."""
    waits = Q(encounter__billed_at=None, ledger_balance__revenue=None)
    return waits & Q(encounter__service_date__lte=on, encounter__arrived_at__lt=end_of(on))


def revenue(window: Window) -> Decimal:
    served = ChargeBalance.objects.filter(charge__encounter__service_date__range=(window.first, window.last))
    return Decimal(served.aggregate(total=Sum("revenue", default=ZERO))["total"])


def rows(on: date) -> "QuerySet[Charge]":
    """Row by row along the visits' days, so that a page reads little more than what it shows."""
    return _with_owed().filter(_IS_OPEN | (_is_unbilled(on) & ~Q(amount=ZERO)))


def _with_owed() -> "QuerySet[Charge]":
    patients = Case(When(pk__in=AGENCY_CHARGES, then=_NOTHING), default=F("ledger_balance__patient_receivable"))
    owed = F("ledger_balance__insurance_receivable") + patients
    return Charge.objects.annotate(owed=owed, open_amount=Coalesce("owed", "amount", output_field=_CENTS))


def count(on: date) -> int:
    waiting = _with_owed().filter(_is_unbilled(on), Q(owed=None) | Q(owed=ZERO)).exclude(amount=ZERO)
    return _open_balances().exclude(owed=ZERO).count() + waiting.count()
