"""What payers have said of a visit so far, and how it stands in the books, read for many visits at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, Sum

from apps.claims.models import Adjudication, Claim
from apps.claims.rules.answer_keys import answer_of, position_of
from apps.ledger.models import Entry, Leg
from apps.remittances.models import RemittanceException, RemittedClaim
from apps.remittances.rules.adjudicate import AdjudicatedLine, ClassedAdjustment
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.classes import AdjustmentClass
from apps.remittances.rules.movement import OpenCharge
from apps.remittances.rules.outcomes import Problem
from apps.remittances.rules.parts import is_of_whole, parts_of
from apps.remittances.rules.plan import REVERSAL
from apps.remittances.rules.replay import Act, Answer, rank_of
from apps.remittances.selectors.by_hand import named_by_hand
from apps.remittances.selectors.situations import acts, billed_claims, charges_as_posted

_Outcome = RemittedClaim.Outcome
_WAITS = Q(outcome=_Outcome.REFUSED, exception__kind=Problem.REVERSAL, exception__state=RemittanceException.State.OPEN)
_SPEAKS = Q(outcome__in=(_Outcome.POSTED, _Outcome.POSTED_WITH_DENIAL, _Outcome.REVERSED)) | _WAITS
LegKey = tuple[str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Booked:
    """An answer that came before. `legs` of its entry by account, charge and payer, `undone_entry` what reversed that; `lines`
    are the payer's words, none of a reversal.
    """

    row: RemittedClaim
    billed: BilledClaim
    answer: Answer
    lines: tuple[AdjudicatedLine, ...] = ()
    legs: Mapping[LegKey, Decimal] = field(default_factory=dict)
    undone_entry: int | None = None

    @property
    def is_live(self) -> bool:
        return self.row.entry_id is not None and self.undone_entry is None


@dataclass(frozen=True, slots=True)
class VisitSoFar:
    """`booked` by the answers' keys."""

    booked: Mapping[str, Booked]
    charged: Mapping[int, OpenCharge]
    acts: tuple[Act, ...]


def visits_so_far(claims: Iterable[BilledClaim], *, without: Collection[int] = ()) -> dict[int, VisitSoFar]:
    """By encounter; visits that nobody has answered yet are left out. `without`: rows that are about to be posted anew."""
    visits = {claim.encounter_id for claim in claims}
    # By the claims' keys: through a join the planner reads all that was ever remitted.
    of_visits = list(Claim.objects.filter(encounter__any_of=visits).values_list("pk", flat=True))
    rows = list(
        RemittedClaim.objects.filter(_SPEAKS, claim__any_of=of_visits)
        .exclude(pk__in=without)
        .select_related("payment__file", "claim", "exception__work_item")
        .order_by("pk")
    )
    if not rows:
        return {}
    billed = {
        each.claim_id: each
        for each in billed_claims(
            Q(encounter__any_of={row.claim.encounter_id for row in rows if row.claim}), lock=False
        )
    }
    charge_ids = {charge for each in billed.values() for charge in each.charge_ids}
    booked = _Books(rows).booked(rows, billed)
    charged, moved = charges_as_posted(charge_ids), acts(charge_ids)
    found: dict[int, dict[str, Booked]] = defaultdict(dict)
    for each in booked:
        found[each.billed.encounter_id][each.answer.key] = each
    charges: dict[int, set[int]] = defaultdict(set)
    for claim in billed.values():
        charges[claim.encounter_id].update(claim.charge_ids)
    return {
        encounter: VisitSoFar(
            answers,
            {charge: charged[charge] for charge in charges[encounter] if charge in charged},
            tuple(act for act in moved if not charges[encounter].isdisjoint(act.moved)),
        )
        for encounter, answers in found.items()
    }


class _Books:
    """Words and entries of rows, each read once for all of them."""

    def __init__(self, rows: Iterable[RemittedClaim]) -> None:
        rows = list(rows)
        reversals = {row.payment.file.transmission_id for row in rows if row.status_code == REVERSAL}
        self.named = named_by_hand(reversals) if reversals else {}
        claims, entries = {row.claim_id for row in rows}, {row.entry_id for row in rows if row.entry_id}
        self.words: dict[str, list[Adjudication]] = defaultdict(list)
        said = Adjudication.objects.filter(claim__any_of=claims).prefetch_related("adjustments").order_by("pk")
        for word in said:
            self.words[answer_of(word.key)].append(word)
        first_keys = {f"remittance:{row.key}" for row in rows}
        known = Entry.objects.filter(Q(key__any_of=first_keys) | Q(reverses__any_of=entries))
        self.arrived: dict[str, int] = {}
        self.undone: dict[int, int] = {}
        for pk, key, reverses in known.values_list("pk", "key", "reverses"):
            if reverses in entries:
                self.undone[reverses] = pk
            if key in first_keys:
                self.arrived[key.removeprefix("remittance:")] = pk
        self.legs: dict[int, dict[LegKey, Decimal]] = defaultdict(dict)
        legs = Leg.objects.filter(entry__any_of=entries).values_list("entry", "account", "charge", "payer")
        for entry, account, charge, payer, amount in legs.annotate(total=Sum("amount")).order_by("entry"):
            self.legs[entry][account, charge, payer] = amount

    def booked(self, rows: Iterable[RemittedClaim], billed: Mapping[int, BilledClaim]) -> list[Booked]:
        return [self._one(row, billed[row.claim_id]) for row in rows if row.claim_id is not None]

    def _one(self, row: RemittedClaim, billed: BilledClaim) -> Booked:
        words = self.words.get(row.key, [])
        is_reversal = row.outcome not in (_Outcome.POSTED, _Outcome.POSTED_WITH_DENIAL)
        lines = () if is_reversal else tuple(_line(word, billed) for word in words)
        payer_id = words[0].payer_id if words else row.payment.payer_id or billed.payer_id
        answer = Answer(
            key=row.key,
            claim_id=billed.claim_id,
            payer_id=payer_id,
            rank=rank_of(row.status_code, billed.place_of(payer_id)),
            paid_on=row.payment.paid_on,
            trace=row.payment.trace_number,
            number=row.number,
            content=row.content,
            charge=row.charge,
            paid=row.paid,
            is_reversal=is_reversal,
            parts={} if is_reversal else parts_of(billed, lines),
            of_whole=is_of_whole(lines),
            arrived=self.arrived.get(row.key),
            status_code=row.status_code,
            payer_claim_number=row.payer_claim_number,
            takes_back=self.named.get(row.payment.file.transmission_id, "") if is_reversal else "",
            version=0 if is_reversal or not words else words[0].correction_id or 0,
        )
        entry = row.entry_id or 0
        return Booked(row, billed, answer, lines, self.legs.get(entry, {}), self.undone.get(entry))


def _line(word: Adjudication, billed: BilledClaim) -> AdjudicatedLine:
    line = next((line for line in billed.lines if line.line_id == word.line_id), None)
    adjustments = tuple(
        ClassedAdjustment(each.group, each.carc, each.amount, AdjustmentClass(each.adjustment_class), each.segment)
        for each in word.adjustments.all()
    )
    position = position_of(word.key)
    remarks, decided_as = tuple(word.remark_codes), word.decided_procedure
    return AdjudicatedLine(
        line, position, word.charge, word.paid, adjustments, remarks, word.segment, decided_as=decided_as
    )
