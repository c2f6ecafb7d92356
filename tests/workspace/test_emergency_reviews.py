"""What stays of a record opened in an emergency: the trail, and an administrator's look."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.core.models import User
from apps.intake.models import EmergencyAccess
from apps.intake.services import (
    EMERGENCY_LASTS,
    EmergencyRefusedError,
    review_emergency,
)
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.claims import ClaimFactory
from tests.factories.intake import PatientFactory
from tests.factories.practice import UserFactory
from tests.signing_in import browser_of, sign_in
from tests.workspace.emergencies import NOW, WHY, SetClock, opened_by, opens, patient_page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Client:
    return browser_of(Role.ADMINISTRATOR)


@pytest.mark.long
def test_opening_and_each_page_are_in_the_trail(clock_at: SetClock) -> None:
    claim, browser = ClaimFactory(), Client()
    user = sign_in(browser, Role.FRONT_DESK)
    opens(browser, claim.patient)
    browser.get(reverse("workspace:claim", args=[claim.public_id]))
    access = EmergencyAccess.objects.get()
    opening = AuditEvent.objects.get(action="break_glass")
    assert (opening.actor, opening.patients, opening.subject_public_id, opening.address) == (
        user,
        [claim.patient.public_id],
        access.public_id,
        "127.0.0.1",
    )
    assert opening.detail == {"reason": WHY, "until": access.ends_at.isoformat()}
    read = AuditEvent.objects.get(action="view", subject_kind="claim")
    assert read.detail["emergency"] == access.public_id


def test_without_an_emergency_no_page_names_one(clock_at: SetClock) -> None:
    browser_of(Role.BILLER).get(patient_page(PatientFactory()))
    assert "emergency" not in AuditEvent.objects.get(subject_kind="patient").detail


@pytest.mark.long
def test_it_becomes_an_administrators_work(clock_at: SetClock, boss: Client) -> None:
    claim, desk = ClaimFactory(), browser_of(Role.FRONT_DESK, first_name="Otis", last_name="Webb")
    opens(desk, claim.patient)
    desk.get(reverse("workspace:claim", args=[claim.public_id]))
    access = EmergencyAccess.objects.get()
    page = reverse("settings:emergency", args=[access.public_id])
    today = text(boss, reverse("workspace:today"))
    assert page in today
    assert "Otis Webb" in today
    open_page = text(boss, page)
    assert "Close it now" in open_page
    assert "When it is over." in open_page
    clock_at(NOW + timedelta(hours=1))
    listed = text(boss, reverse("settings:emergencies"))
    assert "<b>1</b> to look at." in listed
    words = text(boss, page)
    for said in (WHY, "Looked at claim", "Front desk", claim.patient.full_name):
        assert said in words
    review = reverse("settings:review_emergency", args=[access.public_id])
    assert "Noted" in boss.post(review, {"verdict": "in_order"}, follow=True).content.decode()
    access.refresh_from_db()
    assert (access.verdict, access.work_item.state) == ("in_order", WorkItem.State.DONE)
    assert AuditEvent.objects.get(action="review_emergency").detail == {"verdict": "in_order"}
    assert "All looked at." in text(boss, reverse("settings:emergencies"))
    assert "looked at it already" in boss.post(review, {"verdict": "in_order"}, follow=True).content.decode()


def test_an_administrator_closes_what_is_open(clock_at: SetClock, boss: Client) -> None:
    claim, desk = ClaimFactory(), browser_of(Role.FRONT_DESK)
    opens(desk, claim.patient)
    access = EmergencyAccess.objects.get()
    boss.post(reverse("settings:end_emergency", args=[access.public_id]))
    assert desk.get(reverse("workspace:claim", args=[claim.public_id])).status_code == 403


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"verdict": ""}, "Choose whether"),
        ({"verdict": "fine"}, "Choose whether"),
        ({"verdict": "not_in_order", "remark": " "}, "Say what was not in order"),
    ],
)
def test_a_review_is_whole(clock_at: SetClock, boss: Client, told: dict[str, str], refusal: str) -> None:
    access = opened_by(UserFactory(role=Role.CODER), PatientFactory(), NOW - timedelta(hours=1))
    answer = boss.post(reverse("settings:review_emergency", args=[access.public_id]), told, follow=True)
    assert refusal in answer.content.decode()
    access.refresh_from_db()
    assert access.reviewed_at is None
    assert access.work_item.state == WorkItem.State.OPEN


def test_nobody_looks_into_their_own_and_none_while_it_lasts(clock_at: SetClock) -> None:
    user, boss = UserFactory(role=Role.CODER), UserFactory(role=Role.ADMINISTRATOR)
    access = opened_by(user, PatientFactory())

    def reviewed(by: User, now: datetime) -> None:
        review_emergency(emergency_id=access.public_id, verdict="in_order", remark="", acting_user=by, now=now)

    with pytest.raises(EmergencyRefusedError, match="still open"):
        reviewed(boss, NOW)
    with pytest.raises(EmergencyRefusedError, match="Somebody else"):
        reviewed(user, NOW + EMERGENCY_LASTS)
    with pytest.raises(IntegrityError, match="emergency_by_another"):
        EmergencyAccess.objects.update(reviewed_by=user)


@pytest.mark.parametrize("role", [Role.BILLER, Role.CODER, Role.FRONT_DESK])
def test_only_an_administrator_looks_into_them(clock_at: SetClock, role: Role) -> None:
    access, browser = opened_by(UserFactory(role=Role.CODER), PatientFactory()), browser_of(role)
    assert browser.get(reverse("settings:emergencies")).status_code == 403
    assert browser.get(reverse("settings:emergency", args=[access.public_id])).status_code == 403
    for verb in ("review_emergency", "end_emergency"):
        assert browser.post(reverse(f"settings:{verb}", args=[access.public_id])).status_code == 403


@pytest.mark.long
def test_the_list_takes_as_many_queries_however_many_there_are(
    clock_at: SetClock, boss: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("settings:emergencies")
    assert "Nobody opened a record in an emergency" in text(boss, address)
    opened_by(UserFactory(role=Role.CODER), PatientFactory())
    with django_assert_num_queries(QUERIES):
        boss.get(address)
    for _ in range(4):
        opened_by(UserFactory(role=Role.CODER), PatientFactory())
    with django_assert_num_queries(QUERIES):
        boss.get(address)


def test_whose_role_opens_all_costs_no_query(clock_at: SetClock) -> None:
    patient, biller = PatientFactory(), browser_of(Role.BILLER)
    with CaptureQueriesContext(connection) as queries:
        biller.get(patient_page(patient))
    assert [query["sql"] for query in queries if "intake_emergencyaccess" in query["sql"]] == []


QUERIES = 15
