"""The EHR cannot be asked when the evening's or the morning's eligibility is due: what is known already is asked about all the same."""

from datetime import datetime

import pytest
from django.conf import LazySettings

from apps.automations import tasks
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
        (OutageError("down"), "(OutageError): the other side did not answer. It is tried again by itself."),
        (RefusedError("no"), "(RefusedError): the other side refused, or is not set up. It needs a correction"),
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
    assert "It needs a correction in Settings, Connections." in fail(step, NoConnectionError, now)
    assert nudges == [("plan_checks", "")]
