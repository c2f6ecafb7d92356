"""Payers are asked by 276 about claims of which nobody has heard (DOMAIN 1). Stored before it is sent; once a day for each claim."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection as database
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.claims.encode.claims import TradingIds
from apps.claims.encode.guide import billing_of
from apps.claims.encode.inquiries import Question, inquiry_number, write_inquiry
from apps.claims.models import BatchClaim, Claim, ClaimEvent, StatusInquiry
from apps.claims.rules.snapshot import ClaimView
from apps.claims.selectors.further_payers import next_coverages
from apps.claims.selectors.parties import coverage_view, status_channels
from apps.claims.selectors.snapshots import snapshots
from apps.claims.services.lock_claims import lock_claims
from apps.claims.states import ClaimStatus
from apps.connectors import journal, registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.errors import ConnectorError, UncertainError
from apps.core.clock import practice_date
from apps.core.public_ids import new_public_id
from apps.intake.models import Coverage
from apps.x12 import WriteError

Outcome = StatusInquiry.Outcome
State = Transmission.State
# Without an answer the payer is asked again after three days; one that has the claim is left to decide for two weeks.
AGAIN_AFTER = timedelta(days=3)
AGAIN_AFTER_KNOWN = timedelta(days=14)
# An inquiry that was being sent so long ago was cut off. Asking twice does no harm, so the next day's inquiry is all it needs.
CUT_OFF_AFTER = timedelta(hours=1)
MOST = 500


@dataclass(frozen=True, slots=True)
class AskedResult:
    """Claims asked about; whether the file has left. `more`: the limit was reached."""

    claims: int = 0
    sent: bool = True
    more: bool = False


def ask_status(*, now: datetime, limit: int = MOST) -> AskedResult:
    """One file to the clearinghouse with all claims that a person has been asked to chase, and those that another payer should have.

    Raises NoConnectionError without a clearinghouse; a failure to send is told on the connection and the inquiries.
    """
    _close_cut_off(now)
    if not _due(now).exists():
        return AskedResult()
    connection = registry.connection_of(Connection.Kind.CLEARINGHOUSE)
    file, claims, more = _prepare(connection, now, limit)
    return AskedResult(claims, _send(file, connection, now), more) if file else AskedResult(more=more)


def _due(now: datetime) -> "QuerySet[Claim]":
    today = practice_date(now)
    chased = BatchClaim.objects.filter(claim=OuterRef("pk"), in_flight=True, chased_at__isnull=False)
    unanswered = Q(Exists(chased.exclude(answer=BatchClaim.Answer.ACCEPTED)))
    crossed_over = Q(status=ClaimStatus.FORWARDED, bill_crossover_from__gt=now)
    asked = StatusInquiry.objects.filter(claim=OuterRef("pk"))
    known = asked.filter(outcome=Outcome.WITH_THEM, asked_on__gt=today - AGAIN_AFTER_KNOWN)
    lately = asked.exclude(outcome=Outcome.NOT_SENT).filter(asked_on__gt=today - AGAIN_AFTER)
    return Claim.objects.filter(
        unanswered | crossed_over, ~Exists(known), ~Exists(lately), ~Exists(asked.filter(asked_on=today))
    )


@transaction.atomic
def _prepare(connection: Connection, now: datetime, limit: int) -> tuple[Transmission | None, int, bool]:
    locked = lock_claims(_due(now), skip_locked=True)
    taken = list(locked.values_list("pk", flat=True)[:limit])
    claims = list(Claim.objects.filter(pk__in=taken).select_related("payer", "coverage").order_by("pk"))
    views = snapshots(taken, today=practice_date(now))
    asked = list(_questions(claims, views, on=practice_date(now)))
    while asked:
        numbers = _take_numbers()
        try:
            file = _store([question for question, _ in asked], views, connection, numbers, now)
        except WriteError:
            writable = [each for each in asked if _can_be_written(each[0], views, connection, now)]
            if len(writable) == len(asked):  # no question is the cause: the next turn would end the same
                raise
            asked = writable
            continue
        _keep(asked, file, now)
        return file, len(asked), len(taken) == limit
    return None, 0, False


_Asked = tuple[Question, StatusInquiry]


def _questions(claims: list[Claim], views: Mapping[int, ClaimView], *, on: date) -> Iterator[_Asked]:
    """A claim that was passed on is asked after at the next payer. Without a plan, or a way to the payer, there is nobody to ask."""
    passed_on = next_coverages([claim.pk for claim in claims if claim.status == ClaimStatus.FORWARDED])
    coverages = {
        claim.pk: passed_on.get(claim.pk) if claim.status == ClaimStatus.FORWARDED else claim.coverage
        for claim in claims
    }
    payers = {
        claim.pk: coverage.payer if coverage and coverage.pk != claim.coverage_id else claim.payer
        for claim in claims
        for coverage in [coverages[claim.pk]]
    }
    ways = status_channels(payers.values(), on=on)
    for claim in claims:
        coverage, payer, view = coverages[claim.pk], payers[claim.pk], views[claim.pk]
        if coverage is None or not ways[payer.pk].is_open or view.billing is None:
            continue
        row = StatusInquiry(public_id=new_public_id(), claim=claim, payer=payer, coverage=coverage)
        yield _question(row, view, coverage, ways[payer.pk].identifier), row


def _question(row: StatusInquiry, view: ClaimView, coverage: Coverage, payer_id: str) -> Question:
    return Question(
        trace_number=row.public_id,
        payer_name=row.payer.name,
        payer_id=payer_id,
        claim=view,
        coverage=coverage_view(coverage),
        payer_claim_number=view.payer_claim_number if row.payer_id == row.claim.payer_id else "",
    )


def _store(
    questions: list[Question],
    views: Mapping[int, ClaimView],
    connection: Connection,
    numbers: tuple[int, int],
    now: datetime,
) -> Transmission:
    billing = billing_of(views)
    payload = write_inquiry(questions, billing, TradingIds.of(connection.settings, billing), numbers, now=now)
    number = inquiry_number(numbers[0])
    return journal.prepare(
        payload, kind="276", name=f"{number}.276", control_number=number, connection=connection, now=now
    )


def _can_be_written(question: Question, views: Mapping[int, ClaimView], connection: Connection, now: datetime) -> bool:
    billing = billing_of(views)
    try:
        write_inquiry([question], billing, TradingIds.of(connection.settings, billing), (1, 1), now=now)
    except WriteError:
        return False
    return True


def _take_numbers() -> tuple[int, int]:
    with database.cursor() as cursor:
        cursor.execute("SELECT nextval('claims_interchange_number'), nextval('claims_group_number')")
        interchange, group = cursor.fetchone()
    return int(interchange), int(group)


def _keep(asked: list[_Asked], file: Transmission, now: datetime) -> None:
    rows = [row for _, row in asked]
    for row in rows:
        row.transmission, row.asked_on, row.asked_at = file, practice_date(now), now
    StatusInquiry.objects.bulk_create(rows, batch_size=500)
    ClaimEvent.objects.bulk_create(
        ClaimEvent(
            claim=row.claim, at=now, what=f"{row.payer.name} is asked what became of it (276).", transmission=file
        )
        for row in rows
    )


def _send(file: Transmission, connection: Connection, now: datetime) -> bool:
    if not journal.move(file, old=State.STORED, new=State.SENDING):
        return False
    try:
        with contact(connection, now=now):
            registry.clearinghouse(connection).upload_inquiry(file.name, file.payload)
    except UncertainError as failure:
        journal.move(file, old=State.SENDING, new=State.UNKNOWN, now=now, problem=str(failure))
        return False
    except ConnectorError as failure:
        _not_sent(file, str(failure), now)
        return False
    return journal.move(file, old=State.SENDING, new=State.SENT, now=now)


@transaction.atomic
def _not_sent(file: Transmission, problem: str, now: datetime) -> None:
    journal.move(file, old=State.SENDING, new=State.FAILED, now=now, problem=problem)
    StatusInquiry.objects.filter(transmission=file, outcome=Outcome.WAITING).update(
        outcome=Outcome.NOT_SENT, sentence="The clearinghouse could not be reached. It is asked again tomorrow."
    )


def _close_cut_off(now: datetime) -> None:
    left = Transmission.objects.filter(
        kind="276", direction=Transmission.Direction.OUT, state__in=(State.STORED, State.SENDING)
    )
    left.filter(at__lt=now - CUT_OFF_AFTER).update(state=State.UNKNOWN, settled_at=now)
