"""Keep what a payer said of each line, and move its claim accordingly. Called by remittances, also for a posting by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.db import transaction

from apps.claims.models import Adjudication, AdjudicationAdjustment, Claim, ClaimEvent
from apps.claims.rules.outcome import OUTCOME_SENTENCES, REVERSAL, Standing, outcome
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdjustment:
    """One CAS triplet with the class that the posting gave it."""

    group: str
    carc: str
    amount: Decimal
    adjustment_class: AdjudicationAdjustment.Class
    segment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdjudication:
    """What one SVC (or, `line_id` empty, one CLP) says; dollars.

    `key` names transmission, payment, CLP and SVC: the same key comes in once. A reversal (CLP02 22) is a row too, with its
    negative amounts; it undoes the rows that `reverses` names by key or, where the caller cannot tell, all that this payer had
    said of the claim before this call.
    """

    claim_id: int
    line_id: int | None
    payer_id: int
    key: str
    claim_status_code: str
    charge: Decimal
    paid: Decimal
    allowed: Decimal
    cost_share: Decimal
    contractual: Decimal
    denied: Decimal
    is_denied: bool
    transmission_id: int
    segment: int
    remitted_on: date
    remark_codes: tuple[str, ...] = ()
    adjustments: tuple[NewAdjustment, ...] = ()
    reverses: tuple[str, ...] = ()

    @property
    def is_reversal(self) -> bool:
        return self.claim_status_code == REVERSAL


@dataclass(frozen=True, slots=True)
class RecordResult:
    """Rows inserted, and rows whose key was known already."""

    recorded: int
    known: int


@dataclass(slots=True)
class _History:
    """What stands of one claim while its new answers are read in order; `before` is what stood when they came."""

    standing: list[Standing]
    before: tuple[Standing, ...] = ()
    undone: set[str] = field(default_factory=set)

    def take(self, answer: Sequence[NewAdjudication]) -> ClaimStatus:
        for row in answer:
            if row.is_reversal:
                named = row.reverses or [old.key for old in self.before if old.payer_id == row.payer_id]
                self.undone.update(named)
            else:
                self.standing.append(standing_of(row))
        self.standing = [row for row in self.standing if row.key not in self.undone]
        return outcome(self.standing)


@transaction.atomic
def record_adjudications(rows: Sequence[NewAdjudication], *, now: datetime) -> RecordResult:
    """Insert `rows`, given in the order of their files. Rows whose key is known are skipped, so the call may be repeated."""
    known = set(Adjudication.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    fresh = [row for row in rows if row.key not in known]
    claims = _locked_claims(fresh)
    histories = _histories(claims)
    moves, notes = [], []
    for claim_id, answers in _answers_by_claim(fresh).items():
        claim, status = claims[claim_id], ClaimStatus(claims[claim_id].status)
        for answer in answers:
            status = histories[claim_id].take(answer)
            moves.append(
                Move(claim_id, status, OUTCOME_SENTENCES[status], answer[0].transmission_id, answer[0].segment)
            )
            _note_first(claim, answer, now)
        if ClaimStatus(claim.status) is ClaimStatus.VOIDED:
            notes += [moves.pop() for _answer in answers]
    Claim.objects.bulk_update(claims.values(), ["first_adjudicated_at", "denied_on_first_remittance"], batch_size=500)
    _insert(fresh, histories, now)
    apply_moves(moves, now=now)
    _tell_voided(notes, now)
    return RecordResult(len(fresh), len(rows) - len(fresh))


def _locked_claims(rows: Iterable[NewAdjudication]) -> dict[int, Claim]:
    wanted = {row.claim_id for row in rows}
    return {claim.pk: claim for claim in lock_claims(Claim.objects.filter(pk__in=wanted))}


def _histories(claims: Iterable[int]) -> dict[int, _History]:
    found: dict[int, list[Standing]] = {claim_id: [] for claim_id in claims}
    for row in Adjudication.objects.filter(claim__in=list(found), reversed=False).order_by("remitted_on", "pk"):
        found[row.claim_id].append(standing_of(row))
    return {claim_id: _History(list(rows), tuple(rows)) for claim_id, rows in found.items()}


def standing_of(row: NewAdjudication | Adjudication) -> Standing:
    """As `rules.outcome` takes it."""
    return Standing(row.key, row.line_id, row.payer_id, row.claim_status_code, row.charge, row.denied, row.is_denied)


def _answers_by_claim(rows: Iterable[NewAdjudication]) -> dict[int, list[list[NewAdjudication]]]:
    """Each claim's rows cut where one CLP ends and the next begins."""
    by_claim: dict[int, list[NewAdjudication]] = {}
    for row in rows:
        by_claim.setdefault(row.claim_id, []).append(row)
    return {
        claim_id: [list(group) for _, group in groupby(of_claim, lambda row: row.key.rpartition(":")[0])]
        for claim_id, of_claim in by_claim.items()
    }


def _note_first(claim: Claim, answer: Sequence[NewAdjudication], now: datetime) -> None:
    """The denial rate counts a claim once, by its first remittance (DOMAIN 7)."""
    if claim.first_adjudicated_at is None and not answer[0].is_reversal:
        claim.first_adjudicated_at = now
        claim.denied_on_first_remittance = any(row.is_denied for row in answer)


def _insert(rows: Sequence[NewAdjudication], histories: dict[int, _History], now: datetime) -> None:
    undone = {key for history in histories.values() for key in history.undone}
    Adjudication.objects.filter(key__in=undone, reversed=False).update(reversed=True)
    made = Adjudication.objects.bulk_create([_row(row, row.key in undone, now) for row in rows], batch_size=500)
    AdjudicationAdjustment.objects.bulk_create(
        [
            AdjudicationAdjustment(
                adjudication=adjudication,
                group=each.group,
                carc=each.carc,
                amount=each.amount,
                adjustment_class=each.adjustment_class,
                segment=each.segment,
            )
            for adjudication, row in zip(made, rows, strict=True)
            for each in row.adjustments
        ],
        batch_size=1000,
    )


def _row(row: NewAdjudication, undone: bool, now: datetime) -> Adjudication:
    """A reversal never stands itself: it is marked reversed along with what it undoes."""
    return Adjudication(
        claim_id=row.claim_id,
        line_id=row.line_id,
        payer_id=row.payer_id,
        key=row.key,
        claim_status_code=row.claim_status_code,
        charge=row.charge,
        paid=row.paid,
        allowed=row.allowed,
        cost_share=row.cost_share,
        contractual=row.contractual,
        denied=row.denied,
        remark_codes=list(row.remark_codes),
        is_denied=row.is_denied,
        reversed=undone or row.is_reversal,
        transmission_id=row.transmission_id,
        segment=row.segment,
        remitted_on=row.remitted_on,
        recorded_at=now,
    )


def _tell_voided(notes: Iterable[Move], now: datetime) -> None:
    """A void claim stays void; that a payer still spoke of it belongs in its timeline."""
    ClaimEvent.objects.bulk_create(
        [
            ClaimEvent(
                claim_id=each.claim_id,
                at=now,
                what=f"{each.what} The claim had been voided.",
                transmission_id=each.transmission_id,
                segment=each.segment,
            )
            for each in notes
        ]
    )
