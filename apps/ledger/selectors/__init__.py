from apps.ledger.selectors.adjustments import (
    StandingMovement,
    charged,
    movements_beside_answers,
    rest_key,
    standing_adjustments,
)
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
from apps.ledger.selectors.by_visit import patients_share_now, receivable_now
from apps.ledger.selectors.months import Movement, book_months, first_open_month, following, movements
from apps.ledger.selectors.soundness import ledger_faults
from apps.ledger.selectors.transfers import Transferred, transfer_key, transfers
from apps.ledger.selectors.write_offs import GivenUp, write_offs_by_reason

__all__ = [
    "RECEIVABLES",
    "ChargePosition",
    "GivenUp",
    "Movement",
    "Receivable",
    "StandingMovement",
    "Transferred",
    "book_months",
    "charge_positions",
    "charged",
    "claim_receivable",
    "first_open_month",
    "following",
    "insurance_by_payer",
    "ledger_faults",
    "movements",
    "movements_beside_answers",
    "patient_receivable",
    "patients_share_now",
    "receivable_by_charge",
    "receivable_by_patient",
    "receivable_now",
    "rest_key",
    "standing_adjustments",
    "transfer_key",
    "transfers",
    "write_offs_by_reason",
]
