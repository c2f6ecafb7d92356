"""The practice's own data, its places and providers: entered, changed, refused, and by whom."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.practice.models import Location, Practice, Provider
from apps.practice.roles import Role
from tests.factories.practice import LocationFactory, PracticeFactory, ProviderFactory
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
PAGE = reverse("settings:practice")
EDIT = reverse("settings:edit_practice")
GOOD = {
    "name": "Pecan Row Family Medicine", "messaging_name": "Pecan Row", "tax_id": "74-1234567", "tax_id_kind": "EI", "npi": "1234567893",
    "taxonomy": "207q00000x", "phone": "(512) 555-0100", "call_back_number": "512.555.0101", "line1": "1 Main Street",
    "city": "Austin", "state": "tx", "postcode": "78704-1234",
}  # fmt: skip


@pytest.fixture
def administrator() -> Client:
    return browser_of(Role.ADMINISTRATOR)


def text(response: HttpResponse, status: int = 200) -> str:
    assert response.status_code == status
    shown = response.content.decode()
    assert "UNDEFINED_VARIABLE" not in shown
    return shown


def test_an_empty_installation_says_what_to_enter(administrator: Client) -> None:
    Practice.objects.all().delete()
    shown = text(administrator.get(PAGE))
    assert "Nothing is entered yet. Without it no claim can be written." in shown
    assert "Enter the practice" in shown
    assert "Enter the practice" in text(administrator.get(EDIT))


def test_the_practice_is_kept_in_the_form_that_claims_want_and_audited(administrator: Client) -> None:
    assert administrator.post(EDIT, GOOD).status_code == 302
    practice = Practice.objects.get()
    assert (practice.tax_id, practice.taxonomy, practice.state, practice.postcode) == (
        "741234567",
        "207Q00000X",
        "TX",
        "787041234",
    )
    assert (practice.phone, practice.call_back_number) == ("+15125550100", "+15125550101")
    assert 'value="(512) 555-0100"' in text(administrator.get(EDIT))
    assert "Pecan Row Family Medicine" in text(administrator.get(PAGE))
    told = AuditEvent.objects.get(action="change_practice")
    assert "npi" in told.detail["fields"]
    assert "1234567893" not in str(told.detail)


def test_a_physicians_ssn_is_kept_as_one_and_its_page_shows_the_last_four(administrator: Client) -> None:
    administrator.post(EDIT, {**GOOD, "tax_id": "123-45-6788", "tax_id_kind": "SY"})
    practice = Practice.objects.get()
    assert (practice.tax_id, practice.tax_id_kind, practice.trading_id) == ("123456788", "SY", "1234567893")
    shown = text(administrator.get(PAGE))
    assert "SSN that ends in 6788" in shown
    assert not any(number in shown for number in ("123456788", "123-45-6788", "12-3456788"))


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("npi", "1234567890", "This is no NPI"),
        ("tax_id", "12345", "A tax ID has nine digits"),
        ("taxonomy", "FAMILY", "A taxonomy code has ten signs"),
        ("state", "ZZ", "Write the state&#x27;s two letters"),
        ("postcode", "787", "A ZIP has 5 or 9 digits"),
        ("phone", "555-0100", "Write ten digits with the area code"),
        ("phone", "ask the front desk", "Write ten digits with the area code"),
        ("phone", "512-555-0142 x123", "Leave the extension out"),
        ("line1", "PO Box 12", "The billing address of a claim is a street"),
        ("line1", "", "This field is required"),
    ],
)
def test_what_a_payer_would_refuse_is_refused_here(administrator: Client, field: str, value: str, why: str) -> None:
    before = Practice.objects.values().get()
    assert why in text(administrator.post(EDIT, {**GOOD, field: value}), 422)
    assert Practice.objects.values().get() == before
    assert not AuditEvent.objects.filter(action="change_practice").exists()


def test_a_place_and_a_provider_are_added_and_changed(administrator: Client) -> None:
    place = {"name": "Satellite", "npi": "", "state": "tx", "postcode": "78704"}
    assert administrator.post(reverse("settings:new_own", args=["place"]), place).status_code == 302
    provider = {"first_name": "Marisol", "last_name": "Quintero", "npi": "1234567893", "active": "on"}
    assert administrator.post(reverse("settings:new_own", args=["provider"]), provider).status_code == 302
    made = Provider.objects.get(last_name="Quintero")
    assert not made.confirmed
    shown = text(administrator.get(PAGE))
    assert "Satellite" in shown
    assert "1 to confirm" in shown
    address = reverse("settings:own", args=["provider", made.public_id])
    assert "Marisol" in text(administrator.get(address))
    assert administrator.post(address, {**provider, "confirmed": "on"}).status_code == 302
    made.refresh_from_db()
    assert made.confirmed
    assert {"add_location", "add_provider", "change_provider"} <= set(
        AuditEvent.objects.values_list("action", flat=True)
    )


def test_the_same_provider_twice_is_refused(administrator: Client) -> None:
    known = ProviderFactory()
    told = {"first_name": known.first_name, "last_name": known.last_name, "npi": known.npi}
    answer = administrator.post(reverse("settings:new_own", args=["provider"]), told)
    assert "already exists" in text(answer, 422)
    assert Provider.objects.count() == 1


def test_what_is_not_there_is_not_found(administrator: Client) -> None:
    place: Location = LocationFactory()
    assert administrator.get(reverse("settings:own", args=["provider", place.public_id])).status_code == 404
    assert administrator.get(reverse("settings:new_own", args=["room"])).status_code == 404


@pytest.mark.parametrize("role", [Role.BILLER, Role.CODER, Role.FRONT_DESK, None])
def test_only_an_administrator_sees_and_changes_it(role: Role | None) -> None:
    PracticeFactory()
    client = browser_of(role)
    for address in (PAGE, EDIT, reverse("settings:new_own", args=["place"])):
        assert client.get(address).status_code == 403
    assert client.post(EDIT, GOOD).status_code == 403
