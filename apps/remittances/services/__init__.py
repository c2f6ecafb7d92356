from apps.remittances.services.post_remittances import PostedRemittances, post_file, post_remittances
from apps.remittances.services.settle_exception import (
    SettlementError,
    settle_as_not_ours,
    settle_as_own_payment,
    settle_by_hand,
    settle_by_posting,
)
from apps.remittances.services.take_file import TakenFile, UnacceptableFileError, store_file, take_file

__all__ = [
    "PostedRemittances",
    "SettlementError",
    "TakenFile",
    "UnacceptableFileError",
    "post_file",
    "post_remittances",
    "settle_as_not_ours",
    "settle_as_own_payment",
    "settle_by_hand",
    "settle_by_posting",
    "store_file",
    "take_file",
]
