"""What staff see of a patient."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.claims.states import ClaimStatus
from apps.intake.models import Patient
from apps.patient_balances.models import Balance, InboundMessage, Message
from apps.practice.roles import Role
from tests.factories.claims import ClaimFactory
from tests.factories.eligibility import AnsweredCheckFactory, FailedCheckFactory
from tests.factories.intake import AppointmentFactory, ConsentFactory, CoverageFactory, PatientFactory
from tests.factories.ledger import post_as_billed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)


def page_of(patient: Patient) -> str:
    return reverse("workspace:patient", args=[patient.public_id])


def known_patient() -> Patient:
    claim = ClaimFactory(status=ClaimStatus.PATIENT_BALANCE)
    patient = claim.patient
    post_as_billed(claim.lines.get().charge, now=NOW)
    balance = Balance.objects.create(
        patient=patient, encounter=claim.encounter, claim=claim, opened_amount=Decimal("20.00"), opened_at=NOW
    )
    ConsentFactory(patient=patient)
    Message.objects.create(
        balance=balance,
        touch=Message.Touch.FIRST,
        channel="sms",
        address=patient.phone,
        body="",
        state=Message.State.DELIVERED,
        due_at=NOW,
        sent_at=NOW,
    )
    InboundMessage.objects.create(
        patient=patient,
        address=patient.phone,
        text="Who is this?",
        at=NOW,
        vendor_key=f"in-{patient.pk}",
        meaning="other",
    )
    visit = AppointmentFactory(patient=patient)
    FailedCheckFactory(coverage=claim.coverage, appointment=visit, created_at=NOW, answered_at=NOW)
    return patient


def test_the_page_shows_coverage_visits_claims_balance_consent_and_messages(biller: Client) -> None:
    patient = known_patient()
    page = biller.get(page_of(patient))
    text = page.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    for words in (
        patient.full_name,
        "Not covered",
        "Coverage ended on Aug 31, 2026.",
        "Delivered",
        "Who is this?",
        "Given",
    ):
        assert words in text
    assert page.context["view"].account.payers_owe == Decimal("148.00")


def test_the_latest_answer_counts(biller: Client) -> None:
    coverage = CoverageFactory()
    FailedCheckFactory(coverage=coverage, answered_at=datetime(2026, 9, 1, tzinfo=UTC), round="a")
    newest = AnsweredCheckFactory(coverage=coverage, answered_at=datetime(2026, 9, 10, tzinfo=UTC), round="b")
    assert biller.get(page_of(coverage.patient)).context["view"].coverages[0].check == newest


def test_a_coverage_that_ended_comes_last(biller: Client) -> None:
    patient = PatientFactory()
    CoverageFactory(patient=patient, ends_on=date(2026, 8, 31))
    current = CoverageFactory(patient=patient)
    assert biller.get(page_of(patient)).context["view"].coverages[0].coverage == current


def test_a_patient_of_whom_nothing_is_known_has_an_honest_page(biller: Client) -> None:
    text = biller.get(page_of(PatientFactory(phone="", email="", city="", birth_date=None))).content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    for words in ("No insurance on file", "No visit is known", "No claim yet", "bills go on paper"):
        assert words in text


def test_the_member_id_is_masked(biller: Client) -> None:
    coverage = CoverageFactory(member_id="BBX77304418")
    text = biller.get(page_of(coverage.patient)).content.decode()
    assert "•••• 4418" in text
    assert "BBX77304418" not in text


def test_reading_a_patient_leaves_one_audit_row(biller: Client) -> None:
    patient = PatientFactory()
    biller.get(page_of(patient))
    event = AuditEvent.objects.get(subject_kind="patient")
    assert (event.action, event.subject_kind, event.patients) == ("view", "patient", [patient.public_id])


@pytest.mark.parametrize(("role", "sees"), [(Role.ADMINISTRATOR, True), (Role.BILLER, False), (Role.FRONT_DESK, False)])
def test_who_sees_the_trail_finds_who_read_this_patient(
    signed_in: Callable[[Role | None], Client], role: Role, sees: bool
) -> None:
    patient = PatientFactory()
    trail = f"{reverse('settings:trail')}?patient={patient.public_id}"
    assert (trail in signed_in(role).get(page_of(patient)).content.decode()) is sees


def test_a_coder_sees_claims_and_nothing_of_what_is_owed(signed_in: Callable[[Role | None], Client]) -> None:
    patient = known_patient()
    page = signed_in(Role.CODER).get(page_of(patient))
    text = page.content.decode()
    assert page.context["view"].account is None
    assert patient.claims.get().control_number in text
    for words in ("Balances and payments", "<dt>Patient owes", "Payers owe", "Who is this?"):
        assert words not in text


def test_the_front_desk_sees_balances_and_no_claim(signed_in: Callable[[Role | None], Client]) -> None:
    patient = known_patient()
    page = signed_in(Role.FRONT_DESK).get(page_of(patient))
    text = page.content.decode()
    assert page.context["view"].claims is None
    assert "Balances and payments" in text
    for words in (patient.claims.get().control_number, "<dt>Claims</dt>", 'id="claims"'):
        assert words not in text


@pytest.mark.long
def test_what_a_reader_may_not_see_is_not_asked_of_the_database(
    signed_in: Callable[[Role | None], Client],
) -> None:
    patient = known_patient()
    coder, front_desk = signed_in(Role.CODER), signed_in(Role.FRONT_DESK)
    for client, left_out in ((coder, ("ledger_leg", "patient_balances_")), (front_desk, ("claims_claim",))):
        client.get(page_of(patient))
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(patient))
        asked = " ".join(query["sql"] for query in queries)
        assert [table for table in left_out if f'FROM "{table}' in asked] == []


@pytest.mark.long
def test_the_number_of_queries_does_not_grow_with_the_patient(
    biller: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    patient = known_patient()
    biller.get(page_of(patient))
    with django_assert_num_queries(QUERIES):
        biller.get(page_of(patient))
    for _ in range(4):
        AppointmentFactory(patient=patient)
        CoverageFactory(patient=patient)
        ClaimFactory(encounter__patient=patient)
    with django_assert_num_queries(QUERIES):
        biller.get(page_of(patient))


QUERIES = 28


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"starts_on": "2026-09-01", "source": "Letter of the hospice"}, "is kept"),
        ({"starts_on": "2026-09-01", "ends_on": "2026-08-01", "source": "Letter"}, "lies before"),
        ({"source": "Letter"}, "Elected from"),
    ],
)
def test_a_hospice_election_is_entered_on_the_page(
    fields: dict[str, str], said: str, signed_in: Callable[[Role | None], Client]
) -> None:
    patient = PatientFactory()
    page = signed_in(Role.FRONT_DESK).post(f"{page_of(patient)}hospice/", fields, follow=True).content.decode()
    assert said in page
    kept = said == "is kept"
    assert patient.hospice_elections.exists() is kept
    assert AuditEvent.objects.filter(action="record_hospice").exists() is kept
    assert ("Letter of the hospice" in page) is kept


def test_who_does_not_work_eligibility_enters_none(signed_in: Callable[[Role | None], Client]) -> None:
    patient = PatientFactory()
    client = signed_in(Role.CODER)
    assert "Enter an election" not in client.get(page_of(patient)).content.decode()
    assert client.post(f"{page_of(patient)}hospice/", {"starts_on": "2026-09-01", "source": "x"}).status_code == 403
