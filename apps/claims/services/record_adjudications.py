"""Keep what a payer said of each line, and move its claim accordingly. Called by remittances, also for a posting by hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.db import transaction

from apps.claims.models import Adjudication, AdjudicationAdjustment, Claim, ClaimEvent
from apps.claims.rules.answered_version import Versions, speaks_of_earlier
from apps.claims.rules.outcome import OUTCOME_SENTENCES, REVERSAL, Standing, outcome
from apps.claims.rules.registry import VOID
from apps.claims.selectors.versions_sent import versions_under_way
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import IN_FLIGHT, ClaimStatus
from apps.core.bulk_rows import copy_rows, new_keys


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
    said of the claim before this call. `version`: CLP09 and CLP07, by which the payer tells what it answers.
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
    decided_procedure: str = ""
    adjustments: tuple[NewAdjustment, ...] = ()
    reverses: tuple[str, ...] = ()
    version: tuple[str, str] = ("", "")

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
def record_adjudications(
    rows: Sequence[NewAdjudication], *, now: datetime, payer_numbers: Mapping[int, str] | None = None
) -> RecordResult:
    """Insert `rows`, given in the order of their files. Rows whose key is known are skipped, so the call may be repeated.

    `payer_numbers`: CLP07 by claim, kept with those that move.
    """
    known = set(Adjudication.objects.filter(key__any_of=[row.key for row in rows]).values_list("key", flat=True))
    fresh = [row for row in rows if row.key not in known]
    claims = _locked_claims(fresh)
    histories = _histories(claims)
    moves: list[Move] = []
    notes: list[Move] = []
    told_pending: list[Move] = []
    first_answers: dict[int, bool] = {}
    for claim_id, answers in _answers_by_claim(fresh).items():
        claim = claims[claim_id]
        told: list[Move] = []
        pending = claim.has_newer_sending
        for answer in answers:
            status = histories[claim_id].take(answer)
            pending = pending and not claim.is_ended_by(answer[0])
            said = _still_pending(answer[0], status) if pending else OUTCOME_SENTENCES[status]
            kept = told_pending if pending else told
            kept.append(Move(claim_id, status, said, answer[0].transmission_id, answer[0].segment))
        if not claim.was_answered and (denied := _first_answer(answers)) is not None:
            first_answers[claim_id] = denied
        (notes if claim.status is ClaimStatus.VOIDED else moves).extend(told)
    _insert(fresh, histories, now)
    apply_moves(moves, now=now, first_answers=first_answers, payer_numbers=payer_numbers)
    _tell_voided(notes, first_answers, now)
    _tell(told_pending, now)
    return RecordResult(len(fresh), len(rows) - len(fresh))


def _still_pending(row: NewAdjudication, status: ClaimStatus) -> str:
    before = (
        "The payer took its answer to the version before back."
        if row.is_reversal
        else f"The payer answered the version before again. {OUTCOME_SENTENCES[status]}"
    )
    return f"{before} The one that was sent since is still pending."


@dataclass(frozen=True, slots=True)
class _LockedClaim:
    status: ClaimStatus
    was_answered: bool
    versions: Versions

    @property
    def has_newer_sending(self) -> bool:
        """A correction is under way that only an answer of its own can end."""
        return self.status in IN_FLIGHT and self.was_answered

    def is_ended_by(self, row: NewAdjudication) -> bool:
        """X221A1 1.10.2.8: a reversal undoes an answer that was given; it answers no later version but a void."""
        if row.is_reversal:
            return self.versions.sent == VOID
        return not speaks_of_earlier(self.versions, *row.version)


def _locked_claims(rows: Iterable[NewAdjudication]) -> dict[int, _LockedClaim]:
    wanted = {row.claim_id for row in rows}
    columns = ("pk", "status", "first_adjudicated_at", "frequency")
    locked = list(lock_claims(Claim.objects.filter(pk__any_of=wanted)).values_list(*columns))
    corrected = [row[0] for row in locked if row[1] in IN_FLIGHT and row[2] is not None]
    versions = versions_under_way(corrected) if corrected else {}
    return {
        pk: _LockedClaim(ClaimStatus(status), answered_at is not None, versions.get(pk) or Versions(frequency))
        for pk, status, answered_at, frequency in locked
    }


def _histories(claims: Iterable[int]) -> dict[int, _History]:
    found: dict[int, list[Standing]] = {claim_id: [] for claim_id in claims}
    for row in Adjudication.objects.filter(claim__any_of=list(found), reversed=False).order_by("remitted_on", "pk"):
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


def _first_answer(answers: Iterable[Sequence[NewAdjudication]]) -> bool | None:
    """Whether any line was denied on it. The denial rate counts a claim once, by its first remittance (DOMAIN 7)."""
    for answer in answers:
        if not answer[0].is_reversal:
            return any(row.is_denied for row in answer)
    return None


def _insert(rows: Sequence[NewAdjudication], histories: dict[int, _History], now: datetime) -> None:
    undone = {key for history in histories.values() for key in history.undone}
    if undone:
        Adjudication.objects.filter(key__any_of=undone, reversed=False).update(reversed=True)
    keys = new_keys(Adjudication, len(rows))
    copy_rows(
        Adjudication,
        _ADJUDICATION,
        (_adjudication(key, row, row.key in undone, now) for key, row in zip(keys, rows, strict=True)),
    )
    copy_rows(
        AdjudicationAdjustment,
        ("adjudication", "group", "carc", "amount", "adjustment_class", "segment"),
        (
            (key, each.group, each.carc, each.amount, each.adjustment_class.value, each.segment)
            for key, row in zip(keys, rows, strict=True)
            for each in row.adjustments
        ),
    )


_ADJUDICATION = (
    "id",
    "claim",
    "line",
    "payer",
    "key",
    "claim_status_code",
    "charge",
    "paid",
    "allowed",
    "cost_share",
    "contractual",
    "denied",
    "remark_codes",
    "decided_procedure",
    "is_denied",
    "reversed",
    "contract_verdict",
    "transmission",
    "segment",
    "remitted_on",
    "recorded_at",
)


def _adjudication(key: int, row: NewAdjudication, undone: bool, now: datetime) -> tuple[object, ...]:
    """In the order of `_ADJUDICATION`. A reversal never stands itself: it is marked reversed along with what it undoes."""
    return (
        key,
        row.claim_id,
        row.line_id,
        row.payer_id,
        row.key,
        row.claim_status_code,
        row.charge,
        row.paid,
        row.allowed,
        row.cost_share,
        row.contractual,
        row.denied,
        list(row.remark_codes) or "{}",
        row.decided_procedure,
        row.is_denied,
        undone or row.is_reversal,
        "",  # held against the contract later
        row.transmission_id,
        row.segment,
        row.remitted_on,
        now,
    )


def _tell_voided(notes: Sequence[Move], first_answers: Mapping[int, bool], now: datetime) -> None:
    """A void claim stays void; that a payer still spoke of it belongs in its timeline."""
    voided = {each.claim_id for each in notes} & first_answers.keys()
    for denied in {first_answers[claim_id] for claim_id in voided}:
        alike = [claim_id for claim_id in voided if first_answers[claim_id] is denied]
        Claim.objects.filter(pk__any_of=alike).update(first_adjudicated_at=now, denied_on_first_remittance=denied)
    _tell([replace(each, what=f"{each.what} The claim had been voided.") for each in notes], now)


def _tell(notes: Sequence[Move], now: datetime) -> None:
    """What is said of claims that it does not move."""
    ClaimEvent.objects.bulk_create(
        ClaimEvent(
            claim_id=each.claim_id,
            at=now,
            what=each.what,
            transmission_id=each.transmission_id,
            segment=each.segment,
        )
        for each in notes
    )
