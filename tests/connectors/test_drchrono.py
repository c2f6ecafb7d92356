"""DrChrono's adapter against a stand-in: the sandbox's EHR over HTTP, and a scripted server for what it does not do."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.connectors import registry
from apps.connectors.adapters.drchrono import DrChronoEhr, mapping
from apps.connectors.adapters.drchrono.errors import PermissionMissingError, SignInError
from apps.connectors.ports.errors import InvalidSignatureError, OutageError, RefusedError
from apps.connectors.ports.webhooks import WebhookDelivery
from tests.connectors.scripted import Scripted
from tests.factories.connectors import EhrConnectionFactory
from tests.outside import Sandbox

ZONE = ZoneInfo("America/Chicago")
DAY = date(2026, 9, 16)
SECRET = "w"
TOKEN = json.dumps({"access_token": "t", "expires_in": 172800}).encode()


class Pages:
    """Keeps what the adapter hands to the journal."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, bytes]] = []

    def __call__(self, name: str, payload: bytes) -> str:
        self.kept.append((name, payload))
        return f"page {len(self.kept)}"


class Secrets:
    """A connection's stored credentials."""

    def __init__(self, **stored: Any) -> None:
        self.stored: Mapping[str, Any] = stored

    def __call__(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Mapping[str, Any]:
        self.stored = change(self.stored)
        return self.stored


def adapter(sandbox: Sandbox, pages: Pages | None = None, **changes: Any) -> DrChronoEhr:
    given = sandbox.connection("ehr", **changes)
    return DrChronoEhr(given, pages or Pages(), Secrets(**given))


def scripted_adapter(server: Scripted, **changes: Any) -> DrChronoEhr:
    given = {
        "base_url": server.url, "client_id": server.url, "client_secret": "s", "refresh_token": "r", "webhook_secret": "w",
        "time_zone": "America/Chicago", "hosts": ["127.0.0.1"],
    }  # fmt: skip
    secrets = Secrets(**{**given, **changes})
    return DrChronoEhr(secrets.stored, Pages(), secrets)


def event(name: str, body: dict[str, Any], secret: str = SECRET) -> WebhookDelivery:
    headers = {"x-drchrono-event": name, "x-drchrono-delivery": "d1", "x-drchrono-signature": secret}
    return WebhookDelivery("https://practice.example.com/webhooks/ehr/", headers, json.dumps({"object": body}).encode())


def test_completed_visits_with_charges_are_told_with_the_page_that_brought_them(sandbox: Sandbox) -> None:
    pages = Pages()
    found = list(adapter(sandbox, pages).encounters_ready(DAY, DAY))
    assert len(found) > 20
    assert {each.service_date for each in found} >= {DAY}
    first = found[0]
    assert first.checked_out_at is not None
    assert first.charges
    assert all(charge.amount > 0 for charge in first.charges)
    assert not any("." in code for code in first.diagnoses)
    name, payload = pages.kept[int(first.received_as.split()[1]) - 1]
    assert name == "line_items"
    assert first.source_id.encode() in payload


def test_one_visit_is_told_as_the_poll_tells_it(sandbox: Sandbox) -> None:
    polled = next(iter(adapter(sandbox).encounters_ready(DAY, DAY)))
    alone = adapter(sandbox).encounter(polled.source_id)
    assert alone is not None
    assert (alone.charges, alone.diagnoses, alone.patient_source_id) == (
        polled.charges,
        polled.diagnoses,
        polled.patient_source_id,
    )
    assert adapter(sandbox).encounter("999999999") is None
    assert adapter(sandbox).appointment("999999999") is None


def test_a_visit_that_is_not_over_has_no_charges_yet(sandbox: Sandbox) -> None:
    ahead = next(each for each in adapter(sandbox).appointments(date(2026, 9, 18), date(2026, 9, 18)))
    assert ahead.status == "scheduled"
    assert adapter(sandbox).encounter(ahead.source_id) is None


def test_appointments_are_told_with_their_local_times(sandbox: Sandbox) -> None:
    found = list(adapter(sandbox).appointments(DAY, DAY))
    assert {each.starts_at.astimezone(ZONE).date() for each in found} == {DAY}
    assert {each.status for each in found} >= {"completed"}
    assert adapter(sandbox).appointment(found[0].source_id) == found[0]


def test_many_patients_cost_few_calls_and_come_with_coverage_and_consent(sandbox: Sandbox) -> None:
    pages = Pages()
    wanted = list(dict.fromkeys(each.patient_source_id for each in adapter(sandbox).appointments(DAY, DAY)))
    found = adapter(sandbox, pages).patients(wanted)
    assert {each.source_id for each in found} == set(wanted)
    assert len(pages.kept) <= 5
    assert any(each.coverages for each in found)
    consents = [consent for each in found for consent in each.consents if consent.given]
    assert {consent.channel for consent in consents} == {"sms", "email"}
    assert all(consent.given_on and consent.wording and consent.source for consent in consents)


def test_a_single_patient_is_asked_for_by_name(sandbox: Sandbox) -> None:
    source_id = next(iter(adapter(sandbox).appointments(DAY, DAY))).patient_source_id
    assert adapter(sandbox).patient(source_id).source_id == source_id
    with pytest.raises(RefusedError):
        adapter(sandbox).patient("999999")


def test_providers_are_told_with_their_npi(sandbox: Sandbox) -> None:
    assert {len(each.npi) for each in adapter(sandbox).providers()} == {10}


def test_a_wrong_secret_is_a_refusal_that_no_retry_mends(sandbox: Sandbox) -> None:
    wrong = adapter(sandbox, client_secret="x", refresh_token="y")
    with pytest.raises(SignInError) as caught:
        wrong.providers()
    assert not caught.value.retryable


def test_lists_are_read_under_either_name_and_followed_to_the_end(server: Scripted) -> None:
    doctor = {"id": 1, "first_name": "A", "last_name": "B", "npi_number": "1234567893"}
    server.answer(200, TOKEN)
    server.answer(200, json.dumps({"data": [doctor], "next": f"{server.url}/api/doctors?cursor=x"}).encode())
    server.answer(200, json.dumps({"results": [{**doctor, "id": 2}], "next": None}).encode())
    assert [each.source_id for each in scripted_adapter(server).providers()] == ["1", "2"]
    assert [path for _, path, _ in server.requests] == [
        "/o/token/",
        "/api/doctors?page_size=250",
        "/api/doctors?cursor=x",
    ]


def test_a_next_page_elsewhere_is_not_followed(server: Scripted) -> None:
    server.answer(200, TOKEN)
    server.answer(200, json.dumps({"data": [], "next": "http://169.254.169.254/api/doctors"}).encode())
    with pytest.raises(RefusedError, match="leads to another address"):
        scripted_adapter(server).providers()


def test_a_new_refresh_token_is_stored_at_once_and_used_from_then_on(server: Scripted) -> None:
    given = {
        "base_url": server.url,
        "client_id": "c",
        "client_secret": "s",
        "refresh_token": "first",
        "hosts": ["127.0.0.1"],
    }
    secrets = Secrets(**given, time_zone="America/Chicago")
    server.answer(200, json.dumps({"access_token": "t1", "expires_in": 200, "refresh_token": "second"}).encode())
    server.answer(500)
    with pytest.raises(OutageError):
        DrChronoEhr(secrets.stored, Pages(), secrets).providers()
    assert (secrets.stored["refresh_token"], secrets.stored["access_token"]) == ("second", "t1")
    server.answers.clear()
    server.answer(200, TOKEN)
    server.answer(200, b'{"data": []}')
    # A worker that still holds the first token in memory takes the stored one.
    DrChronoEhr({**given, "time_zone": "America/Chicago"}, Pages(), secrets).providers()
    assert b"refresh_token=second" in server.requests[2][2]
    assert secrets.stored["refresh_token"] == "second"


def test_a_token_that_another_worker_renewed_serves(server: Scripted) -> None:
    secrets = Secrets(access_token="theirs", access_token_until=time.time() + 3600, refresh_token="r")
    given = {"base_url": server.url, "time_zone": "America/Chicago", "hosts": ["127.0.0.1"]}
    server.answer(200, b'{"data": []}')
    assert DrChronoEhr(given, Pages(), secrets).providers() == []
    assert [path for _, path, _ in server.requests] == ["/api/doctors?page_size=250"]


@pytest.mark.parametrize("name", ["Central", "America", "../etc", "America/Chicago "])
def test_a_time_zone_that_nobody_knows_is_named_with_what_would_be_right(name: str) -> None:
    connection = EhrConnectionFactory.build(settings={"time_zone": name})
    with pytest.raises(RefusedError, match=f"The time zone {name} is unknown: write time_zone as America/Chicago or"):
        registry.ehr(connection)


def test_a_record_is_asked_for_once_in_a_step(server: Scripted) -> None:
    server.answer(200, TOKEN)
    server.answer(
        200, b'{"id": 1, "patient": 2, "scheduled_time": "2026-09-16T09:00:00", "doctor": 3, "office": 4, "status": ""}'
    )
    ours = scripted_adapter(server)
    assert ours.appointment("1") == ours.appointment("1")
    assert ours.encounter("1") is None
    assert len(server.requests) == 2


def test_a_token_that_ran_out_is_refreshed_once(server: Scripted) -> None:
    server.answer(200, TOKEN)
    server.answer(401)
    server.answer(200, TOKEN)
    server.answer(200, b'{"data": []}')
    assert scripted_adapter(server).providers() == []
    assert [path.partition("?")[0] for _, path, _ in server.requests] == ["/o/token/", "/api/doctors"] * 2


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (429, b"{}", OutageError),
        (500, b"{}", OutageError),
        (503, b"{}", OutageError),
        (0, b"", OutageError),
        (403, b"{}", PermissionMissingError),
        (400, b"{}", RefusedError),
        (200, b"<html>", RefusedError),
        (200, b"[]", RefusedError),
    ],
)
def test_failures_say_whether_a_retry_can_help(
    server: Scripted, status: int, body: bytes, problem: type[Exception]
) -> None:
    server.answer(200, TOKEN)
    server.answer(status, body)
    with pytest.raises(problem) as caught:
        scripted_adapter(server).providers()
    assert type(caught.value) is problem


