"""What an answer does to the books: how each charge's receivables move, and what of a given-up denial it takes back. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product

from apps.remittances.rules.heard import Heard
from apps.remittances.rules.movement import ZERO, Movement, OpenCharge, Parts, names_in_turn
from apps.remittances.rules.replay import Act, Answer


@dataclass(frozen=True, slots=True)
class Concession:
    """An entry by which a person wrote off what a payer denied, released it to the patient, or wrote off the patient's part.

    `moved` by charge: what it did to the receivables; credits are negative. `first_entry`: as whose rest it stands, where a part of
    that is owed again. `reason` of the write-off.
    """

    entry_id: int
    moved: Mapping[int, OpenCharge]
    first_entry: int
    reason: str = ""

    @property
    def gave_up_on_payer(self) -> bool:
        return any(shift.insurance < 0 for shift in self.moved.values())

    @property
    def is_release(self) -> bool:
        return any(shift.patient > 0 for shift in self.moved.values())

    @property
    def payers(self) -> frozenset[int | None]:
        """Those whose debt was given up."""
        return frozenset(
            payer for shift in self.moved.values() for payer, amount in shift.owed_by.items() if amount < 0
        )

    @property
    def patients_charges(self) -> frozenset[int]:
        return frozenset(charge for charge, shift in self.moved.items() if shift.patient)

    def given_up_by(self, payer_id: int | None, charge_id: int) -> Decimal:
        """Of what stood in this payer's name, dollars."""
        return max(-self.moved.get(charge_id, OpenCharge()).owed_by.get(payer_id, ZERO), ZERO)

    def written_off(self, charge_id: int) -> Decimal:
        """A release takes nothing off: it is open with the patient."""
        shift = self.moved.get(charge_id, OpenCharge())
        return -(shift.insurance + shift.patient)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The entry is reversed; `rest` by charge is what of it stays given up, none where nothing does."""

    concession: Concession
    rest: Mapping[int, OpenCharge] = field(default_factory=dict)

    @property
    def rest_stands(self) -> Act:
        """In the place of what it is the rest of: each answer finds it as it would have found the first."""
        return Act(self.concession.entry_id, self.rest, self.concession.first_entry)


@dataclass(frozen=True, slots=True)
class Effect:
    """`movements` by charge, once the entries of `takes_back` are reversed and their rests posted."""

    movements: Mapping[int, Movement] = field(default_factory=dict)
    takes_back: tuple[TakenBack, ...] = ()


NO_EFFECT = Effect()


def open_after(now_open: OpenCharge, charge_id: int, takes_back: Sequence[TakenBack]) -> OpenCharge:
    """What stands open once these are reversed and their rests posted."""
    for each in takes_back:
        now_open = now_open.plus(each.concession.moved.get(charge_id, OpenCharge()).negated())
        now_open = now_open.plus(each.rest.get(charge_id, OpenCharge()))
    return now_open


def taken_back(
    told: Sequence[tuple[int, Answer, frozenset[int]]], concessions: Sequence[Concession], heard: Heard
) -> dict[int, tuple[TakenBack, ...]]:
    """By number of an answer. A denial was given up, and now its payer settles the charge: what was given up never was. Or another payer
    pays more of it than is left: of what was written off, so much is owed again, and the rest stays so. An answer that fits in what is
    left leaves it alone. Of the patient's share that was written off, a further payer's money is for what it pays.

    `told`: the answers' numbers, and the charges of which each counts. Where one takes back what another has taken in part, the first is
    the cause of both.
    """
    entries = {each.entry_id: each for each in concessions}
    found: dict[int, TakenBack] = {}
    causes: dict[int, list[int]] = defaultdict(list)
    for number, answer, spoken in told:
        for each in _of_one(answer, spoken, still_given_up(concessions, found), heard):
            key = each.concession.entry_id
            if key not in found:
                causes[number].append(key)
            found[key] = TakenBack(entries[key], each.rest)
    return {number: tuple(found[key] for key in keys) for number, keys in causes.items()}


def still_given_up(concessions: Sequence[Concession], taken: Mapping[int, TakenBack]) -> list[Concession]:
    """As they stand once these, by entry, are taken back."""
    return [
        replace(each, moved=taken[each.entry_id].rest) if each.entry_id in taken else each
        for each in concessions
        if each.entry_id not in taken or taken[each.entry_id].rest
    ]


def _of_one(
    answer: Answer, spoken: frozenset[int], concessions: Sequence[Concession], heard: Heard
) -> tuple[TakenBack, ...]:
    settles = frozenset(charge for charge in spoken if answer.parts.get(charge, Parts()).settles)
    found = _by_its_payer(answer, spoken, settles, concessions)
    left = still_given_up(concessions, found)
    beside = (*_by_another(answer, settles, left, heard), *_of_patients(answer, settles, left, heard))
    found |= {each.concession.entry_id: each for each in beside}
    of_handed = _of_handed(answer, spoken, still_given_up(concessions, found), heard)
    return tuple((found | {each.concession.entry_id: each for each in of_handed}).values())


def _by_its_payer(
    answer: Answer, spoken: frozenset[int], settles: frozenset[int], concessions: Sequence[Concession]
) -> dict[int, TakenBack]:
    """By entry. What was written off of charges on which the payer is silent, or which it refuses again, stays so, and what was written off
    in another payer's name. With a release goes what was written off of the patient's part: nobody has paid that; where the payer is
    silent on any charge of theirs, both stay.
    """
    found: dict[int, TakenBack] = {}
    for concession in concessions:
        if answer.payer_id not in concession.payers or settles.isdisjoint(concession.moved):
            continue
        together = _bound_together(concession, concessions)
        if not concession.patients_charges:
            found[concession.entry_id] = TakenBack(concession, _without(concession, answer.payer_id, settles))
        elif all(charge in spoken for each in together for charge in each.moved):
            found |= {each.entry_id: TakenBack(each) for each in together}
    return found


def _by_another(
    answer: Answer, settles: frozenset[int], concessions: Sequence[Concession], heard: Heard
) -> list[TakenBack]:
    """What is written off of one charge is so together, whoever denied it: the oldest gives way first. Other charges stay as they are."""
    bound = {each.entry_id: _bound_together(each, concessions) for each in concessions if each.gave_up_on_payer}
    together = {each.entry_id: each for group in bound.values() for each in group}
    again: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for charge in sorted(settles):
        stands = {key: each.written_off(charge) for key, each in together.items()}
        for concession in concessions:
            if not concession.gave_up_on_payer or answer.payer_id in concession.payers:
                continue
            excess = heard.excess(charge, sum(stands.values(), ZERO), concession.payers)
            for each in bound[concession.entry_id]:
                part = min(excess, stands[each.entry_id])
                if charge in concession.moved and part > ZERO:
                    again[each.entry_id][charge] = again[each.entry_id].get(charge, ZERO) + part
                    stands[each.entry_id], excess = stands[each.entry_id] - part, excess - part
    return [TakenBack(together[key], rest_without(together[key], owed)) for key, owed in again.items()]


def _of_patients(
    answer: Answer, settles: frozenset[int], concessions: Sequence[Concession], heard: Heard
) -> list[TakenBack]:
    """What a person wrote off of the patient's share alone: the oldest gives way first. What is bound to a release goes with that."""
    released = [each for each in concessions if each.gave_up_on_payer]
    bound = {other.entry_id for each in released for other in _bound_together(each, concessions)}
    alone = [each for each in concessions if each.entry_id not in bound]
    again: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for charge in sorted(settles) if answer.rank > 1 else ():
        since = max((each.first_entry for each in alone if each.written_off(charge)), default=0)
        excess = heard.excess_of_money(charge, sum((each.written_off(charge) for each in alone), ZERO), since)
        for each in alone:
            part = min(excess, each.written_off(charge))
            if part > ZERO:
                again[each.entry_id][charge], excess = part, excess - part
    return [TakenBack(each, rest_without(each, again[each.entry_id])) for each in alone if each.entry_id in again]


