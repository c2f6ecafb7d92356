"""A NUL character reaches no page, whichever way it comes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.practice.roles import Role
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
LISTS = (
    "/claims/exceptions/?rule=",
    "/claims/batches/?state=",
    "/balances/messages/?state=",
    "/remittances/exceptions/?kind=",
)


@pytest.fixture
def biller(client: Client) -> Client:
    sign_in(client, Role.BILLER)
    return client


def assert_refused(response: HttpResponse, words: str = "This request could not be read") -> None:
    assert response.status_code == 400
    assert words in response.content.decode()


@pytest.mark.parametrize(
    "address", [*(f"{address}a%00b" for address in LISTS), "/claims/batches/?a%00=1", "/patient/a%00/"]
)
def test_in_an_address_it_is_refused(biller: Client, address: str) -> None:
    assert_refused(biller.get(address))


def test_in_a_form_it_is_refused(biller: Client) -> None:
    assert_refused(biller.post(reverse("workspace:search"), {"q": "Fern\0sby"}))
    typed = "application/x-www-form-urlencoded"
    assert_refused(biller.post(reverse("workspace:search"), "q=Fern%00sby", content_type=typed))


def test_on_a_patients_page_it_is_refused(client: Client) -> None:
    assert_refused(client.post("/pay/verify", {"birth_date": "1980\0"}), "This page cannot be shown right now")


def test_in_a_cookie_it_is_refused(client: Client) -> None:
    assert_refused(client.get("/claims/", HTTP_COOKIE='sessionid="12345678\\000"'))


def test_in_an_uploaded_file_it_is_the_files_own_matter(biller: Client) -> None:
    response = biller.post(reverse("remittances:upload"), {"file": SimpleUploadedFile("a.835", b"no\0x12")})
    assert response.status_code == 422


def test_a_webhooks_body_is_left_to_its_door(client: Client) -> None:
    typed = "application/x-www-form-urlencoded"
    response = client.post("/webhooks/messages/", "Body=%00", content_type=typed)
    assert "This request could not be read" not in response.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "claims:exceptions_select",
        "claims:exceptions_assign",
        "claims:bulk_fix_take",
        "claims:bulk_fix_start",
        "denials:denials_select",
        "workspace:worklist_select",
    ],
)
@pytest.mark.parametrize("query", ["rule=%00&code=%00&kind=%00", "a%00=1"])
def test_in_a_filter_that_a_form_sends_along_it_is_refused(biller: Client, name: str, query: str) -> None:
    assert_refused(biller.post(reverse(name), {"query": query}))
