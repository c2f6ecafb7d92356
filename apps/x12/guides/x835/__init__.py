from apps.x12.guides.x835.balance import (
    BalanceLevel,
    Imbalance,
    claim_difference,
    claim_imbalances,
    imbalances,
    line_difference,
    payment_difference,
)
from apps.x12.guides.x835.records import (
    Adjustment,
    InpatientAdjudication,
    OutpatientAdjudication,
    ProviderAdjustment,
    Remittance,
    RemittanceParty,
    RemittedClaim,
    ServiceLine,
)
from apps.x12.guides.x835.write import write_835

__all__ = [
    "Adjustment",
    "BalanceLevel",
    "Imbalance",
    "InpatientAdjudication",
    "OutpatientAdjudication",
    "ProviderAdjustment",
    "Remittance",
    "RemittanceParty",
    "RemittedClaim",
    "ServiceLine",
    "claim_difference",
    "claim_imbalances",
    "imbalances",
    "line_difference",
    "payment_difference",
    "write_835",
]