def test_the_webhook_carries_the_secret_itself(server: Scripted) -> None:
    ours = scripted_adapter(server)
    assert ours.verify_event(event("PING", {})) == "d1"
    for secret in ("", "W", "w "):
        with pytest.raises(InvalidSignatureError):
            ours.verify_event(event("PING", {}, secret))
    with pytest.raises(InvalidSignatureError):
        scripted_adapter(server, webhook_secret="").verify_event(event("PING", {}, ""))


def test_the_verification_answer_proves_that_we_hold_the_secret(server: Scripted) -> None:
    expected = hmac.new(b"w", b"hello", hashlib.sha256).hexdigest()
    assert scripted_adapter(server).verification_answer("hello") == {"secret_token": expected}


@pytest.mark.parametrize(
    ("name", "body", "ours", "appointment"),
    [
        ("APPOINTMENT_MODIFY", {"id": "7", "status": "Complete"}, "appointment.checkout", "7"),
        ("APPOINTMENT_MODIFY", {"id": "7", "status": "Arrived"}, "appointment.changed", "7"),
        ("APPOINTMENT_CREATE", {"id": "7", "status": ""}, "appointment.changed", "7"),
        ("CLINICAL_NOTE_LOCK", {"appointment": 7}, "appointment.checkout", "7"),
        ("PATIENT_MODIFY", {"id": 3}, "other", ""),
        ("PING", {}, "other", ""),
    ],
)
def test_an_event_is_named_in_our_words(
    server: Scripted, name: str, body: dict[str, Any], ours: str, appointment: str
) -> None:
    delivery = WebhookDelivery.from_bytes(event(name, body).to_bytes())
    found = scripted_adapter(server).parse_event(delivery)
    assert (found.name, found.event_id, found.appointment_source_id) == (ours, "d1", appointment)


