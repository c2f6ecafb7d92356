"""Credits of payers: identified, due on a day, paid back by a check or transfer that is kept; other money under review is given up."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.claims.services import build_secondaries
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.ledger.models import Account, Entry, WriteOffReason
from apps.ledger.selectors import insurance_by_payer
from apps.ledger.services import ApprovalError, WriteOffResult
from apps.patient_balances.models import MoneyReview, Refund, WriteOffRequest
from apps.patient_balances.services import PaidBack, ReviewError, decide_review, settle_review
from apps.patient_balances.services.review_money import review_money
from apps.practice.models import Payer
from apps.practice.roles import Role
from apps.practice.rules.refund_days import refund_due
from apps.worklist.models import WorkItem
from tests.claims.secondaries import answered, medicare_paid_a_part, with_second_plan
from tests.factories.ledger import account_totals
from tests.factories.practice import PracticeFactory, UserFactory
from tests.factories.remittances import NOW as POSTED
from tests.factories.remittances import svc
from tests.patient_balances.opening import open_balances
from tests.patient_balances.test_money_has_owners import answered_claim, move, overpaid
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
FOUND = date(2026, 1, 1)


@pytest.fixture
def clerk(db: None) -> User:
    return UserFactory(role=Role.BILLER)


@pytest.fixture
def boss(db: None) -> User:
    return UserFactory(role=Role.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("MA", date(2026, 3, 2)),
        ("MB", date(2026, 3, 2)),
        ("MC", date(2026, 3, 2)),
        ("CI", date(2026, 1, 31)),
        ("16", date(2026, 1, 31)),
    ],
)
def test_medicare_and_medicaid_are_paid_back_within_sixty_days(kind: str, due: date) -> None:
    assert refund_due(kind, FOUND, 30) == due


def credit(now: datetime, kind: str = "CI") -> MoneyReview:
    claim = overpaid(now)
    claim.payer.filing_indicator = kind
    claim.payer.save()
    open_balances(now=now)
    return MoneyReview.objects.select_related("work_item").get(claim=claim)


@pytest.mark.parametrize(("kind", "days"), [("MB", 60), ("MC", 60), ("CI", 45)])
def test_a_credit_is_identified_when_it_is_found_and_its_task_is_due(now: datetime, kind: str, days: int) -> None:
    PracticeFactory(refund_days=45)
    review = credit(now, kind)
    assert review.identified_on == now.date()
    assert review.due_on == now.date() + timedelta(days=days)
    assert review.work_item
    assert review.work_item.due_on == review.due_on


def test_other_money_under_review_has_no_day_of_identification(now: datetime) -> None:
    answered_claim(cost_share="64.20", denied="30.00", status=ClaimStatus.VOIDED)
    open_balances(now=now)
    review = MoneyReview.objects.get()
    assert (review.identified_on, review.due_on) == (None, None)


def settle(
    review: MoneyReview,
    user: User,
    now: datetime,
    *,
    paid_back: PaidBack | None = None,
    reason: str = "",
) -> WriteOffResult:
    return settle_review(
        review_id=review.public_id, note="Settled", reason=reason, paid_back=paid_back, acting_user=user, now=now
    )


@pytest.mark.long
def test_how_it_was_paid_back_is_kept(now: datetime, clerk: User) -> None:
    review = credit(now)
    day = now.date() - timedelta(days=1)
    settle(review, clerk, now, paid_back=PaidBack("transfer", " EFT 7781 ", day))
    row = Refund.objects.get()
    assert (row.payer, row.amount, row.method, row.number) == (
        review.claim.payer,
        Decimal("30.00"),
        "transfer",
        "EFT 7781",
    )
    assert (row.paid_on, row.recorded_by, row.recorded_at) == (day, clerk, now)
    assert row.entry.legs.get(account=Account.REFUNDS).amount == Decimal("-30.00")
    assert row.entry.reason == ""
    told = AuditEvent.objects.get(action="settle_money_review").detail
    assert (told["method"], told["paid_on"], told["amount"]) == ("transfer", day.isoformat(), "30.00")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (None, "how it was paid back"),
        (("cash", "1", 0), "how it was paid back"),
        (("check", " ", 0), "how it was paid back"),
        (("check", "1044", 1), "its day has not come yet"),
        (("check", "1044", -60_000), "The day of the refund lies before 1900."),
    ],
)
def test_a_refund_is_told_whole_or_not_at_all(
    now: datetime, clerk: User, told: tuple[str, str, int] | None, sentence: str
) -> None:
    review = credit(now)
    paid_back = PaidBack(told[0], told[1], now.date() + timedelta(days=told[2])) if told else None
    with pytest.raises(ReviewError, match=sentence):
        settle(review, clerk, now, paid_back=paid_back)
    assert account_totals()[Account.REFUNDS] == 0
    assert not Refund.objects.exists()


# ---------------------------------------------------------------- what is given up under review


def voided(now: datetime) -> MoneyReview:
    """94.20 stand on it."""
    answered_claim(cost_share="64.20", denied="30.00", status=ClaimStatus.VOIDED)
    open_balances(now=now)
    return MoneyReview.objects.get()


def test_what_is_given_up_has_its_reason(now: datetime, clerk: User) -> None:
    review = voided(now)
    with pytest.raises(ApprovalError, match="Choose a reason"):
        settle(review, clerk, now)
    assert settle(review, clerk, now, reason="courtesy") == WriteOffResult(Decimal("94.20"))
    assert Entry.objects.get(legs__account=Account.WRITE_OFF, legs__amount=Decimal("30.00")).reason == "courtesy"
    assert not Refund.objects.exists()


def test_above_the_limit_another_person_decides(now: datetime, clerk: User, boss: User) -> None:
    PracticeFactory(write_off_limit=Decimal(90))
    review = voided(now)
    assert settle(review, clerk, now, reason="courtesy") == WriteOffResult(Decimal("94.20"), waits=True)
    assert account_totals()[Account.WRITE_OFF] == 0
    with pytest.raises(ApprovalError, match="already"):
        settle(review, clerk, now, reason="courtesy")
    row = WriteOffRequest.objects.get()
    with pytest.raises(ApprovalError, match="Somebody else"):
        decide_review(request_id=row.public_id, approved=True, note="", acting_user=clerk, now=now)
    decide_review(request_id=row.public_id, approved=False, note="Bill again.", acting_user=boss, now=now)
    review.refresh_from_db()
    assert review.settled_at is None
    settle(review, clerk, now, reason="courtesy")
    row = WriteOffRequest.objects.latest("pk")
    done = decide_review(request_id=row.public_id, approved=True, note="", acting_user=boss, now=now)
    assert done == WriteOffResult(Decimal("94.20"))
    review.refresh_from_db()
    assert review.settled_at == now
    assert account_totals()[Account.WRITE_OFF] == Decimal("94.20")
    assert set(WorkItem.objects.values_list("state", flat=True)) == {WorkItem.State.DONE}


def split(now: datetime) -> Claim:
    """Voided with 30.00 of the payer's too much, and 100.00 that the patient owes."""
    claim = answered_claim(cost_share="100.00", status=ClaimStatus.VOIDED)
    move(claim, claim.lines.first().charge_id, "-30.00", "too much", now)
    open_balances(now=now)
    return claim


