from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import PeriodicTask
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.automations.outcomes import outcome_words
from apps.automations.schedule import SCHEDULE
from apps.automations.timetable import sync_schedule
from apps.core import clock
from apps.core.models import Automation, JobRun
from apps.practice.roles import Role
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def schedule() -> None:
    sync_schedule(now=clock.now())


@pytest.mark.long
def test_the_list_shows_each_job_in_words_with_its_last_outcome(client: Client, schedule: None, now: datetime) -> None:
    JobRun.objects.create(
        step="end_of_day_charges",
        state="done",
        started_at=now,
        finished_at=now,
        counts={"new visits": 41, "already imported": 0},
    )
    sign_in(client, Role.ADMINISTRATOR)
    page = client.get(reverse("automations:list")).content.decode()
    assert "6:30 PM, every day" in page
    assert "41 new visits" in page
    assert "Not run yet" in page
    assert "Takes the day&#x27;s completed charges from the EHR" in page


@pytest.mark.long
def test_one_of_a_kind_is_counted_as_one(client: Client, schedule: None, now: datetime) -> None:
    JobRun.objects.create(
        step="late_charges",
        state="done",
        started_at=now,
        finished_at=now,
        counts={"new visits": 1, "already imported": 16},
    )
    sign_in(client, Role.ADMINISTRATOR)
    assert "1 new visit, 16 visits already imported<" in client.get(reverse("automations:list")).content.decode()


@pytest.mark.long
def test_the_list_asks_the_database_as_often_however_many_runs_there_are(
    client: Client, schedule: None, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    JobRun.objects.bulk_create(JobRun(step="sweep", state="done", started_at=now) for _ in range(200))
    with django_assert_max_num_queries(14):
        client.get(reverse("automations:list"))


@pytest.mark.long
def test_a_failed_run_is_shown_as_a_problem(client: Client, schedule: None, now: datetime) -> None:
    JobRun.objects.create(step="responses", state="failed", started_at=now, error="OutageError")
    sign_in(client, Role.ADMINISTRATOR)
    page = client.get(reverse("automations:list")).content.decode()
    assert "The other side did not answer. It is tried again by itself." in page
    assert "are on, 1 failed in its last run" in page


@pytest.mark.long
def test_a_run_that_a_refused_sign_in_held_back_says_so(client: Client, schedule: None, now: datetime) -> None:
    JobRun.objects.create(step="responses", state="failed", started_at=now, error="HeldBackError", by_hand=True)
    sign_in(client, Role.ADMINISTRATOR)
    for address in (reverse("automations:detail", args=["responses"]), reverse("jobs:list")):
        page = client.get(address).content.decode()
        assert ("Held back: a connection refused the sign-in before" in page, "HeldBackError" in page) == (True, False)


@pytest.mark.parametrize(
    ("step", "counts", "words"),
    [
        ("measures", {"metrics": 5}, "5 metrics kept for the day"),
        ("uncharged_visits", {"visits without charges": 1}, "1 visit without charges"),
        ("morning_eligibility", {"changed": 2}, "2 appointments changed"),
        ("import_bank_file", {"refused_rows": 1}, "1 refused row"),
        ("sweep", {}, "Nothing was due"),
    ],
)
def test_an_outcome_says_what_was_counted(step: str, counts: dict[str, int], words: str) -> None:
    assert outcome_words(JobRun(step=step, counts=counts)) == words


@pytest.mark.long
def test_failed_runs_of_several_jobs_are_counted(client: Client, schedule: None, now: datetime) -> None:
    for step in ("responses", "batches"):
        JobRun.objects.create(step=step, state="failed", started_at=now, error="OutageError")
    sign_in(client, Role.ADMINISTRATOR)
    assert "are on, 2 failed in their last run" in client.get(reverse("automations:list")).content.decode()


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.CODER, Role.FRONT_DESK])
def test_who_does_not_watch_automations_may_not_open_them(client: Client, schedule: None, role: Role) -> None:
    sign_in(client, role)
    assert client.get(reverse("automations:list")).status_code == 403


@pytest.mark.long
def test_a_biller_may_look_and_not_run(client: Client, schedule: None, nudges: list[tuple[str, str]]) -> None:
    sign_in(client, Role.BILLER)
    assert "Run now" not in client.get(reverse("automations:list")).content.decode()
    assert client.post(reverse("automations:run", args=["sweep"])).status_code == 403
    assert nudges == []


