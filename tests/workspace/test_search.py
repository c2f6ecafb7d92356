"""One field finds patients, claims and payments, and keeps names out of addresses."""

from collections.abc import Callable
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.practice.roles import Role
from apps.remittances.models import RemittanceFile, RemittancePayment
from tests.factories.claims import ClaimFactory
from tests.factories.connectors import TransmissionFactory
from tests.factories.intake import PatientFactory

pytestmark = pytest.mark.django_db
SEARCH = reverse("workspace:search")


def search(client: Client, words: str) -> HttpResponse:
    return client.post(SEARCH, {"q": words})


def names(response: HttpResponse) -> list[str]:
    return [row.full_name for row in response.context["found"].patients]


@pytest.mark.parametrize("words", ["lind", "Marta", "marta lind", "Lindqvist, Ma", "  Marta   Lindqvist "])
def test_a_patient_is_found_by_the_start_of_either_name(biller: Client, words: str) -> None:
    PatientFactory(first_name="Marta", last_name="Lindqvist")
    PatientFactory(first_name="Joan", last_name="Petrie")
    response = search(biller, words)
    assert names(response) == ["Marta Lindqvist"]
    assert b"UNDEFINED_VARIABLE" not in response.content


def test_a_single_claim_number_opens_the_claim(biller: Client) -> None:
    claim = ClaimFactory(control_number="T0041827")
    ClaimFactory(control_number="T0099999")
    assert search(biller, "T0041827").headers["Location"] == reverse("workspace:claim", args=[claim.public_id])


def test_a_claim_is_found_by_the_payers_number(biller: Client) -> None:
    claim = ClaimFactory(payer_claim_number="SN262510093417")
    assert search(biller, "SN2625").headers["Location"] == reverse("workspace:claim", args=[claim.public_id])


def test_a_payment_is_found_by_its_trace_number(biller: Client) -> None:
    file = RemittanceFile.objects.create(transmission=TransmissionFactory(), received_at="2026-09-16T12:00:00Z")
    RemittancePayment.objects.create(
        file=file,
        number=1,
        payer_name="Summit National",
        payer_identifier="1999999999",
        trace_number="8841207733",
        method="ACH",
        paid_on=date(2026, 9, 28),
        amount="72.00",
        content_checksum="0" * 64,
        segment=4,
    )
    text = search(biller, "884120").content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    assert reverse("remittances:file", args=[file.public_id]) in text


def test_nothing_found_says_how_to_search(biller: Client) -> None:
    assert "Names are searched from their beginning" in search(biller, "zzz").content.decode()


def test_a_single_letter_searches_nothing(biller: Client) -> None:
    PatientFactory(last_name="Lindqvist")
    assert names(search(biller, "l")) == []


def test_the_page_before_a_search_is_no_dead_end(biller: Client) -> None:
    assert "What are you looking for?" in biller.get(SEARCH).content.decode()


def test_the_words_stay_in_the_field_and_out_of_the_address(biller: Client) -> None:
    response = search(biller, "Lindqvist")
    assert 'value="Lindqvist"' in response.content.decode()
    assert response.wsgi_request.get_full_path() == SEARCH


def test_the_front_desk_finds_patients_but_no_claims(signed_in: Callable[[Role | None], Client]) -> None:
    claim = ClaimFactory(control_number="T0041827", encounter__patient__last_name="T0041")
    found = search(signed_in(Role.FRONT_DESK), "T0041").context["found"]
    assert (found.patients, found.claims) == ([claim.patient], [])


def test_a_search_leaves_one_audit_row_with_who_was_shown_and_no_words(biller: Client) -> None:
    patient = PatientFactory(last_name="Lindqvist")
    search(biller, "Lindq")
    event = AuditEvent.objects.get(subject_kind="search")
    assert (event.action, event.subject_kind, event.patients) == ("list", "search", [patient.public_id])
    assert "Lindq" not in str(event.detail)
