"""A patient whom the EHR does not tell is entered once, and is the EHR's own once it tells them."""

from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.connectors.ports.ehr import EhrAppointment
from apps.intake.models import Coverage, Encounter, Patient
from apps.intake.services import enter_charges, receive_appointments, receive_encounters
from apps.intake.services.enter_charges import EnteredVisit, EntryRefusedError
from apps.practice.models import Payer
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.practice import PayerFactory, ProviderFactory, UserFactory
from tests.intake import told
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 17, 14, 0, tzinfo=UTC)
PAGE = reverse("intake:new_patient")
APPOINTMENT = EhrAppointment("V1", "P1", "D1", "", NOW, "scheduled")


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.clock.now", lambda: NOW)


@pytest.fixture
def desk() -> Client:
    return browser_of(Role.FRONT_DESK)


@pytest.fixture
def payer() -> Payer:
    return PayerFactory(claims_id="LPHP1", name="Lone Prairie")


def typed(plan_of: Payer | None = None, **fields: str) -> dict[str, str]:
    plan = {"payer": plan_of.public_id, "member_id": "LP123456789"} if plan_of else {"self_pay": "on"}
    given = {
        "token": "0123456789abcdef" * 2,
        "first_name": "Ada",
        "last_name": "Thornbury",
        "birth_date": "1980-05-01",
        "sex": "F",
        "line1": "77 Cypress Bend",
        "city": "Austin",
        "state": "tx",
        "postcode": "78704-1933",
        "relationship": "18",
    }
    return {**given, **plan, **fields}


def entered_visit(patient: Patient, **facts: Any) -> EnteredVisit:
    given = {
        "token": "f" * 32,
        "patient": patient,
        "appointment": None,
        "coverage": patient.coverages.first(),
        "provider": ProviderFactory(source_id="D1"),
        "location": None,
        "service_date": date(2026, 9, 16),
        "place_of_service": "11",
        "diagnoses": ("J0190",),
        "charges": (told.charge(1),),
    }
    return EnteredVisit(**{**given, **facts})


def test_a_patient_with_a_plan_is_entered_and_the_charges_follow(desk: Client, payer: Payer) -> None:
    answer = desk.post(PAGE, typed(payer))
    patient = Patient.objects.get()
    assert answer.headers["Location"] == reverse("intake:enter_for_patient", args=[patient.public_id])
    assert (patient.full_name, patient.state, patient.postcode) == ("Ada Thornbury", "TX", "787041933")
    plan = Coverage.objects.get()
    assert (plan.patient, plan.payer, plan.member_id, plan.rank) == (patient, payer, "LP123456789", 1)
    assert (plan.subscriber_last_name, plan.entered_by is None) == ("Thornbury", False)
    event = AuditEvent.objects.get(action="enter_patient")
    assert (event.patients, event.detail) == ([patient.public_id], {"with_plan": True})
    assert "Lone Prairie, pays first" in desk.get(answer.headers["Location"]).content.decode()


def test_one_who_pays_for_themselves_has_no_plan_and_the_same_form_twice_is_one_patient(desk: Client) -> None:
    for _ in range(2):
        assert desk.post(PAGE, typed()).status_code == 302
    assert (Patient.objects.count(), Coverage.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"payer": ""}, "From the card; or say above that the patient pays."),
        ({"member_id": ""}, "From the card; or say above that the patient pays."),
        ({"relationship": "19"}, "Needed when the card is somebody else&#x27;s."),
        ({"birth_date": "2026-09-18"}, "The birth date lies in the future. Look at the year."),
        ({"birth_date": "0001-01-01"}, "The birth date lies before 1900. Look at the year."),
        (
            {"relationship": "19", "subscriber_last_name": "Thornbury", "subscriber_birth_date": "0198-05-01"},
            "The birth date lies before 1900. Look at the year.",
        ),
        ({"postcode": "7870"}, "Five digits, or nine."),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_its_field(
    desk: Client, payer: Payer, fields: dict[str, str], sentence: str
) -> None:
    refused = desk.post(PAGE, typed(payer, **fields))
    assert (refused.status_code, sentence in refused.content.decode()) == (422, True)
    assert not Patient.objects.exists()


