"""A visit's position is a pure function of the set of its payers' answers: in which order they arrived is no part of it (DOMAIN 4).

Reversals are paired with what they take back; what stands is put in the order of the payers and folded from the charges on.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain

from apps.remittances.rules.asked import Asked
from apps.remittances.rules.movement import (
    NOTHING_RESERVED,
    ZERO,
    Movement,
    OpenCharge,
    Parts,
    Reserved,
    cash_alone,
    given_back,
    move_charge,
)
from apps.remittances.rules.shares import spread_parts

# By key of an answer, charges of which it no longer counts.
Gone = Mapping[str, frozenset[int]]
_RANKS = {"2": 2, "20": 2, "3": 3, "21": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One sound CLP. `key` names its row; `rank` is its payer's place, 1 first; `parts` by charge, none for a reversal.

    `content` is what `rules.content` makes of it. `arrived` is the ledger's entry by which it was first posted; none where it
    moved nothing, or comes only now. `status_code` is CLP02, `payer_claim_number` CLP07, as the rows keep them. `of_whole`: the payer
    gave no lines, so that `parts` are ours. `takes_back`: the key of the posting that a reversal by hand names; that of a file
    names none. `version` of the claim that it answers, the higher the newer.
    """

    key: str
    claim_id: int
    payer_id: int
    rank: int
    paid_on: date
    trace: str
    number: int
    content: str
    charge: Decimal
    paid: Decimal
    is_reversal: bool = False
    parts: Mapping[int, Parts] = field(default_factory=dict)
    of_whole: bool = False
    arrived: int | None = None
    status_code: str = ""
    payer_claim_number: str = ""
    takes_back: str = ""
    version: int = 0

    @property
    def place(self) -> tuple[int, date, str, int, str, int, str, str]:
        """By what it says of itself, never by its arrival. Payments of nothing may share a day and a trace number, and the amounts
        may be the same: then CLP02 and CLP07 tell two answers apart.
        """
        told = (self.status_code, self.payer_claim_number)
        return (self.rank, self.paid_on, self.trace, self.number, self.content, self.payer_id, *told)


@dataclass(frozen=True, slots=True)
class Act:
    """What moved the charges beside the answers: a patient's payment, a write-off. It stays behind those that it followed; the rest of a
    write-off behind those that the write-off (`first_entry`) followed.
    """

    entry_id: int
    moved: Mapping[int, OpenCharge]
    first_entry: int | None = None

    @property
    def since(self) -> int:
        return self.first_entry or self.entry_id


@dataclass(frozen=True, slots=True)
class Handover:
    """A claim to a next payer: what the earlier answers left with the patient stands in that payer's name from then on.

    `rank` is the claim's place, 2 or later. `arrived`: the ledger's entry by which anything was first moved.
    """

    claim_id: int
    payer_id: int
    rank: int
    arrived: int | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """`charged`: each charge before any of `answers` and `acts` moved it."""

    charged: Mapping[int, OpenCharge]
    answers: Sequence[Answer]
    acts: Sequence[Act] = ()
    handovers: Sequence[Handover] = ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """Keys of answers. `order`: what stands, first to last. `undone_by`: a posting and the reversal that takes it back.

    `movements` by charge, of each posting; of those that are undone, how they would move what the others leave. `handed_over` by
    charge, of each handover's claim; `passed_on` by payer and charge, what its answers move of the share that it was asked for without
    a claim of ours. `overtaken`: the charges of which the same payer's answer to a newer version stands. `left`: each
    charge after all of it.
    """

    order: tuple[str, ...]
    undone_by: Mapping[str, str]
    movements: Mapping[str, Mapping[int, Movement]]
    handed_over: Mapping[int, Mapping[int, Movement]] = field(default_factory=dict)
    passed_on: Mapping[int, Mapping[int, Movement]] = field(default_factory=dict)
    overtaken: Mapping[str, frozenset[int]] = field(default_factory=dict)
    left: Mapping[int, OpenCharge] = field(default_factory=dict)

    @property
    def undoes(self) -> dict[str, str]:
        return {reversal: posting for posting, reversal in self.undone_by.items()}


def rank_of(status_code: str, payers_place: int) -> int:
    """CLP02 tells how the payer processed it, our claims which place it has with us; the later counts."""
    return max(_RANKS.get(status_code, 1), payers_place)


