"""The sandbox console against a sandbox of its own, a process met over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.audit.models import AuditEvent
from apps.automations.outside import Outside, OutsideAwayError
from apps.practice.roles import Role
from tests.sandbox.running import Running, sandbox
from tests.signing_in import browser_of, sign_in

CONSOLE = reverse("sandbox:console")
PAYERS = {"days_to_pay": "3", "payer_reject": "2.5", "underpays": "0", "recoupment": "100"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with sandbox(tmp_path_factory.mktemp("sandbox") / "state") as found:
        yield found


@pytest.fixture
def outside(running: Running) -> Outside:
    return Outside(running.url)


@pytest.fixture
def boss(db: None, client: Client, running: Running, settings: Settings) -> Client:
    settings.SANDBOX_URL = running.url
    sign_in(client, Role.ADMINISTRATOR)
    return client


def turn(boss: Client, what: str, **told: str) -> tuple[int, str]:
    answer = boss.post(reverse("sandbox:turn", args=[what]), told, follow=True)
    return answer.status_code, answer.content.decode()


def test_the_page_tells_how_the_outside_stands(boss: Client) -> None:
    page = boss.get(CONSOLE).content.decode()
    assert "Oct 5, 6:00 PM" in page
    assert "Lose it" in page
    assert "50: Not medically necessary, they say" in page


def test_how_the_outside_stands_is_asked_again_for_a_minute_and_then_the_session_may_end(boss: Client) -> None:
    assert f'hx-get="{CONSOLE}?look=1"' in boss.get(CONSOLE).content.decode()
    parts = [boss.get(f"{CONSOLE}?look={look}", headers={"HX-Request": "true"}).content.decode() for look in (1, 30)]
    assert f'hx-get="{CONSOLE}?look=2"' in parts[0]
    assert "hx-get" not in parts[1]
    assert all("Still to come" in part and "Lose it" not in part for part in parts)


def test_knobs_are_turned_in_percent(boss: Client, outside: Outside) -> None:
    status, page = turn(boss, "payers", **PAYERS)
    assert status == 200
    assert "Saved for payers: it holds from now on." in page
    knobs = outside.knobs()
    assert (knobs["days_to_pay"], knobs["payer_reject"], knobs["recoupment"]) == (3, 0.025, 1.0)
    page = boss.get(CONSOLE).content.decode()
    assert 'name="payer_reject" value="2.5"' in page
    event = AuditEvent.objects.get(action="turn")
    assert (event.subject_kind, event.subject_public_id) == ("sandbox", "payers")


def test_a_share_over_a_hundred_comes_back_as_it_was_typed(boss: Client, outside: Outside) -> None:
    before = outside.knobs()
    status, page = turn(boss, "payers", **{**PAYERS, "underpays": "101"})
    assert status == 422
    assert 'value="101"' in page
    assert outside.knobs() == before


def test_the_mix_of_denials_is_set(boss: Client, outside: Outside) -> None:
    mix = {f"code_{code}": "1" for code in outside.knobs()["denials"]} | {"code_50": "40"}
    assert "Claims are denied so from now on." in turn(boss, "mix", **mix)[1]
    assert outside.knobs()["denials"]["50"] == 0.4


def test_no_more_than_all_claims_are_denied(boss: Client, outside: Outside) -> None:
    before = outside.knobs()
    mix = {f"code_{code}": "0" for code in before["denials"]} | {"code_50": "60", "code_97": "40.5"}
    status, page = turn(boss, "mix", **mix)
    assert status == 422
    assert "These come to 100.5 of a hundred claims: lower some." in page
    assert outside.knobs() == before


def test_an_answer_is_lost_and_said_to_be(boss: Client, outside: Outside) -> None:
    assert "The next claim report (277CA) will never arrive." in turn(boss, "lose", kind="277")[1]
    assert outside.health()["losing"] == {"277": 1}
    assert "1 is to be lost already" in boss.get(CONSOLE).content.decode()
    assert "What can be lost: 999, 277, 835." in turn(boss, "lose", kind="postcard")[1]


def test_a_claim_that_no_payer_has_is_told_at_its_field(boss: Client) -> None:
    status, page = turn(boss, "deny", claim="tnone", code="50")
    assert status == 422
    assert "No payer has a claim TNONE that it has still to decide." in page


def test_patients_are_told_what_to_do(boss: Client) -> None:
    assert "Patients from now on: text stop." in turn(boss, "patients", act="stop")[1]
    assert turn(boss, "patients", act="dance")[0] == 422


@pytest.mark.long
def test_what_is_owed_is_brought_and_fetched(
    boss: Client, nudges: list[tuple[str, str]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert "Nothing was owed to us." in turn(boss, "hurry")[1]
    assert nudges == [("run_automation", "responses")]


def test_a_knob_that_does_not_exist_is_not_found(boss: Client) -> None:
    assert boss.post(reverse("sandbox:turn", args=["volume"])).status_code == 404


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9"])
def test_without_a_sandbox_the_page_says_so(boss: Client, settings: Settings, url: str) -> None:
    settings.SANDBOX_URL = url
    answer = boss.get(CONSOLE)
    assert answer.status_code == 503
    assert "The sandbox is not there" in answer.content.decode()
    assert turn(boss, "hurry")[0] == 503


@pytest.mark.long
def test_nobody_there_is_an_error_of_its_own() -> None:
    with pytest.raises(OutsideAwayError):
        Outside("http://127.0.0.1:9").health()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.BILLER, Role.CODER, Role.FRONT_DESK])
def test_only_an_administrator_turns_the_world(role: Role) -> None:
    browser = browser_of(role)
    assert browser.get(CONSOLE).status_code == 403
    assert browser.post(reverse("sandbox:turn", args=["hurry"])).status_code == 403
    assert CONSOLE not in browser.get(reverse("settings:payers")).content.decode()
