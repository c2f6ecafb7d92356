"""A bank moved a disputed card payment once more, and nobody told for certain how: a biller compares, and the books follow."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connections
from django.test import Client

from apps.audit.models import AuditEvent
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry
from apps.patient_balances.models import Balance, CardDispute, DisputeReturn, PaymentLink
from apps.patient_balances.services import DisputeError, Posted, apply_stray_payment, compare_dispute
from apps.worklist.models import WorkItem
from tests.factories.ledger import account_totals
from tests.factories.patient_balances import BalanceFactory
from tests.factories.practice import UserFactory
from tests.patient_balances.outside import card_event, dispute_event
from tests.patient_balances.paying import Arrived, deposits, tell
from tests.patient_balances.test_disputes_given_again_twice import asked, given, owed, paid, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "sound_books")]
WHOLE = Decimal("64.20")


def moved(intent: str, at: datetime, *moves: str, kind: str = "funds_withdrawn", status: str = "lost") -> bytes:
    """All that the bank moved so far, as the processor tells it; none where it does not tell."""
    return dispute_event(
        intent, "64.20", at=at, kind=kind, status=status, moved=moves, event_id=f"evt_{kind}_{len(moves)}_{at.day}"
    )


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(days=9)


@pytest.fixture
def taken_once_more(link: PaymentLink, arrived: Arrived, now: datetime, later: datetime) -> CardDispute:
    """64.20 was taken, given again and taken once more: by the books it is paid."""
    intent = paid(link, arrived, now)
    tell(arrived, taken(intent, now), now)
    tell(arrived, given(intent, now, "64.20"), now)
    tell(arrived, moved(intent, later, "-64.20", "64.20", "-64.20"), later)
    return CardDispute.objects.get()


def compare(dispute: CardDispute, kept: str, at: datetime) -> Decimal:
    return compare_dispute(dispute_id=dispute.public_id, kept=Decimal(kept), acting_user=UserFactory(), now=at)


@pytest.mark.long
def test_what_was_taken_once_more_is_owed_again(
    link: PaymentLink, taken_once_more: CardDispute, biller: Client
) -> None:
    address = f"/balances/disputes/{taken_once_more.public_id}/"
    page = biller.get(address).content.decode()
    assert "It took $64.20; by the books it keeps $0.00." in page
    assert "close the task" not in page
    answer = biller.post(f"{address}compared/", {"kept": "64.20"}, follow=True)
    assert "Compared. $64.20 is owed again." in answer.content.decode()
    assert "Compared, post the difference" not in answer.content.decode()
    assert (owed(link.balance_id), account_totals()[Account.REFUNDS]) == ([WHOLE], -WHOLE)
    assert Balance.objects.get().state == Balance.State.SEQUENCE_DONE
    task = WorkItem.objects.get(kind="payment_partly_restored")
    assert (task.state, task.outcome) == ("done", "Compared with the processor: the bank keeps $64.20.")
    told = AuditEvent.objects.get(action="compare_dispute")
    assert (told.subject_public_id, told.detail) == (taken_once_more.public_id, {"kept": "64.20", "more": "64.20"})


@pytest.mark.long
def test_a_part_that_was_given_again_without_a_word_how_much_is_paid_again(
    link: PaymentLink, arrived: Arrived, now: datetime, later: datetime, biller: Client
) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, taken(intent, now), now)
    tell(arrived, given(intent, now, "40.00"), now)
    tell(arrived, moved(intent, later, kind="funds_reinstated", status="won"), later)
    found = CardDispute.objects.get()
    answer = biller.post(f"/balances/disputes/{found.public_id}/compared/", {"kept": "10.00"}, follow=True)
    assert "Compared. $14.20 is paid again." in answer.content.decode()
    assert (owed(link.balance_id), asked()) == ([Decimal("10.00")], [])


@pytest.mark.long
def test_where_the_books_were_right_nothing_is_posted(
    link: PaymentLink, taken_once_more: CardDispute, later: datetime, biller: Client
) -> None:
    before = Entry.objects.count()
    address = f"/balances/disputes/{taken_once_more.public_id}/compared/"
    assert "The books were right" in biller.post(address, {"kept": "0"}, follow=True).content.decode()
    assert (Entry.objects.count(), owed(link.balance_id), asked()) == (before, [ZERO], [])


@pytest.mark.long
def test_the_second_of_two_billers_is_told_that_it_is_clear(
    link: PaymentLink, taken_once_more: CardDispute, biller: Client
) -> None:
    address = f"/balances/disputes/{taken_once_more.public_id}/compared/"
    biller.post(address, {"kept": "64.20"})
    answer = biller.post(address, {"kept": "64.20"}, follow=True)
    assert "This is clear by now" in answer.content.decode()
    assert owed(link.balance_id) == [WHOLE]


@pytest.mark.long
def test_to_decide_about_a_rest_does_not_close_what_is_to_be_compared_since(
    link: PaymentLink, arrived: Arrived, now: datetime, later: datetime, biller: Client
) -> None:
    intent = paid(link, arrived, now)
    tell(arrived, taken(intent, now), now)
    tell(arrived, given(intent, now, "40.00"), now)
    decide = WorkItem.objects.get(kind="payment_partly_restored", state="open")
    tell(arrived, moved(intent, later, kind="funds_reinstated", status="won"), later)
    decide.refresh_from_db()
    assert decide.state != "open"
    found = CardDispute.objects.get()
    assert "compare the books" in found.work_item.title
    answer = biller.post(f"/balances/disputes/{found.public_id}/answered/", follow=True)
    assert "compare the books with the processor first" in answer.content.decode()
    assert WorkItem.objects.get(kind="payment_partly_restored", state="open") == found.work_item


@pytest.mark.long
@pytest.mark.parametrize("kept", ["", "-1", "64.201", "64.21", "all"])
def test_what_a_bank_cannot_keep_is_refused(
    link: PaymentLink, taken_once_more: CardDispute, biller: Client, kept: str
) -> None:
    answer = biller.post(f"/balances/disputes/{taken_once_more.public_id}/compared/", {"kept": kept})
    assert answer.status_code == 422
    assert "Compared, post the difference" in answer.content.decode()
    assert (owed(link.balance_id), asked()) == ([ZERO], [WHOLE])


@pytest.mark.long
def test_what_is_clear_is_not_compared(link: PaymentLink, taken_once_more: CardDispute, later: datetime) -> None:
    compare(taken_once_more, "64.20", later)
    with pytest.raises(DisputeError, match="clear by now"):
        compare(taken_once_more, "0.00", later)
    assert owed(link.balance_id) == [WHOLE]


@pytest.mark.long
def test_what_is_told_again_of_that_move_and_older_ones_posts_nothing(
    link: PaymentLink, taken_once_more: CardDispute, arrived: Arrived, now: datetime, later: datetime
) -> None:
    intent = taken_once_more.payment_intent
    compare(taken_once_more, "64.20", later)
    again = [given(intent, now, "64.20"), moved(intent, later, "-64.20", "64.20", "-64.20")]
    assert [tell(arrived, each, later) for each in again] == [Posted.KNOWN, Posted.KNOWN]
    assert (owed(link.balance_id), asked()) == ([WHOLE], [])


@pytest.mark.long
def test_what_the_bank_gives_after_that_is_posted_by_itself_and_may_be_unclear_again(
    link: PaymentLink, taken_once_more: CardDispute, arrived: Arrived, later: datetime
) -> None:
    intent = taken_once_more.payment_intent
    compare(taken_once_more, "64.20", later)
    moves = ["-64.20", "64.20", "-64.20", "64.20"]
    for days in (1, 2):
        tell(arrived, moved(intent, later + timedelta(days=days), *moves, kind="funds_reinstated", status="won"), later)
        assert owed(link.balance_id) == [ZERO]
    tell(arrived, moved(intent, later + timedelta(days=3), *moves, "-64.20"), later)
    assert asked() == [WHOLE]
    compare(taken_once_more, "24.20", later)
    assert (owed(link.balance_id), asked()) == ([Decimal("24.20")], [])
    returns = DisputeReturn.objects.order_by("pk").values_list("amount", flat=True)
    assert list(returns) == [WHOLE, -WHOLE, WHOLE, Decimal("-24.20")]


@pytest.mark.long
@pytest.mark.parametrize("kept", ["64.20", "24.20"])
def test_what_comes_back_after_that_without_a_word_how_much_is_a_persons(
    kept: str,
    link: PaymentLink,
    taken_once_more: CardDispute,
    arrived: Arrived,
    later: datetime,
) -> None:
    compare(taken_once_more, kept, later)
    then = later + timedelta(days=1)
    untold = moved(taken_once_more.payment_intent, then, kind="funds_reinstated", status="won")
    assert [tell(arrived, untold, then) for _ in range(2)] == [Posted.POSTED, Posted.KNOWN]
    assert (owed(link.balance_id), asked()) == ([Decimal(kept)], [Decimal(kept)])
    compare(taken_once_more, "10.00", then)
    assert (owed(link.balance_id), asked()) == ([Decimal("10.00")], [])
    assert tell(arrived, untold, then) is Posted.KNOWN


def test_what_a_bank_that_keeps_nothing_is_said_to_have_given_again_changes_nothing(
    link: PaymentLink, taken_once_more: CardDispute, arrived: Arrived, later: datetime
) -> None:
    compare(taken_once_more, "0.00", later)
    then = later + timedelta(days=1)
    tell(arrived, moved(taken_once_more.payment_intent, then, kind="funds_reinstated", status="won"), then)
    assert (owed(link.balance_id), asked()) == ([ZERO], [])


@pytest.mark.long
def test_of_several_balances_each_owes_its_part_again(
    link: PaymentLink, arrived: Arrived, now: datetime, later: datetime
) -> None:
    newest = now + timedelta(minutes=1)
    other = BalanceFactory(claim_fields={"encounter__patient": link.balance.patient}, owed="40.00", opened_at=newest)
    intent = paid(link, arrived, now, "104.20")
    tell(arrived, taken(intent, now, "104.20"), now)
    tell(arrived, given(intent, now, "104.20", amount="104.20"), now)
    told = dispute_event(
        intent,
        "104.20",
        at=later,
        kind="funds_withdrawn",
        status="lost",
        moved=("-104.20", "104.20", "-104.20"),
        event_id="evt_again",
    )
    tell(arrived, told, later)
    compare(CardDispute.objects.get(), "104.20", later)
    assert owed(link.balance_id, other.pk) == [WHOLE, Decimal("40.00")]


@pytest.mark.parametrize("placed", [False, True])
def test_money_that_came_without_an_owner_leaves_from_where_it_is(
    link: PaymentLink, arrived: Arrived, now: datetime, later: datetime, *, placed: bool
) -> None:
    tell(arrived, card_event("", "64.20", at=now, event_id="evt_u", session="cs_9", intent="pi_9"), now)
    tell(arrived, dispute_event("pi_9", "20.00", at=now, kind="funds_withdrawn", moved=("-20.00",)), now)
    if placed:
        stray = WorkItem.objects.get(kind="payment_unmatched").subject_public_id
        apply_stray_payment(stray_id=stray, balance_id=link.balance.public_id, acting_user=UserFactory(), now=now)
    for days, moves in ((1, ("-20.00", "20.00")), (2, ("-20.00", "20.00", "-20.00"))):
        kind, status = (("funds_reinstated", "won"), ("funds_withdrawn", "lost"))[days - 1]
        then = now + timedelta(days=days)
        tell(
            arrived,
            dispute_event("pi_9", "20.00", at=then, kind=kind, status=status, moved=moves, event_id=f"evt_{days}"),
            then,
        )
    compare(CardDispute.objects.get(), "20.00", later)
    left = ZERO if placed else Decimal("-44.20")
    assert account_totals()[Account.UNAPPLIED_CASH] == left
    assert deposits() + account_totals()[Account.REFUNDS] == Decimal("44.20")
    assert owed(link.balance_id) == [Decimal("20.00") if placed else WHOLE]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_two_billers_at_one_moment_post_the_difference_once(
    link: PaymentLink, taken_once_more: CardDispute, later: datetime
) -> None:
    def work(_: int) -> Decimal | None:
        try:
            return compare(taken_once_more, "64.20", later)
        except DisputeError:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        found = list(workers.map(work, range(4)))
    assert sorted(found, key=str) == [WHOLE, None, None, None]
    assert owed(link.balance_id) == [WHOLE]