def replay(visit: Visit) -> Replayed:
    undone_by = pairs(visit.answers)
    postings = sorted((each for each in visit.answers if not each.is_reversal), key=lambda each: each.place)
    standing = [each for each in postings if each.key not in undone_by]
    now_open = dict(visit.charged)
    movements: dict[str, Mapping[int, Movement]] = {}
    handed_over: dict[int, Mapping[int, Movement]] = {}
    asked = Asked(frozenset(each.payer_id for each in visit.handovers))
    overtaken = _overtaken(standing)
    steps = _with_handovers(standing, visit.handovers)
    acts = _places(steps, visit.acts)
    _act(now_open, acts[0])
    # Each step leaves the sum as it comes: summed anew for each, many answers took the square of their number. Most visits have one.
    several = len(steps) > 1
    reserved = _reserved(steps if several else (), acts[1:], overtaken)
    for step, after in zip(steps, acts[1:], strict=True):
        if several:
            _leave(reserved, _paid_in(step, overtaken))
        if isinstance(step, Handover):
            moves = handed_over[step.claim_id] = asked.by_claim(step.payer_id, now_open)
        else:
            gone = overtaken.get(step.key, frozenset())
            moves = _asked_and_answered(step, now_open, asked, reserved, gone)
            # What it was paid counts last: the newer answer finds the charge as it was.
            movements[step.key] = {
                **moves,
                **{charge_id: cash_alone(step.parts[charge_id], step.payer_id) for charge_id in gone},
            }
            moves = {charge_id: move for charge_id, move in moves.items() if charge_id not in gone}
        for charge_id, move in moves.items():
            now_open[charge_id] = now_open.get(charge_id, OpenCharge()).plus(move)
        _act(now_open, after)
        _leave(reserved, _given_up_in(after))
    for answer in postings:
        if answer.key in undone_by:
            movements[answer.key] = _movements(answer, now_open, asked, {})
    order = tuple(each.key for each in standing)
    return Replayed(order, undone_by, movements, handed_over, asked.passed_on, overtaken, now_open)


def overtaken_charges(answers: Sequence[Answer]) -> Mapping[str, frozenset[int]]:
    """By key of an answer that stands: the charges of which the same payer's answer to a newer version of the claim stands. Of those its
    money counts, and nothing else.
    """
    if not any(each.version for each in answers):
        return {}
    undone = pairs(answers)
    return _overtaken([each for each in answers if not each.is_reversal and each.key not in undone])


def _overtaken(standing: Sequence[Answer]) -> dict[str, frozenset[int]]:
    if not any(each.version for each in standing):
        return {}
    newest: dict[tuple[int, int, int], int] = {}
    for each in standing:
        for charge_id, parts in each.parts.items():
            place = (each.claim_id, each.payer_id, charge_id)
            if parts.spoken:
                newest[place] = max(newest.get(place, 0), each.version)
    found = {
        each.key: frozenset(
            charge_id
            for charge_id in each.parts
            if newest.get((each.claim_id, each.payer_id, charge_id), 0) > each.version
        )
        for each in standing
    }
    return {key: charges for key, charges in found.items() if charges}


Amounts = Iterable[tuple[int, Reserved]]


def _reserved(
    steps: Sequence[Answer | Handover], acts: Iterable[Iterable[Act]], overtaken: Gone
) -> dict[int, Reserved]:
    """By charge: what these pay of it and people gave up of it behind them. No reduction before takes that."""
    found: dict[int, Reserved] = {}
    for amounts in chain((_paid_in(step, overtaken) for step in steps), map(_given_up_in, acts)):
        for charge_id, amount in amounts:
            found[charge_id] = found.get(charge_id, NOTHING_RESERVED).plus(amount)
    return found


def _leave(reserved: dict[int, Reserved], amounts: Amounts) -> None:
    for charge_id, amount in amounts:
        reserved[charge_id] = reserved[charge_id].less(amount)


def _paid_in(step: Answer | Handover, overtaken: Gone) -> Amounts:
    if isinstance(step, Handover):
        return []
    gone = overtaken.get(step.key, frozenset())
    said = {charge_id: each.paid for charge_id, each in step.parts.items() if charge_id not in gone}
    return [(charge_id, Reserved(max(paid, ZERO))) for charge_id, paid in said.items()]


def _given_up_in(acts: Iterable[Act]) -> Amounts:
    shifts = chain.from_iterable(act.moved.items() for act in acts)
    found = []
    for charge_id, shift in shifts:
        given_up = max(-(shift.insurance + shift.patients_share), ZERO)
        of_share = min(max(-shift.patients_share, ZERO), given_up)
        found.append((charge_id, Reserved(of_share, given_up - of_share)))
    return found


def _asked_and_answered(
    answer: Answer,
    now_open: Mapping[int, OpenCharge],
    asked: Asked,
    reserved: Mapping[int, Reserved],
    gone: Collection[int],
) -> dict[int, Movement]:
    """What the answer moves, with the patient's share that it is asked for by the claim that was passed on to its payer."""
    if answer.rank == 1:
        return _movements(answer, now_open, asked, reserved)
    spoken = [charge_id for charge_id, parts in answer.parts.items() if parts.spoken and charge_id not in gone]
    passed_on = asked.as_passed_on(answer.payer_id, spoken, now_open)
    found = {
        charge_id: stands.plus(passed_on[charge_id]) for charge_id, stands in now_open.items() if charge_id in passed_on
    }
    moves = _movements(answer, {**now_open, **found}, asked, reserved)
    return {
        charge_id: passed_on[charge_id].plus(move) if charge_id in passed_on else move
        for charge_id, move in moves.items()
    }


