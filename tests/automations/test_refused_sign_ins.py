"""A vendor counts refused log-ins and blocks the account: nothing knocks again by itself until a person has corrected or tested it."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.urls import reverse
from pytest_django import Settings

from apps.automations import tasks
from apps.claims.models import Batch
from apps.connectors import doors
from apps.connectors.models import Connection, RefusedSignIn, Transmission
from apps.connectors.ports.clearinghouse import ResponseFile
from apps.connectors.ports.errors import HeldBackError, OutageError, RefusedError, SignInRefusedError
from apps.connectors.try_out import run_try_out, start_try_out
from apps.eligibility.models import EligibilityCheck
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.claims import BatchFactory
from tests.factories.connectors import ClearinghouseConnectionFactory, SentTransmissionFactory
from tests.factories.eligibility import EligibilityCheckFactory
from tests.factories.practice import PracticeFactory, UserFactory
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Locked:
    """A clearinghouse that answers with `failure`; `asked` keeps what it was asked for."""

    failure: ClassVar[list[Exception]] = []
    asked: ClassVar[list[str]] = []

    def __init__(self, settings: Mapping[str, Any]) -> None:
        pass

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        for failure in self.failure:
            raise failure

    def try_out(self) -> None:
        self._ask("test")

    def new_files(self, known: Mapping[tuple[str, int], datetime]) -> Iterator[ResponseFile]:  # noqa: ARG002  the port's
        self._ask("files")
        return iter(())

    def upload_claims(self, name: str, payload: bytes) -> None:  # noqa: ARG002  the port's
        self._ask("claims")

    def check_eligibility(self, inquiry: bytes) -> bytes:  # noqa: ARG002  the port's
        self._ask("eligibility")
        return b""


@pytest.fixture
def connection(settings: Settings) -> Connection:
    settings.ADAPTERS = {**settings.ADAPTERS, "locked": "tests.automations.test_refused_sign_ins.Locked"}
    Locked.asked.clear()
    Locked.failure[:] = [SignInRefusedError("The password is wrong.")]
    return ClearinghouseConnectionFactory(name="The house", adapter="locked", settings={"sender_id": "A", "usage": "T"})


def run(step: str, key: str = "", *, now: datetime) -> None:
    with contextlib.suppress(SignInRefusedError):
        tasks.run_step(step, key, now=now)


def open_tasks() -> list[str]:
    return list(WorkItem.objects.filter(state=WorkItem.State.OPEN).values_list("title", flat=True))


def corrected(connection: Connection, now: datetime) -> None:
    Locked.failure.clear()
    attempt = start_try_out(connection=connection, acting_user=UserFactory(), now=now)
    run_try_out(run_id=attempt.public_id, now=now)


def test_it_is_tried_once_and_is_one_task(connection: Connection, now: datetime) -> None:
    for hours in range(3):
        run("fetch_responses", now=now + hours * HOUR)
    assert Locked.asked == ["files"]
    assert open_tasks() == [
        "Correct the sign-in of The house, which refuses it, and test it: until then it is left alone"
    ]
    connection.refresh_from_db()
    assert connection.last_failure == "The password is wrong."


def test_its_task_leads_to_the_test_and_goes_with_an_answer(connection: Connection, now: datetime) -> None:
    run("fetch_responses", now=now)
    item = WorkItem.objects.get()
    assert item.owner_role == "administrator"
    page = browser_of(Role.ADMINISTRATOR).get(reverse(item.url_name, args=[item.subject_public_id]))
    assert page.status_code == 200
    corrected(connection, now)
    assert open_tasks() == []
    run("fetch_responses", now=now)
    assert Locked.asked == ["files", "test", "files"]


def test_a_test_that_is_refused_leaves_the_one_task_open(connection: Connection, now: datetime) -> None:
    run("fetch_responses", now=now)
    attempt = start_try_out(connection=connection, acting_user=UserFactory(), now=now)
    run_try_out(run_id=attempt.public_id, now=now)
    attempt.refresh_from_db()
    assert attempt.error == "The password is wrong."
    assert len(open_tasks()) == 1
    run("fetch_responses", now=now)
    assert Locked.asked == ["files", "test"]


def test_whoever_saves_the_connection_lets_it_try(connection: Connection, now: datetime) -> None:
    run("fetch_responses", now=now)
    address = reverse("admin:connectors_connection_change", args=[connection.pk])
    told = {"name": "The house", "enabled": "on", "told": '{"sender_id": "A", "usage": "T"}'}
    assert browser_of(Role.ADMINISTRATOR).post(address, told).status_code == 302
    assert open_tasks() == []
    run("fetch_responses", now=now)
    assert Locked.asked == ["files", "files"]


def test_it_is_tried_once_a_day(connection: Connection, now: datetime) -> None:
    for hours in (0, 19, 20, 21, 39, 40):
        run("fetch_responses", now=now + hours * HOUR)
    assert Locked.asked == ["files"] * 3
    assert len(open_tasks()) == 1


@pytest.mark.parametrize("other", [OutageError("away"), RefusedError("no such folder")])
def test_a_days_try_that_says_nothing_of_the_sign_in_is_made_again(
    connection: Connection, now: datetime, other: Exception
) -> None:
    run("fetch_responses", now=now)
    later = now + 20 * HOUR
    Locked.failure[:] = [other]
    with pytest.raises(type(other)):
        tasks.run_step("fetch_responses", "", now=later)
    Locked.failure.clear()
    run("fetch_responses", now=later + HOUR)
    assert Locked.asked == ["files"] * 3
    assert not RefusedSignIn.objects.exists()


def test_of_several_workers_one_makes_the_days_try(connection: Connection, now: datetime) -> None:
    doors.close(connection, now=now)
    later = now + 20 * HOUR
    with doors.through(connection, now=later), pytest.raises(HeldBackError), doors.through(connection, now=later):
        pass


def test_files_of_claims_wait_written_and_leave_once_it_is_corrected(connection: Connection, now: datetime) -> None:
    state = Transmission.State.STORED
    files = [SentTransmissionFactory(connection=connection, state=state) for _ in range(2)]
    keys = [BatchFactory(transmission=file, state=Batch.State.WRITTEN).public_id for file in files]
    for key in (*keys, *keys):
        run("submit_batch", key, now=now)
    assert Locked.asked == ["claims"]
    assert set(Batch.objects.values_list("state", flat=True)) == {Batch.State.WRITTEN}
    assert len(open_tasks()) == 1
    corrected(connection, now)
    for key in keys:
        run("submit_batch", key, now=now)
    assert set(Batch.objects.values_list("state", flat=True)) == {Batch.State.SENT}


def test_many_checks_knock_once_and_what_has_other_credentials_goes_on(connection: Connection, now: datetime) -> None:
    PracticeFactory()
    checks = [EligibilityCheckFactory(created_at=now) for _ in range(3)]
    for _ in range(2):
        for check in checks:
            run("check_eligibility", check.public_id, now=now)
    assert Locked.asked == ["eligibility"]
    assert set(EligibilityCheck.objects.values_list("state", flat=True)) == {"waiting"}
    checks[2].refresh_from_db()
    assert checks[2].sentence == "The house refused the sign-in and is left alone until an administrator corrects it."
    assert len(open_tasks()) == 1
    Locked.failure.clear()
    run("fetch_responses", now=now)
    assert Locked.asked == ["eligibility", "files"]
    assert len(open_tasks()) == 1


def test_a_test_opens_every_door(connection: Connection, now: datetime) -> None:
    doors.close(connection, now=now)
    doors.close(connection, now=now, door=doors.ELIGIBILITY)
    corrected(connection, now)
    assert not RefusedSignIn.objects.exists()
    assert open_tasks() == []


def test_a_refusal_of_credentials_that_were_corrected_meanwhile_says_nothing_of_the_new_ones(
    connection: Connection, now: datetime
) -> None:
    with contextlib.suppress(SignInRefusedError), doors.through(connection, now=now):
        Connection.objects.update(settings={**connection.settings, "sftp_password": "right"})
        raise SignInRefusedError("The password is wrong.")
    assert not doors.is_closed(connection, now=now)
    assert open_tasks() == []


@pytest.mark.long
def test_a_check_that_waited_behind_a_refused_sign_in_has_not_been_tried_and_bears_an_outage_afterwards(
    connection: Connection, now: datetime
) -> None:
    PracticeFactory()
    check = EligibilityCheckFactory(created_at=now)
    doors.close(connection, now=now, door=doors.ELIGIBILITY)
    for minute in range(60):
        run("check_eligibility", check.public_id, now=now + minute * HOUR / 60)
    assert Locked.asked == []
    check.refresh_from_db()
    assert (check.state, check.attempts) == (EligibilityCheck.State.WAITING, 0)
    doors.reopen(connection, now=now + HOUR)
    Locked.failure[:] = [OutageError("It does not answer.")]
    run("check_eligibility", check.public_id, now=now + HOUR)
    check.refresh_from_db()
    assert check.next_try_at == now + HOUR + timedelta(minutes=5)
