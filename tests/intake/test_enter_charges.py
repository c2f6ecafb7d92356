"""Charges that a person enters: by the EHR's rules, once, and never billed beside the EHR's own telling of the visit."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client, TestCase
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.intake.models import Appointment, Charge, Coverage, Encounter, Patient, VisitConflict
from apps.intake.selectors.prices import last_prices
from apps.intake.services import receive_encounters
from apps.practice.models import Provider
from apps.practice.roles import Role
from tests.factories.intake import AppointmentFactory, ChargeFactory, CoverageFactory, EncounterFactory
from tests.factories.practice import LocationFactory, ProviderFactory
from tests.intake import told
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 17, 14, 0, tzinfo=UTC)
VISIT = datetime(2026, 9, 16, 15, 0, tzinfo=UTC)
DAY = date(2026, 9, 16)
TOKEN = "0123456789abcdef" * 2
LINE = {"procedure": "99213", "modifiers": "25", "units": "1", "amount": "148.00", "pointers": ""}


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.clock.now", lambda: NOW)


@pytest.fixture
def plan() -> Coverage:
    return CoverageFactory(patient__source_id="P1", payer__claims_id="LPHP1", payer__name="Lone Prairie")


@pytest.fixture
def provider() -> Provider:
    return ProviderFactory(source_id="D1")


@pytest.fixture
def appointment(plan: Coverage, provider: Provider) -> Appointment:
    return AppointmentFactory(
        source_id="V1",
        patient=plan.patient,
        provider=provider,
        location=LocationFactory(source_id="L1"),
        starts_at=VISIT,
        status=Appointment.Status.COMPLETED,
    )


@pytest.fixture
def desk() -> Client:
    return browser_of(Role.FRONT_DESK)


def typed(plan: Coverage, provider: Provider, *lines: dict[str, str], **visit: Any) -> dict[str, Any]:
    given = {
        "token": TOKEN,
        "provider": provider.public_id,
        "location": "",
        "service_date": DAY.isoformat(),
        "place_of_service": "11",
        "coverage": plan.public_id,
        "diagnoses": "j01.90, R05.9",
    }
    rows = lines or (LINE,)
    return {**given, **{name: [row[name] for row in rows] for name in LINE}, **visit}


def of_patient(patient: Patient) -> str:
    return reverse("intake:enter_for_patient", args=[patient.public_id])


def of_visit(appointment: Appointment) -> str:
    return reverse("intake:enter_for_visit", args=[appointment.public_id])


def ehr_tells(**visit: Any) -> Encounter:
    """The EHR's telling of the visit, and the one visit that there is afterwards."""
    receive_encounters(
        source="drchrono",
        encounters=[told.visit("V1", **visit)],
        patients=[told.patient()],
        arrived_by=Encounter.Path.POLL,
        now=NOW,
    )
    return Encounter.objects.get()


SAME = {
    "charges": (told.charge(1, modifiers=("25",)),),
    "diagnoses": ("J0190", "R059"),
    "coverages": None,
}


@pytest.mark.long
def test_charges_of_a_visit_in_the_book_come_in_and_lead_on(
    desk: Client, plan: Coverage, provider: Provider, appointment: Appointment, nudges: list[tuple[str, str]]
) -> None:
    page = desk.get(of_visit(appointment)).content.decode()
    assert 'value="2026-09-16"' in page
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = desk.post(of_visit(appointment), typed(plan, provider), follow=True)
    assert "Entered: 1 line." in answer.content.decode()
    visit = Encounter.objects.get()
    assert (visit.source, visit.source_id, visit.arrived_by) == ("drchrono", "V1", "hand")
    assert (visit.coverage, visit.diagnoses, visit.entered_by is None) == (plan, ["J0190", "R059"], False)
    line = visit.charges.get()
    told_ = (line.procedure, line.modifiers, line.amount, line.diagnosis_pointers)
    assert told_ == ("99213", ["25"], Decimal("148.00"), [1, 2])
    assert nudges == [("build_claims", "")]
    event = AuditEvent.objects.get(action="enter_charges")
    assert (event.patients, event.detail) == ([plan.patient.public_id], {"lines": 1})


