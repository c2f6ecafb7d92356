"""The daily mail about work that is due: to whom, what it says, and that it leaves once."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.automations.steps import STEPS
from apps.automations.sweeping import left_behind
from apps.core.mails import LostInSendingError
from apps.core.models import User
from apps.practice.models import Membership
from apps.practice.roles import Role
from apps.worklist.models import DueAlert, WorkItem
from apps.worklist.queue import close_item, open_item
from apps.worklist.services import due_work, plan_due_alerts, send_due_alert
from tests.factories.practice import PracticeFactory, UserFactory
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 12, 20, tzinfo=UTC)
TODAY = date(2026, 9, 16)
DAY = timedelta(days=1)
State = DueAlert.State


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()


def due(on: date = TODAY, *, to: User | None = None, **fields: object) -> WorkItem:
    item = open_item(
        kind="claim_exception",
        title="Correct the member ID of Ada Okafor",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="claims:exception",
        subject_public_id="x",
        now=NOW,
        due_on=on,
    )
    WorkItem.objects.filter(pk=item.pk).update(assignee=to, **fields)
    return item


@pytest.fixture
def alert() -> DueAlert:
    """Of a biller who wants the mail and has one item that is past due."""
    person = UserFactory(role=Role.BILLER)
    due(TODAY - DAY, to=person)
    return DueAlert.objects.create(user=person, is_on=True)


def state(alert: DueAlert) -> str:
    alert.refresh_from_db()
    return alert.state


def test_the_mail_has_figures_and_a_link_and_names_nothing(alert: DueAlert) -> None:
    due(to=alert.user)
    due()
    assert plan_due_alerts(now=NOW) == 1
    assert mail.outbox == []
    assert send_due_alert(alert_id=alert.public_id, now=NOW)
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([alert.user.email], "Work is due at Pecan Row Family Medicine")
    assert "Given to you: 1 past due, 1 due today." in letter.body
    assert "Of your role, with nobody in person: 0 past due, 1 due today." in letter.body
    assert f"{reverse('workspace:worklist')}?view=mine\n" in letter.body
    assert "Okafor" not in letter.body
    assert "member ID" not in letter.body
    assert state(alert) == State.SENT


def test_what_is_put_off_closed_later_or_anothers_is_not_due() -> None:
    person, other = UserFactory(role=Role.BILLER), UserFactory(role=Role.BILLER)
    due(to=person, snoozed_until=TODAY + DAY)
    due(TODAY + DAY, to=person)
    due(to=other)
    due(owner_role=WorkItem.OwnerRole.CODER)
    close_item(due(to=person), acting_user=None, now=NOW)
    found = due_work(person, Role.BILLER, today=TODAY)
    assert (found.own, found.free) == (0, 0)
    due(to=person, snoozed_until=TODAY)
    assert due_work(person, Role.BILLER, today=TODAY).own_today == 1


def test_what_the_role_may_no_longer_open_is_not_counted(alert: DueAlert) -> None:
    due(to=alert.user, url_name="eligibility:check")
    Membership.objects.filter(user=alert.user).update(role=Role.FRONT_DESK)
    found = due_work(alert.user, Role.FRONT_DESK, today=TODAY)
    assert (found.own_past, found.own_today) == (0, 1)
    browser = Client()
    browser.force_login(alert.user)
    page = browser.get(reverse("workspace:worklist"), {"view": "mine"})
    assert len(page.context["tasks"]) == found.own
    assert due_work(alert.user, None, today=TODAY).own == 0


def test_once_a_day_and_again_on_the_next(alert: DueAlert) -> None:
    for _ in range(2):
        plan_due_alerts(now=NOW)
        send_due_alert(alert_id=alert.public_id, now=NOW)
    assert len(mail.outbox) == 1
    assert plan_due_alerts(now=NOW + DAY) == 1
    assert send_due_alert(alert_id=alert.public_id, now=NOW + DAY)
    assert len(mail.outbox) == 2


class Killed(BaseException):
    """As SIGKILL: nothing after it is done."""


@pytest.mark.parametrize("left", [True, False])
def test_a_worker_killed_while_it_sends_leaves_no_second_mail(
    alert: DueAlert, monkeypatch: pytest.MonkeyPatch, left: bool
) -> None:
    sent = []

    def killed(letter: object) -> None:
        if left:
            sent.append(letter)
        raise Killed

    plan_due_alerts(now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", killed)
        with pytest.raises(Killed):
            send_due_alert(alert_id=alert.public_id, now=NOW)
    assert state(alert) == State.SENDING
    assert left_behind(now=NOW) == ()
    assert plan_due_alerts(now=NOW) == 0
    assert not send_due_alert(alert_id=alert.public_id, now=NOW)
    assert mail.outbox == []
    assert plan_due_alerts(now=NOW + DAY) == 1


def test_a_lost_nudge_is_found_by_the_sweep(alert: DueAlert) -> None:
    STEPS["plan_due_alerts"]("", NOW)
    assert left_behind(now=NOW) == (("send_due_alert", alert.public_id),)
    assert STEPS["send_due_alert"](alert.public_id, NOW).counts == {"mails": 1}
    assert left_behind(now=NOW) == ()


def test_a_mail_server_that_is_away_leaves_it_waiting(alert: DueAlert, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_self: object) -> None:
        raise ConnectionRefusedError

    plan_due_alerts(now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.open", away)
        with pytest.raises(ConnectionRefusedError):
            send_due_alert(alert_id=alert.public_id, now=NOW)
    assert state(alert) == State.WAITING
    assert send_due_alert(alert_id=alert.public_id, now=NOW)


def sending_raises(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def send(_self: object) -> None:
        raise failure

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)


@pytest.mark.parametrize(("code", "then"), [(550, State.REFUSED), (450, State.WAITING)])
def test_an_address_that_is_refused_for_good_is_not_asked_again(
    alert: DueAlert, monkeypatch: pytest.MonkeyPatch, code: int, then: str
) -> None:
    plan_due_alerts(now=NOW)
    sending_raises(monkeypatch, SMTPRecipientsRefused({alert.user.email: (code, b"no")}))
    if then == State.REFUSED:
        assert not send_due_alert(alert_id=alert.public_id, now=NOW)
    else:
        with pytest.raises(SMTPRecipientsRefused):
            send_due_alert(alert_id=alert.public_id, now=NOW)
    assert state(alert) == then


@pytest.mark.parametrize("refusal", [SMTPSenderRefused(550, b"no", "us@example.com"), SMTPDataError(554, b"no")])
def test_a_mail_that_is_refused_for_good_is_not_tried_again(
    alert: DueAlert, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    plan_due_alerts(now=NOW)
    sending_raises(monkeypatch, refusal)
    assert not send_due_alert(alert_id=alert.public_id, now=NOW)
    assert state(alert) == State.REFUSED
    assert left_behind(now=NOW) == ()


def test_a_mail_that_the_server_takes_later_waits(alert: DueAlert, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_due_alerts(now=NOW)
    sending_raises(monkeypatch, SMTPDataError(451, b"later"))
    with pytest.raises(SMTPDataError):
        send_due_alert(alert_id=alert.public_id, now=NOW)
    assert state(alert) == State.WAITING


@pytest.mark.parametrize("cut", [TimeoutError, SMTPServerDisconnected, ConnectionResetError])
def test_a_connection_that_breaks_while_it_sends_leaves_no_second_mail(
    alert: DueAlert, monkeypatch: pytest.MonkeyPatch, cut: type[OSError]
) -> None:
    plan_due_alerts(now=NOW)
    with monkeypatch.context() as patched:
        sending_raises(patched, cut())
        with pytest.raises(LostInSendingError):
            send_due_alert(alert_id=alert.public_id, now=NOW)
    assert state(alert) == State.SENDING
    assert left_behind(now=NOW) == ()
    assert not send_due_alert(alert_id=alert.public_id, now=NOW)
    assert mail.outbox == []


def test_a_server_that_breaks_off_its_goodbye_has_taken_the_mail(
    alert: DueAlert, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: object) -> None:
        raise TimeoutError

    plan_due_alerts(now=NOW)
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.close", broken)
    assert send_due_alert(alert_id=alert.public_id, now=NOW)
    assert state(alert) == State.SENT


def test_who_has_no_work_no_role_or_no_access_gets_none(alert: DueAlert) -> None:
    idle = DueAlert.objects.create(user=UserFactory(role=Role.CODER), is_on=True)
    off = DueAlert.objects.create(user=UserFactory(role=Role.BILLER), is_on=False)
    due(to=off.user)
    gone = DueAlert.objects.create(user=UserFactory(role=Role.BILLER, is_active=False), is_on=True)
    due(to=gone.user)
    Membership.objects.filter(user=alert.user).delete()
    assert plan_due_alerts(now=NOW) == 0
    assert {state(each) for each in (idle, off, gone, alert)} == {State.NOT_NEEDED}


@pytest.mark.parametrize("how", ["closed", "off", "gone", "tomorrow"])
def test_what_is_no_longer_so_when_it_is_to_leave_does_not(alert: DueAlert, how: str) -> None:
    plan_due_alerts(now=NOW)
    if how == "closed":
        WorkItem.objects.update(state=WorkItem.State.DONE, closed_at=NOW)
    elif how == "off":
        DueAlert.objects.update(is_on=False)
    elif how == "gone":
        User.objects.filter(pk=alert.user.pk).update(is_active=False)
    assert not send_due_alert(alert_id=alert.public_id, now=NOW + DAY if how == "tomorrow" else NOW)
    assert (state(alert), mail.outbox) == (State.NOT_NEEDED, [])
    assert left_behind(now=NOW) == ()


@pytest.mark.long
@pytest.mark.parametrize("role", Role)
def test_each_person_has_an_own_switch(role: Role) -> None:
    browser, other = browser_of(role), browser_of(role)
    page = browser.post(reverse("workspace:switch_due_alert"), {"on": "yes"}, follow=True).content.decode()
    assert "Stop the daily email" in page
    assert "Email me when work is due" in other.get(reverse("workspace:worklist")).content.decode()
    assert DueAlert.objects.get().is_on
    browser.post(reverse("workspace:switch_due_alert"))
    assert not DueAlert.objects.get().is_on
    assert [event.detail["is_on"] for event in AuditEvent.objects.filter(action="switch_due_alert").order_by("pk")] == [
        True,
        False,
    ]


def test_without_a_role_there_is_no_switch() -> None:
    assert browser_of(None).post(reverse("workspace:switch_due_alert")).status_code == 403


@pytest.mark.long
def test_today_tells_what_is_given_to_you_and_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.clock.now", lambda: NOW)
    browser: Client = browser_of(Role.BILLER)
    person = User.objects.get(pk=browser.session["_auth_user_id"])
    assert "given to you" not in browser.get(reverse("workspace:today")).content.decode()
    due(TODAY - DAY, to=person)
    due(to=person)
    text = browser.get(reverse("workspace:today")).content.decode()
    assert "<b>2 items given to you are due:</b> 1 past due, 1 today." in text
    assert "UNDEFINED_VARIABLE" not in text
