"""The client's address behind proxies, as limits and the audit trail see it."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from apps.audit.models import AuditEvent
from apps.core.client_address import ClientAddressMiddleware
from apps.practice.roles import Role
from tests.factories.intake import PatientFactory
from tests.signing_in import sign_in

SOCKET = "127.0.0.1"


@pytest.mark.parametrize(
    ("trusted", "header", "address"),
    [
        (0, "203.0.113.7", SOCKET),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", SOCKET),
        (1, "", SOCKET),
        (1, "somebody", SOCKET),
        (1, "203.0.113.7:4711", "203.0.113.7"),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_the_client_stands_as_far_from_the_end_as_there_are_proxies_of_ours(
    rf: RequestFactory, settings: Settings, trusted: int, header: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    ClientAddressMiddleware(view)(rf.get("/", headers={"X-Forwarded-For": header}))
    assert seen == [address]


@pytest.mark.django_db
def test_the_trail_keeps_the_clients_address_and_not_the_proxys(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    sign_in(client, Role.BILLER)
    page = reverse("workspace:patient", args=[PatientFactory().public_id])
    assert client.get(page, headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}).status_code == 200
    assert AuditEvent.objects.get(action="view").address == "203.0.113.7"
