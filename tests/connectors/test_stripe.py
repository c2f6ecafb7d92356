"""Stripe's adapter against a stand-in: the sandbox's cards over HTTP; signatures made and checked by Stripe's own SDK."""

import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
import stripe

from apps.connectors.adapters.stripe_checkout import StripePayments
from apps.connectors.adapters.stripe_checkout.errors import KeyRefusedError, ReferenceReusedError
from apps.connectors.ports.errors import InvalidSignatureError, OutageError, RefusedError
from apps.connectors.ports.payments import Checkout, ToldDispute
from apps.connectors.ports.webhooks import WebhookDelivery
from tests.connectors.scripted import Scripted
from tests.outside import Sandbox

SECRET = "whsec_test"
SESSION = {
    "id": "cs_1", "object": "checkout.session", "payment_status": "paid", "amount_total": 1234, "currency": "usd",
    "client_reference_id": "ref1",
}  # fmt: skip


def adapter(sandbox: Sandbox, **changes: Any) -> StripePayments:
    return StripePayments(sandbox.connection("cards", **changes))


def checkout(payments: StripePayments, reference: str, amount: str = "12.34") -> Checkout:
    return payments.create_checkout(
        reference=reference,
        amount=Decimal(amount),
        statement_name="Pecan Row",
        return_url="http://127.0.0.1:8000/pay/x",
    )


def signed(kind: str, subject: dict[str, Any], *, secret: str = SECRET, at: int | None = None) -> WebhookDelivery:
    body = json.dumps(
        {"id": "evt_1", "object": "event", "type": kind, "created": 1789600000, "data": {"object": subject}}
    )
    moment = at or int(time.time())
    signature = stripe.WebhookSignature._compute_signature(f"{moment}.{body}", secret)
    return WebhookDelivery(
        "https://practice.example.com/", {"stripe-signature": f"t={moment},v1={signature}"}, body.encode()
    )


def verified() -> StripePayments:
    return StripePayments({"secret_key": "sk", "webhook_secret": SECRET})


def test_asking_twice_with_one_reference_opens_one_session(sandbox: Sandbox) -> None:
    payments = adapter(sandbox)
    assert checkout(payments, "once") == checkout(payments, "once")
    with pytest.raises(ReferenceReusedError):
        checkout(payments, "once", "13.00")


@pytest.mark.long
def test_a_payment_whose_webhook_never_came_is_found(sandbox: Sandbox) -> None:
    payments = adapter(sandbox)
    opened = checkout(payments, "paid-later", "55.10")
    httpx.post(opened.url)
    found = [
        each for each in payments.payments_since(datetime(2026, 9, 16, tzinfo=UTC)) if each.reference == "paid-later"
    ]
    assert [(each.name, each.amount, each.paid, each.processor_id) for each in found] == [
        ("payment.posted", Decimal("55.10"), True, opened.processor_id)
    ]
    assert not payments.payments_since(datetime(2026, 9, 16, tzinfo=UTC) + timedelta(days=400))


def test_nothing_about_health_goes_to_the_processor(server: Scripted) -> None:
    server.answer(200, json.dumps({**SESSION, "url": "https://checkout.example/"}).encode())
    payments = StripePayments({"secret_key": "sk", "base_url": server.url, "hosts": ["127.0.0.1"]})
    checkout(payments, "opaque")
    body = server.requests[0][2].decode()
    assert "product_data][name]=Payment+to+Pecan+Row" in body
    assert "client_reference_id=opaque" in body
    assert "unit_amount]=1234" in body


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (401, {"error": {"type": "authentication_error"}}, KeyRefusedError),
        (429, {"error": {}}, OutageError),
        (500, {"error": {}}, OutageError),
        (0, {}, OutageError),
        (400, {"error": {"code": "parameter_invalid_integer"}}, RefusedError),
        (200, {**SESSION, "url": None}, RefusedError),
    ],
)
def test_failures_say_whether_a_retry_can_help(
    server: Scripted, status: int, body: dict[str, Any], problem: type[Exception]
) -> None:
    server.answer(status, json.dumps(body).encode())
    payments = StripePayments({"secret_key": "sk", "base_url": server.url, "hosts": ["127.0.0.1"]})
    with pytest.raises(problem) as caught:
        checkout(payments, "r")
    assert type(caught.value) is problem


