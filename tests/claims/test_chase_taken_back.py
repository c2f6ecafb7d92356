"""A payer took its answer back and gave no other: somebody asks, once, while there is money on it."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from apps.claims.models import Claim, ClaimEvent
from apps.claims.services import chase_unanswered
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.remittances.services import post_remittances
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, reversal_of, stored_file, submitted_claim, svc

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KIND = "taken_back_chase"


def answered(claim: Claim, now: datetime, trace: str, *, taken_back: bool) -> None:
    told = clp(claim, svc(claim.lines.get(), "80.00", ("PR-2", "20.00")))
    told = reversal_of(told) if taken_back else told
    stored_file(payment(told, payer=claim.payer, trace=trace))
    post_remittances(now=now)


@pytest.fixture
def taken_back(now: datetime) -> Claim:
    claim = submitted_claim("100.00")
    answered(claim, now, "EFT1", taken_back=False)
    answered(claim, now + DAY, "EFT2", taken_back=True)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.REVERSED
    return claim


def asked(claim: Claim) -> list[WorkItem]:
    return list(WorkItem.objects.filter(kind=KIND, subject_public_id=claim.public_id).order_by("pk"))


@pytest.mark.long
def test_after_the_payers_usual_time_a_biller_asks(taken_back: Claim, now: datetime) -> None:
    assert chase_unanswered(now=now + 30 * DAY).claims == 0
    assert chase_unanswered(now=now + 31 * DAY).claims == 1
    (item,) = asked(taken_back)
    assert item.owner_role == WorkItem.OwnerRole.BILLER
    assert item.amount_at_stake == Decimal("100.00")
    assert taken_back.control_number in item.title
    taken_back.refresh_from_db()
    assert taken_back.work_item == item
    assert ClaimEvent.objects.filter(claim=taken_back, what__startswith="No other answer came").exists()


@pytest.mark.long
def test_it_is_asked_once_also_when_the_task_is_done(taken_back: Claim, now: datetime) -> None:
    chase_unanswered(now=now + 31 * DAY)
    assert chase_unanswered(now=now + 32 * DAY).claims == 0
    user: User = UserFactory()
    close_item(asked(taken_back)[0], acting_user=user, now=now + 33 * DAY, outcome="They will answer.")
    assert chase_unanswered(now=now + 90 * DAY).claims == 0
    assert len(asked(taken_back)) == 1


@pytest.mark.long
def test_the_answer_that_follows_closes_the_task_and_one_taken_back_anew_is_asked_about_anew(
    taken_back: Claim, now: datetime
) -> None:
    chase_unanswered(now=now + 31 * DAY)
    answered(taken_back, now + 32 * DAY, "EFT3", taken_back=False)
    assert [item.state for item in asked(taken_back)] == [WorkItem.State.DONE]
    answered(taken_back, now + 40 * DAY, "EFT4", taken_back=True)
    assert chase_unanswered(now=now + 69 * DAY).claims == 0
    assert chase_unanswered(now=now + 70 * DAY).claims == 1
    assert len(asked(taken_back)) == 2


@pytest.mark.long
def test_without_money_on_it_nobody_asks(taken_back: Claim, now: datetime) -> None:
    balance = taken_back.encounter.ledger_balance
    balance.insurance_receivable = Decimal("0.00")
    balance.save()
    assert chase_unanswered(now=now + 60 * DAY).claims == 0


def test_what_is_somebodys_work_already_is_not_asked_about_beside(taken_back: Claim, now: datetime) -> None:
    Claim.objects.filter(pk=taken_back.pk).update(
        work_item=WorkItem.objects.create(
            kind="claim_note", title="x", owner_role="biller", opened_at=now, due_on=now.date()
        )
    )
    assert chase_unanswered(now=now + 60 * DAY).claims == 0


@pytest.mark.long
def test_no_more_than_the_limit_at_a_time(now: datetime) -> None:
    for number in range(3):
        claim = submitted_claim("100.00")
        answered(claim, now, f"EFT{number}", taken_back=False)
        answered(claim, now + DAY, f"BACK{number}", taken_back=True)
    first = chase_unanswered(now=now + 40 * DAY, limit=2)
    assert (first.claims, first.more) == (2, True)
    second = chase_unanswered(now=now + 40 * DAY, limit=2)
    assert (second.claims, second.more) == (1, False)
    assert WorkItem.objects.filter(kind=KIND).count() == 3