def test_one_who_is_here_already_is_shown_instead(desk: Client, payer: Payer) -> None:
    desk.post(PAGE, typed(payer))
    refused = desk.post(PAGE, typed(payer, token="f" * 32, first_name="ADA", last_name=" thornbury"))
    patient = Patient.objects.get()
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "There is a patient of this name and birth date" in page
    assert reverse("intake:enter_for_patient", args=[patient.public_id]) in page
    assert desk.post(PAGE, typed(payer, token="e" * 32, first_name="Grace")).status_code == 302


def test_who_may_not_enter_charges_enters_no_patient(payer: Payer) -> None:
    assert browser_of(None).post(PAGE, typed(payer)).status_code == 403
    assert not Patient.objects.exists()


def test_a_source_that_tells_the_patient_and_the_visit_later_tells_the_same(desk: Client, payer: Payer) -> None:
    desk.post(PAGE, typed(payer))
    enter_charges(visit=entered_visit(Patient.objects.get()), acting_user=UserFactory(), now=NOW)
    for _ in range(2):
        receive_encounters(
            source="drchrono",
            encounters=[told.visit("V1", coverages=(told.cover(),))],
            patients=[told.patient(first_name="ADA")],
            arrived_by=Encounter.Path.POLL,
            now=NOW,
        )
    patient, visit = Patient.objects.get(), Encounter.objects.get()
    assert (patient.source, patient.source_id) == ("drchrono", "P1")
    assert (visit.source, visit.source_id, visit.arrived_by) == ("drchrono", "V1", "hand")
    assert Coverage.objects.filter(ends_on=None).count() == 1


def test_what_was_typed_stands_until_the_source_tells_something_new(desk: Client, payer: Payer) -> None:
    desk.post(PAGE, typed(payer))
    ProviderFactory(source_id="D1")

    def ehr_tells(street: str) -> str:
        person = told.patient(line1=street, phone="+15125550123")
        receive_appointments(source="drchrono", appointments=[APPOINTMENT], patients=[person], now=NOW)
        return Patient.objects.get().line1

    assert ehr_tells("1 Old Mill Road") == "77 Cypress Bend"
    assert ehr_tells("1 Old Mill Road") == "77 Cypress Bend"
    assert Patient.objects.get().phone == "+15125550123"
    assert ehr_tells("9 New Street") == "9 New Street"


def test_an_appointment_alone_tells_who_it_is_too(desk: Client, payer: Payer) -> None:
    desk.post(PAGE, typed(payer))
    ProviderFactory(source_id="D1")
    receive_appointments(source="drchrono", appointments=[APPOINTMENT], patients=[told.patient()], now=NOW)
    assert Patient.objects.get().source_id == "P1"


def test_two_alike_are_left_to_a_person(desk: Client, payer: Payer) -> None:
    desk.post(PAGE, typed(payer))
    receive_encounters(
        source="drchrono",
        encounters=[told.visit("V1"), told.visit("V2", patient_source_id="P2")],
        patients=[told.patient(), told.patient("P2")],
        arrived_by=Encounter.Path.POLL,
        now=NOW,
    )
    assert Patient.objects.filter(source="hand").count() == 1
    assert Patient.objects.count() == 3


def tell_two() -> None:
    """Two of one name and birth date, in one import."""
    receive_encounters(
        source="drchrono",
        encounters=[told.visit("V1"), told.visit("V2", patient_source_id="P2")],
        patients=[told.patient(), told.patient("P2")],
        arrived_by=Encounter.Path.POLL,
        now=NOW,
    )