def _of_handed(
    answer: Answer, spoken: frozenset[int], concessions: Sequence[Concession], heard: Heard
) -> list[TakenBack]:
    """What was given up in the name of a payer that is asked later, and that this answer no longer leaves to that one: the oldest first. Of
    a release so much goes, and as much of what was written off of the patient's part.
    """
    later = {payer for each in concessions for payer in each.payers if heard.place_of(payer) > answer.rank}
    found: dict[int, TakenBack] = {}
    for charge, payer in product(sorted(spoken), names_in_turn(dict.fromkeys(later, ZERO))):
        given_up = sum((each.given_up_by(payer, charge) for each in still_given_up(concessions, found)), ZERO)
        excess = given_up - heard.refusable_by(payer, charge)
        for each in concessions:
            part = min(excess, each.given_up_by(payer, charge))
            if part > ZERO:
                excess -= part
                found |= _in_name(each, payer, charge, part, still_given_up(concessions, found))
    return list(found.values())


def _in_name(
    concession: Concession, payer: int | None, charge_id: int, part: Decimal, concessions: Sequence[Concession]
) -> dict[int, TakenBack]:
    """By entry, `part` dollars of it taken back in that payer's name; `concessions` as they stand."""
    now = next(each for each in concessions if each.entry_id == concession.entry_id)
    shift = now.moved[charge_id]
    owed_by = {**shift.owed_by, payer: shift.owed_by.get(payer, ZERO) + part}
    released = part if now.is_release else ZERO
    lessened = OpenCharge(shift.insurance + part, shift.patient - released, owed_by=owed_by)
    found = {now.entry_id: TakenBack(now, _stays({**now.moved, charge_id: lessened}))}
    for each in _bound_together(now, concessions) if released else ():
        again = min(released, max(-each.moved.get(charge_id, OpenCharge()).patient, ZERO))
        if again:
            released -= again
            found[each.entry_id] = TakenBack(each, rest_without(each, {charge_id: again}))
    return found


