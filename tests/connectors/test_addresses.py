from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from apps.connectors import addresses, http
from apps.connectors.addresses import UnsafeAddressError
from apps.connectors.ports.errors import OutageError, RefusedError, UncertainError
from tests.connectors.scripted import Scripted

HOSTS = ("api.vendor.example",)


@pytest.fixture
def production(settings: Settings) -> None:
    settings.DEMO_MODE = False


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What a name server says of every name."""

    def say(*found: str) -> None:
        entries = [(2, 1, 6, "", (address, 443)) for address in found]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_options: entries)

    return say


@pytest.mark.parametrize(
    "url",
    [
        "http://api.vendor.example/v1",
        "ftp://api.vendor.example/v1",
        "file:///etc/passwd",
        "https://user:secret@api.vendor.example/",
        "https://elsewhere.example/",
        "https://api.vendor.example.elsewhere.example/",
        "https:///v1",
    ],
)
def test_production_calls_allowed_hosts_by_https_only(production: None, url: str) -> None:
    with pytest.raises(UnsafeAddressError):
        addresses.check_url(url, hosts=HOSTS)


def test_an_allowed_host_is_allowed_in_any_case(production: None) -> None:
    addresses.check_url("https://API.vendor.example/v1", hosts=HOSTS)


def test_the_demo_may_use_http_but_only_to_its_hosts() -> None:
    addresses.check_url("http://127.0.0.1:8010/", hosts=["127.0.0.1"])
    with pytest.raises(UnsafeAddressError):
        addresses.check_url("http://169.254.169.254/", hosts=["127.0.0.1"])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
        "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "fd00:ec2::254",
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_is_refused(production: None, answers: Callable[..., None], address: str) -> None:
    answers("93.184.215.14", address)
    with pytest.raises(UnsafeAddressError, match="inside a private"):
        addresses.resolve("api.vendor.example", 443)


def test_a_public_name_resolves_to_the_address_to_connect_to(production: None, answers: Callable[..., None]) -> None:
    answers("93.184.215.14", "2606:2800:21f:cb07::1")
    assert addresses.resolve("api.vendor.example", 443) == "93.184.215.14"


def test_a_name_that_does_not_resolve_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_options: Any) -> None:
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", fail)
    with pytest.raises(OutageError):
        addresses.resolve("api.vendor.example", 443)


def test_a_request_keeps_its_name_and_goes_to_the_checked_address(server: Scripted) -> None:
    server.answer(200, b"hello")
    port = server.url.rpartition(":")[2]
    with http.client(["localhost"]) as session:
        answer = http.ask(session, "GET", f"http://localhost:{port}/x", system="The vendor")
    assert (answer.content, answer.request.url.host, answer.request.headers["host"]) == (
        b"hello",
        "localhost",
        f"localhost:{port}",
    )


def test_a_redirect_to_another_host_is_not_followed(server: Scripted) -> None:
    server.answer(307, b"", location="http://169.254.169.254/latest/meta-data")
    with http.client(["127.0.0.1"]) as session:
        assert http.ask(session, "GET", server.url, system="The vendor").status_code == 307
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "changes", "problem"),
    [
        (429, True, OutageError),
        (503, True, OutageError),
        (500, False, OutageError),
        (500, True, UncertainError),
        (0, False, OutageError),
        (0, True, UncertainError),
    ],
)
def test_a_call_that_may_have_been_acted_on_is_uncertain(
    server: Scripted, status: int, changes: bool, problem: type[Exception]
) -> None:
    server.answer(status)
    with http.client(["127.0.0.1"]) as session, pytest.raises(problem) as caught:
        http.ask(session, "POST", server.url, system="The vendor", changes=changes)
    assert type(caught.value) is problem
    assert "127.0.0.1" not in str(caught.value)


def test_a_server_that_is_away_has_acted_on_nothing() -> None:
    with http.client(["127.0.0.1"]) as session, pytest.raises(OutageError):
        http.ask(session, "POST", "http://127.0.0.1:1/", system="The vendor", changes=True)


def test_a_refusal_is_the_adapters_to_read(server: Scripted) -> None:
    server.answer(404)
    with http.client(["127.0.0.1"]) as session:
        assert http.ask(session, "GET", server.url, system="The vendor").status_code == 404
    with http.client([]) as session, pytest.raises(RefusedError):
        http.ask(session, "GET", server.url, system="The vendor")