@pytest.mark.long
def test_two_alike_in_different_chunks_of_an_import_are_left_to_a_person_who_is_asked_once(
    desk: Client, payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("apps.intake.services.receive_encounters"), "CHUNK", 1)
    desk.post(PAGE, typed(payer))
    for _ in range(2):
        tell_two()
    entered = Patient.objects.get(source="hand")
    assert Patient.objects.count() == 3
    item = WorkItem.objects.get()
    assert (item.kind, item.owner_role, item.subject_public_id) == ("patient_alike", "front_desk", entered.public_id)
    where = reverse("workspace:patient", args=[entered.public_id])
    assert "told 2 times under this name and birth date" in desk.get(where).content.decode()
    settle = reverse("workspace:settle_alike", args=[entered.public_id])
    assert "Say in a few words" in desk.post(settle, {"outcome": " "}, follow=True).content.decode()
    answer = desk.post(settle, {"outcome": "She is P1; her visit here was voided."}, follow=True)
    assert "told 2 times" not in answer.content.decode()
    assert AuditEvent.objects.filter(action="settle_alike", subject_public_id=entered.public_id).count() == 1
    assert "Nobody waits" in desk.post(settle, {"outcome": "Again"}, follow=True).content.decode()
    tell_two()
    assert not WorkItem.objects.filter(state=WorkItem.State.OPEN).exists()


def test_one_who_is_like_a_patient_that_was_told_before_is_not_taken_for_the_next(desk: Client, payer: Payer) -> None:
    desk.post(PAGE, typed(payer, first_name="Adah"))
    told_before = told.patient("P2", first_name="Adelheid")
    visit = told.visit("V2", patient_source_id="P2")
    given = {"source": "drchrono", "arrived_by": Encounter.Path.POLL, "now": NOW}
    receive_encounters(encounters=[visit], patients=[told_before], **given)
    Patient.objects.update(first_name="Ada")
    receive_encounters(encounters=[told.visit("V1")], patients=[told.patient()], **given)
    assert Patient.objects.filter(source="hand").count() == 1
    assert WorkItem.objects.get().kind == "patient_alike"


def test_another_who_is_alike_and_told_only_later_is_told_apart_by_a_person(desk: Client, payer: Payer) -> None:
    desk.post(PAGE, typed(payer))
    given = {"source": "drchrono", "arrived_by": Encounter.Path.POLL, "now": NOW}
    receive_encounters(encounters=[told.visit("V1")], patients=[told.patient()], **given)
    adopted = Patient.objects.get()
    assert (adopted.source_id, adopted.adopted) == ("P1", True)
    assert not WorkItem.objects.filter(kind="patient_alike").exists()
    for _ in range(2):
        receive_encounters(
            encounters=[told.visit("V2", patient_source_id="P2")],
            patients=[told.patient("P2", first_name="ADA")],
            **given,
        )
    item = WorkItem.objects.get(kind="patient_alike")
    assert (item.kind, item.owner_role, item.subject_public_id) == ("patient_alike", "front_desk", adopted.public_id)
    page = desk.get(reverse("workspace:patient", args=[adopted.public_id])).content.decode()
    assert "it tells another of this name and birth date now" in page
    assert reverse("workspace:patient", args=[Patient.objects.get(source_id="P2").public_id]) in page
    settle = reverse("workspace:settle_alike", args=[adopted.public_id])
    desk.post(settle, {"outcome": "She is P1; P2 is her cousin."})
    receive_encounters(encounters=[told.visit("V1")], patients=[told.patient(), told.patient("P2")], **given)
    assert not WorkItem.objects.filter(kind="patient_alike", state=WorkItem.State.OPEN).exists()


def test_patients_alike_who_were_never_entered_here_are_nobodys_question(desk: Client) -> None:
    given = {"source": "drchrono", "arrived_by": Encounter.Path.POLL, "now": NOW}
    for number in ("P1", "P2"):
        receive_encounters(
            encounters=[told.visit(f"V{number}", patient_source_id=number)], patients=[told.patient(number)], **given
        )
    assert not WorkItem.objects.filter(kind="patient_alike").exists()


def test_charges_of_a_patient_whom_the_ehr_told_in_the_meantime_are_looked_at_once_more(
    desk: Client, payer: Payer
) -> None:
    desk.post(PAGE, typed(payer))
    before = Patient.objects.get()
    Patient.objects.update(source="drchrono", source_id="P1")
    with pytest.raises(EntryRefusedError, match="has told this patient in the meantime"):
        enter_charges(visit=entered_visit(before), acting_user=UserFactory(), now=NOW)
    assert not Encounter.objects.exists()
