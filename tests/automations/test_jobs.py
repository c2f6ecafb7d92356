"""The job list: what people started, how far it is by the chunks that committed, what became of it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.core.jobs import advance, end_job, expect, start_job
from apps.core.models import JobRun, User
from apps.practice.roles import Role
from apps.remittances.models import RemittanceFile
from apps.remittances.services import UnacceptableFileError, import_bank_file, post_remittances, take_file
from apps.remittances.services.write_claims import write_claims
from apps.workspace.selectors.frame import failing_steps
from tests.factories.connectors import EhrConnectionFactory
from tests.factories.deposits import bank_file, bank_row
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, remittance_bytes, submitted_claim
from tests.signing_in import browser_of, sign_in

pytestmark = pytest.mark.django_db
POST = "apps.remittances.services.post_claims"
JOBS = reverse("jobs:list")
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def person() -> User:
    return UserFactory(role=Role.BILLER)


def a_remittance(claims: int) -> bytes:
    billed = [submitted_claim("100.00") for _ in range(claims)]
    return remittance_bytes(payment(*map(clp, billed), payer=billed[0].payer))


def brought(payload: bytes, person: User, now: datetime) -> JobRun:
    take_file(name="june.835", payload=payload, acting_user=person, now=now)
    return JobRun.objects.get()


def text(client: Client, query: str = "", **headers: str) -> str:
    answer = client.get(f"{JOBS}{query}", **headers)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in page
    return page


def test_a_remittance_that_a_person_brings_tells_how_far_its_posting_is(
    person: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = brought(a_remittance(3), person, now)
    assert (run.state, run.total, run.requested_by) == (JobRun.State.RUNNING, None, person)
    seen: list[tuple[int, int | None]] = []

    def post_one(*given: object, **named: object) -> object:
        run.refresh_from_db()
        seen.append((run.done, run.total))
        return write_claims(*given, **named)

    monkeypatch.setattr(f"{POST}.CHUNK", 1)
    monkeypatch.setattr(f"{POST}.write_claims", post_one)
    post_remittances(now=now)
    run.refresh_from_db()
    assert seen == [(0, 3), (1, 3), (2, 3)]
    assert (run.state, run.done, run.total, run.counts) == (
        JobRun.State.DONE,
        3,
        3,
        {"claims": 3, "exceptions": 0},
    )
    assert (run.url_name, run.subject_public_id) == ("remittances:file", RemittanceFile.objects.get().public_id)


@pytest.mark.long
def test_a_posting_that_breaks_off_says_so_keeps_its_count_and_ends_when_it_is_tried_again(
    person: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = brought(a_remittance(2), person, now)

    def break_off(*given: object, **named: object) -> object:
        if JobRun.objects.get().done:
            raise OSError("of Adelaide Fernsby")
        return write_claims(*given, **named)

    monkeypatch.setattr(f"{POST}.CHUNK", 1)
    monkeypatch.setattr(f"{POST}.write_claims", break_off)
    post_remittances(now=now)
    run.refresh_from_db()
    assert (run.state, run.error, run.done) == (JobRun.State.FAILED, "OSError", 1)
    page = text(browser_of(Role.ADMINISTRATOR))
    assert "It broke off (OSError). 1 claim had been done and stay done." in page
    assert "Fernsby" not in page
    monkeypatch.undo()
    post_remittances(now=now)
    run.refresh_from_db()
    assert (run.state, run.error, run.done) == (JobRun.State.DONE, "", 2)


def test_a_file_that_is_refused_says_why(person: User, now: datetime) -> None:
    brought(a_remittance(1).replace(b"*HP*", b"*HC*").replace(b"ST*835", b"ST*999"), person, now)
    post_remittances(now=now)
    page = text(browser_of(Role.BILLER))
    assert "Refused. " in page
    assert "Failed" in page


def test_the_same_file_again_and_one_that_is_none_start_no_job(person: User, now: datetime) -> None:
    payload = a_remittance(1)
    brought(payload, person, now)
    take_file(name="again.835", payload=payload, acting_user=person, now=now)
    with pytest.raises(UnacceptableFileError):
        take_file(name="photo.jpg", payload=b"\xff\xd8", acting_user=person, now=now)
    assert JobRun.objects.count() == 1


def test_an_import_that_its_page_waited_for_stands_there_with_what_was_refused(person: User, now: datetime) -> None:
    rows = bank_file(bank_row("ACH"), bank_row("ACH", "eighty"))
    import_bank_file(payload=rows, name="bank.csv", acting_user=person, now=now)
    run = JobRun.objects.get()
    assert (run.step, run.state, run.finished_at) == ("import_bank_file", JobRun.State.DONE, now)
    page = text(browser_of(Role.BILLER))
    assert reverse("remittances:bank_file", args=[run.subject_public_id]) in page
    assert "Done, with something left" in page
    assert "2 refused rows" in page


def test_tables_of_codes_count_their_files(tmp_path: Path) -> None:
    tables = tmp_path / "unlike.txt"
    tables.write_text("nothing of it\n")
    with pytest.raises(SystemExit):
        call_command("import_ncci", str(tables))
    run = JobRun.objects.get(step="import_code_tables")
    assert (run.by_hand, run.done, run.total, run.state) == (True, 1, 1, JobRun.State.DONE)
    assert run.counts["untaken_files"] == 1
    page = text(browser_of(Role.ADMINISTRATOR))
    assert "From the command line" in page
    assert "Code tables" in page


@pytest.fixture
def two_people(now: datetime) -> tuple[JobRun, JobRun]:
    coder, biller = UserFactory(role=Role.CODER), UserFactory(role=Role.BILLER)
    return (
        start_job("fix_in_bulk", now=now, requested_by=coder, total=4),
        start_job("import_payers", now=now, requested_by=biller),
    )


def test_a_coder_sees_the_own_jobs_and_no_others(client: Client, now: datetime, two_people: tuple[JobRun, ...]) -> None:
    sign_in(client, Role.CODER)
    assert "No job yet" in text(client)
    client.force_login(two_people[0].requested_by)
    page = text(client)
    assert "Bulk fix" in page
    assert "Payers from a file" not in page
    assert "Payers from a file" not in text(client, "?who=")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.BILLER])
def test_who_watches_the_automations_sees_everybodys_and_may_narrow_them(
    role: Role, two_people: tuple[JobRun, ...]
) -> None:
    client = browser_of(role)
    page = text(client)
    assert "Bulk fix" in page
    assert "Payers from a file" in page
    assert "No job of this kind" in text(client, "?who=mine")
    assert "No job of this kind" in text(client, "?state=failed")


def test_who_has_no_role_opens_nothing(client: Client) -> None:
    sign_in(client, None)
    assert client.get(JOBS).status_code == 403


def test_the_bar_claims_a_share_only_where_the_whole_is_known(now: datetime, person: User) -> None:
    known = start_job("fix_in_bulk", now=now, requested_by=person)
    client = browser_of(Role.BILLER)
    assert "How much there is to do is not known yet." in text(client)
    assert " value=" not in text(client).partition("<progress")[2].partition("</progress>")[0]
    expect(known.pk, 8)
    advance(known.pk, 2)
    page = text(client)
    assert '<progress value="25" max="100" aria-label="Bulk fix">25%</progress>' in page
    assert "2 of 8 claims, 25%" in page


def test_the_list_asks_again_while_something_runs_and_tells_a_change_aloud_once(now: datetime, person: User) -> None:
    first = start_job("fix_in_bulk", now=now, requested_by=person, total=1)
    second = start_job("fix_in_bulk", now=now, requested_by=person, total=1)
    client = browser_of(Role.BILLER)
    assert 'hx-trigger="every 2s"' in text(client)
    assert "hx-swap-oob" not in text(client)
    assert "hx-swap-oob" not in text(client, **HTMX, HTTP_X_JOBS_RUNNING="2")
    end_job(first.pk, now=now)
    assert "1 job at work." in text(client, **HTMX, HTTP_X_JOBS_RUNNING="2")
    end_job(second.pk, now=now)
    ended = text(client, **HTMX, HTTP_X_JOBS_RUNNING="1")
    assert "Every job has ended." in ended
    assert "hx-trigger" not in ended


def test_the_clocks_own_runs_are_not_listed_and_peoples_jobs_are_no_failing_automation(
    now: datetime, person: User
) -> None:
    JobRun.objects.create(step="sweep", started_at=now)
    failed = start_job("post_remittance_file", now=now, requested_by=person)
    end_job(failed.pk, now=now, error="OSError")
    page = text(browser_of(Role.ADMINISTRATOR))
    assert "Work that was cut off" not in page
    assert failing_steps(now) == 0


def test_an_automation_run_by_hand_leads_to_its_page(now: datetime, person: User) -> None:
    JobRun.objects.create(step="responses", started_at=now, requested_by=person, by_hand=True)
    page = text(browser_of(Role.BILLER))
    assert "Answers from the clearinghouse" in page
    assert reverse("automations:detail", args=["responses"]) in page


def test_a_page_of_jobs_asks_the_database_as_often_however_many_there_are(
    client: Client, now: datetime, person: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, Role.BILLER)
    JobRun.objects.bulk_create(
        JobRun(
            step="fix_in_bulk",
            state="done",
            started_at=now - timedelta(minutes=each),
            requested_by=person,
            by_hand=True,
        )
        for each in range(115)
    )
    JobRun.objects.bulk_create(
        JobRun(step="try_connection", started_at=now, subject_public_id=tested.public_id, by_hand=True)
        for tested in (EhrConnectionFactory() for _ in range(5))
    )
    with django_assert_max_num_queries(15):
        client.get(JOBS)
    assert "51 to 100 of 120 jobs" in text(client, "?page=2")
