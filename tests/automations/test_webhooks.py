"""The doors for webhooks, signed as the vendors sign."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from twilio.request_validator import RequestValidator

from apps.automations.webhooks import REFUSED
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.webhooks import WebhookDelivery
from tests.factories.connectors import EhrConnectionFactory, MessagingConnectionFactory, PaymentsConnectionFactory

pytestmark = pytest.mark.django_db(transaction=True)
BODY = json.dumps({"id": "evt_1", "object": "event", "type": "checkout.session.completed", "data": {"object": {}}})


def signature(secret: str, body: str, moment: int) -> str:
    digest = hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """What other tests had refused."""
    cache.clear()


@pytest.fixture
def cards() -> Connection:
    return PaymentsConnectionFactory(settings={"secret_key": "sk_test_1", "webhook_secret": "whsec_1"})


def deliver(client: Client, connection: Connection, body: str = BODY, *, age: int = 0, secret: str = ""):
    signed = signature(secret or connection.settings["webhook_secret"], body, int(time.time()) - age)
    return client.post(
        "/webhooks/payments/", body, content_type="application/json", headers={"stripe-signature": signed}
    )


def test_a_genuine_delivery_is_journaled_byte_for_byte_and_nudged(client: Client, cards: Connection, nudges) -> None:
    assert deliver(client, cards).status_code == 204
    received = Transmission.objects.get()
    assert (received.kind, received.vendor_key, received.state) == ("webhook.payments", "evt_1", "stored")
    assert WebhookDelivery.from_bytes(bytes(received.payload)).body == BODY.encode()
    assert nudges == [("receive_payment_event", received.public_id)]


def test_a_repeated_delivery_adds_nothing(client: Client, cards: Connection, nudges) -> None:
    assert [deliver(client, cards).status_code for _ in range(3)] == [204, 204, 204]
    assert (Transmission.objects.count(), len(nudges)) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "null",
        "7",
        "no JSON",
        '{"object": "event"}',
        '{"id": null}',
        '{"id": "a\\u0000b"}',
        '{"id": "\\ud800"}',
        f'{{"id": "{"e" * 300}"}}',
    ],
)
def test_a_signed_delivery_of_any_shape_is_journaled_once(client: Client, cards: Connection, nudges, body: str) -> None:
    for told in (body, body, f" {body}"):
        assert deliver(client, cards, told).status_code == 204
    bodies = [WebhookDelivery.from_bytes(bytes(row.payload)).body for row in Transmission.objects.order_by("pk")]
    assert bodies == [body.encode(), f" {body}".encode()]


def test_a_name_of_a_delivery_that_no_column_takes_loses_none(client: Client, nudges) -> None:
    secret = "a shared secret"
    EhrConnectionFactory(settings={"webhook_secret": secret, "time_zone": "America/Chicago"})
    headers = {"x-drchrono-signature": secret, "x-drchrono-delivery": "d" * 300}
    answer = client.post("/webhooks/ehr/", "{}", content_type="application/json", headers=headers)
    assert (answer.status_code, Transmission.objects.count()) == (204, 1)


def test_callbacks_that_name_no_message_are_each_kept(client: Client, nudges) -> None:
    token = "a token"
    MessagingConnectionFactory(settings={"account_sid": "AC1", "auth_token": token, "from_number": "+15125550100"})
    for form in ({"Body": "one"}, {"Body": "one"}, {"Body": "two"}):
        address = f"{settings.PUBLIC_URL}/webhooks/messages/"
        signed = RequestValidator(token).compute_signature(address, form)
        answer = client.post(
            "/webhooks/messages/",
            urlencode(form),
            content_type="application/x-www-form-urlencoded",
            headers={"x-twilio-signature": signed},
        )
        assert answer.status_code == 204
    assert Transmission.objects.count() == 2


def test_a_wrong_signature_leaves_no_trace(client: Client, cards: Connection, nudges) -> None:
    assert deliver(client, cards, secret="whsec_somebody_else").status_code == 403
    assert (Transmission.objects.count(), nudges) == (0, [])


def test_an_old_signature_is_refused(client: Client, cards: Connection, nudges) -> None:
    assert deliver(client, cards, age=3600).status_code == 403
    assert Transmission.objects.count() == 0


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client: Client, cards: Connection) -> None:
    assert deliver(client, cards, "x" * (256 * 1024 + 1)).status_code == 413


def test_a_length_that_is_no_number_is_refused(client: Client, cards: Connection) -> None:
    address = "/webhooks/payments/"
    assert client.post(address, "{}", content_type="application/json", CONTENT_LENGTH="abc").status_code == 400


def test_without_a_connection_the_address_does_not_exist(client: Client, db: None) -> None:
    answer = client.post("/webhooks/payments/", BODY, content_type="application/json")
    assert answer.status_code == 404


def test_a_get_is_no_delivery(client: Client, cards: Connection) -> None:
    assert client.get("/webhooks/payments/").status_code == 405


def test_the_ehr_is_shown_that_the_secret_is_known(client: Client) -> None:
    connection = EhrConnectionFactory(settings={"webhook_secret": "a shared secret", "time_zone": "America/Chicago"})
    answer = client.get("/webhooks/ehr/", {"msg": "a question"})
    secret = connection.settings["webhook_secret"].encode()
    assert answer.json() == {"secret_token": hmac.new(secret, b"a question", hashlib.sha256).hexdigest()}


def test_a_delivery_needs_no_session_and_sets_no_cookie(client: Client, cards: Connection, nudges) -> None:
    assert deliver(client, cards).cookies.output() == ""


def test_refused_deliveries_are_no_longer_looked_at_after_a_while(client: Client, cards: Connection, nudges) -> None:
    for _ in range(REFUSED.most):
        assert deliver(client, cards, secret="wrong").status_code == 403
    assert deliver(client, cards, secret="wrong").status_code == 429


def test_a_genuine_delivery_is_journaled_while_the_cache_is_away(
    client: Client, cards: Connection, nudges, cache_away: None
) -> None:
    assert deliver(client, cards).status_code == 204
    assert Transmission.objects.count() == 1
    assert deliver(client, cards, secret="wrong").status_code == 403
