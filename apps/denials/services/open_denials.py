import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.claims.models import Adjudication, ClaimLine
from apps.core import clock
from apps.denials import selectors
from apps.denials.encode.letter import letter_values
from apps.denials.models import Denial, Lane, RoutingRule
from apps.denials.rules import due, letters, prepare
from apps.denials.rules.at_risk import at_risk
from apps.denials.rules.lanes import Reason, leading, route
from apps.denials.services.reopen_denials import reopen_denials
from apps.denials.services.routing_rules import routing_rules
from apps.denials.services.settle_denials import settle_denials
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services import NewCheck, start_checks
from apps.practice.models import Practice
from apps.worklist import queue
from apps.worklist.models import WorkItem

KIND = "denial"
UNPREPARED = "This denial could not be prepared: read the remittance, and find the deadline with the payer."
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenedDenials:
    """`settled`: undecided denials that a later answer of their payer decided."""

    opened: int
    settled: int


@dataclass(frozen=True, slots=True)
class _Case:
    """One refused answer with all that is decided about it."""

    answer: Adjudication
    reason: Reason
    rule: RoutingRule
    due: due.Due
    prepared: dict[str, Any]
    amount: Decimal


def open_denials(*, now: datetime, limit: int = 500) -> OpenedDenials:
    """Route every refused answer in the chain of its posting: lane, deadline, what is prepared, and a task with the money at risk.

    First a look at older denials: a correction that was cancelled answers none any more, and a payer that has since paid, refused
    again or taken its answer back decides them. A chunk of `limit` is one transaction. An answer that cannot be
    prepared is opened all the same, for a person to read from scratch.
    """
    reopen_denials()
    settled, opened, after = settle_denials(now=now), 0, 0
    while True:
        done, after = _open_chunk(now, limit, after)
        opened += done
        if not after:
            return OpenedDenials(opened, settled)


@transaction.atomic
def _open_chunk(now: datetime, limit: int, after: int) -> tuple[int, int]:
    """How many were opened, and the last key that was looked at; 0 where it was the last chunk."""
    waiting = selectors.unrouted().filter(pk__gt=after)
    taken = list(waiting.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:limit])
    if not taken:
        return 0, 0
    answers = list(selectors.with_claims(Adjudication.objects.filter(pk__in=taken).order_by("pk")))
    return _open_safely(answers, now), taken[-1] if len(taken) == limit else 0


def _open_safely(answers: Sequence[Adjudication], now: datetime) -> int:
    """All at once; where one of them fails, each by itself, so that it fails alone."""
    try:
        with transaction.atomic():
            return _open(_cases(answers, now), now)
    except Exception:  # whatever fails, the others stay whole
        if len(answers) > 1:
            return sum(_open_safely([answer], now) for answer in answers)
        logger.exception("Adjudication %s could not be prepared.", answers[0].pk)
        return _open([_unprepared(answers[0], now)], now)


def _open(cases: Sequence[_Case], now: datetime) -> int:
    rows = [_row(case, now) for case in cases]
    for row, item in zip(rows, queue.open_items(map(_item, rows, cases), now=now), strict=True):
        row.work_item = item
    _ask_about_coverage(rows, cases, now)
    Denial.objects.bulk_create(rows)
    return len(rows)


def _unprepared(answer: Adjudication, now: datetime) -> _Case:
    """With the last rule, which takes everything; no deadline is claimed that could not be reckoned."""
    views, rules = routing_rules()
    rule = rules[max(views, key=lambda view: view.place).key]
    ours = due.Due(clock.practice_date(now) + due.OURS, None, UNPREPARED)
    return _Case(answer, leading(_reasons(answer)), rule, ours, {"kind": "read"}, answer.denied)


