"""A payer that cannot be asked electronically is somebody's call before the visit, whatever brought the question up."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services import plan_checks, recheck, settle_check
from apps.eligibility.services.desk_tasks import open_tasks
from apps.intake.services import Card
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.eligibility import FailedCheckFactory
from tests.factories.intake import AppointmentFactory, CoverageFactory
from tests.factories.practice import PayerFactory, UserFactory
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/Chicago")
EVENING = datetime(2026, 9, 16, 19, 0, tzinfo=ZONE)
VISIT = datetime(2026, 9, 18, 9, 0, tzinfo=ZONE)
Settlement, State = EligibilityCheck.Settlement, EligibilityCheck.State


def open_titles() -> list[str]:
    return list(WorkItem.objects.filter(state=WorkItem.State.OPEN).values_list("title", flat=True))


def new_card(now: datetime) -> EligibilityCheck:
    check = FailedCheckFactory(appointment=AppointmentFactory(starts_at=VISIT))
    open_tasks([check], now=EVENING)
    fresh = settle_check(
        check=check,
        settlement=Settlement.NEW_COVERAGE,
        coverage=Card(payer=PayerFactory(name="Old Mill Mutual", eligibility_id=""), member_id="OM1"),
        acting_user=UserFactory(),
        now=now,
    )
    assert fresh
    return fresh


def test_a_new_card_of_such_a_payer_is_a_call_of_the_front_desk() -> None:
    """The old task is closed, and the rounds to come take the new plan for asked about: nobody would call."""
    fresh = new_card(EVENING)
    assert fresh.state == State.BY_PHONE
    assert open_titles() == ["Call Old Mill Mutual about the coverage of the visit"]
    plan_checks(now=EVENING)
    assert len(open_titles()) == 1


def test_after_the_visit_nobody_is_to_call() -> None:
    new_card(datetime(2026, 9, 18, 12, 0, tzinfo=ZONE))
    assert open_titles() == []


def test_asking_again_moves_the_one_task_along_and_promises_no_answer() -> None:
    visit = AppointmentFactory(starts_at=VISIT)
    CoverageFactory(patient=visit.patient, payer__eligibility_id="", payer__name="Old Mill Mutual")
    plan_checks(now=EVENING)
    check = EligibilityCheck.objects.get()
    fresh = recheck(appointment=visit, acting_user=UserFactory(), now=EVENING)
    assert fresh
    assert WorkItem.objects.get().subject_public_id == fresh.public_id
    desk = browser_of(Role.FRONT_DESK)
    page = desk.post(reverse("eligibility:recheck", args=[check.public_id]), follow=True).content.decode()
    assert "Old Mill Mutual cannot be asked electronically: call it." in page
    assert "The answer takes a few seconds" not in page
