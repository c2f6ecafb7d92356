from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import PeriodicTask
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.automations.timetable import sync_schedule
from apps.core.models import Automation, JobRun
from apps.practice.roles import Role
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedule(now: datetime) -> None:
    sync_schedule(now=now)


def test_the_list_shows_each_job_in_words_with_its_last_outcome(client: Client, schedule: None, now: datetime) -> None:
    JobRun.objects.create(
        step="end_of_day_charges", state="done", started_at=now, finished_at=now, counts={"visits": 41, "known": 0}
    )
    sign_in(client, Role.ADMINISTRATOR)
    page = client.get(reverse("automations:list")).content.decode()
    assert "6:30 PM, every day" in page
    assert "41 visits" in page
    assert "Has not run yet" in page


def test_one_of_a_kind_is_counted_as_one(client: Client, schedule: None, now: datetime) -> None:
    JobRun.objects.create(
        step="late_charges", state="done", started_at=now, finished_at=now, counts={"visits": 1, "known": 16}
    )
    sign_in(client, Role.ADMINISTRATOR)
    assert "16 known, 1 visit<" in client.get(reverse("automations:list")).content.decode()


def test_the_list_asks_the_database_as_often_however_many_runs_there_are(
    client: Client, schedule: None, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    JobRun.objects.bulk_create(JobRun(step="sweep", state="done", started_at=now) for _ in range(200))
    with django_assert_max_num_queries(14):
        client.get(reverse("automations:list"))


def test_a_failed_run_is_shown_as_a_problem(client: Client, schedule: None, now: datetime) -> None:
    JobRun.objects.create(step="responses", state="failed", started_at=now, error="OutageError")
    sign_in(client, Role.ADMINISTRATOR)
    page = client.get(reverse("automations:list")).content.decode()
    assert "Failed: OutageError" in page
    assert "are on, 1 failed in its last run" in page


def test_failed_runs_of_several_jobs_are_counted(client: Client, schedule: None, now: datetime) -> None:
    for step in ("responses", "batches"):
        JobRun.objects.create(step=step, state="failed", started_at=now, error="OutageError")
    sign_in(client, Role.ADMINISTRATOR)
    assert "are on, 2 failed in their last run" in client.get(reverse("automations:list")).content.decode()


@pytest.mark.parametrize("role", [Role.CODER, Role.FRONT_DESK])
def test_who_does_not_watch_automations_may_not_open_them(client: Client, schedule: None, role: Role) -> None:
    sign_in(client, role)
    assert client.get(reverse("automations:list")).status_code == 403


def test_a_biller_may_look_and_not_run(client: Client, schedule: None, nudges: list[tuple[str, str]]) -> None:
    sign_in(client, Role.BILLER)
    assert "Run now" not in client.get(reverse("automations:list")).content.decode()
    assert client.post(reverse("automations:run", args=["sweep"])).status_code == 403
    assert nudges == []


def test_run_now_nudges_the_job_and_is_audited(
    client: Client, schedule: None, nudges: list[tuple[str, str]], django_capture_on_commit_callbacks
) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("automations:run", args=["end_of_day_charges"]))
    assert answer.status_code == 302
    assert nudges == [("run_automation", "end_of_day_charges")]
    assert AuditEvent.objects.get(action="run now").subject_public_id == "end_of_day_charges"


def test_an_administrator_moves_a_job(client: Client, schedule: None) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    answer = client.post(reverse("automations:detail", args=["eligibility"]), {"hour": "20", "minute": "15"})
    assert answer.status_code == 302
    crontab = PeriodicTask.objects.select_related("crontab").get(name="eligibility").crontab
    assert (crontab.hour, crontab.minute) == ("20", "15")


@pytest.mark.parametrize("hour", ["25", "mon", "18,", "*/0", "\N{FULLWIDTH DIGIT ONE}8"])
def test_a_time_that_is_not_one_is_refused_with_a_sentence(client: Client, schedule: None, hour: str) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    answer = client.post(reverse("automations:detail", args=["eligibility"]), {"hour": hour, "minute": "15"})
    assert answer.status_code == 422
    assert "Write it as the hint shows." in answer.content.decode()
    crontab = PeriodicTask.objects.select_related("crontab").get(name="eligibility").crontab
    assert crontab.hour == "19"


def test_an_administrator_switches_a_job_off(client: Client, schedule: None) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    client.post(reverse("automations:switch", args=["reminders"]), {"enabled": "no"})
    assert not Automation.objects.get(name="reminders").enabled


def test_an_unknown_job_is_not_found(client: Client, schedule: None) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    assert client.get(reverse("automations:detail", args=["nothing"])).status_code == 404


def test_a_failed_step_leads_to_the_job_that_runs_it(client: Client, schedule: None) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    answer = client.get(reverse("automations:step", args=["fetch_responses.abc"]))
    assert answer.headers["location"] == reverse("automations:detail", args=["responses"])
