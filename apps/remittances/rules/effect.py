"""What an answer does to the books: how each charge's receivables move, and what of a given-up denial it takes back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from apps.remittances.rules.movement import Movement, OpenCharge, Parts


@dataclass(frozen=True, slots=True)
class Concession:
    """An entry by which a person wrote off what a payer denied, released it to the patient, or wrote off the patient's part.

    `moved` by charge: what it did to the receivables; credits are negative.
    """

    entry_id: int
    moved: Mapping[int, OpenCharge]

    @property
    def gave_up_on_payer(self) -> bool:
        return any(shift.insurance < 0 for shift in self.moved.values())

    @property
    def patients_charges(self) -> frozenset[int]:
        return frozenset(charge for charge, shift in self.moved.items() if shift.patient)


@dataclass(frozen=True, slots=True)
class Effect:
    """`movements` by charge, once the entries of `takes_back` are reversed."""

    movements: Mapping[int, Movement] = field(default_factory=dict)
    takes_back: tuple[Concession, ...] = ()


NO_EFFECT = Effect()


def open_after(now_open: OpenCharge, charge_id: int, takes_back: Sequence[Concession]) -> OpenCharge:
    """What stands open once these are reversed."""
    for concession in takes_back:
        now_open = now_open.plus(concession.moved.get(charge_id, OpenCharge()).negated())
    return now_open


def taken_back(
    answer: Mapping[int, Parts], spoken: frozenset[int], concessions: Sequence[Concession]
) -> tuple[Concession, ...]:
    """A denial was given up, and now the payer settles the charge: what was given up never was.

    An entry is reversed whole, so it stays where the payer is silent on any of its charges. With a release goes what was
    written off of the patient's part: nobody has paid that.
    """
    found: dict[int, Concession] = {}
    for concession in concessions:
        settled = any(charge in answer and answer[charge].settles for charge in concession.moved)
        if not (concession.gave_up_on_payer and settled):
            continue
        together = _bound_together(concession, concessions)
        if all(charge in spoken for each in together for charge in each.moved):
            found |= {each.entry_id: each for each in together}
    return tuple(found.values())


def _bound_together(concession: Concession, concessions: Sequence[Concession]) -> list[Concession]:
    together = [concession]
    for each in together:  # grows while it is read
        together += [
            other
            for other in concessions
            if other not in together and not other.patients_charges.isdisjoint(each.patients_charges)
        ]
    return together
