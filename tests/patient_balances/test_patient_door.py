"""The door and its two questions."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client

from apps.patient_balances.models import MOST_TRIES, PaymentLink
from apps.patient_balances.services import LinkClosedError, verify_identity
from apps.patient_balances.views.log_mask import MaskLinks
from apps.patient_balances.views.patient_door import WRONG_ANSWERS
from apps.worklist.models import WorkItem
from tests.factories.intake import PatientFactory
from tests.factories.patient_balances import (
    TOKEN,
    BalanceFactory,
    PaymentLinkFactory,
)
from tests.patient_balances.browsing import (
    BILL,
    DOOR,
    RIGHT,
    WRONG,
    enter,
    form_of,
    send,
    sign_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "frozen")]


def test_a_get_opens_nothing_and_shows_nothing(link: PaymentLink, browser: Client) -> None:
    for _ in range(3):
        response = browser.get(DOOR)
    page = response.content.decode()
    assert response.status_code == 200
    assert "64.20" not in page
    assert "Rosalind" not in page
    link.refresh_from_db()
    assert (link.opened_at, link.wrong_tries) == (None, 0)
    assert "pay_visit" not in response.cookies


def test_the_button_opens_and_the_token_leaves_the_address(link: PaymentLink, browser: Client, now: datetime) -> None:
    response = send(browser, browser.get(DOOR).content.decode(), "open")
    assert (response.status_code, response.headers["Location"]) == (302, "/pay/verify")
    link.refresh_from_db()
    assert link.opened_at == now
    cookie = response.cookies["pay_visit"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == ("/pay/", True, "Lax", 1200)
    assert TOKEN not in cookie.value


@pytest.mark.parametrize("path", [DOOR, "/pay/bill", "/pay/verify", "/pay/" + "x" * 43])
def test_no_page_is_kept_told_on_or_found_by_search(path: str, link: PaymentLink, browser: Client) -> None:
    response = browser.get(path)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "<script" not in response.content.decode()
    assert "Throughline" not in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"revoked_at": datetime.fromisoformat("2026-09-16T10:00:00Z")}, 410, "This link was withdrawn"),
        ({"expires_at": datetime.fromisoformat("2026-09-16T20:00:00Z")}, 410, "This link has run out"),
        ({"wrong_tries": 5}, 403, "This link is locked"),
    ],
)
def test_a_closed_link_says_why_and_gives_the_practices_number(
    fields: dict[str, object], status: int, words: str, link: PaymentLink, browser: Client
) -> None:
    PaymentLink.objects.update(**fields)
    for response in (browser.get(DOOR), browser.get("/pay/bill")):
        assert "(512) 555-0111" in response.content.decode()
    response = browser.get(DOOR)
    assert response.status_code == status
    assert words in response.content.decode()


@pytest.mark.parametrize("path", [DOOR[:-1], f"{DOOR}.", f"{DOOR}/", "/pay/", "/pay/ask/else"])
def test_a_link_that_was_cut_off_says_so_in_the_practices_name(path: str, link: PaymentLink, browser: Client) -> None:
    response = browser.get(path)
    assert response.status_code == 404
    page = response.content.decode()
    assert "Perhaps a part of it was cut off." in page
    assert "(512) 555-0111" in page
    assert "Go to Today" not in page
    assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.long
def test_a_wrong_token_leads_nowhere_and_too_many_are_stopped(browser: Client, link: PaymentLink) -> None:
    page = browser.get(DOOR).content.decode()
    for _ in range(WRONG_ANSWERS.most):
        assert send(browser, page, "open", token="x" * 43).status_code == 404
    assert send(browser, page, "open", token="x" * 43).status_code == 429
    assert send(browser, page, "open").status_code == 429


def test_the_door_opens_while_the_cache_is_away(browser: Client, link: PaymentLink, cache_away: None) -> None:
    page = browser.get(DOOR).content.decode()
    assert send(browser, page, "open", token="x" * 43).status_code == 404
    assert send(browser, page, "open").status_code == 302


def test_a_form_without_its_token_is_refused_in_the_practices_name(browser: Client, link: PaymentLink) -> None:
    response = browser.post("/pay/enter", {"token": TOKEN})
    assert response.status_code == 403
    assert "This form is too old" in response.content.decode()
    link.refresh_from_db()
    assert link.opened_at is None


def test_a_form_from_a_strangers_page_is_refused(browser: Client, link: PaymentLink) -> None:
    form = form_of(browser.get(DOOR).content.decode(), "open")
    response = browser.post(form.action, form.fields, headers={"origin": "https://elsewhere.example.com"})
    assert response.status_code == 403


@pytest.mark.parametrize("kept", [43, 42, 20])
def test_the_token_never_enters_a_log(browser: Client, caplog: pytest.LogCaptureFixture, kept: int) -> None:
    with caplog.at_level(logging.INFO, logger="django.request"):
        assert browser.get("/pay/" + "x" * kept).status_code == 404
    assert "x" * 10 not in caplog.text
    assert "/pay/********" in caplog.text
    record = logging.makeLogRecord({"name": "gunicorn.access", "msg": '"%(r)s"', "args": {"r": f"GET {DOOR} HTTP/1.1"}})
    MaskLinks().filter(record)
    assert record.getMessage() == '"GET /pay/******** HTTP/1.1"'


def test_birth_date_and_zip_open_the_bill(link: PaymentLink, browser: Client, now: datetime) -> None:
    page = sign_in(browser).content.decode()
    assert "Hello, Rosalind." in page
    assert "$64.20" in page
    assert "for one visit on September 16." in page
    link.refresh_from_db()
    assert link.verified_at == now


def test_a_birth_date_may_be_written_as_people_write_it(link: PaymentLink, browser: Client) -> None:
    page = enter(browser).content.decode()
    response = send(browser, page, "verify", birth_date="03/12/1984", postcode="78704-1933")
    assert response.headers["Location"] == BILL


def test_a_half_filled_form_is_not_a_try(link: PaymentLink, browser: Client) -> None:
    page = enter(browser).content.decode()
    response = send(browser, page, "verify", birth_date="yesterday", postcode="")
    assert response.status_code == 422
    assert "Enter the date as month, day and year" in response.content.decode()
    link.refresh_from_db()
    assert link.wrong_tries == 0


@pytest.mark.parametrize("answers", [WRONG, {**RIGHT, "postcode": "78705"}])
def test_a_wrong_answer_is_a_try_and_does_not_say_which(
    answers: dict[str, str], link: PaymentLink, browser: Client
) -> None:
    response = send(browser, enter(browser).content.decode(), "verify", **answers)
    assert response.status_code == 422
    assert "You have 4 more tries" in response.content.decode()
    assert browser.get(BILL).status_code == 403


def test_five_wrong_answers_lock_the_link_for_everybody(link: PaymentLink, browser: Client) -> None:
    page = enter(browser).content.decode()
    for _ in range(4):
        assert send(browser, page, "verify", **WRONG).status_code == 422
    response = send(browser, page, "verify", **WRONG)
    assert response.status_code == 403
    assert "This link is locked" in response.content.decode()
    assert browser.get(DOOR).status_code == 403
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(DOOR).status_code == 403


def test_a_locked_link_stays_locked_for_the_right_answer(link: PaymentLink, browser: Client) -> None:
    page = enter(browser).content.decode()
    PaymentLink.objects.update(wrong_tries=5)
    assert send(browser, page, "verify", **RIGHT).status_code == 403


def test_a_patient_without_a_known_birth_date_is_let_in_by_nobody(browser: Client) -> None:
    patient = PatientFactory(birth_date=None, postcode="")
    PaymentLinkFactory(balance=BalanceFactory(claim_fields={"encounter__patient": patient}))
    response = send(browser, enter(browser).content.decode(), "verify", **RIGHT)
    assert response.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_of_many_answers_at_once_no_more_than_five_are_compared(practice: None, now: datetime) -> None:
    """Twenty at once, the right one among the last: whoever comes after the fifth is not even listened to."""
    link = PaymentLinkFactory()
    outcomes = []

    def answer(_number: int) -> None:
        try:
            loaded = PaymentLink.objects.select_related("balance__patient").get(pk=link.pk)
            outcomes.append(verify_identity(link=loaded, birth_date=None, postcode="00000", now=now))
        except LinkClosedError:
            outcomes.append(None)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(answer, range(20)))
    assert outcomes.count(False) == 4
    assert outcomes.count(None) == 16
    link.refresh_from_db()
    assert link.wrong_tries == MOST_TRIES
    assert WorkItem.objects.filter(kind="link_locked").count() == 1


def test_the_right_answer_is_no_try(link: PaymentLink, browser: Client) -> None:
    sign_in(browser)
    link.refresh_from_db()
    assert link.wrong_tries == 0


@pytest.mark.long
def test_a_visit_ends_after_an_hour_however_busy_it_is(
    link: PaymentLink, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(browser)
    start = time.time()
    for minutes in (15, 30, 45, 59):
        monkeypatch.setattr(time, "time", lambda minutes=minutes: start + minutes * 60)
        assert browser.get("/pay/bill").status_code == 200
    monkeypatch.setattr(time, "time", lambda: start + 61 * 60)
    assert "64.20" not in browser.get("/pay/bill").content.decode()
