from apps.remittances.models.exceptions import RemittanceException
from apps.remittances.models.files import (
    AdjustmentClass,
    Deposit,
    ProviderAdjustment,
    RemittanceFile,
    RemittancePayment,
)
from apps.remittances.models.remitted_claims import RemittedClaim
from apps.remittances.models.underpayments import UnderpaidLine, Underpayment

__all__ = [
    "AdjustmentClass",
    "Deposit",
    "ProviderAdjustment",
    "RemittanceException",
    "RemittanceFile",
    "RemittancePayment",
    "RemittedClaim",
    "UnderpaidLine",
    "Underpayment",
]
