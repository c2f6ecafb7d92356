"""Keep what the payers say of our lines, and let the claims follow what of it stands."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from apps.claims.rules.answer_keys import row_key
from apps.claims.services import NewAdjudication, note_payer_numbers, record_adjudications, restate_claims
from apps.remittances.encode import Source, adjudications
from apps.remittances.rules.adjudicate import AdjudicatedLine
from apps.remittances.rules.plans import PlannedPosting, PlannedReversal
from apps.remittances.rules.replay import Answer
from apps.remittances.services.rebook import Rebooked
from apps.remittances.services.resolve import Resolved, ResolvedVisit

Lines = tuple[AdjudicatedLine, ...]


def record_words(
    resolved: Resolved,
    books: Rebooked,
    sources: Mapping[str, Source],
    *,
    now: datetime,
    ended: Collection[int] = frozenset(),
) -> None:
    """`ended`: claims whose answer to what was sent last was here already, as a person has found out."""
    said = {key: each.lines for visit in resolved.visits for key, each in visit.so_far.booked.items()}
    for item, key in zip(resolved.planned, sources, strict=True):
        if isinstance(item.plan, PlannedPosting):
            said[key] = item.plan.lines
    rows: list[NewAdjudication] = []
    for item, source in zip(resolved.planned, sources.values(), strict=True):
        if isinstance(item.plan, PlannedPosting):
            rows += adjudications(item.plan, source)
        elif isinstance(item.plan, PlannedReversal) and item.plan.undoes is not None:
            rows += adjudications(item.plan, source, _keys(item.plan.undoes.key, said))
    rows += _of_reversals_that_waited(resolved, books, said)
    numbers = _payer_numbers(resolved)
    if rows:
        record_adjudications(rows, now=now, payer_numbers=numbers, overtaken=_overtaken(resolved, said))
    restate_claims(_standing(resolved, said), now=now, ended=ended)
    note_payer_numbers(numbers)


def _keys(posting: str, said: Mapping[str, Lines]) -> list[str]:
    return [f"{posting}:{line.position}" for line in said[posting]] or [f"{posting}:0"]


def _of_reversals_that_waited(resolved: Resolved, books: Rebooked, said: Mapping[str, Lines]) -> list[NewAdjudication]:
    """They say the negative of what they take back. One that was done before has its words already, and keeps them."""
    booked = {key: each for visit in resolved.visits for key, each in visit.so_far.booked.items()}
    rows: list[NewAdjudication] = []
    for key, posting in books.undoes.items():
        if key not in booked:
            continue
        row, answer = booked[key].row, booked[key].answer
        lines = tuple(_negative(line, row.segment) for line in said[posting])
        source = Source(key, row.payment.file.transmission_id, row.segment, row.payment.paid_on, row.payment.paid_on)
        rows += adjudications(PlannedReversal(booked[key].billed, answer.payer_id, lines), source, _keys(posting, said))
    return rows


def _negative(line: AdjudicatedLine, segment: int) -> AdjudicatedLine:
    adjustments = tuple(replace(each, amount=-each.amount, segment=segment) for each in line.adjustments)
    return replace(line, charge=-line.charge, paid=-line.paid, adjustments=adjustments, segment=segment)


def _standing(resolved: Resolved, said: Mapping[str, Lines]) -> dict[int, list[str]]:
    """By claim, the rows that stand, the newest last; of visits with more than one answer: one alone is as it was recorded."""
    standing: dict[int, list[str]] = defaultdict(list)
    for visit in resolved.visits:
        if len(visit.answers) > 1 or not resolved.planned:
            _add(visit, said, standing)
    return standing


def _add(visit: ResolvedVisit, said: Mapping[str, Lines], standing: dict[int, list[str]]) -> None:
    for answer in visit.answers.values():
        standing[answer.claim_id] += []
    for answer in _by_day(visit):
        gone = set(_overtaken_rows(visit, answer, said))
        standing[answer.claim_id] += [key for key in _keys(answer.key, said) if key not in gone]


def _overtaken(resolved: Resolved, said: Mapping[str, Lines]) -> set[str]:
    return {
        row
        for visit in resolved.visits
        for key in visit.replayed.overtaken
        for row in _overtaken_rows(visit, visit.answers[key], said)
    }


def _overtaken_rows(visit: ResolvedVisit, answer: Answer, said: Mapping[str, Lines]) -> list[str]:
    """What is said of the claim as a whole stands as long as it stands of any charge."""
    gone = visit.replayed.overtaken.get(answer.key, frozenset())
    if not gone:
        return []
    spoken = {charge for charge, parts in answer.parts.items() if parts.spoken}
    return [
        row_key(answer.key, line.position)
        for line in said[answer.key]
        if (line.line.charge_id in gone if line.line else spoken <= gone)
    ]


def _by_day(visit: ResolvedVisit) -> list[Answer]:
    """What stands, the newest last. Of one day the one that pays more is the newer: it makes good what the other denied."""
    stands = [visit.answers[key] for key in visit.replayed.order]
    return sorted(stands, key=lambda each: (each.paid_on, each.rank, each.paid, each.place))


def _payer_numbers(resolved: Resolved) -> dict[int, str]:
    """By claim, CLP07 of its own payer's newest standing answer that gives one; of several versions, of that to the newest."""
    payers = {item.plan.billed.claim_id: item.plan.billed.payer_id for item in resolved.planned if item.plan.billed}
    for visit in resolved.visits:
        payers |= {each.billed.claim_id: each.billed.payer_id for each in visit.so_far.booked.values()}
    return {
        answer.claim_id: answer.payer_claim_number
        for visit in resolved.visits
        for answer in sorted(_by_day(visit), key=lambda each: each.version)
        if answer.payer_claim_number and answer.payer_id == payers[answer.claim_id]
    }