def test_a_host_that_is_not_allowed_is_not_called() -> None:
    with pytest.raises(RefusedError, match="not among the hosts"):
        checkout(StripePayments({"secret_key": "sk", "base_url": "http://127.0.0.1:1"}), "r")


@pytest.mark.parametrize(
    ("kind", "subject", "name", "amount", "paid"),
    [
        ("checkout.session.completed", SESSION, "payment.posted", "12.34", True),
        ("checkout.session.async_payment_succeeded", SESSION, "payment.posted", "12.34", True),
        ("checkout.session.completed", {**SESSION, "payment_status": "unpaid"}, "other", "0", False),
        ("checkout.session.expired", SESSION, "payment.failed", "0", False),
        ("checkout.session.async_payment_failed", SESSION, "payment.failed", "0", False),
        ("payment_intent.payment_failed", SESSION, "other", "0", False),
        (
            "charge.refunded",
            {
                "id": "ch_1",
                "payment_intent": "pi_1",
                "amount_refunded": 500,
                "currency": "usd",
                "metadata": {"reference": "ref1"},
            },
            "payment.refunded",
            "5.00",
            True,
        ),
    ],
)
def test_a_signed_event_is_read(kind: str, subject: dict[str, Any], name: str, amount: str, paid: bool) -> None:
    delivery = signed(kind, subject)
    assert verified().verify_event(delivery) == "evt_1"
    event = verified().parse_event(WebhookDelivery.from_bytes(delivery.to_bytes()))
    assert (event.name, event.amount, event.paid, event.reference) == (name, Decimal(amount), paid, "ref1")


@pytest.mark.parametrize(
    "forged",
    [
        signed("checkout.session.completed", SESSION, secret="whsec_other"),
        signed("checkout.session.completed", SESSION, at=1_700_000_000),
        WebhookDelivery("", {}, b"{}"),
        WebhookDelivery("", signed("charge.refunded", SESSION).headers, b'{"id": "evt_2"}'),
    ],
)
def test_a_forged_or_stale_event_is_refused(forged: WebhookDelivery) -> None:
    with pytest.raises(InvalidSignatureError):
        verified().verify_event(forged)


def test_an_event_of_an_unknown_shape_cannot_be_read() -> None:
    with pytest.raises(RefusedError):
        verified().parse_event(WebhookDelivery("", {}, b'{"id": "evt_1"}'))


SETUP = {**SESSION, "mode": "setup", "payment_status": "no_payment_required", "amount_total": None, "currency": None}


def test_a_session_that_only_keeps_a_card_is_no_payment() -> None:
    event = verified().parse_event(signed("checkout.session.completed", SETUP))
    assert (event.name, event.paid) == ("other", False)


def test_a_foreign_event_keeps_no_payment_back_and_is_counted(
    server: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    subjects = [SETUP, {**SESSION, "amount_total": None}, {"payment_status": "paid"}, SESSION]
    events = [
        {"id": f"evt_{number}", "object": "event", "type": "checkout.session.completed", "created": 1789600000, "data": {"object": subject}}
        for number, subject in enumerate(subjects)
    ]  # fmt: skip
    listing = {"object": "list", "url": "/v1/events", "has_more": False}
    server.answer(200, json.dumps({**listing, "data": events}).encode())
    payments = StripePayments({"secret_key": "sk", "base_url": server.url, "hosts": ["127.0.0.1"]})
    found = payments.payments_since(datetime(2026, 9, 16, tzinfo=UTC))
    assert [(each.event_id, each.amount) for each in found] == [("evt_3", Decimal("12.34"))]
    assert [record.getMessage() for record in caplog.records if record.name.startswith("apps.")] == [
        "2 of 4 events of Stripe could not be read and were skipped"
    ]


@pytest.mark.parametrize(("currency", "amount"), [("usd", "12.34"), ("eur", "12.34"), ("jpy", "1234.00")])
def test_an_amount_is_told_in_its_currency(currency: str, amount: str) -> None:
    event = verified().parse_event(signed("checkout.session.completed", {**SESSION, "currency": currency}))
    assert (event.currency, event.amount) == (currency, Decimal(amount))


DISPUTE = {
    "id": "dp_1", "object": "dispute", "payment_intent": "pi_1", "charge": "ch_1", "amount": 1234, "currency": "usd",
    "reason": "fraudulent", "status": "needs_response", "metadata": {}, "evidence_details": {"due_by": 1790000000},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "status", "state", "withdrawn", "restored"),
    [
        ("created", "needs_response", "open", False, False),
        ("created", "warning_needs_response", "open", False, False),
        ("updated", "under_review", "open", False, False),
        ("funds_withdrawn", "needs_response", "open", True, False),
        ("funds_reinstated", "under_review", "open", False, True),
        ("closed", "won", "won", False, True),
        ("closed", "lost", "lost", True, False),
        ("closed", "warning_closed", "closed", False, False),
    ],
)
def test_a_dispute_tells_whose_the_money_is(
    kind: str, status: str, state: str, withdrawn: bool, restored: bool
) -> None:
    event = verified().parse_event(signed(f"charge.dispute.{kind}", {**DISPUTE, "status": status}))
    assert (event.name, event.processor_id, event.payment_intent) == ("payment.disputed", "dp_1", "pi_1")
    assert (event.amount, event.paid) == (Decimal("12.34"), False)
    due = datetime.fromtimestamp(1790000000, UTC)
    assert event.dispute == ToldDispute(state, withdrawn, restored, "fraudulent", due)


