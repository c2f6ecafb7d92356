from apps.remittances.services.check_contracts import CheckedContracts, check_contracts
from apps.remittances.services.load_fees import load_fees
from apps.remittances.services.post_remittances import PostedRemittances, post_file, post_remittances
from apps.remittances.services.settle_exception import (
    SettlementError,
    settle_as_not_ours,
    settle_as_own_payment,
    settle_by_hand,
    settle_by_posting,
)
from apps.remittances.services.settle_underpayment import UnderpaymentError, settle_underpayment
from apps.remittances.services.take_file import TakenFile, UnacceptableFileError, store_file, take_file

__all__ = [
    "CheckedContracts",
    "PostedRemittances",
    "SettlementError",
    "TakenFile",
    "UnacceptableFileError",
    "UnderpaymentError",
    "check_contracts",
    "load_fees",
    "post_file",
    "post_remittances",
    "settle_as_not_ours",
    "settle_as_own_payment",
    "settle_by_hand",
    "settle_by_posting",
    "settle_underpayment",
    "store_file",
    "take_file",
]
