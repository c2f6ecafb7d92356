"""Today: what is due for my role, the five stages, last night, and who read whose name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.automations.timetable import sync_schedule
from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.core.models import Automation, JobRun
from apps.denials.services import open_denials
from apps.intake.models import Appointment
from apps.patient_balances.models import Message
from apps.patient_balances.selectors.sums import owed_by_balance
from apps.patient_balances.services.work import Tasks, open_for_messages
from apps.practice.roles import Role
from apps.remittances.services import post_remittances
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item
from apps.workspace.selectors.pipeline import stages
from tests.factories.claims import BatchFactory, ClaimFactory
from tests.factories.eligibility import EligibilityCheckFactory
from tests.factories.intake import AppointmentFactory
from tests.factories.patient_balances import BalanceFactory, InboundMessageFactory, MessageFactory, post_cash
from tests.factories.remittances import clp, payment, stored_file, submitted_claim, svc, without_our_numbers
from tests.remittances.contracts import underpaid

pytestmark = pytest.mark.django_db
TODAY = reverse("workspace:today")
NOW = datetime(2026, 9, 16, 20, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wednesday, September 16, 3 PM in Austin."""
    monkeypatch.setattr("apps.core.clock.now", lambda: NOW)


def held_claim(
    due_on: date | None = date(2026, 9, 16), amount: str = "148.00", title: str = "Correct the member ID"
) -> Claim:
    claim = ClaimFactory(status=ClaimStatus.EXCEPTION)
    claim.work_item = open_item(
        kind="claim_exception",
        title=title,
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="claims:exception",
        subject_public_id=claim.public_id,
        now=NOW,
        due_on=due_on,
        amount_at_stake=Decimal(amount),
    )
    claim.save()
    return claim


def test_an_empty_day_says_so_and_has_no_gap(biller: Client) -> None:
    page = biller.get(TODAY).content.decode()
    assert "Today, Wednesday, September 16" in page
    assert "Nothing waits for you" in page
    assert "UNDEFINED_VARIABLE" not in page


@pytest.mark.long
def test_work_is_sorted_by_deadline_and_then_by_money(biller: Client) -> None:
    held_claim(date(2026, 10, 20), title="Later")
    held_claim(date(2026, 9, 18), "10.00", title="Soon, small")
    held_claim(date(2026, 9, 18), "900.00", title="Soon, large")
    held_claim(date(2026, 9, 15), title="Over")
    held_claim(None, title="Undated")
    page = biller.get(TODAY)
    titles = [task.item.title for group in page.context["groups"] for task in group.tasks]
    assert titles == ["Undated", "Over", "Soon, large", "Soon, small", "Later"]
    assert [group.heading for group in page.context["groups"]] == [
        "Without a date",
        "Over or due today",
        "Next 7 days",
        "Later",
    ]
    assert "UNDEFINED_VARIABLE" not in page.content.decode()


def test_the_lead_counts_items_and_money(biller: Client) -> None:
    held_claim(amount="100.00")
    held_claim(date(2026, 9, 20), amount="48.50")
    totals = biller.get(TODAY).context["totals"]
    assert (totals.number, totals.amount, totals.due_today) == (2, Decimal("148.50"), 1)


@pytest.mark.long
def test_a_row_names_the_patient_and_links_the_claim(biller: Client) -> None:
    claim = held_claim()
    page = biller.get(TODAY).content.decode()
    assert claim.patient.full_name in page
    assert reverse("workspace:claim", args=[claim.public_id]) in page
    assert reverse("claims:exception", args=[claim.public_id]) in page


def test_a_letter_and_a_question_name_their_patient(biller: Client, now: datetime) -> None:
    letter = MessageFactory(channel=Message.Channel.PAPER, state=Message.State.TO_MAIL)
    open_for_messages([letter], Tasks.LETTER, now=now)
    question = InboundMessageFactory(patient=letter.balance.patient)
    question.work_item = open_item(
        kind="inbound",
        title="Answer",
        owner_role=WorkItem.OwnerRole.BILLER,
        url_name="balances:inbound",
        subject_public_id=question.public_id,
        now=now,
    )
    question.save()
    page = biller.get(TODAY).content.decode()
    assert page.count(letter.balance.patient.full_name) == 2
    assert letter.work_item.amount_at_stake == owed_by_balance([letter.balance_id])[letter.balance_id]


def test_a_payment_below_the_contract_names_its_patient_and_claim(biller: Client, now: datetime) -> None:
    row = underpaid(now)
    page = biller.get("/").content.decode()
    assert row.claim.patient.full_name in page
    assert reverse("workspace:claim", args=[row.claim.public_id]) in page


