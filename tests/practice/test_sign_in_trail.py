import pytest
from allauth.mfa.signals import authenticator_added
from allauth.usersessions.models import UserSession
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory

from apps.audit.models import AuditEvent
from tests.factories.practice import UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


def test_a_sign_in_is_a_row_of_the_trail(client: Client) -> None:
    user = sign_in(client, None)
    event = AuditEvent.objects.get(action="sign_in")
    assert (event.actor, event.subject_public_id) == (user, user.public_id)


def test_a_refused_try_keeps_no_word_of_what_was_typed(rf: RequestFactory) -> None:
    assert authenticate(rf.post("/account/login/"), email="my password by mistake", password="wrong") is None
    event = AuditEvent.objects.get(action="sign_in_refused")
    assert event.actor is None
    assert "password" not in str(event.detail)


def test_a_session_that_never_showed_the_second_factor_ends_when_one_is_added(
    client: Client, rf: RequestFactory
) -> None:
    user = UserFactory()
    client.force_login(user)
    stranger = client.session.session_key
    UserSession.objects.create(user=user, ip="127.0.0.1", user_agent="", session_key=stranger)
    own = Client()
    own.force_login(user)
    request = rf.post("/account/2fa/totp/activate/")
    request.session = own.session
    authenticator_added.send(sender=None, request=request, user=user, authenticator=None)
    assert not client.session.exists(stranger)
    assert own.session.exists(own.session.session_key)
    assert AuditEvent.objects.filter(action="second_factor_added").count() == 1


def test_the_person_command_adds_changes_and_ends_a_log_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management import call_command

    from apps.core.models import User
    from apps.practice.models import Membership

    monkeypatch.setattr("apps.practice.management.commands.person.getpass", lambda _prompt: "a long enough passphrase")
    call_command("person", "add", "nadia@practice.example.com", "Nadia", "Okafor", "administrator")
    call_command("person", "add", "omar@practice.example.com", "Omar", "Reyes", "biller")
    call_command("person", "role", "omar@practice.example.com", "coder")
    call_command("person", "disable", "omar@practice.example.com")
    omar = User.objects.get(email="omar@practice.example.com")
    assert (Membership.objects.get(user=omar).role, omar.is_active) == ("coder", False)
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["create_user", "create_user", "set_role", "disable_user"]
    assert "done for omar@practice.example.com" in capsys.readouterr().out


def test_the_last_administrator_cannot_be_disabled_by_command() -> None:
    from django.core.management import CommandError, call_command

    from apps.practice.roles import Role

    administrator = UserFactory(role=Role.ADMINISTRATOR)
    with pytest.raises(CommandError):
        call_command("person", "disable", administrator.email)


def test_a_page_of_the_back_office_goes_when_the_session_does(client: Client) -> None:
    from apps.practice.roles import Role

    sign_in(client, Role.ADMINISTRATOR)
    page = client.get("/back-office/")
    assert (page.status_code, page.headers["Refresh"]) == (200, "900; url=/static/away.html")


def test_a_page_of_the_workplace_says_how_long_it_stays_and_goes_without_script_too(client: Client) -> None:
    from apps.practice.roles import Role

    sign_in(client, Role.BILLER)
    page = client.get("/")
    assert "Refresh" not in page.headers
    assert (
        '<meta name="session" content="900" data-away="/static/away.html" data-stay="/stay/">' in page.content.decode()
    )
    assert '<noscript><meta http-equiv="refresh" content="900; url=/static/away.html">' in page.content.decode()


def test_a_page_without_a_person_is_left_alone(client: Client) -> None:
    page = client.get("/account/login/")
    assert "Refresh" not in page.headers
    assert 'name="session"' not in page.content.decode()
