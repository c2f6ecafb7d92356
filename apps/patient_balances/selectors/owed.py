"""What balances owe now."""

from django.db.models.functions import Coalesce

from apps.ledger.selectors import receivable_now


def owed_now() -> Coalesce:
    """Of a balance: dollars that the patient owes of its visit, negative is a credit. Read by the balance's own key, without the visit."""
    return receivable_now(kept="ledger_balance")
