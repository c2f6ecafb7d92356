"""The test of a link: asked for on the page, done by a worker, told in one sentence."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.audit.models import AuditEvent
from apps.automations.sweeping import close_interrupted_runs, left_behind
from apps.automations.tasks import run_step
from apps.connectors.models import Connection
from apps.connectors.ports.errors import OutageError
from apps.core.models import JobRun
from apps.practice.roles import Role
from tests.factories.connectors import EhrConnectionFactory, MessagingConnectionFactory, PaymentsConnectionFactory
from tests.signing_in import browser_of, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("silent")]
Nudges = list[tuple[str, str]]
Commits = Callable[..., AbstractContextManager[object]]
HTMX = {"HX-Request": "true"}


class Silent:
    """An adapter whose other side is away, breaks or answers, as its settings say."""

    asked = 0

    def __init__(self, settings: dict[str, str]) -> None:
        self._settings = settings

    def try_out(self) -> None:
        Silent.asked += 1
        if self._settings.get("away"):
            raise OutageError("The card processor could not be reached.")
        if self._settings.get("broken"):
            raise TypeError("Okafor")


@pytest.fixture
def silent(settings: Settings, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "stripe": f"{__name__}.Silent"}
    monkeypatch.setattr(Silent, "asked", 0)
    monkeypatch.setattr("apps.core.clock.now", lambda: now)


def address(connection: Connection) -> str:
    return reverse("settings:test_connection", args=[connection.public_id])


@dataclass
class Desk:
    """An administrator's browser, and the worker behind the page."""

    client: Client
    nudges: Nudges
    now: datetime
    commits: Commits

    def press(self, connection: Connection) -> str:
        """The page that follows."""
        with self.commits(execute=True):
            answer = self.client.post(address(connection), follow=True)
        assert answer.redirect_chain == [(address(connection), 302)]
        return self.shown(connection)

    def work(self) -> None:
        for step, key in self.nudges:
            run_step(step, key, now=self.now)

    def shown(self, connection: Connection, **fragment: str) -> str:
        answer = self.client.get(address(connection), fragment, headers=HTMX if fragment else {})
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "UNDEFINED_VARIABLE" not in text
        return text


@pytest.fixture
def desk(nudges: Nudges, now: datetime, django_capture_on_commit_callbacks: Commits) -> Desk:
    return Desk(browser_of(Role.ADMINISTRATOR), nudges, now, django_capture_on_commit_callbacks)


def test_the_page_asks_nobody_itself_and_tells_that_a_worker_will(desk: Desk) -> None:
    """A vendor that never answers holds no request."""
    cards = PaymentsConnectionFactory(name="Cards")
    page = desk.press(cards)
    assert Silent.asked == 0
    run = JobRun.objects.get()
    assert desk.nudges == [("try_connection", run.public_id)]
    assert "Cards is asked in a moment." in page
    assert f'hx-get="{address(cards)}?told=asked"' in page
    assert f'<a href="{address(cards)}">Look again</a>' in page


def test_a_link_that_answers_says_so_and_its_failure_ends(desk: Desk) -> None:
    cards = PaymentsConnectionFactory(name="Cards", last_failure="Away.", failed_with="Away.")
    desk.press(cards)
    desk.work()
    page = desk.shown(cards)
    assert "Cards answers." in page
    assert "hx-trigger" not in page.partition('id="connection-test"')[2].partition("</div>")[0]
    cards.refresh_from_db()
    assert (cards.last_failure, cards.failed_with, cards.last_answer_at) == ("", "Away.", desk.now)
    told = AuditEvent.objects.get(action="try_connection")
    assert (told.subject_public_id, told.detail) == (cards.public_id, {"answered": True})
    assert told.actor == JobRun.objects.get().requested_by


def test_a_link_that_does_not_answer_says_why_and_keeps_it(desk: Desk) -> None:
    cards = PaymentsConnectionFactory(name="Cards", settings={"away": "yes"})
    desk.press(cards)
    desk.work()
    assert "Cards does not answer. The card processor could not be reached." in desk.shown(cards)
    cards.refresh_from_db()
    assert cards.last_failure == cards.failed_with == "The card processor could not be reached."
    assert cards.failed_at == desk.now
    assert AuditEvent.objects.get(action="try_connection").detail == {"answered": False}


def test_settings_that_lack_something_are_told_as_a_failure(desk: Desk) -> None:
    phone = MessagingConnectionFactory(name="Phone", settings={})
    desk.press(phone)
    desk.work()
    assert "lacks its setting" in desk.shown(phone)


def test_an_adapter_that_breaks_is_told_without_its_words(desk: Desk) -> None:
    cards = PaymentsConnectionFactory(name="Cards", settings={"broken": "yes"})
    desk.press(cards)
    desk.work()
    page = desk.shown(cards)
    assert "The test of Cards broke off without an answer" in page
    assert JobRun.objects.get().error == "TypeError"


