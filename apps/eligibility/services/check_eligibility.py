from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from apps.connectors import doors, journal, registry
from apps.connectors.contact import contact
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.errors import ConnectorError, HeldBackError, NotSetUpError, RefusedError, SignInRefusedError
from apps.eligibility import encode, selectors
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.selectors.self_pay import askable_checks
from apps.eligibility.services.control_numbers import next_interchange_number
from apps.eligibility.services.desk_tasks import open_tasks
from apps.eligibility.services.record_answer import record_answer
from apps.eligibility.services.still_asked import still_asked
from apps.eligibility.services.tell_refused import refusal_is_over, tell_refused
from apps.eligibility.services.try_later import LONGEST_PAUSE, try_later
from apps.practice.models import Practice
from apps.x12 import WriteError

State = EligibilityCheck.State


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """`state` is "" when somebody else had taken the check, or when it was not due."""

    check_id: str
    state: str = ""
    verdict: str = ""


def check_eligibility(*, check_id: str, now: datetime) -> CheckOutcome:
    """Ask a payer about one coverage, in real time, and judge the answer.

    Asking twice is harmless, so a crash anywhere in here costs a second question: `recover_checks` puts the check back. An outage is
    tried again for 24 hours, then a person asks by phone.
    """
    if not _take(check_id, now):
        return CheckOutcome(check_id)
    check = selectors.with_people(EligibilityCheck.objects.filter(public_id=check_id)).get()
    lacking = encode.missing(check.coverage)
    if lacking:
        _needs_data(check, f"We cannot ask: the {' and the '.join(lacking)} is missing.", now)
    else:
        _ask(check, now)
    return CheckOutcome(check_id, check.state, check.verdict)


def _take(check_id: str, now: datetime) -> bool:
    due = askable_checks(now).filter(public_id=check_id)
    return due.update(state=State.ASKING, asked_at=now, attempts=F("attempts") + 1) == 1


def _ask(check: EligibilityCheck, now: datetime) -> None:
    try:
        connection = registry.connection_of(Connection.Kind.CLEARINGHOUSE)
        doors.look(connection, now=now, door=doors.ELIGIBILITY)
        inquiry = _prepare(check, connection, now)
    except registry.NoConnectionError as missing:
        try_later(check, sentence=str(missing), now=now)
        return
    except HeldBackError as held:
        _put_off(check, held, now)
        return
    except WriteError:
        _needs_data(check, "We cannot ask: a name or number on file holds characters that no payer accepts.", now)
        return
    try:
        with contact(connection, now=now, door=doors.ELIGIBILITY):
            answer = registry.clearinghouse(connection).check_eligibility(bytes(inquiry.payload))
    except ConnectorError as failure:
        _move(inquiry, Transmission.State.FAILED, now, str(failure))
        _put_off(check, failure, now)
        return
    with transaction.atomic():
        received, _ = journal.receive(
            answer, kind="271", now=now, connection=connection, name=inquiry.name, vendor_key=inquiry.control_number
        )
        _move(inquiry, Transmission.State.SENT, now)
    refusal_is_over(now=now)
    record_answer(check, received, now=now)


def _put_off(check: EligibilityCheck, failure: ConnectorError, now: datetime) -> None:
    """A refusal says what to correct. It is no outage, and is tried seldom; behind a refused sign-in it waits to be let through."""
    if not isinstance(failure, RefusedError):
        try_later(check, sentence="The payer could not be reached.", now=now)
        return
    if isinstance(failure, HeldBackError):  # nobody was asked: the pause after an outage grows by tries alone
        still_asked(check).update(attempts=F("attempts") - 1)
    if isinstance(failure, SignInRefusedError):
        try_later(check, sentence=str(failure), now=now, pause=timedelta())
        return
    try_later(check, sentence=str(failure), now=now, pause=LONGEST_PAUSE)
    if not isinstance(failure, NotSetUpError):
        tell_refused(now=now)


def _prepare(check: EligibilityCheck, connection: Connection, now: datetime) -> Transmission:
    """The inquiry in the journal under its control number and marked as leaving, before anything is sent."""
    number = next_interchange_number()
    control_number = encode.control_number(number)
    payload = encode.inquiry(
        check,
        about=check.asked_about or check.service_date,
        number=number,
        practice=Practice.objects.get(),
        connection=connection,
        now=now,
    )
    with transaction.atomic():
        inquiry = journal.prepare(
            payload, kind="270", name=control_number, control_number=control_number, connection=connection, now=now
        )
        journal.move(inquiry, old=Transmission.State.STORED, new=Transmission.State.SENDING)
        still_asked(check).update(inquiry=inquiry)
    return inquiry


def _move(inquiry: Transmission, state: Transmission.State, now: datetime, problem: str = "") -> None:
    journal.move(inquiry, old=Transmission.State.SENDING, new=state, now=now, problem=problem)


@transaction.atomic
def _needs_data(check: EligibilityCheck, sentence: str, now: datetime) -> None:
    if not still_asked(check).update(state=State.NOT_ASKED, sentence=sentence):
        return
    check.state = State.NOT_ASKED
    open_tasks([check], now=now)
