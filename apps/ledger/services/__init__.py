from apps.ledger.services.close_month import MonthCannotCloseError, close_month
from apps.ledger.services.post_charges import ChargePosting, charge_key, post_charges
from apps.ledger.services.post_entries import NewEntry, NewLeg, PostResult, UnbalancedEntryError, post_entries
from apps.ledger.services.reverse_entries import Undoing, reverse_entries, reversing_entries

__all__ = [
    "ChargePosting",
    "MonthCannotCloseError",
    "NewEntry",
    "NewLeg",
    "PostResult",
    "UnbalancedEntryError",
    "Undoing",
    "charge_key",
    "close_month",
    "post_charges",
    "post_entries",
    "reverse_entries",
    "reversing_entries",
]
