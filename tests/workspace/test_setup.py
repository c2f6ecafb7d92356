from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.automations.schedule import BY_NAME
from apps.automations.timetable import switch, sync_schedule
from apps.practice.models import Practice, VendorAgreement
from apps.practice.roles import Role
from apps.workspace.setup.agreements import register
from apps.workspace.setup.steps import SENDING, steps
from tests.factories.claims import BatchFactory, ClaimFactory
from tests.factories.connectors import ConnectionFactory
from tests.factories.practice import (
    PayerDeadlineFactory,
    PayerFactory,
    PracticeFactory,
    ProviderFactory,
    UserFactory,
)
from tests.factories.remittances import clp, payment, stored_file, submitted_claim
from tests.signing_in import browser_of, sign_in

TODAY = date(2026, 9, 16)
NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def standing() -> dict[str, tuple[str, str]]:
    return {step.title: (step.state, step.word) for step in steps(TODAY)}


def detail(title: str) -> str:
    return next(step.detail for step in steps(TODAY) if step.title == title)


def test_an_empty_installation_has_everything_before_it() -> None:
    assert standing() == {
        "Practice": ("waiting", "To do"),
        "EHR": ("waiting", "Not connected"),
        "Clearinghouse": ("waiting", "Not connected"),
        "Card processor": ("waiting", "Not connected"),
        "Texts and email": ("waiting", "Not connected"),
        "Agreements": ("waiting", "Nobody yet"),
        "Payers": ("waiting", "To do"),
        "History": ("waiting", "Nothing yet"),
        "Dry run": ("waiting", "Not begun"),
        "Go live": ("waiting", "Not live"),
    }


def test_what_is_missing_of_the_practice_is_named() -> None:
    PracticeFactory()
    assert detail("Practice") == "Enter a place of service, a provider."
    ClaimFactory()
    ProviderFactory(confirmed=False)
    assert standing()["Practice"] == ("watch", "Unfinished")


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"last_answer_at": NOW}, ("good", "Connected")),
        ({"last_answer_at": None}, ("watch", "Not tried yet")),
        ({"last_answer_at": NOW, "last_failure": "OutageError"}, ("problem", "Does not answer")),
        ({"enabled": False}, ("waiting", "Not connected")),
    ],
)
def test_a_connection_stands_as_it_last_answered(facts: dict[str, object], word: tuple[str, str]) -> None:
    ConnectionFactory(kind="clearinghouse", adapter="waystar", **facts)
    assert standing()["Clearinghouse"] == word


def test_payers_are_done_once_confirmed_and_with_a_filing_limit() -> None:
    payer = PayerFactory(confirmed=True)
    assert standing()["Payers"] == ("watch", "Unfinished")
    assert detail("Payers") == "Not confirmed: 0 of 1. Without a filing limit: 1."
    PayerDeadlineFactory(payer=payer, kind="filing")
    assert standing()["Payers"] == ("good", "Done")


@pytest.mark.long
def test_history_dry_run_and_going_live_are_told_by_rows() -> None:
    sync_schedule(now=NOW)
    claim = submitted_claim("100.00")
    stored_file(payment(clp(claim)))
    ClaimFactory(passed_untouched=True)
    assert standing()["Dry run"] == ("good", "Done")
    assert standing()["Go live"] == ("waiting", "No claim sent yet")
    BatchFactory()
    assert standing()["Go live"] == ("good", "Live")
    boss = UserFactory()
    switch(BY_NAME["reminders"], enabled=False, acting_user=boss, now=NOW)
    assert (standing()["Go live"], detail("Go live")) == (("watch", "Live"), "1 automation is switched off.")
    switch(BY_NAME[SENDING], enabled=False, acting_user=boss, now=NOW)
    assert standing()["Go live"] == ("waiting", "Not live")