def test_the_same_form_sent_twice_is_one_visit(desk: Client, plan: Coverage, provider: Provider) -> None:
    for _ in range(2):
        assert desk.post(of_patient(plan.patient), typed(plan, provider)).status_code == 302
    assert (Encounter.objects.count(), Charge.objects.count()) == (1, 1)


def test_another_form_for_the_same_day_asks_whether_it_was_a_second_visit(
    desk: Client, plan: Coverage, provider: Provider
) -> None:
    address = of_patient(plan.patient)
    desk.post(address, typed(plan, provider))
    again = typed(plan, provider, token="f" * 32)
    refused = desk.post(address, again)
    assert refused.status_code == 422
    assert "came in before" in refused.content.decode()
    assert 'name="second_visit"' in refused.content.decode()
    assert desk.post(address, again | {"second_visit": "on"}).status_code == 302
    assert Encounter.objects.count() == 2


def test_a_visit_whose_charges_came_in_meanwhile_is_not_entered_beside_them(
    desk: Client, plan: Coverage, provider: Provider, appointment: Appointment
) -> None:
    EncounterFactory(source_id="V1", patient=plan.patient, provider=provider, service_date=DAY)
    refused = desk.post(of_visit(appointment), typed(plan, provider, second_visit="on"))
    assert "came in meanwhile" in refused.content.decode()
    assert Encounter.objects.count() == 1


@pytest.mark.parametrize("from_the_book", [True, False])
def test_the_ehr_s_later_telling_of_the_same_is_the_same_visit(
    desk: Client, plan: Coverage, provider: Provider, appointment: Appointment, from_the_book: bool
) -> None:
    line = {**LINE, "pointers": "1"}
    desk.post(of_visit(appointment) if from_the_book else of_patient(plan.patient), typed(plan, provider, line))
    own = (
        told.cover(member_id=plan.member_id, subscriber_first_name=plan.subscriber_first_name, group_number="G1001"),
    )
    visit = ehr_tells(**{**SAME, "coverages": own})
    assert (visit.source_id, visit.arrived_by, visit.entered_by is None) == ("V1", "hand", False)
    assert not VisitConflict.objects.exists()


def test_where_the_ehr_tells_it_otherwise_a_person_compares_and_nothing_is_overwritten(
    desk: Client, plan: Coverage, provider: Provider
) -> None:
    desk.post(of_patient(plan.patient), typed(plan, provider))
    visit = ehr_tells(charges=(told.charge(1, procedure="99214", amount=Decimal("212.00")),))
    assert visit.charges.get().procedure == "99213"
    conflict = VisitConflict.objects.get()
    assert (conflict.encounter, conflict.lines[0]["procedure"]) == (visit, "99214")
    ehr_tells(charges=(told.charge(1, procedure="99214", amount=Decimal("212.00")),))
    assert VisitConflict.objects.count() == 1


