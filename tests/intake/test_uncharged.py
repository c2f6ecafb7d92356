"""Visits without charges: who is asked about them, and what ends the asking."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.intake.models import Appointment, Encounter, NotCharged
from apps.intake.selectors.uncharged import uncharged_visits, usual_charges
from apps.intake.services import NotUnchargedError, note_uncharged, receive_encounters, say_not_charged
from apps.practice.models import Provider
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.intake import AppointmentFactory, EncounterFactory, PatientFactory
from tests.factories.practice import ProviderFactory, UserFactory
from tests.intake import told
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
# Seven in the morning after the visit's day, in Austin.
MORNING = datetime(2026, 9, 17, 12, 0, tzinfo=UTC)
VISIT = datetime(2026, 9, 16, 15, 0, tzinfo=UTC)
TODAY = MORNING.date()
Status = Appointment.Status


def kept(**fields: object) -> Appointment:
    return AppointmentFactory(**{"starts_at": VISIT, "status": Status.COMPLETED, **fields})


def charged(appointment: Appointment, **fields: object) -> Encounter:
    return EncounterFactory(
        source_id=appointment.source_id,
        patient=appointment.patient,
        provider=appointment.provider,
        service_date=VISIT.date(),
        **fields,
    )


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.clock.now", lambda: MORNING)


def test_a_kept_visit_without_charges_is_on_the_list_the_morning_after() -> None:
    visit = kept()
    assert list(uncharged_visits(VISIT.date())) == []
    assert list(uncharged_visits(TODAY)) == [visit]


def test_one_that_nobody_checked_out_is_too_and_one_that_did_not_take_place_is_not() -> None:
    forgotten = kept(status=Status.SCHEDULED)
    kept(status=Status.CANCELLED)
    kept(status=Status.NO_SHOW)
    kept(starts_at=VISIT - timedelta(days=61))
    kept(starts_at=VISIT + timedelta(days=1))
    assert list(uncharged_visits(TODAY)) == [forgotten]


def test_charges_under_another_number_of_the_same_patient_provider_and_day_count() -> None:
    visit = kept()
    assert uncharged_visits(TODAY).exists()
    EncounterFactory(
        source="csv:export", patient=visit.patient, provider=visit.provider, service_date=VISIT.date(), charges=()
    )
    assert uncharged_visits(TODAY).exists()
    EncounterFactory(
        source="csv:export", source_id="9", patient=visit.patient, provider=visit.provider, service_date=VISIT.date()
    )
    assert not uncharged_visits(TODAY).exists()


@pytest.mark.parametrize(
    ("theirs", "charged"),
    [
        ({}, True),
        ({"last_name": "OKAFOR-LEE"}, True),
        ({"first_name": "June"}, False),
        ({"birth_date": date(1980, 5, 2)}, False),
        ({"birth_date": None}, False),
    ],
)
def test_a_files_patient_is_the_ehrs_by_name_and_birth_date(theirs: dict[str, object], charged: bool) -> None:
    person = {"first_name": "Ada", "last_name": "Okafor-Lee", "birth_date": date(1980, 5, 1)}
    visit = kept(patient=PatientFactory(**person))
    told_by_file = PatientFactory(**{**person, "source": "csv:export", **theirs})
    EncounterFactory(
        source="csv:export", patient=told_by_file, provider=visit.provider, service_date=VISIT.date(), source_id="9"
    )
    assert uncharged_visits(TODAY).exists() is not charged


def test_a_late_evening_visit_belongs_to_its_own_day_at_the_practice() -> None:
    late = kept(starts_at=datetime(2026, 9, 17, 2, 0, tzinfo=UTC))
    EncounterFactory(patient=late.patient, provider=late.provider, service_date=VISIT.date())
    assert not uncharged_visits(TODAY).exists()


def test_each_provider_is_one_task_of_the_front_desk_and_noting_again_adds_none() -> None:
    busy = ProviderFactory()
    kept(provider=busy)
    kept(provider=busy)
    kept()
    noted = note_uncharged(now=MORNING)
    assert (noted.visits, noted.opened, noted.withdrawn) == (3, 2, 0)
    assert note_uncharged(now=MORNING).opened == 0
    item = WorkItem.objects.get(subject_public_id=busy.public_id)
    assert (item.owner_role, item.url_name, item.due_on) == ("front_desk", "intake:uncharged_of", TODAY)
    assert item.amount_at_stake is None


def test_the_usual_charge_is_at_stake_where_it_is_known() -> None:
    provider = ProviderFactory()
    for dollars in range(100, 200, 10):
        EncounterFactory(provider=provider, service_date=VISIT.date(), charges__amount=Decimal(dollars))
    assert usual_charges([provider.pk], TODAY) == {provider.pk: Decimal("145.00")}
    kept(provider=provider)
    kept(provider=provider)
    note_uncharged(now=MORNING)
    assert WorkItem.objects.get().amount_at_stake == Decimal("290.00")


def test_the_task_ends_by_itself_when_the_charges_come_in() -> None:
    provider = ProviderFactory(source_id="D1")
    kept(provider=provider, source_id="V1")
    note_uncharged(now=MORNING)
    receive_encounters(
        source="drchrono",
        encounters=[told.visit("V1")],
        patients=[told.patient()],
        arrived_by=Encounter.Path.POLL,
        now=MORNING,
    )
    item = WorkItem.objects.get(kind="visits_uncharged")
    assert (item.state, item.outcome) == (WorkItem.State.WITHDRAWN, "Each visit has its charges or is explained.")


@pytest.mark.parametrize("outcome", list(NotCharged.Outcome))
def test_a_person_explains_a_visit_and_the_trail_says_who(outcome: NotCharged.Outcome) -> None:
    visit, person = kept(), UserFactory()
    note_uncharged(now=MORNING)
    say_not_charged(
        appointment_id=visit.public_id, outcome=outcome, reason="Suture removal", acting_user=person, now=MORNING
    )
    assert not uncharged_visits(TODAY).exists()
    assert WorkItem.objects.get().state == WorkItem.State.WITHDRAWN
    event = AuditEvent.objects.get(action="say_not_charged")
    assert (event.actor, event.patients, event.detail) == (
        person,
        [visit.patient.public_id],
        {"outcome": outcome.value},
    )


def test_nothing_to_charge_needs_a_reason_and_an_explained_visit_no_second_word() -> None:
    visit, person = kept(), UserFactory()

    def say(reason: str) -> None:
        say_not_charged(
            appointment_id=visit.public_id,
            outcome=NotCharged.Outcome.NO_CHARGE,
            reason=reason,
            acting_user=person,
            now=MORNING,
        )

    with pytest.raises(NotUnchargedError, match="Say why"):
        say("  ")
    say("Follow-up within the global period")
    with pytest.raises(NotUnchargedError, match="explained meanwhile"):
        say("again")


def of(provider: Provider) -> str:
    return reverse("intake:uncharged_of", args=[provider.public_id])


def test_the_list_shows_each_provider_s_own_and_is_audited() -> None:
    first, second = kept(), kept(status=Status.SCHEDULED)
    browser = browser_of(Role.FRONT_DESK)
    page = browser.get(reverse("intake:uncharged")).content.decode()
    assert first.patient.last_name in page
    assert "Checked out" in page
    assert "Never checked out" in page
    own = browser.get(of(second.provider)).content.decode()
    assert first.patient.last_name not in own
    assert second.patient.last_name in own
    assert AuditEvent.objects.filter(subject_kind="uncharged_visits").count() == 2


def test_a_visit_is_taken_off_the_list_on_its_page() -> None:
    visit = kept()
    browser = browser_of(Role.FRONT_DESK)
    address = reverse("intake:not_charged", args=[visit.public_id])
    page = browser.post(address, {"outcome": "no_charge", "of": "1"}, follow=True)
    assert page.redirect_chain == [(of(visit.provider), 302)]
    assert "Say why there is nothing to charge." in page.content.decode()
    assert "Choose why" in browser.post(address, {"outcome": "lost"}, follow=True).content.decode()
    page = browser.post(address, {"outcome": "no_show"}, follow=True)
    assert "Nothing is missing" in page.content.decode()
    assert NotCharged.objects.get().outcome == "no_show"


def test_many_visits_cost_as_many_queries_as_few() -> None:
    browser = browser_of(Role.FRONT_DESK)

    def queries(number: int) -> int:
        provider = ProviderFactory()
        for _ in range(number):
            kept(provider=provider)
        with CaptureQueriesContext(connection) as asked:
            browser.get(of(provider))
        return len(asked)

    queries(1)
    assert queries(2) == queries(30)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.BILLER, Role.CODER, Role.FRONT_DESK, None])
def test_whoever_has_a_role_may_see_it(role: Role | None) -> None:
    browser: Client = browser_of(role)
    assert browser.get(reverse("intake:uncharged")).status_code == (403 if role is None else 200)


def test_today_counts_them_and_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    kept()
    page = browser_of(Role.BILLER).get(reverse("workspace:today")).content.decode()
    assert "1 visit without charges" in page
    assert reverse("intake:uncharged") in page
