"""What a payer knows of a member: who that is, whether covered on a day, how much deductible is left."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.sandbox.world.payers import BY_ID, CENT, Payer
from apps.sandbox.world.people import Coverage, Patient
from apps.sandbox.world.world import World

MET_AT_START = (Decimal(0), Decimal("0.25"), Decimal("0.6"), Decimal(1), Decimal(1))


@dataclass(frozen=True)
class Member:
    payer: Payer
    member_id: str
    patient: Patient
    coverage: Coverage

    @property
    def first(self) -> Payer | None:
        """The payer that must be billed before this one; None where this one is primary."""
        if self.payer is self.coverage.next_payer:
            return self.coverage.payer
        other = self.coverage.other_primary
        return other if other is not self.payer else None

    @property
    def qmb(self) -> bool:
        return self.coverage.qmb and self.payer is self.coverage.payer

    def active(self, day: date) -> bool:
        return self.coverage.active(day)


def find(world: World, payer_id: str, member_id: str) -> Member | None:
    """None where the payer knows no such member id."""
    patient = world.people.by_member().get(member_id.upper())
    if patient is None or patient.coverage is None or payer_id not in BY_ID:
        return None
    cover = patient.coverage
    known = {cover.member_id: cover.payer, cover.next_member_id: cover.next_payer}
    payer = known.get(member_id.upper(), cover.other_primary)
    if payer is None or payer.payer_id != payer_id:
        return None
    return Member(payer, member_id.upper(), patient, cover)


def deductible_left(world: World, member: Member, year: int) -> Decimal:
    """In dollars, for this plan year. Part was met with other practices before the world began."""
    whole = member.payer.deductible
    share = world.chance.pick(MET_AT_START, "deductible", member.member_id) if year == world.state.began.year else 0
    met = (whole * share).quantize(CENT) + world.state.deductible_met.get(f"{member.member_id} {year}", Decimal(0))
    return max(Decimal(0), whole - met)


def use_deductible(world: World, member_id: str, year: int, amount: Decimal) -> None:
    """A negative amount, from a reversal, gives back."""
    key = f"{member_id} {year}"
    world.state.deductible_met[key] = world.state.deductible_met.get(key, Decimal(0)) + amount
