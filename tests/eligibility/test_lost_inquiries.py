"""What a crash left unanswered ends: in another question while the visit is ahead, plainly closed after that."""

from datetime import datetime, timedelta

import pytest

from apps.automations.sweeping import left_behind
from apps.connectors.models import Transmission
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services import RecoveredChecks, recover_checks
from apps.worklist.models import WorkItem
from tests.factories.connectors import SentTransmissionFactory
from tests.factories.eligibility import EligibilityCheckFactory
from tests.factories.intake import AppointmentFactory, CoverageFactory

pytestmark = pytest.mark.django_db
State, Sending = EligibilityCheck.State, Transmission.State.SENDING
LONG_AGO = timedelta(days=30)


def inquiry(at: datetime, **facts: object) -> Transmission:
    row: Transmission = SentTransmissionFactory(**{"kind": "270", "state": Sending, "at": at, **facts})
    return row


def states(*rows: Transmission) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


def test_an_inquiry_that_no_check_waits_for_is_found_and_ends_as_unknown(now: datetime) -> None:
    lost = inquiry(now - LONG_AGO)
    EligibilityCheckFactory(state=State.ANSWERED, inquiry=inquiry(now - LONG_AGO, state=Transmission.State.SENT))
    assert left_behind(now=now) == (("recover_checks", ""),)
    recover_checks(now=now)
    assert states(lost) == [Transmission.State.UNKNOWN]
    assert (lost.settled_at, lost.problem[:16]) == (now, "No answer came. ")
    assert left_behind(now=now) == ()


def test_an_inquiry_under_way_and_a_claims_file_are_left_alone(now: datetime) -> None:
    young = inquiry(now - timedelta(minutes=9))
    waited_for = inquiry(now - timedelta(minutes=10))
    EligibilityCheckFactory(state=State.ASKING, asked_at=now - timedelta(minutes=9), inquiry=waited_for)
    file = inquiry(now - LONG_AGO, kind="837P")
    recover_checks(now=now)
    assert states(young, waited_for, file) == [Sending] * 3


def test_a_check_whose_visit_has_begun_is_closed_and_nobody_is_asked(now: datetime) -> None:
    lost = inquiry(now - LONG_AGO)
    check = EligibilityCheckFactory(
        appointment=AppointmentFactory(starts_at=now), state=State.ASKING, asked_at=now - LONG_AGO, inquiry=lost
    )
    assert recover_checks(now=now) == RecoveredChecks(waiting_again=0, escalated=0, closed=1)
    check.refresh_from_db()
    assert (check.state, check.sentence) == (State.OUTAGE, "The payer's answer was lost, and the visit has begun.")
    assert states(lost) == [Transmission.State.UNKNOWN]
    assert not WorkItem.objects.exists()


def test_a_denials_question_has_no_visit_and_is_asked_again(now: datetime) -> None:
    check = EligibilityCheckFactory(
        appointment=None, coverage=CoverageFactory(), reason="denial", state=State.ASKING, asked_at=now - LONG_AGO
    )
    assert recover_checks(now=now).waiting_again == 1
    check.refresh_from_db()
    assert check.state == State.WAITING
