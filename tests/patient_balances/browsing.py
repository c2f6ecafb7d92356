"""Browsers. A patient's reads forms from the page and posts them with their token, as the simulated patients do."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from apps.practice.roles import Role
from apps.sandbox.patients.forms import Form, forms
from tests.factories.patient_balances import BIRTH_DATE, TOKEN, ZIP

RIGHT = {"birth_date": BIRTH_DATE.isoformat(), "postcode": ZIP}
WRONG = {"birth_date": "1985-01-01", "postcode": ZIP}
DOOR = f"/pay/{TOKEN}"
BILL = "/pay/bill"
SignIn = Callable[[Role | None], Client]


def form_of(page: str, step: str) -> Form:
    return next(form for form in forms(page) if form.step == step)


def send(browser: Client, page: str, step: str, **answers: str) -> Any:
    form = form_of(page, step)
    return browser.post(form.action, {**form.fields, **answers})


def enter(browser: Client, url: str = DOOR) -> Any:
    """Through the door, as far as the two questions."""
    response = send(browser, browser.get(url).content.decode(), "open")
    assert response.status_code == 302, response.content.decode()
    return browser.get(response.headers["Location"])


def sign_in(browser: Client, url: str = DOOR) -> Any:
    """To the bill."""
    response = send(browser, enter(browser, url).content.decode(), "verify", **RIGHT)
    assert response.headers["Location"] == BILL
    return browser.get(BILL)


def form_steps(page: str) -> set[str]:
    return {form.step for form in forms(page)} - {""}


def ask_form(browser: Client, what: str) -> Form:
    return next(form for form in forms(browser.get(f"/pay/ask/{what}").content.decode()) if "ask" in form.action)


def text_of(client: Client, url: str) -> str:
    """A page of the staff's."""
    response = client.get(url)
    assert response.status_code == 200, url
    page = response.content.decode()
    assert "UNDEFINED_VARIABLE" not in page
    return page
