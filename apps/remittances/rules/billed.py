"""What we billed, as a remittance is compared with it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.x12.guides.x835 import RemittedClaim


@dataclass(frozen=True, slots=True)
class BilledLine:
    line_id: int
    charge_id: int
    control_number: str
    procedure: str
    modifiers: tuple[str, ...]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BilledClaim:
    """Keys are those of rows; dollars."""

    claim_id: int
    encounter_id: int
    patient_id: int
    payer_id: int
    control_number: str
    payer_claim_number: str
    total: Decimal
    service_date: date
    last_name: str
    member_id: str
    lines: tuple[BilledLine, ...]
    voided: bool = False

    @property
    def charge_ids(self) -> tuple[int, ...]:
        return tuple(line.charge_id for line in self.lines)


def is_plausible(remitted: RemittedClaim, billed: BilledClaim) -> bool:
    """Whether a claim found by number can be the one meant: its charge, its patient's last name or a member id agrees."""
    if abs(remitted.charge) == billed.total:
        return True
    people = [party for party in (remitted.patient, remitted.insured, remitted.corrected_insured) if party]
    names = {party.last_name.casefold() for party in people}
    ids = {party.id for party in people if party.id}
    return billed.last_name.casefold() in names or billed.member_id in ids