@pytest.mark.long
def test_work_of_another_role_and_snoozed_work_are_not_mine(signed_in: Callable[[Role | None], Client]) -> None:
    held_claim()
    assert signed_in(Role.CODER).get(TODAY).context["totals"].number == 0
    WorkItem.objects.update(snoozed_until=date(2026, 9, 17))
    assert signed_in(Role.BILLER).get(TODAY).context["totals"].number == 0
    WorkItem.objects.update(snoozed_until=date(2026, 9, 16))
    assert signed_in(Role.BILLER).get(TODAY).context["totals"].number == 1


def test_reading_the_list_leaves_one_audit_row_with_its_patients(biller: Client) -> None:
    claim = held_claim()
    biller.get(TODAY)
    event = AuditEvent.objects.get(subject_kind="today")
    assert (event.action, event.subject_kind, event.patients) == ("list", "today", [claim.patient.public_id])


def test_someone_without_a_role_is_refused(signed_in: Callable[[Role | None], Client]) -> None:
    assert signed_in(None).get(TODAY).status_code == 403


@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_today(signed_in: Callable[[Role | None], Client], role: Role) -> None:
    response = signed_in(role).get(TODAY)
    assert response.status_code == 200
    assert len(response.context["stages"]) == 5


def test_a_stage_is_a_link_only_for_who_may_follow_it(signed_in: Callable[[Role | None], Client]) -> None:
    stages = signed_in(Role.FRONT_DESK).get(TODAY).context["stages"]
    assert {stage["title"]: bool(stage["href"]) for stage in stages} == {
        "Eligibility": True,
        "Charges": False,
        "Scrub and send": False,
        "Denials": False,
        "Patient balances": True,
    }


def test_held_claims_are_stuck_at_scrub_and_send(biller: Client) -> None:
    held_claim()
    ClaimFactory(status=ClaimStatus.REJECTED)
    stage = biller.get(TODAY).context["stages"][2]
    assert (stage["stuck"], stage["shape"], stage["stuck_words"]) == (2, "problem", "2 claims held, $296.00")
    assert stage["href"] == f"{reverse('claims:exceptions')}?view=all"  # not the view that somebody's list opens with


def test_what_waits_at_charges_is_told_whole() -> None:
    def told() -> tuple[int, str]:
        charges = stages(since=NOW - timedelta(days=1), today=NOW.date())[1]
        return charges.stuck, charges.stuck_words

    assert told() == (0, "Nothing stuck")
    ClaimFactory(status=ClaimStatus.DRAFT)
    assert told() == (1, "1 visit not yet a checked claim")
    AppointmentFactory(starts_at=NOW - timedelta(days=1), status=Appointment.Status.COMPLETED)
    assert told() == (2, "1 visit without charges, 1 visit not yet a checked claim")


def hours_ago(hours: int) -> datetime:
    return NOW - timedelta(hours=hours)


def test_last_night_tells_what_passed_each_hand_off_from_its_rows(biller: Client) -> None:
    MessageFactory(sent_at=hours_ago(2))
    BatchFactory(sent_at=hours_ago(16), claims=[ClaimFactory()])
    Claim.objects.update(built_at=hours_ago(40))
    EligibilityCheckFactory(answered_at=hours_ago(20), verdict="active")
    EligibilityCheckFactory(answered_at=hours_ago(19), verdict="inactive")
    ClaimFactory(built_at=hours_ago(18), status=ClaimStatus.SUBMITTED)
    ClaimFactory(built_at=hours_ago(17), status=ClaimStatus.EXCEPTION)
    lines = biller.get(TODAY).context["night"]
    assert [(line["title"], line["detail"], line["state"]) for line in lines] == [
        ("Eligibility", "2 visits checked, 1 to settle", "watch"),
        ("Charges became claims", "2 claims, $296.00, 1 held", "watch"),
        ("Sent to the clearinghouse", "1 claim, $148.00 in 1 file", ""),
        ("Balance messages", "1 message to patients", ""),
    ]
    assert [line["at"] for line in lines] == [hours_ago(19), hours_ago(17), hours_ago(16), hours_ago(2)]
    assert lines[2]["href"] == reverse("claims:batches")


