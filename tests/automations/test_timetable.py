from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from django_celery_beat.schedulers import ModelEntry
from pytest_django import Settings

from apps.audit.models import AuditEvent
from apps.automations.schedule import BY_NAME, SCHEDULE
from apps.automations.simulation.driver import ticks
from apps.automations.spoken_times import Times
from apps.automations.timetable import move, switch, sync_schedule
from apps.automations.wording import in_words
from apps.core.due_times import last_moment, moments_on, next_moment
from apps.core.models import Automation
from tests.factories.practice import UserFactory

AUSTIN = ZoneInfo("America/Chicago")
pytestmark = pytest.mark.django_db


@pytest.mark.long
def test_the_first_sync_writes_every_job(now: datetime) -> None:
    result = sync_schedule(now=now)
    assert (result.added, result.kept, result.removed) == (len(SCHEDULE), 0, 0)
    assert set(PeriodicTask.objects.filter(task="run_automation").values_list("name", flat=True)) == set(BY_NAME)


@pytest.mark.long
def test_a_second_sync_keeps_what_an_operator_changed(now: datetime) -> None:
    sync_schedule(now=now)
    user = UserFactory()
    move(BY_NAME["end_of_day_charges"], Times((20,), (0,)), acting_user=user, now=now)
    switch(BY_NAME["reminders"], enabled=False, acting_user=user, now=now)
    assert sync_schedule(now=now).added == 0
    moved = PeriodicTask.objects.select_related("crontab").get(name="end_of_day_charges")
    assert (moved.crontab.hour, moved.crontab.minute) == ("20", "0")
    assert not PeriodicTask.objects.get(name="reminders").enabled
    assert not Automation.objects.get(name="reminders").enabled


@pytest.mark.long
def test_a_job_that_no_longer_exists_is_removed(now: datetime) -> None:
    crontab = CrontabSchedule.objects.create(minute="0", hour="0")
    PeriodicTask.objects.create(name="of an older version", task="run_automation", crontab=crontab)
    assert sync_schedule(now=now).removed == 1


@pytest.mark.long
def test_in_another_time_zone_every_job_keeps_its_hour_there(now: datetime, settings: Settings) -> None:
    settings.TIME_ZONE = "America/Chicago"
    sync_schedule(now=now)
    move(BY_NAME["end_of_day_charges"], Times((20,), (10,)), acting_user=UserFactory(), now=now)
    settings.TIME_ZONE = "America/Los_Angeles"
    result = sync_schedule(now=now)
    assert (result.added, result.kept, result.moved) == (0, len(SCHEDULE), len(SCHEDULE))
    tasks = PeriodicTask.objects.filter(task="run_automation")
    assert set(tasks.values_list("crontab__timezone", flat=True)) == {ZoneInfo("America/Los_Angeles")}
    moved = tasks.select_related("crontab").get(name="end_of_day_charges")
    assert (moved.crontab.hour, moved.crontab.minute) == ("20", "10")
    assert moved.crontab.schedule.tz == ZoneInfo("America/Los_Angeles")
    assert sync_schedule(now=now).moved == 0


def ran_two_days_ago(name: str) -> None:
    PeriodicTask.objects.filter(name=name).update(last_run_at=timezone.now() - timedelta(days=2))


def an_hour_ago() -> Times:
    there = timezone.now().astimezone(AUSTIN) - timedelta(hours=1)
    return Times((there.hour,), (there.minute,))


def beat_starts(name: str) -> bool:
    return bool(ModelEntry(PeriodicTask.objects.get(name=name)).is_due().is_due)


@pytest.mark.long
def test_a_job_that_is_moved_to_an_hour_already_past_waits_for_its_next_one(now: datetime) -> None:
    sync_schedule(now=now)
    ran_two_days_ago("deposits")
    move(BY_NAME["deposits"], an_hour_ago(), acting_user=UserFactory(), now=now)
    assert not beat_starts("deposits")
    ran_two_days_ago("deposits")
    assert beat_starts("deposits")  # beat was away at its hour


@pytest.mark.long
def test_a_job_that_is_switched_on_again_waits_for_its_next_hour(now: datetime) -> None:
    sync_schedule(now=now)
    user, deposits = UserFactory(), BY_NAME["deposits"]
    move(deposits, an_hour_ago(), acting_user=user, now=now)
    ran_two_days_ago("deposits")
    switch(deposits, enabled=False, acting_user=user, now=now)
    switch(deposits, enabled=True, acting_user=user, now=now)
    assert not beat_starts("deposits")


@pytest.mark.long
def test_a_change_is_in_the_audit_trail(now: datetime) -> None:
    sync_schedule(now=now)
    user = UserFactory()
    switch(BY_NAME["sweep"], enabled=False, acting_user=user, now=now)
    event = AuditEvent.objects.get(subject_kind="automation")
    assert (event.action, event.actor, event.subject_public_id) == ("switch", user, "sweep")


@pytest.mark.long
def test_the_next_end_of_day_run_is_today_at_half_past_six(now: datetime) -> None:
    sync_schedule(now=now)
    task = PeriodicTask.objects.get(name="end_of_day_charges")
    assert next_moment(task, now=now) == datetime(2026, 9, 16, 18, 30, tzinfo=AUSTIN)


