"""Two factors, and what the pages around them look like."""

import re
import time
from types import SimpleNamespace

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.core.models import User
from tests.factories.practice import PASSWORD, PracticeFactory, UserFactory

pytestmark = pytest.mark.django_db

INLINE = re.compile(rb"<style\b|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)", re.IGNORECASE)


def sign_in(client: Client, user: User, password: str = PASSWORD) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


@pytest.fixture(autouse=True)
def one_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code holds for half a minute: none ends between the moment in which it is read and that in which it is looked at."""
    moment = time.time()
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: moment))


def current_code(secret: str) -> str:
    return auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time())))


def secret_of(user: User) -> str:
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    return str(get_adapter().decrypt(stored))


def test_a_password_alone_opens_nothing() -> None:
    client, user = Client(), UserFactory()
    assert sign_in(client, user).headers["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("workspace:today")).headers["Location"].startswith(reverse("account_login"))


def test_password_and_code_open_today() -> None:
    client, user = Client(), UserFactory()
    sign_in(client, user)
    response = client.post(reverse("mfa_authenticate"), {"code": current_code(secret_of(user))})
    assert response.headers["Location"] == reverse("workspace:today")


@pytest.mark.parametrize("place", ["Referer", "HX-Current-URL"])
def test_who_was_signed_out_before_a_form_was_sent_comes_back_to_its_page_and_is_told(place: str) -> None:
    """The address that takes the form is no page: whoever was sent there after the door saw an empty 405."""
    client, user = Client(), UserFactory()
    page = f"{reverse('workspace:worklist')}?kind=denial"
    answer = client.post(
        reverse("workspace:worklist_save_view"), {"name": "Mine"}, headers={place: f"http://testserver{page}"}
    )
    door = client.get(answer.headers["Location"])
    assert "signed out before this was sent" in door.content.decode()
    client.post(answer.headers["Location"], {"login": user.email, "password": PASSWORD, "next": page})
    signed_in = client.post(reverse("mfa_authenticate"), {"code": current_code(secret_of(user))})
    assert signed_in.headers["Location"] == page
    assert door.context["redirect_field_value"] == page


def test_who_unfolds_a_part_of_a_page_after_the_session_comes_back_to_the_page() -> None:
    page = reverse("workspace:claim", args=["one"])
    part = reverse("workspace:claim_file", args=["one", "file"])
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}#files"}
    answer = Client().get(part, headers=headers)
    assert answer.headers["Location"] == f"{reverse('account_login')}?next={page}"
    assert "signed out before" not in Client().get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize("told", ["http://elsewhere.example/page", ""])
def test_nobody_is_brought_back_to_another_host(told: str) -> None:
    answer = Client().post(reverse("workspace:worklist_save_view"), headers={"Referer": told})
    assert answer.headers["Location"] == f"{reverse('account_login')}?unsent=1&next={reverse('workspace:today')}"


def test_a_wrong_code_is_refused_in_words() -> None:
    client, user = Client(), UserFactory()
    sign_in(client, user)
    right = current_code(secret_of(user))
    response = client.post(reverse("mfa_authenticate"), {"code": "000000" if right != "000000" else "111111"})
    assert response.status_code == 200
    assert b'class="error"' in response.content
    assert "_auth_user_id" not in client.session


def test_a_code_works_once() -> None:
    user = UserFactory()
    code = current_code(secret_of(user))
    first, second = Client(), Client()
    sign_in(first, user)
    first.post(reverse("mfa_authenticate"), {"code": code})
    sign_in(second, user)
    second.post(reverse("mfa_authenticate"), {"code": code})
    assert "_auth_user_id" in first.session
    assert "_auth_user_id" not in second.session


def test_a_recovery_code_lets_in_without_the_phone() -> None:
    client, user = Client(), UserFactory()
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert "_auth_user_id" in client.session


def test_someone_without_a_second_factor_is_sent_to_set_it_up() -> None:
    client, user = Client(), UserFactory(second_factor=False)
    sign_in(client, user)
    assert client.get(reverse("workspace:today")).headers["Location"] == reverse("mfa_activate_totp")
    assert b"Set up the second factor" in client.get(reverse("mfa_activate_totp")).content


@pytest.mark.long
def test_setting_up_the_second_factor_shows_recovery_codes_and_opens_the_product() -> None:
    PracticeFactory()
    client, user = Client(), UserFactory(second_factor=False)
    sign_in(client, user)
    page = client.get(reverse("mfa_activate_totp"))
    done = client.post(reverse("mfa_activate_totp"), {"code": current_code(page.context["form"].secret)})
    assert done.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200
    assert client.get(reverse("workspace:today")).status_code == 200


def test_the_secret_of_a_second_factor_is_stored_encrypted() -> None:
    user = UserFactory()
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    assert stored.startswith("gAAAA")
    assert stored != secret_of(user)


def test_a_disabled_persons_session_ends_at_the_next_click(biller: Client) -> None:
    assert biller.get(reverse("workspace:today")).status_code == 200
    User.objects.update(is_active=False)
    assert biller.get(reverse("workspace:today")).headers["Location"].startswith(reverse("account_login"))


def test_a_disabled_person_cannot_sign_in() -> None:
    client, user = Client(), UserFactory(is_active=False)
    assert sign_in(client, user).headers["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in client.session


def test_five_wrong_passwords_close_the_door_for_a_while() -> None:
    client, user = Client(), UserFactory()
    for _ in range(5):
        sign_in(client, user, "not the password")
    response = sign_in(client, user)
    assert response.status_code == 200
    assert b"Too many failed login attempts" in response.content


def test_nobody_signs_up_by_themselves() -> None:
    assert b"Accounts are made by an administrator" in Client().get(reverse("account_signup")).content


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]
)
def test_pages_of_the_door_have_no_gap_and_nothing_inline(name: str) -> None:
    response = Client().get(reverse(name))
    assert response.status_code == 200
    assert b"UNDEFINED_VARIABLE" not in response.content
    assert not INLINE.search(response.content)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_reauthenticate",
        "usersessions_list",
    ],
)
def test_pages_of_the_account_have_no_gap_and_nothing_inline(biller: Client, name: str) -> None:
    response = biller.get(reverse(name), follow=True)
    assert response.status_code == 200
    assert b"UNDEFINED_VARIABLE" not in response.content
    assert not INLINE.search(response.content)


def test_new_recovery_codes_are_asked_for_by_someone_who_just_proved_who_they_are() -> None:
    PracticeFactory()
    client, user = Client(), UserFactory()
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": current_code(secret_of(user))})
    assert b"New recovery codes" in client.get(reverse("mfa_generate_recovery_codes")).content
    client.post(reverse("mfa_generate_recovery_codes"))
    page = client.get(reverse("mfa_view_recovery_codes"))
    assert b"UNDEFINED_VARIABLE" not in page.content
    assert len(page.context["unused_codes"]) == 10
    assert b"Replace the authenticator app" in client.get(reverse("mfa_deactivate_totp")).content