def test_what_is_paid_back_leaves_at_once_while_the_rest_waits(now: datetime, clerk: User, boss: User) -> None:
    PracticeFactory(write_off_limit=Decimal(50))
    split(now)
    review = MoneyReview.objects.get()
    paid = PaidBack("check", "1044", now.date())
    assert settle(review, clerk, now, reason="courtesy", paid_back=paid).waits
    totals = account_totals()
    assert (totals[Account.REFUNDS], totals[Account.WRITE_OFF]) == (Decimal("-30.00"), 0)
    assert Refund.objects.get().payer == review.claim.payer
    row = WriteOffRequest.objects.get()
    assert row.amount == Decimal("100.00")
    decide_review(request_id=row.public_id, approved=True, note="", acting_user=boss, now=now + timedelta(hours=1))
    assert account_totals()[Account.WRITE_OFF] == Decimal("100.00")


def test_a_credit_that_came_since_is_not_given_up_unseen(now: datetime, clerk: User, boss: User) -> None:
    PracticeFactory(write_off_limit=Decimal(50))
    review = voided(now)
    settle(review, clerk, now, reason="courtesy")
    move(review.claim, review.claim.lines.first().charge_id, "-80.00", "paid after all", now)
    row = WriteOffRequest.objects.get()
    with pytest.raises(ReviewError, match="A credit stands on this claim by now"):
        decide_review(request_id=row.public_id, approved=True, note="", acting_user=boss, now=now)
    row.refresh_from_db()
    assert row.state == WriteOffRequest.State.OPEN


@pytest.mark.parametrize(("more", "stands"), [("9000.00", "9094.20"), ("-14.20", "80.00")])
def test_another_amount_than_was_asked_for_is_not_given_up(
    now: datetime, clerk: User, boss: User, more: str, stands: str
) -> None:
    PracticeFactory(write_off_limit=Decimal(50))
    review = voided(now)
    settle(review, clerk, now, reason="courtesy")
    move(review.claim, review.claim.lines.first().charge_id, more, "said anew", now)
    row = WriteOffRequest.objects.get()
    with pytest.raises(ReviewError, match=f"{stands} stands open by now, and 94.20 was asked for"):
        decide_review(request_id=row.public_id, approved=True, note="", acting_user=boss, now=now)
    assert account_totals()[Account.WRITE_OFF] == 0
    decide_review(request_id=row.public_id, approved=False, note="Ask anew.", acting_user=boss, now=now)
    settle(review, clerk, now, reason="courtesy")
    row = WriteOffRequest.objects.latest("pk")
    done = decide_review(request_id=row.public_id, approved=True, note="", acting_user=boss, now=now)
    assert done == WriteOffResult(Decimal(stands))


