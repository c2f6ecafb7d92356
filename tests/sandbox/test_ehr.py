import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from apps.sandbox.ehr import access
from apps.sandbox.world.practice import ZONE
from tests.sandbox.receiver import Receiver
from tests.sandbox.town import Town

Open = Callable[..., Town]


def token(town: Town, **changes: str) -> httpx.Response:
    ours = access.credentials(town.world)
    form = {
        "grant_type": "refresh_token", "refresh_token": ours["refresh_token"],
        "client_id": ours["client_id"], "client_secret": ours["client_secret"], **changes,
    }  # fmt: skip
    return town.call("POST", "/drchrono/o/token/", data=form)


def rows(town: Town, path: str) -> list[dict[str, Any]]:
    """All pages."""
    headers = {"authorization": f"Bearer {token(town).json()['access_token']}"}
    found: list[dict[str, Any]] = []
    url: str | None = f"/drchrono/api/{path}"
    while url:
        reply = town.call("GET", url, headers=headers).json()
        found += reply["data"]
        url = reply["next"]
    return found


def test_a_wrong_secret_gets_no_token_and_no_token_gets_no_data(town: Town) -> None:
    assert token(town, client_secret="guess").status_code == 401
    assert token(town, refresh_token="guess").status_code == 400
    assert town.call("GET", "/drchrono/api/doctors").status_code == 401


def test_a_list_needs_a_date_and_takes_at_most_190_days(town: Town) -> None:
    headers = {"authorization": f"Bearer {token(town).json()['access_token']}"}
    for query in ("", "?date_range=2026-01-01/2026-12-31", "?date=soon"):
        assert town.call("GET", f"/drchrono/api/appointments{query}", headers=headers).status_code == 400


def test_charges_show_once_they_are_entered(open_town: Open) -> None:
    town = open_town(now=datetime(2026, 10, 5, 7, tzinfo=ZONE))
    assert rows(town, "line_items?service_date=2026-10-05") == []
    town.advance(hours=12)
    shown = rows(town, "line_items?service_date=2026-10-05")
    visits = {row["appointment"] for row in shown}
    done = [each for each in rows(town, "appointments?date=2026-10-05") if each["status"] == "Complete"]
    assert visits
    assert visits <= {int(each["id"]) for each in done}


def test_pages_hold_each_row_once(town: Town) -> None:
    ids = [row["id"] for row in rows(town, "patients?page_size=250")]
    assert len(ids) == len(set(ids)) == 600


def test_a_lapsed_patients_card_shows_no_sign_of_it(open_town: Open) -> None:
    town = open_town(mess={"lapsed": 1.0})
    shown = next(row for row in rows(town, "patients?page_size=250") if row["primary_insurance"]["insurance_id_number"])
    patient = town.world.people.find(shown["id"])
    assert patient is not None
    assert patient.coverage is not None
    assert patient.coverage.ends is not None
    assert shown["primary_insurance"]["insurance_id_number"] == patient.coverage.member_id


def test_a_checkout_is_told_with_the_secret_in_the_header(open_town: Open, receiver: Receiver) -> None:
    town = open_town(app_url=receiver.url, now=datetime(2026, 10, 5, 7, tzinfo=ZONE), announce_checkouts=True)
    town.advance(hours=2)
    told = receiver.to("/webhooks/ehr/")
    assert told
    assert {each.headers["x-drchrono-signature"] for each in told} == {access.credentials(town.world)["webhook_secret"]}
    assert {json.loads(each.body)["object"]["status"] for each in told} == {"Complete"}
    assert len({each.headers["x-drchrono-delivery"] for each in told}) == len(told)


def test_a_change_made_through_the_interface_stays(town: Town) -> None:
    headers = {"authorization": f"Bearer {token(town).json()['access_token']}"}
    changed = {"zip_code": "78701", "primary_insurance": {"insurance_id_number": "LP1"}}
    assert town.call("PATCH", "/drchrono/api/patients/100001", json=changed, headers=headers).status_code == 204
    shown = town.call("GET", "/drchrono/api/patients/100001", headers=headers).json()
    assert (shown["zip_code"], shown["primary_insurance"]["insurance_id_number"]) == ("78701", "LP1")


def test_faults_come_by_knob(open_town: Open) -> None:
    busy = open_town("busy", http_429=1.0)
    reply = token(busy)
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "1")
    assert token(open_town("broken", http_500=1.0)).status_code == 500
