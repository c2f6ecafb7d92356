from datetime import datetime

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.practice.access import role_of
from apps.practice.models import Payer, Provider
from apps.practice.roles import Role
from apps.practice.services import (
    LastAdministratorError,
    confirm_payer,
    confirm_provider,
    create_user,
    disable_user,
    enable_user,
    set_role,
)
from tests.factories.practice import PayerFactory, ProviderFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_new_colleague_has_one_role_and_an_audit_row(now: datetime) -> None:
    boss = UserFactory(role=Role.ADMINISTRATOR)
    user = create_user(
        email="Ida@Practice.Example.com", first_name="Ida", last_name="Wells", role=Role.CODER, password="a pass phrase here",
        now=now, acting_user=boss,
    )  # fmt: skip
    assert (user.email, role_of(user)) == ("ida@practice.example.com", Role.CODER)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.subject_public_id) == ("create_user", boss, user.public_id)
    assert event.detail == {"role": "coder"}


def test_a_changed_role_holds_at_once_and_says_what_it_was(now: datetime) -> None:
    boss, user = UserFactory(role=Role.ADMINISTRATOR), UserFactory(role=Role.BILLER)
    set_role(user=user, role=Role.FRONT_DESK, now=now, acting_user=boss)
    assert role_of(user) is Role.FRONT_DESK
    assert AuditEvent.objects.get().detail == {"before": "biller", "after": "front_desk"}


def test_a_disabled_persons_session_ends(now: datetime) -> None:
    boss, user = UserFactory(role=Role.ADMINISTRATOR), UserFactory()
    browser = Client()
    browser.force_login(user)
    session_key = browser.session.session_key
    disable_user(user=user, now=now, acting_user=boss)
    user.refresh_from_db()
    assert user.is_active is False
    assert role_of(user) is None
    page = browser.get("/healthz")
    assert not page.wsgi_request.user.is_authenticated
    assert session_key is not None
    enable_user(user=user, now=now, acting_user=boss)
    assert [event.action for event in AuditEvent.objects.order_by("pk")] == ["sign_in", "disable_user", "enable_user"]


def test_the_last_administrator_can_neither_be_disabled_nor_demoted(now: datetime) -> None:
    boss = UserFactory(role=Role.ADMINISTRATOR)
    with pytest.raises(LastAdministratorError):
        disable_user(user=boss, now=now, acting_user=boss)
    with pytest.raises(LastAdministratorError):
        set_role(user=boss, role=Role.BILLER, now=now, acting_user=boss)
    other = UserFactory(role=Role.ADMINISTRATOR)
    set_role(user=boss, role=Role.BILLER, now=now, acting_user=other)
    assert role_of(boss) is Role.BILLER


def test_confirming_is_recorded_once(now: datetime) -> None:
    boss = UserFactory(role=Role.ADMINISTRATOR)
    provider, payer = ProviderFactory(confirmed=False), PayerFactory(confirmed=False)
    for _ in range(2):
        confirm_provider(provider=provider, now=now, acting_user=boss)
        confirm_payer(payer=payer, now=now, acting_user=boss)
    assert Provider.objects.get().confirmed
    assert Payer.objects.get().confirmed
    assert [event.action for event in AuditEvent.objects.order_by("pk")] == ["confirm_provider", "confirm_payer"]
