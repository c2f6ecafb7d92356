from apps.remittances.models.exceptions import RemittanceException
from apps.remittances.models.files import (
    AdjustmentClass,
    Deposit,
    ProviderAdjustment,
    RemittanceFile,
    RemittancePayment,
)
from apps.remittances.models.remitted_claims import RemittedClaim

__all__ = [
    "AdjustmentClass",
    "Deposit",
    "ProviderAdjustment",
    "RemittanceException",
    "RemittanceFile",
    "RemittancePayment",
    "RemittedClaim",
]