@pytest.mark.parametrize(
    ("signed", "ends", "word"),
    [
        (TODAY, None, ("good", "In force")),
        (TODAY, TODAY + timedelta(days=61), ("good", "In force")),
        (TODAY, TODAY + timedelta(days=60), ("watch", "Ends soon")),
        (TODAY - timedelta(days=9), TODAY, ("watch", "Ends soon")),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), ("problem", "Ended")),
        (TODAY + timedelta(days=1), None, ("waiting", "Not in force yet")),
    ],
)
def test_an_agreement_is_in_force_from_its_first_to_its_last_day(
    signed: date, ends: date | None, word: tuple[str, str]
) -> None:
    ConnectionFactory(kind="messaging", adapter="twilio")
    VendorAgreement.objects.create(vendor="twilio", signed_on=signed, ends_on=ends)
    (row,) = register(TODAY)
    assert ((row.state, row.word), row.used_for) == (word, ("Texts and email",))


def test_vendors_without_an_agreement_stand_first() -> None:
    ConnectionFactory(kind="messaging", adapter="twilio")
    ConnectionFactory(kind="ehr", adapter="drchrono", name="EHR")
    VendorAgreement.objects.create(vendor="drchrono", signed_on=TODAY)
    VendorAgreement.objects.create(vendor="stripe", signed_on=TODAY, ends_on=TODAY - timedelta(days=1))
    page = browser_of(Role.ADMINISTRATOR).get(reverse("settings:agreements")).content.decode()
    assert "UNDEFINED_VARIABLE" not in page
    assert [(row.vendor, row.word) for row in register(TODAY)] == [
        ("twilio", "None on record"),
        ("drchrono", "In force"),
        ("stripe", "Ended"),
    ]
    assert standing()["Agreements"] == ("problem", "Missing")


def test_an_agreement_is_entered_changed_and_audited(client: Client) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    chosen = client.get(reverse("settings:agreements"), {"vendor": "twilio"})
    address = reverse("settings:agreement", args=["twilio"])
    assert chosen.headers["location"] == address
    refused = client.post(address, {"signed_on": "2026-09-01", "ends_on": "2026-08-01"})
    assert (refused.status_code, VendorAgreement.objects.count()) == (422, 0)
    assert "This day is before the one on which it was signed." in refused.content.decode()
    assert client.post(address, {"signed_on": "2026-09-01", "kept_at": "Folder 3"}).status_code == 302
    agreement = VendorAgreement.objects.get()
    assert (agreement.vendor, agreement.signed_on, agreement.kept_at) == ("twilio", date(2026, 9, 1), "Folder 3")
    assert "Folder 3" in client.get(reverse("settings:agreements")).content.decode()
    client.post(address, {"signed_on": "2026-09-01", "ends_on": "2027-09-01", "kept_at": "Folder 3"})
    assert [event.detail["fields"] for event in AuditEvent.objects.filter(action="keep_agreement").order_by("pk")] == [
        ["signed_on", "kept_at"],
        ["ends_on"],
    ]
    assert client.get(reverse("settings:agreement", args=["carrier-pigeon"])).status_code == 404


def test_the_page_leads_to_the_next_step(client: Client) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    Practice.objects.all().delete()
    page = client.get(reverse("settings:setup"))
    assert page.context["way"].next.title == "Practice"
    assert f'href="{reverse("settings:practice")}"' in page.content.decode()


@pytest.mark.parametrize("role", [Role.BILLER, Role.CODER, Role.FRONT_DESK])
@pytest.mark.parametrize("name", ["setup", "agreements"])
def test_others_do_not_set_up(role: Role, name: str) -> None:
    assert browser_of(role).get(reverse(f"settings:{name}")).status_code == 403


@pytest.mark.long
def test_the_set_up_takes_as_many_queries_however_much_there_is(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    ClaimFactory(passed_untouched=True)
    BatchFactory()
    with django_assert_num_queries(QUERIES):
        client.get(reverse("settings:setup"))
    for _ in range(4):
        BatchFactory(claims=[ClaimFactory(passed_untouched=True)])
        PayerDeadlineFactory()
    with django_assert_num_queries(QUERIES):
        client.get(reverse("settings:setup"))


QUERIES = 26


def test_until_the_first_claim_leaves_an_administrators_today_leads_to_the_set_up() -> None:
    def today(role: Role) -> str:
        return browser_of(role).get(reverse("workspace:today")).content.decode()

    assert "0 of 10 steps of the set-up are done. Next: Practice." in today(Role.ADMINISTRATOR)
    assert "steps of the set-up" not in today(Role.BILLER)
    BatchFactory(sent_at=NOW)
    assert "steps of the set-up" not in today(Role.ADMINISTRATOR)
