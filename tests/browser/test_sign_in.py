"""Password and code, typed by a person."""

import time

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.factories.practice import PASSWORD, PracticeFactory, UserFactory

SECONDS_TO_TYPE = 10

pytestmark = pytest.mark.django_db(transaction=True)


def code_of(secret: str) -> str:
    """Good for some seconds yet: at the end of a half minute that of the next is waited for."""
    left = 30 - time.time() % 30
    time.sleep(left if left < SECONDS_TO_TYPE else 0)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_a_person_signs_in_with_password_and_code(open_page: Opener) -> None:
    PracticeFactory()
    user = UserFactory()
    page = open_page(None, reverse("workspace:today"))
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    page.get_by_label("Code").fill(code_of(get_adapter().decrypt(stored)))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Today")


def test_a_new_person_sets_up_the_second_factor_and_gets_recovery_codes(open_page: Opener) -> None:
    PracticeFactory()
    user = UserFactory(second_factor=False)
    page = open_page(None, reverse("account_login"))
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Set up the second factor")).to_be_visible()
    page.wait_for_function("document.querySelector('img.qr').naturalWidth > 0")
    page.get_by_text("Cannot scan?").click()
    page.get_by_label("Authenticator code").fill(code_of(page.locator(".secret").inner_text()))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
