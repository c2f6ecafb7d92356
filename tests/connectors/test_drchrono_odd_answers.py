"""What DrChrono answers of another form than it documents: one record keeps no other back, and no link leads astray or for ever."""

import json
from datetime import date
from typing import Any

import pytest

from apps.connectors.adapters.drchrono import client
from apps.connectors.ports.errors import RefusedError
from apps.connectors.ports.webhooks import WebhookDelivery
from tests.connectors.scripted import Scripted, scripted
from tests.connectors.test_drchrono import TOKEN, scripted_adapter

DAY = date(2026, 9, 16)
GOOD: dict[str, Any] = {
    "id": "1", "patient": 2, "doctor": 3, "office": 4, "status": "", "scheduled_time": "2026-09-16T09:00:00",
}  # fmt: skip


def page(*rows: object, **more: object) -> bytes:
    return json.dumps({"data": rows, **more}).encode()


def answering(server: Scripted, *bodies: bytes) -> None:
    for body in (TOKEN, *bodies):
        server.answer(200, body)


@pytest.mark.parametrize(
    "odd",
    [
        {"scheduled_time": "tomorrow"},
        {"scheduled_time": None},
        {"scheduled_time": ["2026-09-16T09:00:00"]},
        {"patient": {"id": 2}},
        {"created_at": "soon"},
    ],
    ids=["time", "no time", "list", "patient", "booked"],
)
def test_an_appointment_that_cannot_be_read_is_told_by_its_number_beside_the_others(
    server: Scripted, odd: dict[str, Any]
) -> None:
    answering(server, page({**GOOD, "id": "7", **odd}, GOOD))
    first, second = scripted_adapter(server).appointments(DAY, DAY)
    assert first.source_id == "7"
    assert "is not of the form that the EHR documents: correct the appointment there" in first.problem
    assert (second.source_id, second.problem) == ("1", "")


def test_an_appointment_without_a_number_is_told_as_one_that_cannot_be_read(server: Scripted) -> None:
    answering(server, page({**GOOD, "id": None}))
    (found,) = scripted_adapter(server).appointments(DAY, DAY)
    assert (found.source_id, bool(found.problem)) == ("", True)


def test_one_that_cannot_be_read_and_takes_no_place_is_none(server: Scripted) -> None:
    answering(server, json.dumps({**GOOD, "scheduled_time": "?", "deleted_flag": True}).encode())
    assert scripted_adapter(server).appointment("1") is None


def test_an_event_is_followed_to_an_appointment_that_cannot_be_read(server: Scripted) -> None:
    answering(server, json.dumps({**GOOD, "scheduled_time": "?"}).encode())
    found = scripted_adapter(server).appointment("1")
    assert found is not None
    assert found.problem


@pytest.mark.parametrize("rows", ["none", {"id": 1}, ["a row"], [[GOOD]]])
def test_a_list_of_another_shape_is_refused_with_a_sentence(server: Scripted, rows: object) -> None:
    answering(server, json.dumps({"data": rows}).encode())
    with pytest.raises(RefusedError, match="DrChrono's answer for doctors has an unknown shape"):
        scripted_adapter(server).providers()


def test_a_list_that_leads_back_to_a_page_already_read_ends_with_a_sentence(server: Scripted) -> None:
    there, back = f"{server.url}/api/doctors?cursor=b", f"{server.url}/api/doctors?cursor=a"
    answering(server, page(next=back), page(next=there), page(next=back))
    with pytest.raises(RefusedError, match="DrChrono's list of doctors leads back to a page that was read"):
        scripted_adapter(server).providers()
    assert len(server.requests) == 4


def test_a_list_without_an_end_is_left_after_so_many_pages(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MOST_PAGES", 3)
    pages = [page(next=f"{server.url}/api/doctors?cursor={number}") for number in range(5)]
    answering(server, *pages)
    with pytest.raises(RefusedError, match="more than 3 pages"):
        scripted_adapter(server).providers()
    assert len(server.requests) == 4


def test_the_token_goes_to_the_connections_own_address_only(server: Scripted) -> None:
    with scripted() as other:
        other.answer(200, page())
        answering(server, page(next=f"{other.url}/api/doctors"))
        with pytest.raises(RefusedError, match="DrChrono's list of doctors leads to another address"):
            scripted_adapter(server).providers()
        assert other.requests == []


def test_a_next_page_is_found_by_its_path_and_under_the_connections_own_scheme(server: Scripted) -> None:
    answering(
        server,
        page(next="/api/doctors?cursor=a"),
        page(next=f"{server.url.replace('http:', 'https:')}/api/doctors?cursor=b"),
        page(next=None),
    )
    assert scripted_adapter(server).providers() == []
    assert [path for _, path, _ in server.requests][2:] == ["/api/doctors?cursor=a", "/api/doctors?cursor=b"]


@pytest.mark.parametrize("link", ["http://[", "http://127.0.0.1:x/api/doctors", ["/api/doctors"]])
def test_a_link_that_is_none_is_refused(server: Scripted, link: object) -> None:
    answering(server, page(next=link))
    with pytest.raises(RefusedError, match="leads to another address"):
        scripted_adapter(server).providers()


@pytest.mark.parametrize("what", ["APPOINTMENT_MODIFY", "CLINICAL_NOTE_LOCK", "PING"])
def test_an_event_about_nothing_that_can_be_read_is_refused(server: Scripted, what: str) -> None:
    """Else it was tried again by each sweep, for ever."""
    headers = {"x-drchrono-event": what, "x-drchrono-delivery": "d1"}
    with pytest.raises(RefusedError, match="a webhook has an unknown shape"):
        scripted_adapter(server).parse_event(WebhookDelivery("", headers, b'{"object": "7"}'))


def test_charges_whose_appointment_is_gone_are_told_with_that_problem(server: Scripted) -> None:
    line = {"id": 1, "appointment": "8", "code": "99213", "billed": "148.00"}
    answering(server, page(), page(line), page(line))
    server.answer(404)
    (found,) = scripted_adapter(server).encounters_ready(DAY, DAY)
    assert found.source_id == "8"
    assert "its appointment is no longer in the EHR" in found.problem


def test_charges_without_an_appointment_are_told_and_no_record_without_a_number_is_asked_for(server: Scripted) -> None:
    line = {"id": 1, "appointment": None, "code": "99213", "billed": "148.00"}
    answering(server, page(), page(line), page())
    (found,) = scripted_adapter(server).encounters_ready(DAY, DAY)
    assert (found.source_id, bool(found.problem)) == ("", True)
    assert len(server.requests) == 4


def test_a_demographic_field_that_cannot_be_read_keeps_no_patient_back(server: Scripted) -> None:
    answering(server, page({"name": "consent_sms"}, {"id": "x", "name": "y"}), b'{"id": 2, "last_name": "Thornbury"}')
    assert scripted_adapter(server).patient("2").last_name == "Thornbury"
