"""A cardholder's bank takes a payment back, and perhaps gives it again, told in whatever order."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.ledger.models import Account
from apps.patient_balances.models import Balance, CardDispute, PatientPayment, PaymentLink, StrayPayment
from apps.patient_balances.selectors.sums import owed_by_balance
from apps.patient_balances.services import Posted, apply_stray_payment
from apps.worklist.models import WorkItem
from tests.factories.ledger import account_totals
from tests.factories.patient_balances import BalanceFactory
from tests.factories.practice import UserFactory
from tests.orders import orders
from tests.patient_balances.outside import card_event, dispute_event
from tests.patient_balances.paying import Arrived, deposits, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "sound_books")]
OPEN = WorkItem.State.OPEN


def paid(link: PaymentLink, arrived: Arrived, now: datetime, amount: str = "64.20") -> str:
    reference = start(link, amount, now)
    tell(arrived, card_event(reference, amount, at=now), now)
    return f"pi_{reference}"


def owed(link: PaymentLink) -> Decimal:
    return owed_by_balance([link.balance_id])[link.balance_id]


def open_work() -> list[str]:
    return sorted(WorkItem.objects.filter(state=OPEN).values_list("kind", flat=True))


def test_a_dispute_is_the_billers_task_with_its_amount_and_the_evidence_day(
    link: PaymentLink, arrived: Arrived, now: datetime, biller: Client
) -> None:
    intent, due = paid(link, arrived, now), now + timedelta(days=9)
    assert tell(arrived, dispute_event(intent, "64.20", at=now, due=due), now) is Posted.POSTED
    item = WorkItem.objects.get(state=OPEN)
    assert (item.kind, item.owner_role, item.due_on, item.amount_at_stake) == (
        "payment_disputed", "biller", practice_date(due), Decimal("64.20"),
    )  # fmt: skip
    assert owed(link) == ZERO  # nothing is taken back yet
    page = biller.get(f"/balances/disputes/{item.subject_public_id}/").content.decode()
    assert f"/balances/{link.balance.public_id}/" in page
    assert "Product not received" in page
    assert "Answered, close the task" in page
    assert (
        f"/balances/disputes/{item.subject_public_id}/"
        in biller.get(f"/balances/{link.balance.public_id}/").content.decode()
    )


def test_money_that_the_bank_took_back_is_owed_again_once(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    intent = paid(link, arrived, now)
    taken = dispute_event(intent, "64.20", at=now, kind="funds_withdrawn")
    assert tell(arrived, taken, now) is Posted.POSTED
    assert tell(arrived, taken, now) is Posted.KNOWN
    tell(arrived, dispute_event(intent, "64.20", at=now, kind="closed", status="lost"), now)
    assert (owed(link), account_totals()[Account.REFUNDS]) == (Decimal("64.20"), Decimal("-64.20"))
    assert Balance.objects.get().state == Balance.State.SEQUENCE_DONE
    assert Claim.objects.get().status == ClaimStatus.PATIENT_BALANCE
    assert open_work() == ["balance_returned"]
    assert WorkItem.objects.get(kind="payment_disputed").outcome == "The bank decided for the cardholder."


def test_a_lost_dispute_whose_withdrawal_was_never_told_takes_the_money_out(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, dispute_event(intent, "64.20", at=now, kind="closed", status="lost"), now)
    assert owed(link) == Decimal("64.20")
    tell(arrived, dispute_event(intent, "64.20", at=now, kind="funds_withdrawn"), now)
    assert owed(link) == Decimal("64.20")


@pytest.mark.parametrize("order", orders(range(4)))
def test_a_won_dispute_leaves_the_payment_as_it_was_in_whatever_order_it_is_told(
    link: PaymentLink, arrived: Arrived, now: datetime, order: tuple[int, ...]
) -> None:
    reference = start(link, "64.20", now)
    intent, later = f"pi_{reference}", now + timedelta(days=5)
    told = [
        card_event(reference, "64.20", at=now),
        dispute_event(intent, "64.20", at=now, kind="funds_withdrawn"),
        dispute_event(intent, "64.20", at=later, kind="funds_reinstated", status="won"),
        dispute_event(intent, "64.20", at=later, kind="closed", status="won"),
    ]
    for place in (*order, *order):
        tell(arrived, told[place], later)
    balance, dispute = Balance.objects.get(), CardDispute.objects.get()
    assert (owed(link), balance.state, dispute.state) == (ZERO, Balance.State.PAID, CardDispute.State.WON)
    assert (deposits(), account_totals()[Account.REFUNDS]) == (Decimal("64.20"), ZERO)
    assert Claim.objects.get().status == ClaimStatus.CLOSED
    assert open_work() == []


@pytest.mark.parametrize("order", orders(range(3)))
def test_a_lost_dispute_is_taken_out_once_in_whatever_order_it_is_told(
    link: PaymentLink, arrived: Arrived, now: datetime, order: tuple[int, ...]
) -> None:
    reference = start(link, "64.20", now)
    intent = f"pi_{reference}"
    told = [
        card_event(reference, "64.20", at=now),
        dispute_event(intent, "64.20", at=now, kind="funds_withdrawn"),
        dispute_event(intent, "64.20", at=now + timedelta(days=5), kind="closed", status="lost"),
    ]
    for place in (*order, *order):
        tell(arrived, told[place], now)
    assert (owed(link), account_totals()[Account.REFUNDS]) == (Decimal("64.20"), Decimal("-64.20"))
    assert open_work() == ["balance_returned"]


def test_each_balance_owes_again_what_the_payment_had_paid_of_it(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    other = BalanceFactory(
        claim_fields={"encounter__patient": link.balance.patient}, owed="40.00", opened_at=now + timedelta(minutes=1)
    )
    intent = paid(link, arrived, now, "104.20")
    tell(arrived, dispute_event(intent, "104.20", at=now, kind="funds_withdrawn"), now)
    assert owed_by_balance([link.balance_id, other.pk]) == {
        link.balance_id: Decimal("64.20"),
        other.pk: Decimal("40.00"),
    }
    tell(arrived, dispute_event(intent, "104.20", at=now, kind="funds_reinstated", status="won"), now)
    assert set(Balance.objects.values_list("state", flat=True)) == {"paid"}


@pytest.mark.parametrize("order", orders(range(4)))
def test_what_the_bank_gives_again_in_part_is_posted_and_the_rest_is_a_persons_in_whatever_order_it_is_told(
    link: PaymentLink, arrived: Arrived, now: datetime, order: tuple[int, ...]
) -> None:
    reference = start(link, "64.20", now)
    intent, later, both = f"pi_{reference}", now + timedelta(days=5), ("-64.20", "40.00")
    told = [
        card_event(reference, "64.20", at=now),
        dispute_event(intent, "64.20", at=now, kind="funds_withdrawn", moved=both[:1]),
        dispute_event(intent, "64.20", at=later, kind="funds_reinstated", status="won", moved=both),
        dispute_event(intent, "64.20", at=later, kind="closed", status="won", moved=both),
    ]
    for place in (*order, *order):
        tell(arrived, told[place], later)
    assert (owed(link), CardDispute.objects.get().state) == (Decimal("24.20"), CardDispute.State.WON)
    assert account_totals()[Account.REFUNDS] == Decimal("-24.20")
    assert open_work() == ["balance_returned", "payment_partly_restored"]
    assert WorkItem.objects.get(kind="payment_partly_restored").amount_at_stake == Decimal("24.20")


def test_a_part_that_the_bank_gives_again_fills_the_oldest_balance_first(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    newest = now + timedelta(minutes=1)
    other = BalanceFactory(claim_fields={"encounter__patient": link.balance.patient}, owed="40.00", opened_at=newest)
    intent = paid(link, arrived, now, "104.20")
    tell(arrived, dispute_event(intent, "104.20", at=now, kind="funds_withdrawn"), now)
    tell(arrived, dispute_event(intent, "70.00", at=now, kind="funds_reinstated", status="won"), now)
    kept = owed_by_balance([link.balance_id, other.pk])
    assert kept == {link.balance_id: ZERO, other.pk: Decimal("34.20")}


def test_a_won_dispute_gives_nothing_again_before_the_money_moves(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    intent, taken = paid(link, arrived, now), ("-64.20",)
    tell(arrived, dispute_event(intent, "64.20", at=now, kind="funds_withdrawn", moved=taken), now)
    tell(arrived, dispute_event(intent, "64.20", at=now, kind="closed", status="won", moved=taken), now)
    assert owed(link) == Decimal("64.20")
    given = dispute_event(intent, "64.20", at=now, kind="funds_reinstated", status="won", moved=(*taken, "64.20"))
    tell(arrived, given, now)
    assert owed(link) == ZERO


def test_of_unplaced_money_what_the_bank_kept_is_not_sought(arrived: Arrived, now: datetime) -> None:
    unplaced(arrived, now)
    tell(arrived, dispute_event("pi_9", "64.20", at=now, kind="funds_withdrawn"), now)
    tell(arrived, dispute_event("pi_9", "40.00", at=now, kind="funds_reinstated", status="won"), now)
    assert (account_totals()[Account.UNAPPLIED_CASH], deposits()) == (Decimal("-40.00"), Decimal("40.00"))
    tasks = WorkItem.objects.filter(state=OPEN).values_list("kind", "amount_at_stake")
    assert dict(tasks) == {"payment_unmatched": Decimal("40.00"), "payment_partly_restored": Decimal("24.20")}


@pytest.mark.long
def test_who_decided_about_what_the_bank_kept_closes_the_task(
    link: PaymentLink, arrived: Arrived, now: datetime, biller: Client
) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, dispute_event(intent, "64.20", at=now, kind="funds_withdrawn"), now)
    tell(arrived, dispute_event(intent, "40.00", at=now, kind="funds_reinstated", status="won"), now)
    address = f"/balances/disputes/{CardDispute.objects.get().public_id}/"
    page = biller.get(address).content.decode()
    assert "The bank gave $40.00 again and keeps $24.20." in page
    assert "Decided, close the task" in page
    biller.post(f"{address}answered/")
    assert WorkItem.objects.get(kind="payment_partly_restored").outcome == "Decided about the rest."


def unplaced(arrived: Arrived, now: datetime) -> StrayPayment:
    tell(arrived, card_event("", "64.20", at=now, event_id="evt_u", session="cs_9", intent="pi_9"), now)
    return StrayPayment.objects.get()


def test_money_without_an_owner_that_was_taken_back_is_sought_again_when_it_returns(
    arrived: Arrived, now: datetime
) -> None:
    unplaced(arrived, now)
    tell(arrived, dispute_event("pi_9", "64.20", at=now, kind="funds_withdrawn"), now)
    assert (account_totals()[Account.UNAPPLIED_CASH], deposits()) == (ZERO, ZERO)
    assert open_work() == ["payment_disputed"]
    tell(arrived, dispute_event("pi_9", "64.20", at=now, kind="closed", status="won"), now)
    assert (account_totals()[Account.UNAPPLIED_CASH], deposits()) == (Decimal("-64.20"), Decimal("64.20"))
    assert open_work() == ["payment_unmatched"]
    assert StrayPayment.objects.get().settled_at is None


def test_a_part_that_returns_goes_where_the_rest_was_placed(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    stray = unplaced(arrived, now)
    tell(arrived, dispute_event("pi_9", "20.00", at=now, kind="funds_withdrawn"), now)
    apply_stray_payment(stray_id=stray.public_id, balance_id=link.balance.public_id, acting_user=UserFactory(), now=now)
    assert (owed(link), PatientPayment.objects.get().amount) == (Decimal("20.00"), Decimal("44.20"))
    tell(arrived, dispute_event("pi_9", "20.00", at=now, kind="funds_reinstated", status="won"), now)
    assert (owed(link), account_totals()[Account.UNAPPLIED_CASH], deposits()) == (ZERO, ZERO, Decimal("64.20"))


def test_an_inquiry_that_ends_moves_no_money(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, dispute_event(intent, "64.20", at=now, status="warning_needs_response"), now)
    assert open_work() == ["payment_disputed"]
    tell(arrived, dispute_event(intent, "64.20", at=now, kind="closed", status="warning_closed"), now)
    assert (owed(link), open_work(), CardDispute.objects.get().state) == (ZERO, [], CardDispute.State.CLOSED)


def test_a_day_that_moves_moves_the_task_and_an_older_event_moves_it_not(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    intent, later = paid(link, arrived, now), now + timedelta(days=1)
    newer = dispute_event(intent, "64.20", at=later, kind="updated", due=now + timedelta(days=12))
    tell(arrived, newer, later)
    tell(arrived, dispute_event(intent, "64.20", at=now, due=now + timedelta(days=9)), later)
    assert WorkItem.objects.get(state=OPEN).due_on == practice_date(now + timedelta(days=12))
    latest = now + timedelta(days=2)
    tell(arrived, dispute_event(intent, "64.20", at=latest, kind="updated", due=latest, event_id="evt_x"), latest)
    assert WorkItem.objects.get(state=OPEN).due_on == practice_date(latest)


def test_a_dispute_in_another_currency_is_a_task_and_posts_nothing(arrived: Arrived, now: datetime) -> None:
    tell(arrived, dispute_event("pi_e", "64.20", at=now, kind="funds_withdrawn", currency="eur"), now)
    assert WorkItem.objects.get().amount_at_stake is None
    assert CardDispute.objects.get().entry is None


def test_a_person_who_answered_closes_the_task(
    link: PaymentLink, arrived: Arrived, now: datetime, biller: Client
) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, dispute_event(intent, "64.20", at=now), now)
    dispute = CardDispute.objects.get()
    biller.post(f"/balances/disputes/{dispute.public_id}/answered/")
    item = WorkItem.objects.get(kind="payment_disputed")
    assert (item.state, item.outcome) == ("done", "Answered at the processor, or let go.")
    event = AuditEvent.objects.get(action="answer_dispute")
    assert event.subject_public_id == dispute.public_id
    tell(arrived, dispute_event(intent, "64.20", at=now, kind="updated", status="under_review"), now)
    assert open_work() == []


def test_a_page_that_closed_unpaid_is_not_waited_for(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    reference = start(link, "64.20", now)
    assert tell(arrived, card_event(reference, "64.20", at=now, kind="expired"), now) is Posted.GIVEN_UP
    assert PatientPayment.objects.get().state == PatientPayment.State.FAILED
    again = start(link, "64.20", now)
    assert again != reference  # the closed page cannot be opened again
    assert tell(arrived, card_event(reference, "64.20", at=now, kind="expired", event_id="evt_2"), now) is Posted.KNOWN


def test_a_payment_that_failed_later_and_then_came_is_posted(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    reference = start(link, "64.20", now)
    tell(arrived, card_event(reference, "64.20", at=now, kind="async_payment_failed", event_id="evt_f"), now)
    assert tell(arrived, card_event(reference, "64.20", at=now), now) is Posted.POSTED
    tell(arrived, card_event(reference, "64.20", at=now, kind="expired", event_id="evt_e"), now)
    assert (PatientPayment.objects.get().state, owed(link)) == (PatientPayment.State.PAID, ZERO)