@pytest.mark.parametrize(
    ("kind", "moves", "restored", "given_again"),
    [
        ("closed", [(-1234, "usd")], False, None),
        ("closed", [(-1234, "usd"), (1000, "usd")], True, Decimal("10.00")),
        ("funds_reinstated", [(-1234, "usd"), (1234, "usd")], True, Decimal("12.34")),
        ("funds_reinstated", [(-1400, "cad"), (1134, "cad")], True, None),
        ("funds_reinstated", [(-1234, "usd"), (800, "usd"), (200, "usd")], True, Decimal("10.00")),
        ("funds_reinstated", [(-1234, "usd"), (800, "usd"), (-800, "usd"), (1000, "usd")], True, Decimal("10.00")),
        ("funds_withdrawn", [(-1234, "usd"), (1234, "usd"), (-1234, "usd")], False, Decimal("0.00")),
    ],
    ids=[
        "decided, not yet moved",
        "a part",
        "the whole",
        "in the account's own currency",
        "in two parts",
        "a part that was taken once more",
        "all of it taken once more",
    ],
)
def test_a_dispute_tells_how_much_was_given_again(
    kind: str, moves: list[tuple[int, str]], restored: bool, given_again: Decimal | None
) -> None:
    moved = [{"amount": amount, "currency": currency, "fee": 1500} for amount, currency in moves]
    told = {**DISPUTE, "status": "won", "balance_transactions": moved}
    dispute = verified().parse_event(signed(f"charge.dispute.{kind}", told)).dispute
    assert dispute is not None
    assert (dispute.restored, dispute.given_again) == (restored, given_again)


@pytest.mark.long
def test_a_dispute_and_a_closed_page_whose_webhooks_never_came_are_found(sandbox: Sandbox) -> None:
    payments = adapter(sandbox)
    opened = checkout(payments, "disputed", "55.10")
    httpx.post(opened.url)
    sandbox.control("dispute", {"reference": "disputed"})
    sandbox.control("dispute", {"reference": "disputed", "outcome": "won"})
    closed = checkout(payments, "closed", "10.00")
    key = sandbox.connection("cards")["secret_key"]
    base = sandbox.connection("cards")["base_url"]
    httpx.post(f"{base}/v1/checkout/sessions/{closed.processor_id}/expire", auth=(key, ""))
    found = payments.payments_since(datetime(2026, 9, 16, tzinfo=UTC))
    told = [each.dispute for each in found if each.dispute]
    assert len(told) == 4
    assert any(each.withdrawn for each in told)
    assert any(each.restored for each in told)
    assert {each.state for each in told} == {"open", "won"}
    assert [each.reference for each in found if each.name == "payment.failed"] == ["closed"]


def test_a_list_of_events_that_comes_round_ends_with_a_sentence(server: Scripted) -> None:
    row = {"object": "event", "id": "evt_1", "type": "ping", "created": 1, "data": {"object": {}}}
    body = {"object": "list", "data": [row], "has_more": True, "url": "/v1/events"}
    server.answer(200, json.dumps(body).encode())
    ours = StripePayments({"secret_key": "sk", "webhook_secret": "w", "base_url": server.url, "hosts": ["127.0.0.1"]})
    with pytest.raises(RefusedError, match="Stripe's list of events leads back to what it told before"):
        ours.payments_since(datetime(2026, 9, 16, tzinfo=UTC))
    assert len(server.requests) == 2