def test_a_visit_of_another_provider_or_day_is_another_visit(desk: Client, plan: Coverage, provider: Provider) -> None:
    ProviderFactory(source_id="D2")
    desk.post(of_patient(plan.patient), typed(plan, provider))
    receive_encounters(
        source="drchrono",
        encounters=[told.visit("V1", provider_source_id="D2"), told.visit("V2", service_date=date(2026, 9, 15))],
        patients=[told.patient()],
        arrived_by=Encounter.Path.POLL,
        now=NOW,
    )
    assert Encounter.objects.count() == 3


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"diagnoses": ""}, "This field is required."),
        ({"diagnoses": " ".join(["J0190"] * 13)}, "at most twelve diagnoses"),
        ({"service_date": "2026-09-18"}, "The visit lies ahead."),
        ({"coverage": "another"}, "Select a valid choice"),
        ({"place_of_service": "1"}, "Enter a valid value."),
        ({"procedure": ""}, "The line has no code."),
        ({"amount": ""}, "this code was never charged before"),
        ({"units": "0"}, "units are not a number above zero"),
        ({"modifiers": "TOOLONG"}, "A procedure code or modifier is too long."),
        ({"pointers": "3"}, "The visit has 2 diagnoses."),
        ({"pointers": "one"}, "Up to four places"),
    ],
)
def test_what_cannot_come_in_is_said_in_place_and_nothing_typed_is_lost(
    desk: Client, plan: Coverage, provider: Provider, wrong: dict[str, str], says: str
) -> None:
    answer = desk.post(of_patient(plan.patient), {**typed(plan, provider), **wrong})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert TOKEN in answer.content.decode()
    assert not Encounter.objects.exists()


def test_self_pay_is_chosen_and_never_guessed(desk: Client, plan: Coverage, provider: Provider) -> None:
    desk.post(of_patient(plan.patient), typed(plan, provider, coverage="self_pay"))
    assert Encounter.objects.get().coverage is None


def test_an_empty_amount_is_what_the_code_was_charged_last_and_is_shown_first(
    desk: Client, plan: Coverage, provider: Provider
) -> None:
    old = EncounterFactory(service_date=date(2026, 9, 1), charges=())
    ChargeFactory(encounter=old, procedure="J1885", units=Decimal(2), amount=Decimal("40.00"))
    assert last_prices({("J1885", ()), ("J1885", ("JW",))}) == {("J1885", ()): Decimal("20.00")}
    newer = EncounterFactory(service_date=date(2026, 9, 2), charges=())
    before = EncounterFactory(service_date=date(2026, 8, 1), charges=())
    for visit, amount in ((newer, "21.00"), (before, "19.00")):
        ChargeFactory(encounter=visit, procedure="J1885", modifiers=["JW"], amount=Decimal(amount))
    # The newest visit's, not the newest row's; each modifier has its own.
    assert last_prices({("J1885", ()), ("J1885", ("JW",)), ("99999", ())}) == {
        ("J1885", ()): Decimal("20.00"),
        ("J1885", ("JW",)): Decimal("21.00"),
    }
    assert last_prices({("J1885", ("JW",))}) == {("J1885", ("JW",)): Decimal("21.00")}
    assert last_prices(()) == {}
    empty = {**LINE, "procedure": "j1885", "modifiers": "", "units": "3", "amount": ""}
    answer = desk.post(of_patient(plan.patient), typed(plan, provider, empty))
    assert answer.status_code == 422
    assert "Look at them, then save again." in answer.content.decode()
    assert 'value="60.00"' in answer.content.decode()


def test_lines_are_added_and_removed_and_stay_as_typed(desk: Client, plan: Coverage, provider: Provider) -> None:
    address = of_patient(plan.patient)
    page = desk.post(address, typed(plan, provider, add="1"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert (page.count('name="procedure"'), page.count("autofocus")) == (2, 1)
    second = {**LINE, "procedure": "36415", "modifiers": ""}
    page = desk.post(address, typed(plan, provider, LINE, second, drop="0")).content.decode()
    assert (page.count('name="procedure"'), "36415" in page) == (1, True)
    assert not Encounter.objects.exists()


def test_the_patient_is_found_by_post_and_the_trail_names_who_was_shown(desk: Client, plan: Coverage) -> None:
    page = desk.post(reverse("intake:find_patient"), {"words": plan.patient.last_name[:5]}).content.decode()
    assert of_patient(plan.patient) in page
    assert AuditEvent.objects.get(subject_kind="patient").patients == [plan.patient.public_id]
    assert "No patient" in desk.post(reverse("intake:find_patient"), {"words": "Zzyzx"}).content.decode()
