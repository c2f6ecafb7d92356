from apps.ledger.services.approve_write_offs import (
    ApprovalError,
    WriteOffResult,
    ask_approval,
    checked_reason,
    decide_request,
    moved_since,
    needs_approval,
    withdraw_requests,
)
from apps.ledger.services.charge_again import charge_again, take_back_charges
from apps.ledger.services.close_month import MonthCannotCloseError, close_month
from apps.ledger.services.post_charges import ChargePosting, charge_key, post_charges
from apps.ledger.services.post_entries import NewEntry, NewLeg, PostResult, UnbalancedEntryError, post_entries
from apps.ledger.services.rebuild_balances import rebuild_balances
from apps.ledger.services.reverse_entries import Undoing, reverse_entries, reversing_entries
from apps.ledger.services.transfer_shares import take_back_transfer, transfer_again, transfer_entry

__all__ = [
    "ApprovalError",
    "ChargePosting",
    "MonthCannotCloseError",
    "NewEntry",
    "NewLeg",
    "PostResult",
    "UnbalancedEntryError",
    "Undoing",
    "WriteOffResult",
    "ask_approval",
    "charge_again",
    "charge_key",
    "checked_reason",
    "close_month",
    "decide_request",
    "moved_since",
    "needs_approval",
    "post_charges",
    "post_entries",
    "rebuild_balances",
    "reverse_entries",
    "reversing_entries",
    "take_back_charges",
    "take_back_transfer",
    "transfer_again",
    "transfer_entry",
    "withdraw_requests",
]
