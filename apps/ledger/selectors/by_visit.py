"""What stands open of a visit, inside the database."""

from django.db.models import DecimalField, F, OuterRef, Subquery, Sum
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from apps.core.money import ZERO
from apps.ledger.models import Account, Leg
from apps.ledger.selectors.balances import IS_PATIENTS_MONEY

CENTS = DecimalField(max_digits=12, decimal_places=2)


def receivable_now(
    account: Account = Account.PATIENT_RECEIVABLE, *, kept: str = "encounter__ledger_balance"
) -> Coalesce:
    """Of a row: dollars of one of the receivables, negative is a credit. `kept`: the path to what stands open of its visit."""
    return Coalesce(F(f"{kept}__{account.value}"), ZERO, output_field=CENTS)


def patients_share_now() -> CombinedExpression:
    """Of a row that has an `encounter`: dollars that its payers left to the patient, paid or not."""
    moved = Leg.objects.filter(IS_PATIENTS_MONEY, charge__encounter=OuterRef("encounter"))
    total = moved.order_by().values("charge__encounter").annotate(total=Sum("amount")).values("total")
    return receivable_now() - Coalesce(Subquery(total), ZERO, output_field=CENTS)