def test_a_posting_that_settles_the_money_withdraws_the_request(now: datetime, clerk: User, boss: User) -> None:
    PracticeFactory(write_off_limit=Decimal(20))
    claim = answered_claim(cost_share="0", denied="30.00", status=ClaimStatus.VOIDED)
    open_balances(now=now)
    review = MoneyReview.objects.get()
    settle(review, clerk, now, reason="courtesy")
    row = WriteOffRequest.objects.get()
    review_money([claim], [], now=now)
    review.refresh_from_db()
    assert review.settled_at == now
    row.refresh_from_db()
    assert row.state == WriteOffRequest.State.WITHDRAWN
    assert decide_review(request_id=row.public_id, approved=True, note="", acting_user=boss, now=now).amount == 0
    assert account_totals()[Account.WRITE_OFF] == 0


# ---------------------------------------------------------------- on its page


@pytest.fixture
def signed_in(db: None) -> Callable[[Role | None], Client]:
    return browser_of


@pytest.mark.long
def test_the_page_tells_the_due_day_and_keeps_the_refund(
    signed_in: Callable[[Role | None], Client], now: datetime
) -> None:
    review = credit(now, "MB")
    path, biller = f"/balances/money/{review.public_id}/", signed_in(Role.BILLER)
    text = biller.get(path).content.decode()
    assert "Due back by" in text
    assert "42 CFR 401.305" in text
    assert 'name="reason"' not in text
    told = {"method": "check", "number": "1044", "paid_on": now.date().isoformat(), "note": ""}
    answer = biller.post(f"{path}settle/", told)
    assert answer.status_code == 422
    assert 'value="1044"' in answer.content.decode()
    biller.post(f"{path}settle/", {**told, "note": "Sent today"})
    text = biller.get(path).content.decode()
    assert "Check, 1044" in text
    assert "$30.00" in text


@pytest.mark.long
def test_a_write_off_under_review_is_decided_on_its_page(
    signed_in: Callable[[Role | None], Client], now: datetime
) -> None:
    PracticeFactory(write_off_limit=Decimal(50))
    review = voided(now)
    path, biller = f"/balances/money/{review.public_id}/", signed_in(Role.BILLER)
    assert 'name="method"' not in biller.get(path).content.decode()
    answer = biller.post(f"{path}settle/", {"reason": "other", "note": "Never seen"}, follow=True)
    assert "An administrator is asked" in answer.content.decode()
    assert f'action="{path}settle/"' not in biller.get(path).content.decode()
    assert biller.post(f"{path}decide/", {"decision": "approve"}).status_code == 403
    administrator = signed_in(Role.ADMINISTRATOR)
    assert "Other, see the note. Never seen" in administrator.get(path).content.decode()
    answer = administrator.post(f"{path}decide/", {"decision": "approve"}, follow=True)
    assert "$94.20 written off." in answer.content.decode()
    review.refresh_from_db()
    assert review.note == "Never seen"
    assert Entry.objects.filter(reason=WriteOffReason.OTHER).count() == 1


@pytest.mark.long
def test_of_two_payers_the_one_that_paid_too_much_is_paid_back(clerk: User) -> None:
    first = medicare_paid_a_part()
    with_second_plan(first)
    build_secondaries(now=POSTED)
    second = Claim.objects.get(encounter=first.encounter, payer_rank=2)
    answered(second, svc(second.lines.get(), "50.00", ("OA-23", "425.00"), ("PR-2", "25.00")), status="2")
    # The first pays the whole charge after all, and more: what the second paid is its credit too.
    answered(first, svc(first.lines.get(), "205.00", ("OA-23", "295.00")))
    charges = [line.charge_id for line in first.lines.all()]
    owed = {first.payer_id: Decimal("-130.00"), second.payer_id: Decimal("-50.00")}
    assert insurance_by_payer(charges) == owed
    # The last claim's payer leaves more time than the first one, which is owed too.
    PracticeFactory(refund_days=20)
    Payer.objects.filter(pk=first.payer_id).update(filing_indicator="CI")
    Payer.objects.filter(pk=second.payer_id).update(filing_indicator="MB")
    open_balances(now=POSTED)
    review = MoneyReview.objects.get(settled_at=None)
    assert review.claim == second
    assert review.due_on == POSTED.date() + timedelta(days=20)
    settle(review, clerk, POSTED, paid_back=PaidBack("check", "1001", POSTED.date()))
    assert {row.payer_id: -row.amount for row in Refund.objects.all()} == owed
    assert insurance_by_payer(charges) == {}
