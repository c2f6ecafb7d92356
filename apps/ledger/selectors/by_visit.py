"""What stands open of a visit, inside the database."""

from django.db.models import DecimalField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from apps.core.money import ZERO
from apps.ledger.models import Account, Leg

CENTS = DecimalField(max_digits=12, decimal_places=2)


def receivable_now(account: Account = Account.PATIENT_RECEIVABLE) -> Coalesce:
    """Of a row that has an `encounter` (a claim, a balance): dollars, negative is a credit."""
    legs = Leg.objects.filter(charge__encounter=OuterRef("encounter"), account=account).order_by()
    total = legs.annotate(one=Value(1)).values("one").annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total, output_field=CENTS), ZERO, output_field=CENTS)