def test_an_event_that_is_no_json_cannot_be_read(server: Scripted) -> None:
    with pytest.raises(RefusedError):
        scripted_adapter(server).parse_event(WebhookDelivery("", {}, b"nothing"))


def test_a_break_in_the_schedule_is_no_appointment() -> None:
    assert mapping.appointment({"id": 1, "patient": None, "scheduled_time": "2026-09-16T09:00:00"}, ZONE) is None


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"status": "Complete"}, "completed"),
        ({"status": "Rescheduled"}, "cancelled"),
        ({"status": "No Show"}, "no_show"),
        ({"status": "In Room"}, "scheduled"),
        ({"status": "Confirmed", "deleted_flag": True}, "cancelled"),
    ],
)
def test_an_appointments_status_is_one_of_four(row: dict[str, Any], status: str) -> None:
    found = mapping.appointment({"id": 1, "patient": 2, "scheduled_time": "2026-09-16T09:00:00", **row}, ZONE)
    assert found is not None
    assert (found.status, found.starts_at.astimezone(UTC)) == (status, datetime(2026, 9, 16, 14, tzinfo=UTC))


def test_a_charges_amount_is_the_whole_line() -> None:
    row = {
        "id": 1,
        "code": "20610",
        "quantity": Decimal("2.0"),
        "price": Decimal("126.0"),
        "diagnosis_pointers": ["1", "0", ""],
    }
    found = mapping.charge(row)
    assert (found.amount, found.units, found.diagnosis_pointers) == (Decimal("252.00"), Decimal("2.0"), (1,))
    assert mapping.charge({**row, "billed": Decimal("250.5")}).amount == Decimal("250.50")


