import base64
import json
from collections.abc import Callable
from urllib.parse import parse_qsl

import stripe
from twilio.request_validator import RequestValidator

from apps.connectors.adapters.twilio_sms import mapping
from apps.sandbox.cards import till
from apps.sandbox.phone import exchange
from apps.sandbox.world.people import Patient
from tests.sandbox.receiver import Receiver
from tests.sandbox.town import Town

Open = Callable[..., Town]


def text(town: Town, to: str, body: str, callback: str = "") -> dict[str, object]:
    ours = exchange.credentials(town.world)
    basic = base64.b64encode(f"{ours['account_sid']}:{ours['auth_token']}".encode()).decode()
    form = {"To": to, "From": ours["from_number"], "Body": body, "StatusCallback": callback}
    path = f"/twilio/2010-04-01/Accounts/{ours['account_sid']}/Messages.json"
    found: dict[str, object] = town.call("POST", path, data=form, headers={"authorization": f"Basic {basic}"}).json()
    return found


def texts_to(town: Town, number: str) -> list[dict[str, object]]:
    ours = exchange.credentials(town.world)
    path = f"/twilio/2010-04-01/Accounts/{ours['account_sid']}/Messages.json"
    auth = (ours["account_sid"], ours["auth_token"])
    found: list[dict[str, object]] = town.call("GET", path, params={"To": number}, auth=auth).json()["messages"]
    return found


def checkout(town: Town, key: str = "k1", amount: str = "3000") -> dict[str, object]:
    form = {
        "mode": "payment", "success_url": "http://127.0.0.1:9/done", "client_reference_id": "REF1",
        "line_items[0][price_data][unit_amount]": amount, "line_items[0][price_data][currency]": "usd",
    }  # fmt: skip
    headers = {"authorization": f"Bearer {till.credentials(town.world)['secret_key']}", "idempotency-key": key}
    found: dict[str, object] = town.call("POST", "/stripe/v1/checkout/sessions", data=form, headers=headers).json()
    return found


def someone(town: Town) -> Patient:
    return town.world.people.all()[0]


def test_a_text_is_delivered_and_each_step_is_told_with_a_signature_that_holds(
    open_town: Open, receiver: Receiver
) -> None:
    town = open_town(app_url=receiver.url, undelivered=0.0)
    text(town, someone(town).phone, "Hello", f"{receiver.url}/status")
    town.advance(minutes=1)
    validator = RequestValidator(exchange.credentials(town.world)["auth_token"])
    told = receiver.to("/status")
    assert [dict(parse_qsl(each.body))["MessageStatus"] for each in told] == ["sent", "delivered"]
    for each in told:
        fields = dict(parse_qsl(each.body, keep_blank_values=True))
        assert validator.validate(f"{receiver.url}{each.path}", fields, each.headers["x-twilio-signature"])


def test_a_text_is_listed_with_the_moment_at_which_it_was_taken_newest_first(town: Town) -> None:
    taken = []
    for _ in range(2):
        taken.insert(0, town.world.now.replace(microsecond=0))
        text(town, someone(town).phone, "Hello")
        town.advance(hours=30)
    assert [mapping.created(row) for row in texts_to(town, someone(town).phone)] == taken


def test_a_number_that_opted_out_is_refused_until_it_starts_again(town: Town) -> None:
    number = someone(town).phone
    town.call("POST", "/control/text", json={"number": number, "body": "stop"})
    assert text(town, number, "Hello")["code"] == 21610
    town.call("POST", "/control/text", json={"number": number, "body": "START"})
    assert text(town, number, "Hello")["status"] == "queued"


def test_a_missed_call_is_told_to_the_practice(open_town: Open, receiver: Receiver) -> None:
    town = open_town(app_url=receiver.url)
    town.call("POST", "/control/missed-call", json={"patient": someone(town).id})
    town.advance(seconds=1)
    (told,) = receiver.to("/webhooks/messages/call/")
    assert dict(parse_qsl(told.body))["DialCallStatus"] == "no-answer"


def test_a_list_that_is_asked_for_with_no_number_or_no_day_is_refused_with_a_sentence(town: Town) -> None:
    ours = exchange.credentials(town.world)
    basic = (ours["account_sid"], ours["auth_token"])
    texts = f"/twilio/2010-04-01/Accounts/{ours['account_sid']}/Messages.json"
    checkout(town)
    bearer = {"authorization": f"Bearer {till.credentials(town.world)['secret_key']}"}
    answers = [
        *(town.call("GET", texts, params=asked, auth=basic) for asked in ({"PageSize": "abc"}, {"DateSent": "today"})),
        *(
            town.call("GET", "/stripe/v1/checkout/sessions", params=asked, headers=bearer)
            for asked in ({"limit": "abc"}, {"created[gte]": "-1"})
        ),
    ]
    assert [answer.status_code for answer in answers] == [400] * 4
    assert answers[0].json()["message"] == "PageSize is no whole number: abc."
    assert answers[2].json()["error"]["message"] == "limit is no whole number: abc."


