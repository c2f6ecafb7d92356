"""Twilio's adapter: answers that were written by hand, signatures made by Twilio's own library."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from apps.connectors.adapters.twilio_sms import TwilioMessaging
from apps.connectors.ports.errors import (
    AddressRefusedError,
    InvalidSignatureError,
    OptedOutError,
    OutageError,
    RefusedError,
    UncertainError,
)
from apps.connectors.ports.messaging import Delivery
from apps.connectors.ports.webhooks import WebhookDelivery
from tests.connectors.scripted import Scripted

SETTINGS = {"account_sid": "AC1", "auth_token": "token", "from_number": "+15125550199", "hosts": ["127.0.0.1"]}
URL = "https://practice.example.com/webhooks/messages/"


def adapter(server: Scripted | None = None, **changes: object) -> TwilioMessaging:
    return TwilioMessaging({**SETTINGS, "base_url": server.url if server else "", **changes})


def delivery(fields: dict[str, str], token: str = SETTINGS["auth_token"], url: str = URL) -> WebhookDelivery:
    signature = RequestValidator(token).compute_signature(url, fields)
    return WebhookDelivery(url, {"x-twilio-signature": signature}, urlencode(fields).encode())


def send(server: Scripted) -> str:
    return adapter(server).send(to="+15125550123", body="You have a balance.", reference="m1", status_url=URL)


def test_a_text_is_sent_from_the_practices_number(server: Scripted) -> None:
    server.answer(201, json.dumps({"sid": "SM1"}).encode())
    assert send(server) == "SM1"
    method, path, body = server.requests[0]
    assert (method, path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert b"From=%2B15125550199" in body
    assert b"StatusCallback=https" in body


def test_a_messaging_service_takes_the_numbers_place(server: Scripted) -> None:
    server.answer(201, b'{"sid": "SM1"}')
    adapter(server, messaging_service_sid="MG1").send(to="+1", body="x", reference="m1", status_url="")
    assert b"MessagingServiceSid=MG1" in server.requests[0][2]
    assert b"StatusCallback" not in server.requests[0][2]


@pytest.mark.parametrize(
    ("status", "code", "problem"),
    [
        (400, 21610, OptedOutError),
        (400, 21211, AddressRefusedError),
        (400, 21614, AddressRefusedError),
        (400, 30034, RefusedError),
        (400, 99999, RefusedError),
        (401, 20003, RefusedError),
        (429, 20429, OutageError),
        (500, 0, UncertainError),
        (0, 0, UncertainError),
    ],
)
def test_twilios_codes_say_whose_turn_it_is(server: Scripted, status: int, code: int, problem: type[Exception]) -> None:
    server.answer(status, json.dumps({"code": code}).encode())
    with pytest.raises(problem) as caught:
        send(server)
    assert isinstance(caught.value, problem)
    assert "+1512" not in str(caught.value)


def test_a_refusal_that_is_no_json_is_a_refusal(server: Scripted) -> None:
    server.answer(403, b"<html>")
    with pytest.raises(RefusedError, match="403"):
        send(server)


SINCE = datetime(2026, 9, 16, 19, 0, 0, 700000, tzinfo=UTC)


def listed(sid: str, body: str, created: datetime = SINCE, direction: str = "outbound-api") -> dict[str, object]:
    return {
        "sid": sid,
        "body": body,
        "direction": direction,
        "date_created": format_datetime(created),
        "date_sent": None,
    }


def find(server: Scripted, body: str, *others: str) -> str | None:
    return adapter(server).find(to="+15125550123", body=body, since=SINCE, others=others)


def test_after_a_crash_exactly_this_message_is_found(server: Scripted) -> None:
    first = {
        "messages": [
            listed("SM9", "You have a balance. Link B"),
            listed("SM8", "You have a balance. Link A", direction="inbound"),
        ],
        "next_page_uri": "/2010-04-01/Accounts/AC1/Messages.json?Page=1",
    }
    last = {
        "messages": [listed("SM7", "You have a balance. Link A")],
        "next_page_uri": None,
    }
    server.answer(200, json.dumps(first).encode())
    server.answer(200, json.dumps(last).encode())
    assert find(server, "You have a balance. Link A") == "SM7"
    assert server.requests[0][1].endswith("?To=%2B15125550123&PageSize=50")
    assert find(server, "Another") is None


def page_of(*rows: dict[str, object]) -> bytes:
    return json.dumps({"messages": rows, "next_page_uri": None}).encode()


def test_an_older_text_with_the_same_words_is_not_this_one(server: Scripted) -> None:
    older = listed("SM1", "We missed your call.", SINCE - timedelta(hours=30))
    server.answer(200, page_of(older))
    server.answer(200, page_of(listed("SM2", "We missed your call."), older))
    assert find(server, "We missed your call.") is None
    assert find(server, "We missed your call.") == "SM2"


def test_a_text_that_is_known_as_anothers_is_not_this_one(server: Scripted) -> None:
    server.answer(200, page_of(listed("SM2", "Help"), listed("SM1", "Help")))
    assert find(server, "Help", "SM2") == "SM1"
    assert find(server, "Help", "SM2", "SM1") is None


def test_a_listed_text_without_its_moment_leaves_the_question_open(server: Scripted) -> None:
    server.answer(200, page_of({**listed("SM1", "Help"), "date_created": None}))
    with pytest.raises(RefusedError, match="moment"):
        find(server, "Help")


@pytest.mark.parametrize(
    ("fields", "name", "outcome"),
    [
        ({"MessageSid": "SM1", "MessageStatus": "queued"}, "message.status", None),
        ({"MessageSid": "SM1", "MessageStatus": "sent"}, "message.status", Delivery.SENT),
        ({"MessageSid": "SM1", "MessageStatus": "delivered"}, "message.status", Delivery.DELIVERED),
        (
            {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30006"},
            "message.status",
            Delivery.UNDELIVERED,
        ),
        ({"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": "21610"}, "message.status", Delivery.OPTED_OUT),
        ({"MessageSid": "SM1", "Body": "STOP", "From": "+15125550123"}, "message.inbound", None),
        ({"CallSid": "CA1", "DialCallStatus": "no-answer", "From": "+15125550123"}, "call.missed", None),
        ({"CallSid": "CA1", "DialCallStatus": "completed"}, "other", None),
    ],
)
def test_a_signed_callback_is_read(fields: dict[str, str], name: str, outcome: Delivery | None) -> None:
    signed = delivery(fields)
    assert adapter().verify_event(signed)
    event = adapter().parse_event(WebhookDelivery.from_bytes(signed.to_bytes()))
    assert (event.name, event.delivery, event.text) == (name, outcome, fields.get("Body", ""))


def test_each_status_of_a_message_is_an_event_of_its_own() -> None:
    ids = {
        adapter().verify_event(delivery({"MessageSid": "SM1", "MessageStatus": status}))
        for status in ("sent", "delivered")
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    "forged",
    [
        delivery({"MessageSid": "SM1"}, token="other"),
        WebhookDelivery(URL, {}, b"MessageSid=SM1"),
        WebhookDelivery(URL + "?x=1", delivery({"MessageSid": "SM1"}).headers, b"MessageSid=SM1"),
        WebhookDelivery(URL, delivery({"MessageSid": "SM1"}).headers, b"MessageSid=SM2"),
    ],
)
def test_a_forged_callback_is_refused(forged: WebhookDelivery) -> None:
    with pytest.raises(InvalidSignatureError):
        adapter().verify_event(forged)


def test_a_callback_about_nothing_cannot_be_read() -> None:
    with pytest.raises(RefusedError):
        adapter().parse_event(WebhookDelivery(URL, {}, b"Body=hello"))