def test_a_plan_without_a_member_id_is_a_plan_and_one_without_anything_is_none() -> None:
    """Else the visit looked like self-pay, and its patient was billed for what the plan owes."""
    empty = {"insurance_payer_id": "", "insurance_company": "", "insurance_id_number": ""}
    row = {"id": 1, "primary_insurance": {**empty, "insurance_payer_id": "LPHP1"}, "secondary_insurance": empty}
    (found,) = mapping.patient(row, {}).coverages
    assert (found.rank, found.payer_id, found.member_id) == (1, "LPHP1", "")
    (named,) = mapping.patient(
        {"id": 1, "secondary_insurance": {**empty, "insurance_company": "Old Mill"}}, {}
    ).coverages
    assert (named.rank, named.payer_name) == (2, "Old Mill")


def test_a_dependents_coverage_keeps_the_subscriber_apart() -> None:
    row = {
        "insurance_payer_id": "LPHP1", "insurance_company": "Lone Prairie", "insurance_id_number": "LP1",
        "is_subscriber_the_patient": False, "patient_relationship_to_subscriber": "Child", "subscriber_first_name": "Bea",
        "subscriber_last_name": "", "subscriber_date_of_birth": None, "subscriber_gender": "Female",
    }  # fmt: skip
    found = mapping.coverage(1, row, {"first_name": "Ada", "last_name": "Thornbury", "gender": "Female"})
    assert (found.relationship, found.subscriber_first_name, found.subscriber_last_name) == ("19", "Bea", "")
    assert (found.subscriber_sex, found.subscriber_birth_date) == ("F", None)


def test_texts_that_are_disabled_count_as_a_no() -> None:
    fields = [{"field_type": 1, "value": "yes"}, {"field_type": 2, "value": "2026-01-05T09:00:00"}]
    row = {"id": 1, "cell_phone": "(512) 555-0123", "disable_sms_messages": True, "custom_demographics": fields}
    found = mapping.patient(row, {1: "consent_sms", 2: "consent_at"})
    assert [(each.channel, each.address, each.given, each.given_on) for each in found.consents] == [
        ("sms", "+15125550123", False, date(2026, 1, 5))
    ]


@pytest.mark.parametrize(
    ("profile", "causes"),
    [("Auto Accident", ("AA",)), ("Worker's Comp", ("EM",)), ("Insurance", ()), ("", ()), (None, ())],
)
def test_a_visits_payment_profile_tells_of_an_accident(profile: str | None, causes: tuple[str, ...]) -> None:
    row = {"id": 1, "patient": 2, "doctor": 3, "scheduled_time": "2026-09-16T09:00:00", "payment_profile": profile}
    line = {"id": 1, "code": "99213", "billed": "148.00"}
    found = mapping.encounter(row, [line], ZONE, place_of_service="11", received_as="")
    assert (found.facts.accident_causes, found.facts.accident_date) == (causes, None)
