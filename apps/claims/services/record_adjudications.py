"""Keep what a payer said of each line, and move its claim accordingly. Called by remittances, also for a posting by hand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from django.db import transaction

from apps.claims.models import Adjudication, Claim, ClaimEvent
from apps.claims.rules.answer_keys import answer_of
from apps.claims.rules.outcome import OUTCOME_SENTENCES, REVERSAL, Standing, outcome
from apps.claims.rules.registry import VOID
from apps.claims.selectors.versions_sent import newest_versions
from apps.claims.services.insert_adjudications import NewAdjudication, insert_adjudications
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import IN_FLIGHT, ClaimStatus


@dataclass(frozen=True, slots=True)
class RecordResult:
    """Rows inserted, and rows whose key was known already."""

    recorded: int
    known: int


@dataclass(slots=True)
class _History:
    """What stands of one claim while its new answers are read in order; `before` is what stood when they came. `overtaken`: keys of
    rows of which the same payer has answered a newer version. `own`: the claim's payer, where it has ever answered.
    """

    payer_id: int
    own: int | None
    standing: list[Standing]
    before: tuple[Standing, ...] = ()
    overtaken: Collection[str] = frozenset()
    undone: set[str] = field(default_factory=set)

    def take(self, answer: Sequence[NewAdjudication]) -> ClaimStatus:
        for row in answer:
            if row.is_reversal:
                named = row.reverses or [old.key for old in self.before if old.payer_id == row.payer_id]
                self.undone.update(named)
            else:
                self.standing.append(standing_of(row))
                self.own = self.payer_id if row.payer_id == self.payer_id else self.own
        self.standing = [row for row in self.standing if row.key not in self.undone]
        return outcome([row for row in self.standing if row.key not in self.overtaken], own=self.own)

    def is_overtaken(self, answer: Sequence[NewAdjudication]) -> bool:
        return all(row.key in self.overtaken for row in answer)


@transaction.atomic
def record_adjudications(
    rows: Sequence[NewAdjudication],
    *,
    now: datetime,
    payer_numbers: Mapping[int, str] | None = None,
    overtaken: Collection[str] = frozenset(),
) -> RecordResult:
    """Insert `rows`, given in the order of their files. Rows whose key is known are skipped, so the call may be repeated.

    `payer_numbers`: CLP07 by claim, kept with those that move. `overtaken`: keys of rows, of these and of earlier ones, of which the same
    payer has answered a newer version: they are kept, and do not stand.
    """
    known = set(Adjudication.objects.filter(key__any_of=[row.key for row in rows]).values_list("key", flat=True))
    fresh = [row for row in rows if row.key not in known]
    claims = _locked_claims(fresh)
    histories = _histories(claims, overtaken)
    moves: list[Move] = []
    notes: list[Move] = []
    told_only: list[Move] = []
    first_answers: dict[int, bool] = {}
    for claim_id, answers in _answers_by_claim(fresh).items():
        claim = claims[claim_id]
        told: list[Move] = []
        pending = claim.has_newer_sending
        for answer in answers:
            status = histories[claim_id].take(answer)
            pending = pending and not claim.is_ended_by(answer[0])
            is_overtaken = histories[claim_id].is_overtaken(answer)
            said = _OVERTAKEN if is_overtaken else OUTCOME_SENTENCES[status]
            kept = told_only if pending or is_overtaken else told
            said = _still_pending(answer[0], said) if pending else said
            kept.append(Move(claim_id, status, said, answer[0].transmission_id, answer[0].segment))
        if not claim.was_answered and (denied := _first_answer(answers)) is not None:
            first_answers[claim_id] = denied
        (notes if claim.status is ClaimStatus.VOIDED else moves).extend(told)
    undone = {key for history in histories.values() for key in history.undone}
    insert_adjudications(fresh, undone | set(overtaken), now=now)
    apply_moves(moves, now=now, first_answers=first_answers, payer_numbers=payer_numbers)
    _tell_voided(notes, first_answers, now)
    _tell(told_only, now)
    return RecordResult(len(fresh), len(rows) - len(fresh))


_OVERTAKEN = "The payer answered an earlier version of the claim. Its answer to the newer version stands."


def _still_pending(row: NewAdjudication, said: str) -> str:
    before = (
        "The payer took its answer to the version before back."
        if row.is_reversal
        else f"The payer answered the version before again. {said}"
    )
    return f"{before} The one that was sent since is still pending."


@dataclass(frozen=True, slots=True)
class _LockedClaim:
    status: ClaimStatus
    was_answered: bool
    frequency: str
    payer_id: int
    newest: int

    @property
    def has_newer_sending(self) -> bool:
        """A correction is under way that only an answer of its own can end."""
        return self.status in IN_FLIGHT and self.was_answered

    def is_ended_by(self, row: NewAdjudication) -> bool:
        """X221A1 1.10.2.8: a reversal undoes an answer that was given; it answers no later version but a void."""
        if row.is_reversal:
            return self.frequency == VOID
        return (row.correction_id or 0) >= self.newest


def _locked_claims(rows: Iterable[NewAdjudication]) -> dict[int, _LockedClaim]:
    wanted = {row.claim_id for row in rows}
    columns = ("pk", "status", "first_adjudicated_at", "frequency", "payer")
    locked = list(lock_claims(Claim.objects.filter(pk__any_of=wanted)).values_list(*columns))
    corrected = [row[0] for row in locked if row[1] in IN_FLIGHT and row[2] is not None]
    newest = newest_versions(corrected) if corrected else {}
    return {
        pk: _LockedClaim(ClaimStatus(status), answered_at is not None, frequency, payer, newest.get(pk, 0))
        for pk, status, answered_at, frequency, payer in locked
    }


def _histories(claims: Mapping[int, _LockedClaim], overtaken: Collection[str]) -> dict[int, _History]:
    said: dict[int, list[Adjudication]] = {claim_id: [] for claim_id in claims}
    answers = Adjudication.objects.filter(claim__any_of=list(said)).exclude(claim_status_code=REVERSAL)
    for row in answers.order_by("remitted_on", "pk"):
        said[row.claim_id].append(row)
    histories = {}
    for claim_id, rows in said.items():
        payer, standing = claims[claim_id].payer_id, [standing_of(row) for row in rows if not row.reversed]
        histories[claim_id] = _History(payer, own_payer(rows, payer), standing, tuple(standing), overtaken)
    return histories


def own_payer(rows: Iterable[Adjudication], payer_id: int) -> int | None:
    """The claim's payer, where it has ever answered, as `rules.outcome` takes it: taking an answer back is none."""
    return payer_id if any(row.payer_id == payer_id and row.claim_status_code != REVERSAL for row in rows) else None


def standing_of(row: NewAdjudication | Adjudication) -> Standing:
    """As `rules.outcome` takes it."""
    return Standing(row.key, row.line_id, row.payer_id, row.claim_status_code, row.charge, row.denied, row.is_denied)


def _answers_by_claim(rows: Iterable[NewAdjudication]) -> dict[int, list[list[NewAdjudication]]]:
    """Each claim's rows cut where one CLP ends and the next begins."""
    by_claim: dict[int, list[NewAdjudication]] = {}
    for row in rows:
        by_claim.setdefault(row.claim_id, []).append(row)
    return {
        claim_id: [list(group) for _, group in groupby(of_claim, lambda row: answer_of(row.key))]
        for claim_id, of_claim in by_claim.items()
    }


def _first_answer(answers: Iterable[Sequence[NewAdjudication]]) -> bool | None:
    """Whether any line was denied on it. The denial rate counts a claim once, by its first remittance (DOMAIN 7)."""
    for answer in answers:
        if not answer[0].is_reversal:
            return any(row.is_denied for row in answer)
    return None


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