def _cases(answers: Sequence[Adjudication], now: datetime) -> list[_Case]:
    views, rules = routing_rules()
    deadlines = selectors.deadline_views(answer.payer_id for answer in answers)
    practice = Practice.objects.first()
    settled = selectors.settled_before(answers)
    cases = []
    for answer in answers:
        reason = leading(_reasons(answer))
        rule = rules[route(reason.carc, answer.payer_id, views).key]
        limit = due.due(
            rule.lane,
            deadlines.get(answer.payer_id, {}),
            served_on=answer.claim.service_date,
            remitted_on=answer.remitted_on,
            received_on=clock.practice_date(answer.recorded_at),
        )
        prepared = _prepared(answer, reason, rule.lane, practice, now)
        charge = answer.charge if answer.line else answer.claim.total
        risked = at_risk(charge, answer.denied, settled[answer.pk])
        cases.append(_Case(answer, reason, rule, limit, prepared, risked))
    return cases


def _reasons(answer: Adjudication) -> list[Reason]:
    refusals: Sequence[Any] = answer.refusals  # type: ignore[attr-defined]  # prefetched by with_claims
    return [Reason(row.group, row.carc, row.amount) for row in refusals] or [Reason("", "", answer.denied)]


def _prepared(
    answer: Adjudication, reason: Reason, lane: str, practice: Practice | None, now: datetime
) -> dict[str, Any]:
    lines = [_line_view(line) for line in answer.claim.lines.all()]
    denied = _line_view(answer.line) if answer.line else None
    match lane:
        case Lane.MODIFIER:
            return prepare.correction(denied, lines)
        case Lane.CODING_REVIEW:
            return prepare.coding_review(denied, lines, answer.remark_codes)
        case Lane.MEDICAL_NECESSITY:
            return _letter(letter_values(answer, answer.line, reason, practice, today=clock.practice_date(now)))
        case Lane.COORDINATION:
            return {"kind": "coordination"}
    return {"kind": "read"}


def _letter(values: Mapping[str, str]) -> dict[str, Any]:
    text = letters.MEDICAL_NECESSITY
    subject, paragraphs = letters.draft(text, values)
    return {
        "kind": "letter",
        "template": text.name,
        "version": text.version,
        "subject": subject,
        "paragraphs": list(paragraphs),
        "letter_date": values["letter_date"],
    }


def _line_view(line: ClaimLine) -> prepare.LineView:
    return prepare.LineView(line.number, line.procedure, tuple(line.modifiers))


def _row(case: _Case, now: datetime) -> Denial:
    answer = case.answer
    return Denial(
        claim=answer.claim,
        line=answer.line,
        adjudication=answer,
        payer=answer.payer,
        group=case.reason.group,
        carc=case.reason.carc,
        remark_codes=list(answer.remark_codes),
        amount=case.amount,
        lane=case.rule.lane,
        rule=case.rule,
        prepared=case.prepared,
        received_at=answer.recorded_at,
        routed_at=now,
        due_on=case.due.on,
        appeal_deadline=case.due.deadline,
        deadline_source=case.due.source[:300],
    )


def _item(row: Denial, case: _Case) -> queue.NewItem:
    return queue.NewItem(
        kind=KIND,
        title=case.rule.first_action,
        owner_role=WorkItem.OwnerRole(case.rule.owner_role),
        url_name="denials:card",
        subject_public_id=row.public_id,
        due_on=row.due_on,
        amount_at_stake=row.amount,
    )


def _ask_about_coverage(rows: Sequence[Denial], cases: Sequence[_Case], now: datetime) -> None:
    """Who pays first is a question for the payer: the inquiry starts with the denial."""
    asking = [row for row, case in zip(rows, cases, strict=True) if case.rule.lane == Lane.COORDINATION]
    checks = start_checks(
        [
            NewCheck(
                coverage=row.claim.coverage,
                service_date=row.claim.service_date,
                reason=EligibilityCheck.Reason.DENIAL,
                round=f"denial:{row.public_id}",
            )
            for row in asking
        ],
        now=now,
    )
    for row, check in zip(asking, checks, strict=True):
        row.eligibility_check = check
