"""A visit that is cancelled, or moved to another day, has nothing left to settle: its task goes by itself and is not escalated."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.automations.sweeping import left_behind
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services import plan_checks
from apps.eligibility.services.desk_tasks import open_tasks
from apps.intake.models import Appointment
from apps.worklist.models import WorkItem
from tests.factories.eligibility import FailedCheckFactory
from tests.factories.intake import AppointmentFactory

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/Chicago")
EVENING = datetime(2026, 9, 16, 19, 0, tzinfo=ZONE)
# Half past seven in the evening, which is the next day in UTC.
VISIT = datetime(2026, 9, 18, 19, 30, tzinfo=ZONE)


def unsettled() -> EligibilityCheck:
    check = FailedCheckFactory(appointment=AppointmentFactory(starts_at=VISIT))
    open_tasks([check], now=EVENING)
    return check


def open_tasks_left() -> list[str]:
    return list(WorkItem.objects.filter(state="open").values_list("subject_public_id", flat=True))


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"status": Appointment.Status.CANCELLED}, "The visit was canceled or moved to another day."),
        ({"starts_at": VISIT + timedelta(days=3)}, "The visit was canceled or moved to another day."),
    ],
)
def test_its_task_is_withdrawn_and_the_others_stay(change: dict[str, object], outcome: str):
    off, stays = unsettled(), unsettled()
    plan_checks(now=EVENING)
    assert sorted(open_tasks_left()) == sorted([off.public_id, stays.public_id])
    assert ("plan_checks", "") not in left_behind(now=EVENING)
    Appointment.objects.filter(pk=off.appointment_id).update(**change)
    assert ("plan_checks", "") in left_behind(now=EVENING)
    plan_checks(now=EVENING)
    assert open_tasks_left() == [stays.public_id]
    assert WorkItem.objects.get(subject_public_id=off.public_id).outcome == outcome
    assert ("plan_checks", "") not in left_behind(now=EVENING)


@pytest.mark.parametrize("status", [Appointment.Status.COMPLETED, Appointment.Status.SCHEDULED])
def test_a_visit_at_another_hour_of_its_day_or_that_took_place_is_not_off(status: str):
    check = unsettled()
    Appointment.objects.update(status=status, starts_at=VISIT.replace(hour=8))
    plan_checks(now=EVENING)
    assert open_tasks_left() == [check.public_id]
