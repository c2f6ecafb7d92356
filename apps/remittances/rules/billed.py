"""What we billed, as a remittance is compared with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.claims.rules.answered_version import SentVersion
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
    """Keys are those of rows; dollars. `places`: the payers of all claims of the visit, and which of them is asked first.
    `versions` in which it was sent, oldest first; none where it was never corrected.
    """

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
    public_id: str = ""
    payer_rank: int = 1
    places: Mapping[int, int] = field(default_factory=dict)
    versions: tuple[SentVersion, ...] = ()

    def place_of(self, payer_id: int) -> int:
        """1 for the payer that is asked first. One that we never billed for the visit speaks for whom this claim went to."""
        return self.payer_rank if payer_id == self.payer_id else self.places.get(payer_id, self.payer_rank)

    @property
    def charge_ids(self) -> tuple[int, ...]:
        return tuple(line.charge_id for line in self.lines)


def is_plausible(remitted: RemittedClaim, billed: BilledClaim, *, by_our_number: bool) -> bool:
    """Whether a claim found by a number can be the one meant: its patient's last name or a member ID agrees.

    By a number of ours its charge will do, since names change; by the payer's own only where nobody is named: two payers give one
    number, and two visits cost the same.
    """
    people = [party for party in (remitted.patient, remitted.insured, remitted.corrected_insured) if party]
    names = {_letters(party.last_name) for party in people if party.last_name}
    ids = {party.id for party in people if party.id}
    if _letters(billed.last_name) in names or billed.member_id in ids:
        return True
    return abs(remitted.charge) == billed.total and (by_our_number or not (names or ids))


def _letters(name: str) -> str:
    """Payers leave out what is neither letter nor digit: O'BRIEN, OBRIEN; ST. JOHN, ST JOHN."""
    return "".join(filter(str.isalnum, name)).casefold()
