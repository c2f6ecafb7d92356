"""A patient pays the visit and asked that nothing of it goes to the plan (45 CFR 164.522(a)(1)(vi)): neither is the plan asked."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from apps.automations.sweeping import left_behind
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services import (
    check_eligibility,
    plan_checks,
    recheck,
    settle_check,
    take_back_self_pay,
)
from apps.eligibility.services.recheck import SelfPayAgreedError
from apps.practice.roles import Role
from tests.eligibility.recorded import RecordedClearinghouse
from tests.factories.eligibility import EligibilityCheckFactory, FailedCheckFactory
from tests.factories.intake import AppointmentFactory, CoverageFactory
from tests.factories.practice import UserFactory
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/Chicago")
EVENING = datetime(2026, 9, 16, 19, 0, tzinfo=ZONE)
Settlement, State = EligibilityCheck.Settlement, EligibilityCheck.State


def agreed(settlement: EligibilityCheck.Settlement = Settlement.SELF_PAY) -> EligibilityCheck:
    visit = AppointmentFactory(starts_at=datetime(2026, 9, 18, 9, 0, tzinfo=ZONE))
    check = FailedCheckFactory(appointment=visit)
    facts = {"phone_reference": "R1"} if settlement == Settlement.VERIFIED else {}
    settle_check(check=check, settlement=settlement, acting_user=UserFactory(), now=EVENING, **facts)
    return check


def test_it_is_not_asked_again_until_the_patient_takes_it_back():
    check, user = agreed(), UserFactory()
    with pytest.raises(SelfPayAgreedError, match="nothing of it goes to the plan"):
        recheck(appointment=check.appointment, acting_user=user, now=EVENING)
    assert EligibilityCheck.objects.count() == 1
    take_back_self_pay(check=check, acting_user=user, now=EVENING)
    assert recheck(appointment=check.appointment, acting_user=user, now=EVENING)


def test_the_page_offers_no_question_and_says_why_there_is_none():
    check = agreed()
    desk, address = browser_of(Role.FRONT_DESK), reverse("eligibility:recheck", args=[check.public_id])
    assert address not in desk.get(reverse("eligibility:check", args=[check.public_id])).content.decode()
    assert "nothing of it goes to the plan" in desk.post(address, follow=True).content.decode()
    assert EligibilityCheck.objects.count() == 1


def test_a_question_that_waited_for_another_try_is_kept_back(clearinghouse: type[RecordedClearinghouse]):
    check = agreed()
    waiting = EligibilityCheckFactory(
        appointment=check.appointment, coverage=check.coverage, round="demand:1", next_try_at=EVENING
    )
    later = EVENING + timedelta(hours=1)
    assert check_eligibility(check_id=waiting.public_id, now=later).state == ""
    assert clearinghouse.asked == []
    assert ("check_eligibility", waiting.public_id) not in left_behind(now=later)
    assert waiting.public_id not in plan_checks(now=later).checks
    take_back_self_pay(check=check, acting_user=UserFactory(), now=later)
    assert ("check_eligibility", waiting.public_id) in left_behind(now=later)
    clearinghouse.replies += [["EB*1**30"]]
    assert check_eligibility(check_id=waiting.public_id, now=later).state == State.ANSWERED


def test_a_plan_that_the_ehr_tells_since_is_not_asked_either():
    check = agreed()
    check.coverage.ends_on = check.service_date - timedelta(days=1)
    check.coverage.save()
    CoverageFactory(patient=check.appointment.patient)
    planned = plan_checks(now=EVENING)
    assert (planned.planned, planned.by_phone, EligibilityCheck.objects.count()) == (0, 0, 1)


def test_what_was_settled_otherwise_may_be_asked_about():
    check = agreed(Settlement.VERIFIED)
    assert recheck(appointment=check.appointment, acting_user=UserFactory(), now=EVENING)


def test_asking_about_a_whole_day_passes_over_what_the_patient_pays():
    """The other visit of that patient's day needs someone, and nobody may be asked: the rest of the day is."""
    first = agreed()
    later = datetime(2026, 9, 18, 14, 0, tzinfo=ZONE)
    same = AppointmentFactory(starts_at=later, patient=first.appointment.patient)
    FailedCheckFactory(appointment=same, coverage=first.coverage, service_date=first.service_date)
    other = FailedCheckFactory(appointment=AppointmentFactory(starts_at=later))
    answer = browser_of(Role.FRONT_DESK).post(reverse("eligibility:recheck_day"), {"day": "2026-09-18"}, follow=True)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Asked again about 1 visit. 1 visit that the patient pays was left out." in page
    asked = EligibilityCheck.objects.filter(round__startswith="demand")
    assert [check.appointment for check in asked] == [other.appointment]
