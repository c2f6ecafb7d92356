from apps.x12.guides.x835.balance import (
    BalanceLevel,
    Imbalance,
    claim_imbalances,
    imbalances,
    payment_difference,
)
from apps.x12.guides.x835.records import (
    Adjustment,
    BankAccount,
    InpatientAdjudication,
    OutpatientAdjudication,
    ProviderAdjustment,
    ProviderSummary,
    Remittance,
    RemittanceParty,
    RemittedClaim,
    ServiceLine,
    UnreadableClaim,
)
from apps.x12.guides.x835.write import write_835

__all__ = [
    "Adjustment",
    "BalanceLevel",
    "BankAccount",
    "Imbalance",
    "InpatientAdjudication",
    "OutpatientAdjudication",
    "ProviderAdjustment",
    "ProviderSummary",
    "Remittance",
    "RemittanceParty",
    "RemittedClaim",
    "ServiceLine",
    "UnreadableClaim",
    "claim_imbalances",
    "imbalances",
    "payment_difference",
    "write_835",
]
