"""The EHR cannot be asked when the evening's or the morning's eligibility is due: what is known already is asked about all the same."""

from datetime import datetime

import pytest
from django.conf import LazySettings

from apps.automations import tasks
from apps.automations.outcomes import outcome_words
from apps.connectors.models import Connection
from apps.connectors.ports.errors import OutageError, RefusedError
from apps.connectors.registry import NoConnectionError
from apps.worklist.models import WorkItem
from tests.factories.connectors import EhrConnectionFactory
from tests.intake.recorded_ehr import RecordedEhr

pytestmark = pytest.mark.django_db(transaction=True)
PULLS = ("pull_appointments", "pull_todays_appointments")


@pytest.fixture(autouse=True)
def ehr(settings: LazySettings) -> Connection:
    settings.ADAPTERS = {**settings.ADAPTERS, "recorded_ehr": "tests.intake.recorded_ehr.RecordedEhr"}
    RecordedEhr.forget()
    return EhrConnectionFactory(adapter="recorded_ehr")


def fail(step: str, failure: type[Exception], now: datetime) -> str:
    with pytest.raises(failure):
        tasks.run_step(step, "", now=now)
    return WorkItem.objects.get(state="open").title


@pytest.mark.parametrize("step", PULLS)
@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (OutageError("down"), "failed: the other side did not answer. It is tried again by itself."),
        (RefusedError("no"), "failed: the other side refused. It needs a correction in Settings, Connections."),
        (ValueError("a record of another form"), "failed (ValueError)."),
    ],
)
def test_the_payers_are_asked_and_the_failure_is_told(
    nudges: list[tuple[str, str]], now: datetime, step: str, failure: Exception, told: str
) -> None:
    RecordedEhr.failing.append(failure)
    assert told in fail(step, type(failure), now)
    assert nudges == [("plan_checks", "")]


@pytest.mark.parametrize("step", PULLS)
def test_an_ehr_that_is_switched_off_keeps_no_payer_from_being_asked(
    nudges: list[tuple[str, str]], now: datetime, step: str
) -> None:
    Connection.objects.update(enabled=False)
    assert "failed: No EHR is connected. Connect one in Settings, Connections." in fail(step, NoConnectionError, now)
    assert nudges == [("plan_checks", "")]


@pytest.mark.parametrize("name", ["end_of_day_charges", "late_charges", "eligibility", "responses", "missed_payments"])
def test_where_there_never_was_such_a_system_nothing_has_failed(now: datetime, name: str) -> None:
    Connection.objects.all().delete()
    run = tasks.run_automation(name, now=now)
    assert run is not None
    assert run.state == "done"
    assert outcome_words(run) == "There is nobody to ask: no such system is connected"
    assert not WorkItem.objects.exists()


def test_the_charges_that_came_as_files_are_still_looked_at_in_an_office_without_an_ehr(now: datetime) -> None:
    Connection.objects.all().delete()
    run = tasks.run_automation("uncharged_visits", now=now)
    assert run is not None
    assert (run.state, outcome_words(run)) == ("done", "Nothing was due")
