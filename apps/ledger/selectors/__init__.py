from apps.ledger.selectors.adjustments import StandingMovement, charged, movements_beside_answers, standing_adjustments
from apps.ledger.selectors.balances import (
    RECEIVABLES,
    ChargePosition,
    Receivable,
    charge_positions,
    claim_receivable,
    insurance_by_payer,
    patient_receivable,
    receivable_by_charge,
    receivable_by_patient,
)
from apps.ledger.selectors.soundness import ledger_faults

__all__ = [
    "RECEIVABLES",
    "ChargePosition",
    "Receivable",
    "StandingMovement",
    "charge_positions",
    "charged",
    "claim_receivable",
    "insurance_by_payer",
    "ledger_faults",
    "movements_beside_answers",
    "patient_receivable",
    "receivable_by_charge",
    "receivable_by_patient",
    "standing_adjustments",
]
