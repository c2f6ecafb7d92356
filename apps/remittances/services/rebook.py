"""Bring the books of visits to what their answers come to. Nothing is edited: what no longer fits is reversed and posted again."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from apps.ledger.selectors import transfer_key
from apps.ledger.services import NewEntry, Undoing, post_entries, reversing_entries, transfer_entry
from apps.remittances.encode import Source, entry_key, posting_entry, rest_entry
from apps.remittances.rules.effect import TakenBack
from apps.remittances.rules.plans import PlannedPosting, PlannedReversal
from apps.remittances.selectors.handovers import HandedOver
from apps.remittances.selectors.visits import Booked, LegKey
from apps.remittances.services.planned import Planned
from apps.remittances.services.resolve import Resolved, ResolvedVisit


@dataclass(frozen=True, slots=True)
class _Undo:
    """The entry to undo: one that stands, or one (`posted_as`) that is only now posted. `transmission_id` asks for it."""

    key: str
    transmission_id: int
    segment: int
    entry_id: int | None = None
    posted_as: str = ""


@dataclass(slots=True)
class Rebooked:
    """By the key of a CLP: the entry that its row bears now, which of the earlier rows changed, and the reversals' postings.

    A key without an entry moved nothing. `handed_anew`: claims to next payers that are owed something else than before.
    """

    entries: dict[str, int | None] = field(default_factory=dict)
    undoes: dict[str, str] = field(default_factory=dict)
    changed: dict[str, Booked] = field(default_factory=dict)
    handed_anew: list[int] = field(default_factory=list)


def rebook(
    resolved: Resolved, sources: Mapping[str, Source], *, now: datetime, cause: Source | None = None
) -> Rebooked:
    """`sources` of the CLPs that come now, by their keys. Two postings at most: what is posted, then what undoes.

    `cause`: why visits of which nothing comes now are brought up.
    """
    books = _Books(sources, (cause or next(iter(sources.values()))).posted_on, cause)
    for planned, (key, source) in zip(resolved.planned, sources.items(), strict=True):
        books.post(planned, key, source)
    for visit in resolved.visits:
        books.bring_up(visit)
    return books.write(now)


@dataclass(slots=True)
class _Books:
    sources: Mapping[str, Source]
    posted_on: date
    cause: Source | None = None
    postings: list[NewEntry] = field(default_factory=list)
    undoings: list[_Undo] = field(default_factory=list)
    bears: dict[str, str] = field(default_factory=dict)
    result: Rebooked = field(default_factory=Rebooked)

    def post(self, planned: Planned, key: str, source: Source) -> None:
        """What comes now, and what of people's giving up it takes back."""
        plan = planned.plan
        if not isinstance(plan, PlannedPosting | PlannedReversal):
            return
        if isinstance(plan, PlannedPosting):
            self._bear(key, posting_entry(plan.billed, plan.payer_id, plan.effect.movements, source))
        for each in plan.effect.takes_back:
            self._take_back(each, plan.billed.patient_id, source)

    def _take_back(self, taken: TakenBack, patient_id: int, source: Source) -> None:
        given_up = taken.concession.entry_id
        undo_key = f"{entry_key(source)}:takes_back:{given_up}"
        self.undoings.append(_Undo(undo_key, source.transmission_id, source.segment, given_up))
        if taken.rest:
            self.postings.append(rest_entry(taken, patient_id, source))

    def bring_up(self, visit: ResolvedVisit) -> None:
        """The earlier answers, and all reversals. The first CLP that comes now is the cause of what changes."""
        cause = self.cause or next(self.sources[key] for key in visit.answers if key in self.sources)
        for key, booked in visit.so_far.booked.items():
            if not booked.answer.is_reversal:
                self._bring_up(key, booked, visit, cause)
        for reversal, posting in visit.replayed.undoes.items():
            if not _stays(reversal, posting, visit):
                self._reverse(reversal, posting, visit, cause)
        for each in visit.handed_over:
            self._hand_over(each, visit, cause)
        for taken in visit.takes_back:
            self._take_back(taken, next(iter(visit.so_far.booked.values())).billed.patient_id, cause)
        self._let_go(visit)

    def _let_go(self, visit: ResolvedVisit) -> None:
        """Reversals that took something back, and take back nothing now."""
        for key, booked in visit.so_far.booked.items():
            if booked.answer.is_reversal and booked.row.reverses_id and key not in visit.replayed.undoes:
                self.result.entries[key], self.result.changed[key] = None, booked

    def _bring_up(self, key: str, booked: Booked, visit: ResolvedVisit, cause: Source) -> None:
        reversal = visit.replayed.undone_by.get(key)
        if reversal is not None and (booked.is_live or booked.row.entry_id is None or _stays(reversal, key, visit)):
            return
        entry = posting_entry(
            booked.billed, booked.answer.payer_id, visit.replayed.movements[key], self._again(booked, cause)
        )
        if reversal is None and _legs(entry) == (booked.legs if booked.is_live else {}):
            if not booked.is_live and booked.row.entry_id is not None:
                self.result.entries[key], self.result.changed[key] = None, booked
            return
        if booked.is_live:
            undo_key = f"{entry_key(cause)}:posts_again:{booked.row.entry_id}"
            self.undoings.append(_Undo(undo_key, cause.transmission_id, cause.segment, booked.row.entry_id))
        self._bear(key, entry)
        self.result.changed[key] = booked

    def _reverse(self, reversal: str, posting: str, visit: ResolvedVisit, cause: Source) -> None:
        self.result.undoes[reversal] = posting
        booked = visit.so_far.booked.get(reversal)
        source = self._again(booked, cause) if booked else self.sources[reversal]
        if booked:
            self.result.entries[reversal], self.result.changed[reversal] = None, booked
        earlier = visit.so_far.booked.get(posting)
        standing = earlier.row.entry_id if earlier and earlier.is_live else None
        posted_as = self.bears.get(posting, "")
        if standing or posted_as:
            undo = _Undo(entry_key(source), source.transmission_id, source.segment, standing, posted_as)
            self.undoings.append(undo)
            self.bears[reversal] = undo.key

    def _hand_over(self, each: HandedOver, visit: ResolvedVisit, cause: Source) -> None:
        """What stands in a next payer's name follows from the answers before it."""
        moves = visit.replayed.handed_over[each.handover.claim_id]
        amounts = {charge: move.insurance for charge, move in moves.items()}
        if amounts == each.moved:
            return
        self.result.handed_anew.append(each.handover.claim_id)
        if each.entry_id is not None:
            undo_key = f"{entry_key(cause)}:transfers_again:{each.entry_id}"
            self.undoings.append(_Undo(undo_key, cause.transmission_id, cause.segment, each.entry_id))
        if amounts:
            first = transfer_key(each.claim)
            key = first if each.handover.arrived is None else f"{first}:again:{cause.key}"
            self.postings.append(
                transfer_entry(
                    key,
                    amounts,
                    patient_id=each.patient_id,
                    payer_id=each.handover.payer_id,
                    posted_on=cause.posted_on,
                )
            )

    def _bear(self, key: str, entry: NewEntry | None) -> None:
        self.result.entries[key] = None
        if entry:
            self.postings.append(entry)
            self.bears[key] = entry.key

    def _again(self, booked: Booked, cause: Source) -> Source:
        """Where the earlier CLP stands, under a key that names what led to it."""
        row = booked.row
        return Source(
            key=f"{row.key}:again:{cause.key}",
            transmission_id=row.payment.file.transmission_id,
            segment=row.segment,
            posted_on=cause.posted_on,
            remitted_on=row.payment.paid_on,
            paid_by=row.payment.payer_id,
        )

    def write(self, now: datetime) -> Rebooked:
        posted = post_entries(self.postings, now=now)
        ids = {**posted.posted, **posted.skipped}
        if self.undoings:
            undone = post_entries(self._reversing(ids), now=now)
            ids |= {**undone.posted, **undone.skipped}
        self.result.entries |= {key: ids[entry] for key, entry in self.bears.items()}
        return self.result

    def _reversing(self, ids: Mapping[str, int]) -> list[NewEntry]:
        places = {each.key: each for each in self.undoings}
        undo = [Undoing(each.entry_id or ids[each.posted_as], each.key, each.segment) for each in self.undoings]
        entries = reversing_entries(undo, posted_on=self.posted_on)
        return [replace(entry, transmission_id=places[entry.key].transmission_id) for entry in entries]


def _stays(reversal: str, posting: str, visit: ResolvedVisit) -> bool:
    """The pair stood before, and the books say so."""
    one, other = visit.so_far.booked.get(reversal), visit.so_far.booked.get(posting)
    if one is None or other is None:
        return False
    return one.row.reverses_id == other.row.pk and one.row.entry_id == other.undone_entry


def _legs(entry: NewEntry | None) -> dict[LegKey, Decimal]:
    sums: dict[LegKey, Decimal] = defaultdict(Decimal)
    for leg in entry.moving_legs if entry else ():
        sums[str(leg.account), leg.charge_id, leg.payer_id] += leg.amount
    return dict(sums)
