"""Every address under /account/ is one that the product offers, or answers 404."""

from collections.abc import Iterator

import pytest
from allauth import urls as library
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from apps.core.models import User
from apps.practice.roles import Role
from tests.signing_in import sign_in

OFFERED = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",  # says that an administrator makes accounts
    "account_reauthenticate",
    "account_change_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "usersessions_list",
}


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


BROUGHT = set(names(library.urlpatterns))


def test_what_is_offered_exists() -> None:
    assert set() == OFFERED - BROUGHT


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(BROUGHT - OFFERED))
def test_what_is_not_offered_is_not_there(client: Client, name: str) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    address = reverse(name, args=["key"] if name == "account_confirm_email" else [])
    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)


@pytest.mark.django_db
def test_nobody_adds_an_address_to_their_own_log_in(client: Client) -> None:
    user = sign_in(client, Role.BILLER)
    client.post("/account/email/", {"action_add": "", "email": "elsewhere@example.com"})
    user.refresh_from_db()
    assert not user.emailaddress_set.filter(email="elsewhere@example.com").exists()


@pytest.mark.django_db
def test_nobody_makes_their_own_account(client: Client) -> None:
    before = User.objects.count()
    typed = {"email": "new@example.com", "password1": "a pass phrase here", "password2": "a pass phrase here"}
    client.post(reverse("account_signup"), typed)
    assert User.objects.count() == before


@pytest.mark.django_db
def test_the_pages_of_ones_password_speak_as_the_others_do(client: Client) -> None:
    forgotten = client.get(reverse("account_reset_password")).content.decode()
    assert "Email address" in forgotten
    sign_in(client, Role.BILLER)
    page = client.get(reverse("account_change_password")).content.decode()
    assert 'placeholder="New' not in page
    for words in ("Current password", "New password", "New password, once more"):
        assert f">{words}<" in page
    assert "commonly used password" not in page
