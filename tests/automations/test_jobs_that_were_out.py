"""A job whose other side was away at its hour is run again by the sweep: the day's charges leave the same evening all the same."""

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from apps.automations import tasks
from apps.automations.sweeping import left_behind
from apps.connectors.ports.errors import OutageError
from apps.core.models import Automation, JobRun
from tests.factories.connectors import EhrConnectionFactory
from tests.intake.recorded_ehr import RecordedEhr

pytestmark = pytest.mark.django_db(transaction=True)
State = JobRun.State


def ran(now: datetime, step: str = "end_of_day_charges", error: str = "OutageError", minutes: int = 15) -> None:
    state = State.FAILED if error else State.DONE
    JobRun.objects.create(step=step, state=state, error=error, started_at=now - timedelta(minutes=minutes))


def test_it_is_run_again_until_it_has_run(now: datetime) -> None:
    ran(now)
    assert left_behind(now=now) == (("run_automation", "end_of_day_charges"),)
    ran(now, minutes=5)
    assert left_behind(now=now) == (("run_automation", "end_of_day_charges"),)
    ran(now, error="", minutes=1)
    assert left_behind(now=now) == ()


@pytest.mark.parametrize(
    "facts",
    [
        {"error": "RefusedError"},  # a person corrects something first
        {"error": "ValueError"},
        {"error": ""},
        {"minutes": 60 * 7},  # its next hour is nearer
        {"step": "sweep"},
        {"step": "post_remittance_file"},
    ],
)
def test_other_runs_are_left_alone(now: datetime, facts: dict[str, object]) -> None:
    ran(now, **facts)
    assert left_behind(now=now) == ()


def test_the_sweep_starts_the_evenings_poll_again(
    settings: LazySettings, nudges: list[tuple[str, str]], now: datetime
) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "recorded_ehr": "tests.intake.recorded_ehr.RecordedEhr"}
    RecordedEhr.forget()
    EhrConnectionFactory(adapter="recorded_ehr")
    Automation.objects.create(name="eligibility")
    RecordedEhr.failing.append(OutageError("down"))
    with pytest.raises(OutageError):
        tasks.run_automation("eligibility", now=now)
    nudges.clear()
    tasks.run_step("sweep", "", now=now + timedelta(minutes=15))
    assert nudges == [("run_automation", "eligibility")]