@pytest.mark.long
def test_last_night_tells_what_was_posted_and_routed(biller: Client) -> None:
    paid, denied, stranger = submitted_claim("80.00"), submitted_claim("60.00"), submitted_claim("20.00")
    refusal = svc(denied.lines.get(), "0.00", ("CO-50", "60.00"))
    unknown = without_our_numbers(replace(clp(stranger), payer_claim_number="", patient=None))
    stored_file(payment(clp(paid), clp(denied, refusal, status="4"), unknown, payer=paid.payer))
    post_remittances(now=hours_ago(5))
    open_denials(now=hours_ago(4))
    Claim.objects.update(built_at=hours_ago(40))
    lines = biller.get(TODAY).context["night"]
    assert [(line["title"], line["detail"], line["state"], line["at"]) for line in lines] == [
        ("Remittances posted", "1 payment, $100.00, 1 exception", "watch", hours_ago(5)),
        ("Denials routed", "1 denial, $60.00", "", hours_ago(4)),
    ]


@pytest.mark.long
def test_an_automation_that_failed_and_worked_again_is_no_news(biller: Client) -> None:
    def ran(name: str, hours: int, state: str) -> None:
        Automation.objects.get_or_create(name=name)
        JobRun.objects.create(step=name, started_at=hours_ago(hours), state=state)

    ran("responses", 6, JobRun.State.FAILED)
    ran("responses", 4, JobRun.State.DONE)
    assert biller.get(TODAY).context["night"] == []
    ran("eligibility", 3, JobRun.State.FAILED)
    (line,) = biller.get(TODAY).context["night"]
    assert (line["detail"], line["state"]) == ("1 automation failed; each says what it needs", "problem")


@pytest.mark.long
def test_what_did_not_start_is_told_by_the_page_itself(biller: Client) -> None:
    """The sweep, which opens a task for it, may be what stands still."""
    sync_schedule(now=hours_ago(30))
    (line,) = biller.get(TODAY).context["night"]
    assert (line["title"], line["state"]) == ("Late", "problem")
    assert line["detail"].endswith("automations have not started on time; see whether worker and beat run")


def test_a_line_of_the_night_is_a_link_only_for_who_may_follow_it(signed_in: Callable[[Role | None], Client]) -> None:
    ClaimFactory(built_at=hours_ago(18))
    (line,) = signed_in(Role.FRONT_DESK).get(TODAY).context["night"]
    assert (line["title"], line["href"]) == ("Charges became claims", "")


def test_snoozed_work_comes_back_tomorrow(biller: Client) -> None:
    claim = held_claim(date(2026, 9, 20))
    item = claim.work_item
    assert item is not None
    page = biller.post(reverse("workspace:snooze", args=[item.public_id]), follow=True)
    item.refresh_from_db()
    assert item.snoozed_until == date(2026, 9, 17)
    assert "It comes back tomorrow." in page.content.decode()
    assert page.context["totals"].number == 0


@pytest.mark.long
def test_what_is_due_today_cannot_be_snoozed(biller: Client) -> None:
    item = held_claim(date(2026, 9, 16)).work_item
    assert item is not None
    assert 'data-key="s"' not in biller.get(TODAY).content.decode()
    page = biller.post(reverse("workspace:snooze", args=[item.public_id]), follow=True)
    assert "This is due before that day." in page.content.decode()
    item.refresh_from_db()
    assert item.snoozed_until is None


def test_work_can_be_taken(biller: Client) -> None:
    item = held_claim().work_item
    assert item is not None
    page = biller.post(reverse("workspace:take", args=[item.public_id]), follow=True)
    item.refresh_from_db()
    assert item.assignee == page.context["request"].user
    assert "UNDEFINED_VARIABLE" not in page.content.decode()


def test_work_of_another_role_cannot_be_taken(signed_in: Callable[[Role | None], Client]) -> None:
    item = held_claim().work_item
    assert item is not None
    response = signed_in(Role.CODER).post(reverse("workspace:take", args=[item.public_id]))
    item.refresh_from_db()
    assert (response.status_code, item.assignee) == (404, None)


@pytest.mark.long
def test_the_number_of_queries_does_not_grow_with_the_work(
    biller: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    held_claim()
    biller.get(TODAY)
    with django_assert_num_queries(QUERIES):
        biller.get(TODAY)
    for _ in range(12):
        held_claim()
    with django_assert_num_queries(QUERIES):
        biller.get(TODAY)


QUERIES = 52


def test_the_sequence_holds_what_the_ledger_says_is_owed_now() -> None:
    part_paid = BalanceFactory(owed="64.20")
    BalanceFactory(owed="10.00")
    post_cash(part_paid, "20.00", key="desk")
    last = stages(since=NOW - timedelta(days=1), today=NOW.date())[-1]
    assert (last.measure, last.measure_value) == ("In the sequence", "$54.20")
