"""A bank gives a disputed card payment again in more than one go: each go is in the books once."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connections
from django.test import Client

from apps.core.money import ZERO
from apps.ledger.models import Account
from apps.patient_balances.models import Balance, CardDispute, PaymentLink
from apps.patient_balances.selectors.sums import owed_by_balance
from apps.patient_balances.services import Posted
from apps.worklist.models import WorkItem
from tests.factories.ledger import account_totals
from tests.factories.patient_balances import BalanceFactory
from tests.orders import orders
from tests.patient_balances.outside import card_event, dispute_event
from tests.patient_balances.paying import Arrived, deposits, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "sound_books")]
REST = "payment_partly_restored"
# The package names its verb like the module.
posting = importlib.import_module("apps.patient_balances.services.post_dispute")


def paid(link: PaymentLink, arrived: Arrived, now: datetime, amount: str = "64.20") -> str:
    reference = start(link, amount, now)
    tell(arrived, card_event(reference, amount, at=now), now)
    return f"pi_{reference}"


def taken(intent: str, now: datetime, amount: str = "64.20") -> bytes:
    return dispute_event(intent, amount, at=now, kind="funds_withdrawn", moved=(f"-{amount}",))


def given(intent: str, now: datetime, *parts: str, amount: str = "64.20") -> bytes:
    """`parts`: all that the bank has given again so far, the newest last."""
    return dispute_event(
        intent,
        amount,
        at=now + timedelta(days=len(parts)),
        kind="funds_reinstated",
        status="won",
        moved=(f"-{amount}", *parts),
        event_id=f"evt_given_{len(parts)}",
    )


def owed(*balances: int) -> list[Decimal]:
    found = owed_by_balance(balances)
    return [found[key] for key in balances]


def asked() -> list[Decimal]:
    """What a person is to decide about."""
    return list(WorkItem.objects.filter(kind=REST, state=WorkItem.State.OPEN).values_list("amount_at_stake", flat=True))


@pytest.mark.parametrize("order", orders(range(4)))
def test_what_the_bank_gives_later_is_posted_too_in_whatever_order_it_is_told(
    link: PaymentLink, arrived: Arrived, now: datetime, order: tuple[int, ...]
) -> None:
    reference = start(link, "64.20", now)
    intent = f"pi_{reference}"
    told = [
        card_event(reference, "64.20", at=now),
        taken(intent, now),
        given(intent, now, "40.00"),
        given(intent, now, "40.00", "24.20"),
    ]
    for place in (*order, *order):
        tell(arrived, told[place], now)
    assert (owed(link.balance_id), asked()) == ([ZERO], [])
    assert (deposits(), account_totals()[Account.REFUNDS]) == (Decimal("64.20"), ZERO)
    assert Balance.objects.get().state == Balance.State.PAID


@pytest.mark.long
def test_a_second_part_lessens_what_a_person_decides_about(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, taken(intent, now), now)
    tell(arrived, given(intent, now, "40.00"), now)
    assert (owed(link.balance_id), asked()) == ([Decimal("24.20")], [Decimal("24.20")])
    second = given(intent, now, "40.00", "14.20")
    assert [tell(arrived, second, now) for _ in range(2)] == [Posted.POSTED, Posted.KNOWN]
    assert (owed(link.balance_id), asked()) == ([Decimal("10.00")], [Decimal("10.00")])
    tell(arrived, given(intent, now, "40.00", "14.20", "10.00"), now)
    assert (owed(link.balance_id), asked()) == ([ZERO], [])
    outcomes = WorkItem.objects.filter(kind=REST).order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["The bank gave a part of it again.", "The bank gave the rest again."]


def test_a_second_part_goes_where_the_first_left_off(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    newest = now + timedelta(minutes=1)
    other = BalanceFactory(claim_fields={"encounter__patient": link.balance.patient}, owed="40.00", opened_at=newest)
    intent = paid(link, arrived, now, "104.20")
    tell(arrived, taken(intent, now, "104.20"), now)
    tell(arrived, given(intent, now, "70.00", amount="104.20"), now)
    assert owed(link.balance_id, other.pk) == [ZERO, Decimal("34.20")]
    tell(arrived, given(intent, now, "70.00", "30.00", amount="104.20"), now)
    assert owed(link.balance_id, other.pk) == [ZERO, Decimal("4.20")]


@pytest.mark.long
@pytest.mark.parametrize("order", orders(range(3)))
def test_what_was_taken_once_more_and_given_again_is_clear_again(
    link: PaymentLink, arrived: Arrived, now: datetime, order: tuple[int, ...]
) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, taken(intent, now), now)
    moves, told = ("-64.20", "40.00", "-40.00", "40.00"), []
    for number, kind in enumerate(("funds_reinstated", "funds_withdrawn", "funds_reinstated")):
        then, moved = now + timedelta(days=number + 1), moves[: number + 2]
        told.append(
            dispute_event(intent, "64.20", at=then, kind=kind, status="won", moved=moved, event_id=f"evt_{number}")
        )
    for place in order:
        tell(arrived, told[place], now + timedelta(days=9))
    assert (owed(link.balance_id), CardDispute.objects.get().is_unclear) == ([Decimal("24.20")], False)


@pytest.mark.long
def test_never_more_is_given_again_than_was_taken(link: PaymentLink, arrived: Arrived, now: datetime) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, taken(intent, now), now)
    tell(arrived, given(intent, now, "40.00"), now)
    beyond = given(intent, now, "40.00", "30.00")
    assert [tell(arrived, beyond, now) for _ in range(2)] == [Posted.POSTED, Posted.KNOWN]
    assert (owed(link.balance_id), CardDispute.objects.get().restored_amount) == ([ZERO], Decimal("64.20"))


def test_of_unplaced_money_the_second_part_is_sought_too(arrived: Arrived, now: datetime) -> None:
    tell(arrived, card_event("", "64.20", at=now, event_id="evt_u", session="cs_9", intent="pi_9"), now)
    tell(arrived, taken("pi_9", now), now)
    tell(arrived, given("pi_9", now, "40.00"), now)
    tell(arrived, given("pi_9", now, "40.00", "14.20"), now)
    assert (account_totals()[Account.UNAPPLIED_CASH], deposits()) == (Decimal("-54.20"), Decimal("54.20"))
    tasks = WorkItem.objects.filter(state=WorkItem.State.OPEN).values_list("kind", "amount_at_stake")
    assert dict(tasks) == {"payment_unmatched": Decimal("54.20"), REST: Decimal("10.00")}


def test_a_worker_that_dies_while_it_posts_the_second_part_leaves_it_for_the_next(
    link: PaymentLink, arrived: Arrived, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, taken(intent, now), now)
    tell(arrived, given(intent, now, "40.00"), now)
    with monkeypatch.context() as broken:
        broken.setattr(posting, "bring_up_to_date", lambda *_args, **_named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tell(arrived, given(intent, now, "40.00", "24.20"), now)
    assert owed(link.balance_id) == [Decimal("24.20")]
    tell(arrived, given(intent, now, "40.00", "24.20"), now)
    assert owed(link.balance_id) == [ZERO]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_second_part_told_to_four_workers_at_one_moment_is_posted_once(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, taken(intent, now), now)
    tell(arrived, given(intent, now, "40.00"), now)

    def work(_: int) -> Posted:
        try:
            return tell(arrived, given(intent, now, "40.00", "14.20"), now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        outcomes = list(workers.map(work, range(4)))
    assert (outcomes.count(Posted.POSTED), outcomes.count(Posted.KNOWN)) == (1, 3)
    assert (owed(link.balance_id), asked()) == ([Decimal("10.00")], [Decimal("10.00")])


@pytest.mark.long
def test_more_given_again_without_a_word_how_much_is_a_persons_once(
    link: PaymentLink, arrived: Arrived, now: datetime, biller: Client
) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, taken(intent, now), now)
    tell(arrived, given(intent, now, "40.00"), now)
    address = f"/balances/disputes/{CardDispute.objects.get().public_id}/answered/"
    biller.post(address)
    assert asked() == []
    later = now + timedelta(days=9)
    untold = dispute_event(intent, "64.20", at=later, kind="funds_reinstated", status="won", event_id="evt_untold")
    assert [tell(arrived, untold, later) for _ in range(2)] == [Posted.POSTED, Posted.KNOWN]
    assert (owed(link.balance_id), asked()) == ([Decimal("24.20")], [Decimal("24.20")])
    task = WorkItem.objects.get(kind=REST, state=WorkItem.State.OPEN)
    assert task.title == "A bank has moved a disputed card payment once more: compare the books with the processor"
    assert "the bank moved money once more" in biller.get(address.removesuffix("answered/")).content.decode()
    biller.post(address.replace("answered", "compared"), {"kept": "24.20"})
    assert tell(arrived, untold, later) is Posted.KNOWN
    assert (owed(link.balance_id), asked()) == ([Decimal("24.20")], [])


def test_what_was_given_again_and_is_taken_once_more_is_a_persons(
    link: PaymentLink, arrived: Arrived, now: datetime, biller: Client
) -> None:
    intent, later = paid(link, arrived, now), now + timedelta(days=9)
    tell(arrived, taken(intent, now), now)
    tell(arrived, given(intent, now, "64.20"), now)
    moved = ("-64.20", "64.20", "-64.20")
    again = dispute_event(
        intent, "64.20", at=later, kind="funds_withdrawn", status="lost", moved=moved, event_id="evt_again"
    )
    assert [tell(arrived, again, later) for _ in range(2)] == [Posted.POSTED, Posted.KNOWN]
    assert (owed(link.balance_id), asked()) == ([ZERO], [Decimal("64.20")])
    page = biller.get(f"/balances/disputes/{CardDispute.objects.get().public_id}/").content.decode()
    assert "the bank moved money once more" in page


def test_the_decision_told_again_without_the_moves_is_not_taken_for_more(
    link: PaymentLink, arrived: Arrived, now: datetime
) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, taken(intent, now), now)
    tell(arrived, given(intent, now, "40.00"), now)
    tell(arrived, dispute_event(intent, "64.20", at=now, kind="closed", status="won"), now)
    assert (owed(link.balance_id), asked()) == ([Decimal("24.20")], [Decimal("24.20")])
