from apps.remittances.services.adjustment_classes import (
    ClassRefusedError,
    end_capitated,
    end_class,
    set_capitated,
    set_class,
)
from apps.remittances.services.bank_accounts import NoAccountError, find_account, save_account
from apps.remittances.services.book_difference import book_difference, undo_difference
from apps.remittances.services.check_contracts import CheckedContracts, check_contracts
from apps.remittances.services.deposit_errors import DepositError
from apps.remittances.services.enter_eob import EobHead, KnownPaymentError, enter_eob
from apps.remittances.services.hand_files import HandEntryError
from apps.remittances.services.import_bank_file import BankFileReading, import_bank_file, preview_bank_file
from apps.remittances.services.load_fees import load_fees
from apps.remittances.services.match_deposit import confirm_proposal, match_by_hand, undo_match
from apps.remittances.services.parked import apply_parked, take_out_to_refund
from apps.remittances.services.post_remittances import PostedRemittances, post_file, post_remittances
from apps.remittances.services.reconcile_deposits import ReconciledDeposits, reconcile_deposits
from apps.remittances.services.reverse_by_hand import reverse_by_hand
from apps.remittances.services.reverse_payment import reverse_payment
from apps.remittances.services.say_version import say_version
from apps.remittances.services.set_aside import (
    add_rule,
    end_rule,
    set_line_aside,
    set_payment_aside,
    take_line_back,
    take_payment_back,
)
from apps.remittances.services.settle_exception import (
    SettlementError,
    settle_as_not_ours,
    settle_as_own_payment,
    settle_by_hand,
    settle_by_posting,
)
from apps.remittances.services.settle_underpayment import UnderpaymentError, settle_underpayment
from apps.remittances.services.split_exception import split_exception
from apps.remittances.services.take_file import TakenFile, UnacceptableFileError, show_as_job, store_file, take_file
from apps.remittances.services.what_to_post import accept_test

__all__ = [
    "BankFileReading",
    "CheckedContracts",
    "ClassRefusedError",
    "DepositError",
    "EobHead",
    "HandEntryError",
    "KnownPaymentError",
    "NoAccountError",
    "PostedRemittances",
    "ReconciledDeposits",
    "SettlementError",
    "TakenFile",
    "UnacceptableFileError",
    "UnderpaymentError",
    "accept_test",
    "add_rule",
    "apply_parked",
    "book_difference",
    "check_contracts",
    "confirm_proposal",
    "end_capitated",
    "end_class",
    "end_rule",
    "enter_eob",
    "find_account",
    "import_bank_file",
    "load_fees",
    "match_by_hand",
    "post_file",
    "post_remittances",
    "preview_bank_file",
    "reconcile_deposits",
    "reverse_by_hand",
    "reverse_payment",
    "save_account",
    "say_version",
    "set_capitated",
    "set_class",
    "set_line_aside",
    "set_payment_aside",
    "settle_as_not_ours",
    "settle_as_own_payment",
    "settle_by_hand",
    "settle_by_posting",
    "settle_underpayment",
    "show_as_job",
    "split_exception",
    "store_file",
    "take_file",
    "take_line_back",
    "take_out_to_refund",
    "take_payment_back",
    "undo_difference",
    "undo_match",
]