def _stays(shifts: Mapping[int, OpenCharge]) -> dict[int, OpenCharge]:
    return {charge: shift for charge, shift in shifts.items() if shift.insurance or shift.patient}


def rest_without(concession: Concession, again: Mapping[int, Decimal]) -> dict[int, OpenCharge]:
    """Without `again`, dollars by charge: what payers owed first, then the patient."""
    return _stays({charge: _less(shift, again.get(charge, ZERO)) for charge, shift in concession.moved.items()})


def _without(concession: Concession, payer_id: int, settles: frozenset[int]) -> dict[int, OpenCharge]:
    """Without what was given up in this payer's name of the charges that it settles."""
    stays = {}
    for charge, shift in concession.moved.items():
        names = {payer: part for payer, part in shift.owed_by.items() if charge not in settles or payer != payer_id}
        stays[charge] = OpenCharge(sum(names.values(), ZERO), shift.patient, owed_by=names)
    return _stays(stays)


def _less(shift: OpenCharge, again: Decimal) -> OpenCharge:
    owed_by = dict(shift.owed_by)
    for payer in names_in_turn(shift.owed_by):
        part = min(again, max(-owed_by[payer], ZERO))
        owed_by[payer], again = owed_by[payer] + part, again - part
    return OpenCharge(sum(owed_by.values(), ZERO), shift.patient + again, owed_by=owed_by)


def _bound_together(concession: Concession, concessions: Sequence[Concession]) -> list[Concession]:
    together = [concession]
    for each in together:  # grows while it is read
        together += [
            other
            for other in concessions
            if other not in together and not other.patients_charges.isdisjoint(each.patients_charges)
        ]
    return together