def test_the_same_link_twice_to_one_number_is_a_repeat(town: Town) -> None:
    for body in ("See http://127.0.0.1:9/p/1", "Again http://127.0.0.1:9/p/1"):
        text(town, someone(town).phone, body)
    assert town.call("GET", "/control/tally").json()["texts"]["repeated"] == 1


def test_the_same_idempotency_key_opens_one_session(town: Town) -> None:
    assert checkout(town)["id"] == checkout(town)["id"]
    assert checkout(town, "k2")["id"] != checkout(town)["id"]
    assert len(town.world.state.sessions) == 2


def test_a_payment_is_told_with_a_signature_that_the_vendors_own_library_accepts(
    open_town: Open, receiver: Receiver
) -> None:
    town = open_town(app_url=receiver.url)
    session = checkout(town)
    town.call("POST", f"/stripe/pay/{session['id']}")
    town.call("POST", f"/stripe/pay/{session['id']}")
    town.advance(seconds=1)
    (told,) = receiver.to("/webhooks/payments/")
    secret = till.credentials(town.world)["webhook_secret"]
    event = stripe.Webhook.construct_event(told.body, told.headers["stripe-signature"], secret)
    assert (event.type, event.data.object.client_reference_id) == ("checkout.session.completed", "REF1")
    assert town.call("GET", "/control/tally").json()["cards"]["paid"] == "30.00"


def test_a_payment_is_disputed_and_decided_once(open_town: Open, receiver: Receiver) -> None:
    town = open_town(app_url=receiver.url)
    session = checkout(town)
    unpaid = town.call("POST", "/control/dispute", json={"reference": "REF1"})
    assert (unpaid.status_code, unpaid.json()["error"]) == (400, "No card payment REF1 was made.")
    town.call("POST", f"/stripe/pay/{session['id']}")
    town.call("POST", "/control/dispute", json={"reference": "REF1"})
    for outcome in ("won", "lost"):
        told = town.call("POST", "/control/dispute", json={"reference": "REF1", "outcome": outcome}).json()
        assert (told["amount"], told["status"]) == (3000, "won")
    town.advance(seconds=1)
    events = [json.loads(each.body) for each in receiver.to("/webhooks/payments/")]
    disputes = {each["type"]: each["data"]["object"] for each in events if "dispute" in each["type"]}
    assert {kind.rpartition(".")[2]: each["status"] for kind, each in disputes.items()} == {
        "created": "needs_response",
        "funds_withdrawn": "needs_response",
        "funds_reinstated": "won",
        "closed": "won",
    }
    assert town.call("POST", "/control/dispute", json={"reference": "REF1", "outcome": "?"}).status_code == 400


def test_a_webhook_that_is_not_taken_comes_again(open_town: Open, receiver: Receiver) -> None:
    town = open_town(app_url=receiver.url)
    receiver.status = 500
    session = checkout(town)
    town.call("POST", f"/stripe/pay/{session['id']}")
    town.advance(seconds=30)
    receiver.status = 200
    town.advance(minutes=2)
    town.advance(days=2)
    told = [json.loads(each.body)["id"] for each in receiver.to("/webhooks/payments/")]
    assert len(told) == 2
    assert len(set(told)) == 1


def test_a_patient_reads_the_text_proves_who_they_are_and_pays(open_town: Open, receiver: Receiver) -> None:
    town = open_town(app_url=receiver.url, undelivered=0.0)
    patient = someone(town)
    town.call("POST", "/control/behaviour", json={"patient": patient.id, "act": "pay_now"})
    receiver.card_page = f"{receiver.url}/card"
    text(town, patient.phone, f"You have a balance: {receiver.url}/p/abc")
    town.advance(hours=2)
    answers = dict(parse_qsl(receiver.to("/p/verify")[0].body))
    assert answers == {"birth_date": patient.birth_date.isoformat(), "postcode": patient.address.zip[:5]}
    assert dict(parse_qsl(receiver.to("/p/pay")[0].body)) == {"amount": "30.00"}
    assert len(receiver.to("/card")) == 1


def test_a_patient_who_has_enough_answers_stop(open_town: Open, receiver: Receiver) -> None:
    town = open_town(app_url=receiver.url, undelivered=0.0)
    patient = someone(town)
    town.call("POST", "/control/behaviour", json={"patient": patient.phone, "act": "stop"})
    text(town, patient.phone, f"You have a balance: {receiver.url}/p/abc")
    town.advance(hours=2)
    (told,) = receiver.to("/webhooks/messages/")
    assert dict(parse_qsl(told.body))["OptOutType"] == "STOP"
    assert receiver.to("/p/abc") == []
