"""What is open at the end of any day, added up from every leg posted until then.

It needs nothing that is kept, so it also proves what `open_kept` reads; over 100,000 claims it takes seconds.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.core.money import ZERO
from apps.intake.models import Charge
from apps.ledger.models import Account, Leg
from apps.ledger.selectors.balances import RECEIVABLES
from apps.reports.metrics.agency import AGENCY_CHARGES
from apps.reports.metrics.windows import Window, end_of

_CENTS = DecimalField(max_digits=14, decimal_places=2)
_WITH_AGENCY = Q(account=Account.PATIENT_RECEIVABLE, charge__in=AGENCY_CHARGES)


def receivable(on: date) -> tuple[Decimal, Decimal]:
    found = _by_charge(on).aggregate(
        debits=Sum("owed", filter=Q(owed__gt=ZERO), default=ZERO),
        credits=Sum("owed", filter=Q(owed__lt=ZERO), default=ZERO),
    )
    return Decimal(found["debits"]), Decimal(found["credits"])


def _by_charge(on: date) -> "QuerySet[Any, Any]":
    posted = Leg.objects.filter(~_WITH_AGENCY, account__in=RECEIVABLES, entry__posted_on__lte=on).order_by()
    return posted.values("charge_id").annotate(owed=Sum("amount"))


def with_agency(on: date) -> Decimal:
    found = Leg.objects.filter(_WITH_AGENCY, entry__posted_on__lte=on).aggregate(total=Sum("amount", default=ZERO))
    return Decimal(found["total"])


def unbilled_charges(on: date) -> "QuerySet[Charge]":
    billed = Leg.objects.filter(charge=OuterRef("pk"), account=Account.REVENUE, entry__posted_on__lte=on)
    captured = Charge.objects.filter(encounter__service_date__lte=on, encounter__arrived_at__lt=end_of(on))
    return captured.filter(~Exists(billed))


def revenue(window: Window) -> Decimal:
    served = Q(charge__encounter__service_date__range=(window.first, window.last))
    posted = Leg.objects.filter(served, account=Account.REVENUE, entry__posted_on__lte=window.last)
    return Decimal(posted.aggregate(total=Sum("amount", default=ZERO))["total"])


def rows(on: date) -> "QuerySet[Charge]":
    owed = _by_charge(on)
    billed = owed.filter(charge=OuterRef("pk")).values("owed")
    is_open = Q(pk__in=owed.exclude(owed=ZERO).values("charge_id"))
    is_unbilled = Q(pk__in=unbilled_charges(on).exclude(amount=ZERO).order_by().values("pk"))
    found = Charge.objects.filter(is_open | is_unbilled)
    return found.annotate(open_amount=Coalesce(Subquery(billed), F("amount"), output_field=_CENTS))


def count(on: date) -> int:
    return rows(on).count()