@pytest.mark.long
def test_after_it_has_run_the_next_one_is_tomorrow(now: datetime) -> None:
    sync_schedule(now=now)
    task = PeriodicTask.objects.get(name="eligibility")
    evening = datetime(2026, 9, 16, 19, 0, tzinfo=AUSTIN)
    assert next_moment(task, now=evening) == datetime(2026, 9, 17, 19, 0, tzinfo=AUSTIN)


@pytest.mark.long
def test_a_simulated_day_meets_every_job_at_its_time(now: datetime) -> None:
    sync_schedule(now=now)
    plan = list(ticks(date(2026, 9, 16), 1))
    assert [moment for moment, _ in plan] == sorted(moment for moment, _ in plan)
    at = {
        name: moment.strftime("%H:%M")
        for moment, names in plan
        for name in names
        if name in {"eligibility", "measures", "morning_eligibility"}
    }
    # The morning's is each day's: a payer that answers for no day ahead is asked again on the visit's own day (DOMAIN 3).
    assert at == {"morning_eligibility": "06:30", "eligibility": "19:00", "measures": "23:30"}
    assert sum("sweep" in names for _, names in plan) == 18


@pytest.mark.parametrize(
    ("crontab", "words"),
    [
        ({"minute": "30", "hour": "18"}, "6:30 PM, every day"),
        ({"minute": "15,45", "hour": "7-20"}, "every 30 minutes from 7:15 AM to 8:45 PM, every day"),
        ({"minute": "0", "hour": "6-22/2"}, "every 2 hours from 6:00 AM to 10:00 PM, every day"),
        ({"minute": "50", "hour": "*"}, "every hour at 50 past, every day"),
        ({"minute": "0", "hour": "8", "day_of_week": "1-5"}, "8:00 AM, Monday to Friday"),
        ({"minute": "0", "hour": "8", "day_of_week": "0,6"}, "8:00 AM, on Sunday and Saturday"),
        ({"minute": "30", "hour": "6", "day_of_month": "1-3"}, "6:30 AM, on days 1, 2 and 3 of the month"),
        ({"minute": "0", "hour": "8,9,17"}, "8:00 AM, 9:00 AM and 5:00 PM, every day"),
    ],
)
def test_a_schedule_is_told_in_words(crontab: dict[str, str], words: str) -> None:
    assert in_words(CrontabSchedule(**{"day_of_week": "*", "day_of_month": "*", **crontab})) == words


@pytest.mark.long
def test_the_last_end_of_day_run_was_yesterday_until_half_past_six(now: datetime) -> None:
    sync_schedule(now=now)
    task = PeriodicTask.objects.get(name="end_of_day_charges")
    evening = datetime(2026, 9, 16, 18, 30, tzinfo=AUSTIN)
    assert last_moment(task, now=evening - timedelta(minutes=1)) == evening - timedelta(days=1)
    assert last_moment(task, now=evening) == evening


def test_a_crontab_of_another_zone_is_due_at_its_own_hours(now: datetime, settings: Settings) -> None:
    """As beat runs it until `sync_schedule` moves it: 6:30 PM in Los Angeles is 8:30 PM in Austin, 11 PM there is the next day here."""
    settings.TIME_ZONE = "America/Chicago"
    evening = CrontabSchedule(minute="30", hour="18,23", timezone="America/Los_Angeles")
    due = list(moments_on(PeriodicTask(name="far", crontab=evening), date(2026, 9, 16)))
    assert due == [
        datetime(2026, 9, 16, 1, 30, tzinfo=AUSTIN),
        datetime(2026, 9, 16, 20, 30, tzinfo=AUSTIN),
    ]


def test_a_job_of_day_31_has_a_next_run_also_in_february(settings: Settings) -> None:
    settings.TIME_ZONE = "America/Chicago"
    job = PeriodicTask(
        name="far", crontab=CrontabSchedule(minute="0", hour="5", day_of_month="31", timezone="America/Chicago")
    )
    february = datetime(2026, 2, 1, 12, 0, tzinfo=AUSTIN)
    assert next_moment(job, now=february) == datetime(2026, 3, 31, 5, 0, tzinfo=AUSTIN)
    assert last_moment(job, now=datetime(2026, 3, 30, tzinfo=AUSTIN)) == datetime(2026, 1, 31, 5, 0, tzinfo=AUSTIN)


@pytest.mark.long
def test_a_job_of_some_months_keeps_them_in_another_zone(now: datetime, settings: Settings) -> None:
    settings.TIME_ZONE = "America/Chicago"
    sync_schedule(now=now)
    quarterly = CrontabSchedule.objects.create(
        minute="5", hour="7", month_of_year="1,4,7,10", timezone="America/Chicago"
    )
    PeriodicTask.objects.filter(name="rule_reviews").update(crontab=quarterly)
    settings.TIME_ZONE = "America/Los_Angeles"
    sync_schedule(now=now)
    moved = PeriodicTask.objects.select_related("crontab").get(name="rule_reviews")
    assert (moved.crontab.month_of_year, str(moved.crontab.timezone)) == ("1,4,7,10", "America/Los_Angeles")
    assert list(moments_on(moved, date(2026, 9, 16))) == []
