"""What stands open of a visit, inside the database."""

from django.db.models import DecimalField, F
from django.db.models.functions import Coalesce

from apps.core.money import ZERO
from apps.ledger.models import Account

CENTS = DecimalField(max_digits=12, decimal_places=2)


def receivable_now(account: Account = Account.PATIENT_RECEIVABLE) -> Coalesce:
    """Of a row that has an `encounter` (a claim, a balance): dollars of one of the receivables, negative is a credit."""
    return Coalesce(F(f"encounter__ledger_balance__{account.value}"), ZERO, output_field=CENTS)
