from apps.remittances.models.by_hand import HandRemittance
from apps.remittances.models.deposits import (
    BankAccount,
    BankFile,
    BankLine,
    DepositDifference,
    DepositMatch,
    ExpectedDeposit,
    SetAsideRule,
)
from apps.remittances.models.exceptions import RemittanceException
from apps.remittances.models.files import (
    AdjustmentClass,
    ProviderAdjustment,
    RemittanceFile,
    RemittancePayment,
)
from apps.remittances.models.remitted_claims import RemittedClaim
from apps.remittances.models.underpayments import UnderpaidLine, Underpayment

__all__ = [
    "AdjustmentClass",
    "BankAccount",
    "BankFile",
    "BankLine",
    "DepositDifference",
    "DepositMatch",
    "ExpectedDeposit",
    "HandRemittance",
    "ProviderAdjustment",
    "RemittanceException",
    "RemittanceFile",
    "RemittancePayment",
    "RemittedClaim",
    "SetAsideRule",
    "UnderpaidLine",
    "Underpayment",
]