@pytest.mark.long
def test_run_now_nudges_the_job_and_is_audited(
    client: Client, schedule: None, nudges: list[tuple[str, str]], django_capture_on_commit_callbacks
) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("automations:run", args=["end_of_day_charges"]))
    assert answer.status_code == 302
    assert nudges == [("run_automation", "end_of_day_charges")]
    assert AuditEvent.objects.get(action="run now").subject_public_id == "end_of_day_charges"


@pytest.mark.long
def test_an_administrator_moves_a_job_in_words(client: Client, schedule: None) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    answer = client.post(
        reverse("automations:move", args=["eligibility"]), {"when": "8:15 PM on weekdays"}, follow=True
    )
    crontab = PeriodicTask.objects.select_related("crontab").get(name="eligibility").crontab
    assert (crontab.hour, crontab.minute, crontab.day_of_week) == ("20", "15", "1-5")
    page = answer.content.decode()
    assert "now runs 8:15 PM, Monday to Friday." in page
    assert 'value="8:15 PM, Monday to Friday"' in page
    assert AuditEvent.objects.get(action="reschedule").detail == {"times": "8:15 PM, Monday to Friday"}


@pytest.mark.long
def test_words_that_are_no_time_are_refused_and_kept_for_mending(client: Client, schedule: None) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    answer = client.post(reverse("automations:move", args=["eligibility"]), {"when": "at teatime"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count("“at teatime” is not a time of day.") == 1
    assert 'value="at teatime"' in page
    crontab = PeriodicTask.objects.select_related("crontab").get(name="eligibility").crontab
    assert crontab.hour == "19"


@pytest.mark.long
@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("every 2 hours from 6 am to 11 pm", "Every 2 hours from 6:00 AM to 10:00 PM, every day. Next: "),
        ("six", "is not a time of day"),
    ],
)
def test_what_the_words_mean_is_told_while_they_are_typed(client: Client, schedule: None, when: str, said: str) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    page = client.get(
        reverse("automations:detail", args=["eligibility"]), {"when": when}, headers={"HX-Request": "true"}
    )
    assert said in page.content.decode()
    assert "<h1>" not in page.content.decode()


@pytest.mark.long
def test_the_go_live_date_is_moved_and_not_into_the_future(client: Client, schedule: None, now: datetime) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    address = reverse("automations:live_since", args=["eligibility"])
    assert client.post(address, {"live_since": "2026-08-03"}).status_code == 302
    assert Automation.objects.get(name="eligibility").live_since == date(2026, 8, 3)
    refused = client.post(address, {"live_since": "2999-01-01"})
    assert refused.status_code == 422
    assert "This day is still to come." in refused.content.decode()
    assert Automation.objects.get(name="eligibility").live_since == date(2026, 8, 3)
    assert AuditEvent.objects.get(action="go live").detail == {"live_since": "2026-08-03"}


@pytest.mark.long
def test_how_many_of_the_last_runs_worked(client: Client, schedule: None, now: datetime) -> None:
    today = clock.now()
    for days, state in ((1, "done"), (2, "failed"), (3, "done"), (40, "failed")):
        JobRun.objects.create(step="eligibility", state=state, started_at=today - timedelta(days=days))
    sign_in(client, Role.ADMINISTRATOR)
    assert "2 of 3 runs worked" in client.get(reverse("automations:detail", args=["eligibility"])).content.decode()


@pytest.mark.long
def test_a_job_that_did_not_start_is_late_on_both_pages(client: Client, now: datetime) -> None:
    """Synchronised in September, and nothing has run since."""
    sync_schedule(now=now)
    sign_in(client, Role.ADMINISTRATOR)
    assert f"{len(SCHEDULE)} late" in client.get(reverse("automations:list")).content.decode()
    assert (
        "and has not. Run it now." in client.get(reverse("automations:detail", args=["eligibility"])).content.decode()
    )


@pytest.mark.long
def test_an_administrator_switches_a_job_off(client: Client, schedule: None) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    client.post(reverse("automations:switch", args=["reminders"]), {"enabled": "no"})
    assert not Automation.objects.get(name="reminders").enabled


@pytest.mark.long
def test_an_unknown_job_is_not_found(client: Client, schedule: None) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    assert client.get(reverse("automations:detail", args=["nothing"])).status_code == 404


def test_an_invitation_that_was_lost_leads_to_the_people(client: Client) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    answer = client.get(reverse("automations:step", args=["send_invitation.abc"]))
    assert answer.url == reverse("settings:people")


@pytest.mark.long
def test_a_failed_step_leads_to_the_job_that_runs_it(client: Client, schedule: None) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    answer = client.get(reverse("automations:step", args=["fetch_responses.abc"]))
    assert answer.headers["location"] == reverse("automations:detail", args=["responses"])
