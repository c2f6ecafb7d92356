"""What an answer does to the books: how each charge's receivables move, and what of a given-up denial it takes back. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apps.remittances.rules.movement import ZERO, Movement, OpenCharge, Parts
from apps.remittances.rules.replay import Answer


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
    def payers(self) -> frozenset[int | None]:
        """Those whose debt was given up."""
        return frozenset(
            payer for shift in self.moved.values() for payer, amount in shift.owed_by.items() if amount < 0
        )

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


@dataclass(frozen=True, slots=True)
class Heard:
    """Of one visit the payers' postings that have come, those that were taken back since among them, and what each charge was
    charged. So the order of arrival decides nothing.
    """

    postings: Sequence[Answer]
    charged: Mapping[int, Decimal]

    def exceeds(self, charge_id: int, together: Sequence[Concession], denied_by: frozenset[int | None]) -> bool:
        """The others pay, or leave to the patient, more of the charge than those who denied it had left and people did not write off.
        What others reduce counts only as far as something is open (DOMAIN 4), so it needs no room.
        """
        own = [each for each in self.postings if each.payer_id in denied_by]
        others = [each for each in self.postings if each.payer_id not in denied_by]
        settled = max((each.paid + each.contractual for each in _of(charge_id, own)), default=ZERO)
        moved = [each.moved[charge_id] for each in together if charge_id in each.moved]
        # A release takes nothing off: it is open with the patient.
        written_off = -sum((shift.insurance + shift.patient for shift in moved), ZERO)
        room = self.charged.get(charge_id, ZERO) - written_off - settled
        paid: dict[int, Decimal] = defaultdict(Decimal)
        for each in others:
            for parts in _of(charge_id, [each]):
                paid[each.payer_id] = max(paid[each.payer_id], parts.paid)
        alone = max((each.paid + max(each.cost_share, ZERO) for each in _of(charge_id, others)), default=ZERO)
        return max(sum(paid.values(), ZERO), alone) > room


def _of(charge_id: int, answers: Iterable[Answer]) -> list[Parts]:
    return [each.parts[charge_id] for each in answers if charge_id in each.parts]


def taken_back(
    answer: Answer, spoken: frozenset[int], concessions: Sequence[Concession], heard: Heard
) -> tuple[Concession, ...]:
    """A denial was given up, and now its payer settles the charge, or another pays more of it than is left: what was given up never
    was. Another payer's answer that fits in what is left leaves it alone.

    `spoken`: the charges of which the answer counts. An entry is reversed whole, so it stays where the payer is silent on any of its
    charges. With a release goes what was written off of the patient's part: nobody has paid that.
    """
    found: dict[int, Concession] = {}
    for concession in concessions:
        if not concession.gave_up_on_payer:
            continue
        together = _bound_together(concession, concessions)
        by_its_payer = answer.payer_id in concession.payers
        settled = any(
            answer.parts.get(charge, Parts()).settles
            and (by_its_payer or heard.exceeds(charge, together, concession.payers))
            for charge in concession.moved
            if charge in spoken
        )
        if settled and all(charge in spoken for each in together for charge in each.moved):
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