def _movements(
    answer: Answer, now_open: Mapping[int, OpenCharge], asked: Asked, reserved: Mapping[int, Reserved]
) -> dict[int, Movement]:
    found = {}
    for charge_id, parts in _parts(answer, now_open).items():
        stands = now_open.get(charge_id, OpenCharge())
        ahead = reserved.get(charge_id, NOTHING_RESERVED)
        move = move_charge(parts, stands, answer.payer_id, further=answer.rank > 1, reserved=ahead)
        handed = asked.of(answer.payer_id, charge_id)
        found[charge_id] = given_back(parts, move, stands, answer.payer_id, handed) if handed else move
    return found


def _with_handovers(standing: Sequence[Answer], handovers: Sequence[Handover]) -> list[Answer | Handover]:
    """Each before the first answer of its payer or of a later one; else last: it follows all that the payers before had to say.

    Where the payer is also one of those before, with another plan, its answers of that place come first.
    """
    steps: list[Answer | Handover] = list(standing)
    asked: set[int] = set()
    for each in sorted(handovers, key=lambda each: -each.rank):
        asked.add(each.payer_id)
        place = next(
            (at for at, step in enumerate(steps) if step.payer_id in asked and step.rank >= each.rank), len(steps)
        )
        steps.insert(place, each)
    return steps


def _parts(answer: Answer, now_open: Mapping[int, OpenCharge]) -> Mapping[int, Parts]:
    """A further payer that gives no lines pays what stands open, wherever that is; by charge it would overpay one line and leave
    another open.
    """
    if not answer.of_whole or answer.rank == 1:
        return answer.parts
    open_now = [
        max(each.insurance + each.patients_share, ZERO)
        for each in (now_open.get(key, OpenCharge()) for key in answer.parts)
    ]
    if not any(open_now):
        return answer.parts
    said = [(each.paid, each.contractual, each.cost_share, each.denied) for each in answer.parts.values()]
    shares = spread_parts([sum(column, ZERO) for column in zip(*said, strict=True)], open_now)
    return {
        charge_id: Parts(paid, contractual, cost_share, denied, spoken=True)
        for charge_id, (paid, contractual, cost_share, denied) in zip(answer.parts, shares, strict=True)
    }


def _act(now_open: dict[int, OpenCharge], acts: Iterable[Act]) -> None:
    for charge_id, shift in chain.from_iterable(act.moved.items() for act in acts):
        if charge_id in now_open:
            now_open[charge_id] = now_open[charge_id].after_act(shift)


def _places(steps: Sequence[Answer | Handover], acts: Iterable[Act]) -> list[list[Act]]:
    """Which acts come before the first step, after the first, ...: each behind the last step that had been posted before it."""
    places: list[list[Act]] = [[] for _ in range(len(steps) + 1)]
    for act in sorted(acts, key=lambda act: act.since):
        followed = [
            place for place, step in enumerate(steps, start=1) if step.arrived is not None and step.arrived < act.since
        ]
        places[max(followed, default=0)].append(act)
    return places


Test = Callable[[Answer, Answer], bool]


def _same_content(reversal: Answer, posting: Answer) -> bool:
    return bool(posting.content) and reversal.content == posting.content


def _same_amounts(reversal: Answer, posting: Answer) -> bool:
    """A payer may name other codes when it takes an answer back; what it paid later it cannot mean."""
    amounts = (-reversal.charge, -reversal.paid) == (posting.charge, posting.paid)
    return amounts and posting.paid_on <= reversal.paid_on


def _same_number(reversal: Answer, posting: Answer) -> bool:
    return bool(posting.payer_claim_number) and reversal.payer_claim_number == posting.payer_claim_number


def _same_payer(reversal: Answer, posting: Answer) -> bool:
    return reversal.payer_id == posting.payer_id


def _named(reversal: Answer, posting: Answer) -> bool:
    return reversal.takes_back == posting.key


_TESTS: tuple[Test, ...] = (
    _named,
    lambda reversal, posting: (
        _same_content(reversal, posting) and _same_payer(reversal, posting) and _same_number(reversal, posting)
    ),
    lambda reversal, posting: _same_content(reversal, posting) and _same_payer(reversal, posting),
    _same_content,
    lambda reversal, posting: _same_amounts(reversal, posting) and _same_payer(reversal, posting),
    _same_amounts,
)


def pairs(answers: Sequence[Answer]) -> dict[str, str]:
    """Each posting that is taken back, and the reversal that does so: of the same claim, ever less strictly, the oldest first.

    Of answers that say the same, the reversal means the one whose number of the payer's (CLP07) it bears; else that to the older version,
    which a payer takes back before it answers the newer. What a person reversed
    by name is that and nothing else: a payer's own reversal of the same then finds it taken back.
    """
    waiting = sorted((each for each in answers if each.is_reversal), key=lambda each: each.place)
    undone_by: dict[str, str] = {}
    if not waiting:
        return undone_by
    free = sorted((each for each in answers if not each.is_reversal), key=lambda each: (each.version, each.place))
    for test in _TESTS:
        for reversal in list(waiting):
            if reversal.takes_back and test is not _named:
                continue
            fitting = [each for each in free if each.claim_id == reversal.claim_id and test(reversal, each)]
            if fitting:
                undone_by[fitting[0].key] = reversal.key
                free.remove(fitting[0])
                waiting.remove(reversal)
    return undone_by