@pytest.mark.parametrize(
    ("age", "begun", "told", "waits"),
    [
        (timedelta(seconds=9), False, "Cards is asked in a moment.", True),
        (
            timedelta(seconds=10),
            False,
            "No worker has begun the test of Cards: none is running, or all are busy.",
            True,
        ),
        (timedelta(minutes=3), False, "It is done once one is free.", False),
        (timedelta(seconds=1), True, "Cards is being asked. It may take a minute.", True),
        (timedelta(minutes=3), True, "Cards has not answered, or the worker that asked it was stopped.", False),
    ],
)
def test_a_test_that_has_not_ended_says_what_it_waits_for(
    desk: Desk, age: timedelta, begun: bool, told: str, waits: bool
) -> None:
    cards = PaymentsConnectionFactory(name="Cards")
    desk.press(cards)
    JobRun.objects.update(started_at=desk.now - age, total=1 if begun else None)
    page = desk.shown(cards)
    assert told in page
    assert ("?told=" in page) is waits


def test_a_worker_that_was_killed_in_it_is_told_and_the_test_is_not_begun_again(desk: Desk) -> None:
    """Log-ins that fail may be counted on the other side."""
    cards = PaymentsConnectionFactory(name="Cards")
    desk.press(cards)
    JobRun.objects.update(total=1)
    desk.work()
    assert Silent.asked == 0
    assert left_behind(now=desk.now) == ()
    close_interrupted_runs(before=desk.now + timedelta(hours=1))
    assert "The test of Cards broke off without an answer" in desk.shown(cards)


def test_a_lost_nudge_is_found_and_a_second_one_asks_nobody(desk: Desk) -> None:
    cards = PaymentsConnectionFactory(name="Cards")
    desk.press(cards)
    assert left_behind(now=desk.now) == tuple(desk.nudges)
    desk.nudges *= 2
    desk.work()
    assert Silent.asked == 1
    assert left_behind(now=desk.now) == ()


@pytest.mark.long
def test_who_asks_again_gets_the_same_test_and_another_where_a_begun_one_was_given_up(desk: Desk) -> None:
    cards, other = PaymentsConnectionFactory(name="Cards"), EhrConnectionFactory(name="EHR")
    for connection in (cards, cards, other):
        desk.press(connection)
    assert len(desk.nudges) == 2
    JobRun.objects.update(started_at=desk.now - timedelta(minutes=3))
    desk.press(cards)
    assert len(desk.nudges) == 2
    JobRun.objects.update(total=1)
    desk.press(cards)
    assert len(desk.nudges) == 3


def test_htmx_gets_nothing_while_nothing_changed_and_in_the_end_all_that_did(desk: Desk) -> None:
    cards = PaymentsConnectionFactory(name="Cards")
    desk.press(cards)
    still = desk.client.get(address(cards), {"told": "asked"}, headers=HTMX)
    assert (still.status_code, still.content) == (204, b"")
    desk.work()
    ended = desk.shown(cards, told="asked")
    assert "<h1>" not in ended
    assert ended.strip().startswith('<div id="connection-test"')
    assert '<p class="lead" id="links-up" hx-swap-oob="true"><b>1 of 1</b> links are up' in ended
    assert '<div id="links-now" class="stack-lg" hx-swap-oob="true">' in ended
    assert "hx-swap-oob" not in desk.shown(cards)


def test_the_job_list_keeps_it_for_whoever_may_open_it(desk: Desk) -> None:
    cards = PaymentsConnectionFactory(name="Cards", settings={"away": "yes"})
    desk.press(cards)
    desk.work()
    jobs = desk.client.get(reverse("jobs:list")).content.decode()
    assert "Test of the connection Cards" in jobs
    assert "The card processor could not be reached." in jobs
    assert f'href="{address(cards)}"' in jobs
    assert f'href="{address(cards)}"' not in browser_of(Role.BILLER).get(reverse("jobs:list")).content.decode()


@pytest.mark.parametrize("role", [Role.BILLER, Role.CODER, Role.FRONT_DESK, None])
def test_only_an_administrator_sees_and_tests_links(client: Client, nudges: Nudges, role: Role | None) -> None:
    connection = EhrConnectionFactory()
    sign_in(client, role)
    assert client.get(reverse("settings:connections")).status_code == 403
    assert client.get(address(connection)).status_code == 403
    assert client.post(address(connection)).status_code == 403
    assert nudges == []


def test_a_link_that_is_not_there_cannot_be_tested(desk: Desk) -> None:
    nothing = reverse("settings:test_connection", args=["nothing"])
    assert desk.client.post(nothing).status_code == 404
    assert desk.client.get(nothing).status_code == 404


def test_a_link_that_nobody_tested_has_no_sentence_of_a_test(desk: Desk) -> None:
    assert 'id="connection-test"' not in desk.shown(EhrConnectionFactory())
