"""People, the audit trail, an automation, the sandbox console and the worklist in a real browser, each for axe."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django import Settings

from apps.audit.trail import record
from apps.automations.timetable import sync_schedule
from apps.core.models import JobRun
from apps.practice.models import Invitation
from apps.practice.roles import Role
from apps.practice.services import invite
from apps.worklist.models import WorkItem
from tests.browser.axe import look, look_long
from tests.browser.conftest import Opener
from tests.browser.world import build_world
from tests.factories.connectors import ConnectionFactory
from tests.factories.intake import PatientFactory
from tests.factories.practice import UserFactory
from tests.sandbox.running import sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
NOW = datetime(2026, 10, 8, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def that_morning(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text(NOW.isoformat())
    settings.VIRTUAL_CLOCK_FILE = str(tmp_path / "clock")


@pytest.mark.axe
def test_people_and_what_they_did_are_open_to_everyone(open_page: Opener) -> None:
    boss = UserFactory(first_name="Ada", last_name="Ferris", role=Role.ADMINISTRATOR)
    biller = UserFactory(first_name="Renee", last_name="Alcott", role=Role.BILLER, last_login=NOW)
    invite(
        email="ida.quill@practice.example.com",
        first_name="Ida",
        last_name="Quill",
        role=Role.CODER,
        acting_user=boss,
        now=NOW,
    )
    Invitation.objects.update(state=Invitation.State.SENDING)
    patient = PatientFactory(first_name="Nestor", last_name="Pennybrook")
    for number, (action, kind) in enumerate(
        [
            ("view", "patient"),
            ("list", "claims"),
            ("set_role", "user"),
            ("sign_in", "user"),
            ("export", "claim_exceptions"),
        ]
    ):
        record(
            action,
            acting_user=biller,
            now=NOW - timedelta(minutes=number),
            subject_kind=kind,
            subject_public_id=biller.public_id if kind == "user" else "",
            patients=[patient.public_id] if number < 2 else [],
            address="192.0.2.14",
            filter="view=mine&sort=due",
        )
    found = look_long(open_page(Role.ADMINISTRATOR, reverse("settings:people")), "people")
    found += look_long(open_page(Role.ADMINISTRATOR, reverse("settings:invite")), "invite")
    for user in (biller, Invitation.objects.get().user):
        found += look_long(
            open_page(Role.ADMINISTRATOR, reverse("settings:person", args=[user.public_id])), user.first_name
        )
    ConnectionFactory(kind="messaging", adapter="twilio", name="Twilio")
    for name in ("setup", "agreements"):
        found += look_long(open_page(Role.ADMINISTRATOR, reverse(f"settings:{name}")), name)
    found += look_long(open_page(Role.ADMINISTRATOR, reverse("settings:agreement", args=["twilio"])), "agreement")
    found += look_long(open_page(Role.ADMINISTRATOR, reverse("settings:trail")), "audit")
    found += look_long(open_page(Role.ADMINISTRATOR, reverse("settings:trail") + "?first=2026-12-01"), "nothing")
    assert found == []


def test_a_jobs_times_are_told_back_while_they_are_written(open_page: Opener) -> None:
    sync_schedule(now=NOW - timedelta(days=2))
    JobRun.objects.create(step="eligibility", state="failed", started_at=NOW - timedelta(days=2), error="OutageError")
    page = open_page(Role.ADMINISTRATOR, reverse("automations:detail", args=["eligibility"]), script=True)
    expect(page.get_by_text("It should have started on")).to_be_visible()
    when = page.get_by_label("When")
    when.fill("at teatime")
    expect(page.get_by_text("“at teatime” is not a time of day.")).to_be_visible()
    when.fill("8:15 pm on weekdays")
    expect(page.get_by_text("8:15 PM, Monday to Friday. Next: Oct 8, 8:15 PM")).to_be_visible()
    assert look(page, "an automation") == []
    page.get_by_role("button", name="Change the times").click()
    expect(page.get_by_text("now runs 8:15 PM, Monday to Friday.")).to_be_visible()


@pytest.mark.axe
def test_the_sandbox_console_is_open_to_everyone(open_page: Opener, settings: Settings, tmp_path: Path) -> None:
    with sandbox(tmp_path / "state") as outside:
        settings.SANDBOX_URL = outside.url
        page = open_page(Role.ADMINISTRATOR, reverse("sandbox:console"))
        assert look_long(page, "sandbox") == []
        page.get_by_role("button", name="remittance (835)").click()
        expect(page.get_by_text("The next remittance (835) will never arrive.")).to_be_visible()


@pytest.mark.axe
def test_the_worklist_and_one_item_are_open_to_everyone(open_page: Opener) -> None:
    build_world()
    page = open_page(Role.BILLER, reverse("workspace:worklist"))
    found = look_long(page, "worklist")
    item = WorkItem.objects.filter(owner_role="biller", url_name="claims:exception").first()
    assert item is not None
    found += look_long(open_page(Role.BILLER, reverse("workspace:work_item", args=[item.public_id])), "item")
    found += look_long(open_page(Role.BILLER, reverse("workspace:worklist") + "?view=done"), "nothing done")
    assert found == []
