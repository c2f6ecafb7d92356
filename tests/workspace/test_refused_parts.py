"""What a part of a page is told where the answer is an error: a sentence among the messages, not a page that has no room there."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.practice.roles import Role
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PAGE = "<!doctype html>"


def told(answer: HttpResponse, status: int) -> str:
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (status, "#toasts", "beforeend")
    text = answer.content.decode()
    assert text.startswith('<div class="toast" data-toast data-keep>')
    return text


def test_what_is_no_longer_there(client: Client) -> None:
    sign_in(client, Role.BILLER)
    address = reverse("workspace:change_work", args=["gone", "note"])
    assert "no longer there" in told(client.post(address, {"text": "Called."}, headers=HTMX), 404)
    assert PAGE in client.post(address, {"text": "Called."}).content.decode()


def test_what_the_role_may_not_do(client: Client) -> None:
    sign_in(client, Role.FRONT_DESK)
    address = reverse("claims:apply_fix", args=["one"])
    assert "your role may not do this" in told(client.post(address, headers=HTMX), 403)
    assert PAGE in client.post(address).content.decode()


def test_a_page_that_has_expired() -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, Role.BILLER)
    address = reverse("workspace:worklist_save_view")
    text = told(client.post(address, {"name": "Mine"}, headers=HTMX), 403)
    assert "has expired" in text
    assert "your role" not in text
    assert PAGE in client.post(address, {"name": "Mine"}).content.decode()


def test_an_address_that_only_takes_a_form_is_a_page_too_when_it_is_opened(client: Client) -> None:
    """Where a refused form stands at that address, its tab is opened anew: it was empty."""
    sign_in(client, Role.BILLER)
    answer = client.get(reverse("workspace:worklist_save_view"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "There is no such page" in answer.content.decode()
    assert "Error 405" in answer.content.decode()


@pytest.mark.parametrize("number", ["9" * 5000, "\u00b3", "-1"])
def test_what_is_sent_for_a_number_and_is_none_that_can_be_breaks_nothing(client: Client, number: str) -> None:
    """Python reads no number of more than 4,300 digits."""
    sign_in(client, Role.ADMINISTRATOR)
    assert client.post(reverse("claims:apply_fixes"), {"finding": number}).status_code == 302
    assert client.post(reverse("webhooks:payments"), headers={"content-length": number}).status_code == 400
