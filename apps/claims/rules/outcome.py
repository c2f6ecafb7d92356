"""What a claim has become, from what its payer's standing answers say of its lines (DOMAIN 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.claims.states import ClaimStatus

REVERSAL = "22"
FORWARDED = frozenset({"19", "20", "21"})

OUTCOME_SENTENCES = {
    ClaimStatus.PAID: "The payer processed the claim and denied nothing.",
    ClaimStatus.PARTLY_DENIED: "The payer denied a part of the claim.",
    ClaimStatus.DENIED: "The payer denied the claim.",
    ClaimStatus.FORWARDED: "The payer processed the claim and passed it on to the next payer.",
    ClaimStatus.REVERSED: "The payer took its earlier answer back.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One answer that has not been reversed. `line_id` empty: it speaks of the claim as a whole."""

    key: str
    line_id: int | None
    payer_id: int
    claim_status_code: str
    charge: Decimal
    denied: Decimal
    is_denied: bool


def outcome(standing: Sequence[Standing]) -> ClaimStatus:
    """`standing` in the order in which the answers came: of each line the newest counts. None left: everything was reversed."""
    if not standing:
        return ClaimStatus.REVERSED
    newest = list({row.line_id: row for row in standing}.values())
    # A line without a charge can neither be paid nor denied; it decides nothing where another does.
    deciding = [row for row in newest if row.charge > 0] or newest
    if all(row.is_denied for row in deciding):
        return ClaimStatus.DENIED
    if standing[-1].claim_status_code in FORWARDED:
        return ClaimStatus.FORWARDED
    if any(row.is_denied or row.denied > 0 for row in deciding):
        return ClaimStatus.PARTLY_DENIED
    return ClaimStatus.PAID
