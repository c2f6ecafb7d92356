"""Payers are asked by 276 about claims of which nobody has heard (DOMAIN 1). Stored before it is sent; once a day for each claim."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database
from django.db import transaction

from apps.claims.encode.claims import TradingIds
from apps.claims.encode.guide import billing_of
from apps.claims.encode.inquiries import Question, inquiry_number, write_inquiry
from apps.claims.models import Claim, ClaimEvent, StatusInquiry
from apps.claims.rules.snapshot import ClaimView
from apps.claims.selectors.inquiries import (
    INQUIRY,
    Asking,
    claims_to_ask,
    refused_files,
    returned_work,
    whom_to_ask,
)
from apps.claims.selectors.parties import coverage_view
from apps.claims.selectors.snapshots import snapshots
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.recover_inquiries import recover_inquiries
from apps.connectors import doors, journal, registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.errors import ConnectorError, SignInRefusedError, UncertainError
from apps.core.clock import practice_date
from apps.core.public_ids import new_public_id
from apps.x12 import WriteError

Outcome = StatusInquiry.Outcome
State = Transmission.State
MOST = 500


@dataclass(frozen=True, slots=True)
class AskedResult:
    """Claims asked about; whether the file has left. `more`: others are left for a further file."""

    claims: int = 0
    sent: bool = True
    more: bool = False


def ask_status(*, now: datetime, limit: int = MOST) -> AskedResult:
    """One file to the clearinghouse with the claims that a person has been asked to chase, and those that another payer should have.

    None while a person still has to mend why such files come back whole, or a sign-in that the clearinghouse refuses.
    A failure to send is told on the connection and the inquiries. Raises NoConnectionError without a clearinghouse.
    """
    recover_inquiries(now=now)
    if returned_work().exists() or not claims_to_ask(now).exists():
        return AskedResult()
    connection = registry.connection_of(Connection.Kind.CLEARINGHOUSE)
    if doors.is_closed(connection, now=now):
        return AskedResult()
    file, claims, more = _prepare(connection, now, limit)
    return AskedResult(claims, _send(file, connection, now), more) if file else AskedResult(more=more)


@transaction.atomic
def _prepare(connection: Connection, now: datetime, limit: int) -> tuple[Transmission | None, int, bool]:
    """The file, how many claims are in it, and whether there may be more."""
    passed_by: set[int] = set()
    while True:
        asking, more = _next_to_ask(limit, now, passed_by)
        if not asking:
            return None, 0, False
        views = snapshots([each.claim.pk for each in asking], today=practice_date(now))
        nameless = {key for key, view in views.items() if view.billing is None}
        if nameless:
            passed_by |= nameless
            continue
        asked = [_question(each, views[each.claim.pk]) for each in asking]
        together = _in_one_file(asked)
        try:
            file = _store([question for question, _ in together], views, connection, _take_number(), now)
        except WriteError:
            spoiling = [row.claim_id for each, row in together if not _can_be_written(each, views, connection, now)]
            if not spoiling:  # no question is the cause: the next turn would end the same
                raise
            passed_by.update(spoiling)
            continue
        _keep(together, file, now)
        return file, len(together), more or len(together) < len(asked)


def _in_one_file(asked: list["_Asked"]) -> list["_Asked"]:
    """First those that no file was refused with. Of a refused one half at a time: each refusal halves what keeps a claim from being
    asked about, until the one to blame is alone, and stays so.
    """
    refused = refused_files([row.claim_id for _, row in asked])
    free = [each for each in asked if each[1].claim_id not in refused]
    if free:
        return free
    first = refused[asked[0][1].claim_id]
    return [each for each in asked if refused[each[1].claim_id].file == first.file][: (first.claims + 1) // 2]


def _next_to_ask(limit: int, now: datetime, passed_by: Collection[int]) -> tuple[list[Asking], bool]:
    """Up to `limit` claims that somebody can be asked about, locked; whether there may be more. Others take nobody's place, nor do those
    of `passed_by`, of which no question can be written.
    """
    found: list[Asking] = []
    after = 0
    while len(found) < limit:
        waiting = claims_to_ask(now).filter(pk__gt=after).exclude(pk__in=passed_by)
        locked = lock_claims(waiting, skip_locked=True)
        taken = list(locked.values_list("pk", flat=True)[:limit])
        claims = Claim.objects.filter(pk__in=taken).select_related("payer", "coverage").order_by("pk")
        found += whom_to_ask(list(claims), on=practice_date(now))
        if len(taken) < limit:
            return found[:limit], len(found) > limit
        after = taken[-1]
    return found[:limit], True


_Asked = tuple[Question, StatusInquiry]


def _question(asking: Asking, view: ClaimView) -> _Asked:
    claim, payer = asking.claim, asking.payer
    row = StatusInquiry(public_id=new_public_id(), claim=claim, payer=payer, coverage=asking.coverage)
    question = Question(
        trace_number=row.public_id,
        payer_name=payer.name,
        payer_id=asking.payer_id,
        claim=view,
        coverage=coverage_view(asking.coverage),
        payer_claim_number=view.payer_claim_number if payer.pk == claim.payer_id else "",
    )
    return question, row


def _store(
    questions: list[Question],
    views: Mapping[int, ClaimView],
    connection: Connection,
    number: int,
    now: datetime,
) -> Transmission:
    billing = billing_of(views)
    payload = write_inquiry(questions, billing, TradingIds.of(connection.settings, billing), number, now=now)
    name = inquiry_number(number)
    return journal.prepare(
        payload, kind=INQUIRY, name=f"{name}.276", control_number=name, connection=connection, now=now
    )


def _can_be_written(question: Question, views: Mapping[int, ClaimView], connection: Connection, now: datetime) -> bool:
    billing = billing_of(views)
    try:
        write_inquiry([question], billing, TradingIds.of(connection.settings, billing), 1, now=now)
    except WriteError:
        return False
    return True


def _take_number() -> int:
    with database.cursor() as cursor:
        cursor.execute("SELECT nextval('claims_interchange_number')")
        return int(cursor.fetchone()[0])


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
        _not_sent(file, failure, now)
        return False
    return journal.move(file, old=State.SENDING, new=State.SENT, now=now)


@transaction.atomic
def _not_sent(file: Transmission, failure: ConnectorError, now: datetime) -> None:
    journal.move(file, old=State.SENDING, new=State.FAILED, now=now, problem=str(failure))
    what = "refused the sign-in" if isinstance(failure, SignInRefusedError) else "could not be reached"
    StatusInquiry.objects.filter(transmission=file, outcome=Outcome.WAITING).update(
        outcome=Outcome.NOT_SENT, sentence=f"The clearinghouse {what}. It is asked again tomorrow."
    )
