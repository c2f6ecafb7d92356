"""What a claim has become, from what its payer's standing answers say of its lines (DOMAIN 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.claims.rules.answer_keys import answer_of
from apps.claims.states import ClaimStatus

REVERSAL = "22"
FORWARDED = frozenset({"19", "20", "21"})
# CLP02: the payer is not the first (X221A1 2100 CLP02).
FURTHER_PAYER = frozenset({"2", "3", "20", "21"})

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


def outcome(standing: Sequence[Standing], *, own: int | None) -> ClaimStatus:
    """`standing` in the order in which the answers came: of each line the newest counts. None left: everything was reversed.

    `own`: the claim's payer where it has ever answered. Once it has taken that back, what a payer behind it said (a crossover's answer
    bears the first claim's number) decides nothing.
    """
    if not standing or (own is not None and all(_is_behind(row, own) for row in standing)):
        return ClaimStatus.REVERSED
    newest = list({row.line_id: row for row in standing}.values())
    # A line without a charge can neither be paid nor denied; it decides nothing where another does.
    deciding = [row for row in newest if row.charge > 0] or newest
    beside = _beside_lines(newest)
    if all(row.is_denied for row in deciding) or any(row.is_denied for row in beside):
        return ClaimStatus.DENIED
    if standing[-1].claim_status_code in FORWARDED:
        return ClaimStatus.FORWARDED
    if any(row.is_denied or row.denied > 0 for row in (*deciding, *beside)):
        return ClaimStatus.PARTLY_DENIED
    return ClaimStatus.PAID


def _is_behind(row: Standing, own: int) -> bool:
    return row.payer_id != own and row.claim_status_code in FURTHER_PAYER


def _beside_lines(newest: Sequence[Standing]) -> list[Standing]:
    """What is said of the claim beside its lines (X221A1 2100 CAS): it has no charge, and counts as long as its answer's lines do."""
    answers = {answer_of(row.key) for row in newest if row.line_id is not None}
    return [row for row in newest if row.line_id is None and not row.charge and answer_of(row.key) in answers]
