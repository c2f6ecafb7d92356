from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from apps.automations.lateness import KIND, tell_of_late
from apps.automations.schedule import BY_NAME, SCHEDULE
from apps.automations.spoken_times import Times
from apps.automations.steps import sweep
from apps.automations.timetable import move, switch, sync_schedule
from apps.core.due_times import NoTimesError
from apps.core.lateness import GRACE, late_automations
from apps.core.models import JobRun
from apps.worklist.models import WorkItem
from tests.factories.practice import UserFactory

AUSTIN = ZoneInfo("America/Chicago")
NOON = datetime(2026, 9, 16, 12, 0, tzinfo=AUSTIN)
DUE = datetime(2026, 9, 16, 18, 30, tzinfo=AUSTIN)
LATE = DUE + GRACE
JOB = "end_of_day_charges"
pytestmark = pytest.mark.django_db


def ran(name: str, at: datetime) -> None:
    JobRun.objects.create(step=name, state="done", started_at=at)


@pytest.mark.long
def test_a_job_is_late_once_its_grace_is_over() -> None:
    sync_schedule(now=NOON)
    assert JOB not in late_automations(now=LATE - timedelta(seconds=1))
    assert late_automations(now=LATE)[JOB] == DUE


@pytest.mark.long
def test_a_job_that_started_is_not_late_and_one_that_ran_before_its_time_is() -> None:
    sync_schedule(now=NOON)
    ran(JOB, DUE - timedelta(minutes=5))
    assert JOB in late_automations(now=LATE)
    ran(JOB, DUE + timedelta(seconds=2))
    assert JOB not in late_automations(now=LATE)


@pytest.mark.long
def test_what_was_due_before_it_was_there_switched_on_or_moved_is_not_missed() -> None:
    sync_schedule(now=DUE + timedelta(minutes=1))
    assert JOB not in late_automations(now=LATE)
    user, night = UserFactory(), DUE + timedelta(hours=30)
    switch(BY_NAME[JOB], enabled=False, acting_user=user, now=LATE)
    assert JOB not in late_automations(now=night)
    switch(BY_NAME[JOB], enabled=True, acting_user=user, now=night)
    assert JOB not in late_automations(now=night + timedelta(minutes=1))
    ran(JOB, night + timedelta(minutes=2))
    tomorrow = night + timedelta(hours=12)
    move(BY_NAME[JOB], Times((1,), (0,)), acting_user=user, now=tomorrow)
    assert JOB not in late_automations(now=tomorrow + timedelta(hours=1))


@pytest.mark.long
def test_the_sweep_tells_an_administrator_once_and_takes_it_back_when_the_job_has_run() -> None:
    sync_schedule(now=NOON)
    for periodic in SCHEDULE:
        if periodic.name != JOB:
            ran(periodic.name, LATE)
    assert sweep("", LATE).counts["late automations"] == 1
    tell_of_late(now=LATE + timedelta(minutes=5))
    item = WorkItem.objects.get(kind=KIND)
    assert item.title == (
        "End-of-day charges should have started on Sep 16 at 6:30 PM. Run it now; if others are late too, look at the worker and at beat."
    )
    assert (item.owner_role, item.url_name, item.subject_public_id) == ("administrator", "automations:detail", JOB)
    ran(JOB, LATE + timedelta(minutes=6))
    assert tell_of_late(now=LATE + timedelta(minutes=7)) == 0
    item.refresh_from_db()
    assert (item.state, item.outcome) == ("done", "It runs on time again.")


@pytest.mark.long
def test_a_job_without_times_of_day_is_named_and_not_taken_for_punctual() -> None:
    sync_schedule(now=NOON)
    every_hour = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.HOURS)
    PeriodicTask.objects.filter(name=JOB).update(crontab=None, interval=every_hour)
    with pytest.raises(NoTimesError, match="end_of_day_charges has no times of day: delete it in the back office"):
        late_automations(now=LATE)
