import contextlib
import re
from smtplib import SMTPRecipientsRefused

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.messages import get_messages
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.automations.sweeping import left_behind
from apps.core.mails import LostInSendingError
from apps.core.models import User
from apps.practice.models import Invitation, Membership
from apps.practice.roles import Role
from apps.practice.services import invite, send_invitation
from tests.factories.practice import UserFactory
from tests.signing_in import browser_of, sign_in

NEW = {"first_name": "Ida", "last_name": "Quill", "email": "ida@example.com", "role": "coder"}
NOW = timezone.now()
PEOPLE = reverse("settings:people")
pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> Client:
    client.administrator = sign_in(client, Role.ADMINISTRATOR)  # type: ignore[attr-defined]  # for the tests below
    return client


def invited(boss: Client, *, sent: bool = True) -> Invitation:
    assert boss.post(reverse("settings:invite"), NEW).status_code == 302
    invitation = Invitation.objects.get(user__email="ida@example.com")
    if sent:
        assert send_invitation(invitation_id=invitation.public_id, now=NOW)
        invitation.refresh_from_db()
    return invitation


def do(boss: Client, user: User, verb: str, **told: str) -> str:
    answer = boss.post(reverse("settings:change_person", args=[user.public_id, verb]), told, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def seated(browser: Client, user: User) -> UserSession:
    """Signed in there, as the library keeps it of a real sign-in."""
    session: UserSession = UserSession.objects.create(
        user=user, session_key=browser.session.session_key, ip="127.0.0.1", user_agent="A browser"
    )
    return session


def link_in(message: str) -> str:
    found = re.search(r"http://[^/]+(/account/password/reset/key/\S+)", message)
    assert found, message
    return found[1]


def opened(browser: Client, link: str) -> str:
    return browser.get(link, follow=True).content.decode()


def test_somebody_is_invited_sets_a_password_and_then_a_second_factor(boss: Client) -> None:
    invitation = invited(boss)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["ida@example.com"], "Your log-in at Pecan Row Family Medicine")
    newcomer = Client()
    form = newcomer.get(link_in(letter.body), follow=True)
    password = "three unrelated words walk"
    newcomer.post(form.request["PATH_INFO"], {"password1": password, "password2": password})
    user = User.objects.get(email="ida@example.com")
    assert user.check_password(password)
    assert user.membership.role == Role.CODER
    newcomer.post(reverse("account_login"), {"login": user.email, "password": password})
    assert newcomer.get(reverse("workspace:today")).headers["location"] == reverse("mfa_activate_totp")
    assert "This link no longer works" in opened(Client(), link_in(letter.body))
    assert "There is no open invitation" in do(boss, invitation.user, "invite-again")


def test_the_row_stands_before_the_mail_and_each_mail_leaves_once(boss: Client) -> None:
    invitation = invited(boss, sent=False)
    assert (invitation.state, mail.outbox) == ("waiting", [])
    assert ("send_invitation", invitation.public_id) in left_behind(now=NOW)
    assert send_invitation(invitation_id=invitation.public_id, now=NOW)
    assert not send_invitation(invitation_id=invitation.public_id, now=NOW)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sent_at, len(mail.outbox)) == ("sent", NOW, 1)
    assert left_behind(now=NOW) == ()


