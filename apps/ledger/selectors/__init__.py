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
from apps.ledger.selectors.months import Movement, book_months, first_open_month, following, movements
from apps.ledger.selectors.soundness import ledger_faults
from apps.ledger.selectors.write_offs import GivenUp, write_offs_by_reason

__all__ = [
    "RECEIVABLES",
    "ChargePosition",
    "GivenUp",
    "Movement",
    "Receivable",
    "StandingAdjustment",
    "book_months",
    "charge_positions",
    "claim_receivable",
    "first_open_month",
    "following",
    "ledger_faults",
    "movements",
    "patient_receivable",
    "receivable_by_charge",
    "receivable_by_patient",
    "standing_adjustments",
    "write_offs_by_reason",
]
