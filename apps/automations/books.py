"""All that `manage.py check_ledger` proves: each room's figures against what they are worked out from."""

from apps.claims.selectors.soundness import claim_faults
from apps.denials.selectors.soundness import denial_faults
from apps.ledger.selectors import ledger_faults
from apps.patient_balances.selectors.soundness import balance_faults
from apps.remittances.selectors.deposit_soundness import deposit_faults
from apps.remittances.selectors.posting_soundness import posting_faults
from apps.remittances.selectors.soundness import payment_faults

ROOMS = (ledger_faults, claim_faults, payment_faults, posting_faults, deposit_faults, denial_faults, balance_faults)


def book_faults() -> list[str]:
    """A sentence for each fault, the first few of each kind: what, where, and what to do. Empty when all is sound."""
    return [fault for room in ROOMS for fault in room()]