def test_a_mail_server_that_is_away_leaves_the_invitation_waiting(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = invited(boss, sent=False)

    def away(_self: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", away)
    with pytest.raises(ConnectionRefusedError):
        send_invitation(invitation_id=invitation.public_id, now=NOW)
    invitation.refresh_from_db()
    assert invitation.state == "waiting"


def test_what_was_cut_off_in_sending_is_shown_and_sent_again_by_a_person(boss: Client) -> None:
    invitation = invited(boss, sent=False)
    Invitation.objects.update(state=Invitation.State.SENDING)
    assert left_behind(now=NOW) == ()
    assert "Invitation may not have left" in boss.get(PEOPLE).content.decode()
    do(boss, invitation.user, "invite-again")
    assert send_invitation(invitation_id=invitation.public_id, now=NOW)


def test_a_withdrawn_invitation_opens_nothing(boss: Client) -> None:
    invitation = invited(boss)
    assert "is withdrawn" in do(boss, invitation.user, "withdraw")
    assert "This link no longer works" in opened(Client(), link_in(mail.outbox[0].body))
    assert not User.objects.get(pk=invitation.user.pk).is_active
    page = boss.get(reverse("settings:person", args=[invitation.user.public_id])).content.decode()
    assert "Invitation withdrawn" in page
    assert "Give it back" not in page


def test_a_person_who_withdraws_while_the_mail_leaves_is_not_overruled(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = invited(boss, sent=False)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda _self: do(boss, invitation.user, "withdraw"))
    send_invitation(invitation_id=invitation.public_id, now=NOW)
    invitation.refresh_from_db()
    assert invitation.state == "withdrawn"


@pytest.mark.long
def test_whose_invitation_was_withdrawn_is_invited_again(boss: Client) -> None:
    user = invited(boss).user
    do(boss, user, "withdraw")
    assert "was withdrawn already" in do(boss, user, "withdraw")
    assert "leaves once more" in do(boss, user, "invite-again")
    assert send_invitation(invitation_id=user.invitation.public_id, now=NOW)
    user.refresh_from_db()
    assert user.is_active
    assert "New password" in opened(Client(), link_in(mail.outbox[-1].body))


def test_nobody_is_written_to_whose_access_was_taken_away(boss: Client) -> None:
    invitation = invited(boss, sent=False)
    do(boss, invitation.user, "disable")
    assert left_behind(now=NOW) == ()
    assert not send_invitation(invitation_id=invitation.public_id, now=NOW)
    assert mail.outbox == []
    assert "Give it back first." in do(boss, invitation.user, "invite-again")


@pytest.mark.parametrize(("code", "state"), [(550, "refused"), (451, "waiting")])
def test_an_address_that_the_mail_server_refuses_is_not_tried_for_ever(
    boss: Client, monkeypatch: pytest.MonkeyPatch, code: int, state: str
) -> None:
    invitation = invited(boss, sent=False)

    def refuses(_self: object) -> None:
        raise SMTPRecipientsRefused({"ida@example.com": (code, b"no")})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuses)
    with contextlib.suppress(SMTPRecipientsRefused):
        send_invitation(invitation_id=invitation.public_id, now=NOW)
    invitation.refresh_from_db()
    assert invitation.state == state
    page = boss.get(reverse("settings:person", args=[invitation.user.public_id])).content.decode()
    assert ("The mail server refused the email to ida@example.com for good" in page) == (state == "refused")


def test_an_invitation_whose_connection_broke_is_not_sent_again_by_itself(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = invited(boss, sent=False)

    def broken(_self: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    with pytest.raises(LostInSendingError):
        send_invitation(invitation_id=invitation.public_id, now=NOW)
    assert left_behind(now=NOW) == ()
    assert "Invitation may not have left" in boss.get(PEOPLE).content.decode()


def test_one_address_has_one_log_in_however_it_is_written(boss: Client) -> None:
    UserFactory(email="ida@example.com")
    assert boss.post(reverse("settings:invite"), NEW | {"email": "Ida@Example.com"}).status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="IDA@example.com")


def test_an_address_with_a_log_in_is_refused_in_a_sentence(boss: Client) -> None:
    UserFactory(email="ida@example.com")
    answer = boss.post(reverse("settings:invite"), NEW)
    assert answer.status_code == 422
    assert "Somebody has a log-in under this address." in answer.content.decode()
    assert Invitation.objects.count() == 0


def test_a_role_is_changed_and_audited(boss: Client) -> None:
    user = UserFactory(role=Role.CODER)
    assert "is biller from the next page on" in do(boss, user, "role", role="biller")
    assert Membership.objects.get(user=user).role == "biller"
    event = AuditEvent.objects.get(action="set_role")
    assert (event.actor, event.detail) == (boss.administrator, {"before": "coder", "after": "biller"})  # type: ignore[attr-defined]
    assert "Choose one of the roles." in do(boss, user, "role", role="king")


def test_the_last_administrator_stays_one(boss: Client) -> None:
    assert "this is the last one" in do(boss, boss.administrator, "role", role="biller")  # type: ignore[attr-defined]
    assert "you would lock yourself out" in do(boss, boss.administrator, "disable")  # type: ignore[attr-defined]


def test_an_administrator_who_is_only_invited_is_nobody_yet(boss: Client) -> None:
    """Whoever hands over and leaves before the mail is opened would lock everybody out."""
    boss.post(reverse("settings:invite"), {**NEW, "role": "administrator"})
    assert "this is the last one" in do(boss, boss.administrator, "role", role="biller")  # type: ignore[attr-defined]
    successor = User.objects.get(email="ida@example.com")
    successor.set_password("three unrelated words walk")
    successor.save()
    assert "is biller from the next page on" in _told(boss, boss.administrator, role="biller")  # type: ignore[attr-defined]


def _told(boss: Client, user: User, **asked: str) -> str:
    """What the change says; the page behind it is closed to whoever gave their role away."""
    answer = boss.post(reverse("settings:change_person", args=[user.public_id, "role"]), asked)
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_people_come_fifty_at_a_time(boss: Client) -> None:
    UserFactory.create_batch(50, role=Role.CODER)
    assert [len(boss.get(PEOPLE, {"page": number}).context["page"]) for number in (1, 2)] == [50, 1]


def test_access_is_taken_away_at_once_and_given_back(boss: Client) -> None:
    biller = Client()
    user = sign_in(biller, Role.BILLER)
    assert biller.get(reverse("workspace:today")).status_code == 200
    do(boss, user, "disable")
    assert biller.get(reverse("workspace:today")).status_code == 302
    assert "No access" in boss.get(PEOPLE).content.decode()
    do(boss, user, "enable")
    user.refresh_from_db()
    assert user.is_active


@pytest.mark.long
def test_one_session_or_all_are_ended(boss: Client) -> None:
    desk, phone = Client(), Client()
    user = sign_in(desk, Role.BILLER)
    phone.force_login(user)
    first, _second = seated(desk, user), seated(phone, user)
    page = boss.get(reverse("settings:person", args=[user.public_id])).content.decode()
    assert page.count("End<") == 2
    assert "1 ended" in do(boss, user, "end-sessions", session=str(first.pk))
    assert desk.get(reverse("workspace:today")).status_code == 302
    assert phone.get(reverse("workspace:today")).status_code == 200
    assert "had ended already" in do(boss, user, "end-sessions", session=str(first.pk))
    assert "There is no such session." in do(boss, user, "end-sessions", session="abc")
    assert phone.get(reverse("workspace:today")).status_code == 200
    assert "1 ended" in do(boss, user, "end-sessions")
    assert phone.get(reverse("workspace:today")).status_code == 302


@pytest.mark.long
def test_somebody_elses_session_is_not_ended_under_this_name(boss: Client) -> None:
    other = Client()
    stranger = sign_in(other, Role.CODER)
    theirs = seated(other, stranger)
    do(boss, UserFactory(role=Role.BILLER), "end-sessions", session=str(theirs.pk))
    assert other.get(reverse("workspace:today")).status_code == 200


def test_a_lost_phone_ends_the_second_factor_and_every_session(boss: Client) -> None:
    browser = Client()
    user = sign_in(browser, Role.BILLER)
    seated(browser, user)
    do(boss, user, "reset-factor")
    assert not Authenticator.objects.filter(user=user).exists()
    assert browser.get(reverse("workspace:today")).status_code == 302
    browser.force_login(user)
    assert browser.get(reverse("workspace:today")).headers["location"] == reverse("mfa_activate_totp")


@pytest.mark.parametrize("role", [Role.BILLER, Role.CODER, Role.FRONT_DESK])
def test_only_an_administrator_sees_or_changes_people(role: Role) -> None:
    browser, user = browser_of(role), UserFactory(role=Role.CODER)
    assert browser.get(PEOPLE).status_code == 403
    assert browser.get(reverse("settings:person", args=[user.public_id])).status_code == 403
    assert browser.post(reverse("settings:invite"), NEW).status_code == 403
    assert browser.post(reverse("settings:change_person", args=[user.public_id, "disable"])).status_code == 403
    assert PEOPLE not in browser.get(reverse("settings:payers")).content.decode()


def test_what_is_not_there_is_not_found(boss: Client) -> None:
    assert boss.get(reverse("settings:person", args=["nobody"])).status_code == 404
    user = UserFactory(role=Role.CODER)
    assert boss.post(reverse("settings:change_person", args=[user.public_id, "promote"])).status_code == 404


def test_the_list_takes_as_many_queries_however_many_people_there_are(
    boss: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        boss.get(PEOPLE)
    administrator = boss.administrator  # type: ignore[attr-defined]
    for number in range(5):
        invite(
            email=f"{number}@example.com",
            first_name="A",
            last_name="B",
            role=Role.CODER,
            acting_user=administrator,
            now=NOW,
        )
    with django_assert_num_queries(QUERIES):
        boss.get(PEOPLE)


QUERIES = 12
