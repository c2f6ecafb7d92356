"""What a bank takes of a card payment by one account comes back by the same, wherever the money stands meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from apps.core.money import ZERO
from apps.ledger.models import Account
from apps.patient_balances.models import CardDispute, PaymentLink
from apps.patient_balances.selectors.sums import owed_by_balance
from apps.patient_balances.services import apply_stray_payment, compare_dispute
from apps.worklist.models import WorkItem
from tests.factories.ledger import account_totals
from tests.factories.practice import UserFactory
from tests.patient_balances.outside import card_event, dispute_event
from tests.patient_balances.paying import Arrived, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice", "sound_books")]
Follow = Callable[[str], None]
PLACE = "place"


@pytest.fixture
def follow(link: PaymentLink, arrived: Arrived, now: datetime) -> Follow:
    """64.20 comes, with its owner where the first step is `paid`, and a dispute of 20.00 takes (-) and gives (+) day by day; what the
    bank takes once more a biller compares.
    """
    moves: list[str] = []

    def step(what: str, at: datetime) -> None:
        if what == PLACE:
            stray = WorkItem.objects.get(kind="payment_unmatched", state=WorkItem.State.OPEN).subject_public_id
            apply_stray_payment(stray_id=stray, balance_id=link.balance.public_id, acting_user=UserFactory(), now=at)
            return
        moves.append(what)
        kind, status = ("funds_withdrawn", "lost") if what.startswith("-") else ("funds_reinstated", "won")
        told = dispute_event(
            intent, "20.00", at=at, kind=kind, status=status, moved=tuple(moves), event_id=f"evt_{len(moves)}"
        )
        tell(arrived, told, at)
        found = CardDispute.objects.get()
        if found.is_unclear:
            kept = -sum(map(Decimal, moves), ZERO)
            compare_dispute(dispute_id=found.public_id, kept=kept, acting_user=UserFactory(), now=at)

    def all_steps(steps: str) -> None:
        nonlocal intent
        first, *then = steps.split()
        if first == "paid":
            reference = start(link, "64.20", now)
            intent = f"pi_{reference}"
            tell(arrived, card_event(reference, "64.20", at=now), now)
        else:
            tell(arrived, card_event("", "64.20", at=now, event_id="evt_u", session="cs_9", intent=intent), now)
        for day, each in enumerate(then, 1):
            step(each, now + timedelta(days=day))

    intent = "pi_9"
    return all_steps


def books(link: PaymentLink) -> tuple[str, ...]:
    """The bank's two accounts, money without an owner, and what the patient owes."""
    totals = account_totals()
    owed = owed_by_balance([link.balance_id])[link.balance_id]
    return tuple(
        f"{each:.2f}"
        for each in (totals[Account.DEPOSITS], totals[Account.REFUNDS], totals[Account.UNAPPLIED_CASH], owed)
    )


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        # What left.
        ("paid -20.00", ("64.20", "-20.00", "0.00", "20.00")),
        ("stray -20.00", ("44.20", "0.00", "-44.20", "64.20")),
        ("stray place -20.00", ("64.20", "-20.00", "0.00", "20.00")),
        ("stray -20.00 place", ("44.20", "0.00", "0.00", "20.00")),
        ("stray -20.00 +20.00 place -20.00", ("64.20", "-20.00", "0.00", "20.00")),
        ("stray -20.00 place +20.00 -20.00", ("64.20", "-20.00", "0.00", "20.00")),
        # A part of it has come back: by the account of the newest taking.
        ("stray -20.00 place +12.00 -12.00 +8.00", ("56.20", "-4.00", "0.00", "12.00")),
        ("stray -20.00 +12.00 place -12.00 +8.00", ("56.20", "-4.00", "0.00", "12.00")),
        ("stray -20.00 place +12.00 -12.00 +16.00", ("60.20", "0.00", "0.00", "4.00")),
        ("paid -20.00 +12.00 -12.00 +16.00", ("64.20", "-4.00", "0.00", "4.00")),
        ("stray -20.00 +12.00 -12.00 +16.00", ("60.20", "0.00", "-60.20", "64.20")),
    ],
)
def test_where_the_money_is(steps: str, expected: tuple[str, ...], follow: Follow, link: PaymentLink) -> None:
    follow(steps)
    assert books(link) == expected


@pytest.mark.long
@pytest.mark.parametrize(
    "steps",
    [
        "paid -20.00 +20.00",
        "paid -20.00 +12.00 +8.00",
        "paid -20.00 +20.00 -20.00 +20.00",
        "stray place -20.00 +20.00",
        "stray place -20.00 +20.00 -20.00 +20.00",
        "stray -20.00 place +20.00",
        "stray -20.00 +20.00 place",
        "stray -20.00 +12.00 place +8.00",
        "stray -20.00 place +20.00 -20.00 +20.00",
        "stray -20.00 +20.00 place -20.00 +20.00",
        "stray -20.00 +12.00 place -12.00 +20.00",
        "stray -20.00 place +12.00 -12.00 +8.00 +12.00",
        "stray -20.00 +20.00 -20.00 place +20.00",
        "stray -20.00 +20.00 -20.00 +20.00 place",
    ],
)
def test_once_all_is_given_again_no_account_shows_that_it_left(steps: str, follow: Follow, link: PaymentLink) -> None:
    follow(steps)
    assert books(link) == ("64.20", "0.00", "0.00", "0.00")


@pytest.mark.parametrize(
    "steps", ["stray -20.00 +20.00", "stray -20.00 +12.00 +8.00", "stray -20.00 +20.00 -20.00 +20.00"]
)
def test_money_that_nobody_has_placed_waits_again_as_a_whole(steps: str, follow: Follow, link: PaymentLink) -> None:
    follow(steps)
    assert books(link) == ("64.20", "0.00", "-64.20", "64.20")
