from apps.ledger.selectors.adjustments import StandingAdjustment, standing_adjustments
from apps.ledger.selectors.balances import (
    RECEIVABLES,
    ChargePosition,
    Receivable,
    charge_positions,
    claim_receivable,
    patient_receivable,
    receivable_by_charge,
    receivable_by_patient,
)
from apps.ledger.selectors.soundness import ledger_faults

__all__ = [
    "RECEIVABLES",
    "ChargePosition",
    "Receivable",
    "StandingAdjustment",
    "charge_positions",
    "claim_receivable",
    "ledger_faults",
    "patient_receivable",
    "receivable_by_charge",
    "receivable_by_patient",
    "standing_adjustments",
]
