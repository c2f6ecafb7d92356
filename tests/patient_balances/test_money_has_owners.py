"""Nothing stands in a receivable without somebody who looks after it: a payer, an open balance, or a task."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.claims.models import Claim, ClaimEvent
from apps.claims.services import build_secondaries, move_claims
from apps.claims.states import ClaimStatus
from apps.denials.models import Denial
from apps.denials.services import open_denials
from apps.intake.models import Encounter
from apps.ledger.models import Account, Entry
from apps.ledger.selectors import claim_receivable
from apps.ledger.services import NewEntry, NewLeg, WriteOffResult, post_entries
from apps.patient_balances.models import Balance, Message, MoneyReview
from apps.patient_balances.selectors.due import claims_due, moved_balances, self_pay_visits
from apps.patient_balances.services import OpenedBalances, PaidBack, ReviewError, settle_review, write_off_balance
from apps.practice.roles import Role
from apps.worklist.models import WorkItem
from tests.factories.denials import denial
from tests.factories.intake import CoverageFactory, EncounterFactory
from tests.factories.ledger import account_totals, post_as_billed, post_patient_money
from tests.factories.patient_balances import BalanceFactory, MessageFactory, answered_claim, post_cash
from tests.factories.practice import PayerFactory, PracticeFactory, UserFactory
from tests.locks import locked_tables, table_of
from tests.patient_balances.opening import open_balances
from tests.patient_balances.owners import without_owner
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice_with_minimum")]
State = Balance.State


@pytest.fixture
def practice_with_minimum(db: None) -> None:
    PracticeFactory(minimum_balance=Decimal("5.00"))


def move(claim: Claim, charge: int, amount: str, key: str, now: datetime) -> None:
    """`amount` more is owed by the payer for a line, the payment of which was that much less."""
    legs = (
        NewLeg(Account.INSURANCE_RECEIVABLE, Decimal(amount), claim.patient_id, charge, claim.payer_id),
        NewLeg(Account.PAYER_CLEARING, -Decimal(amount), claim.patient_id, charge, claim.payer_id),
    )
    post_entries([NewEntry(Entry.Kind.REMITTANCE, key, now.date(), legs)], now=now)


def in_appeal(now: datetime, *, same_line: bool = False) -> Claim:
    """64.20 is the patient's on the first line; the payer refused 50.00 of the second, or of the first too."""
    claim = answered_claim(
        cost_share="64.20", status=ClaimStatus.IN_APPEAL, encounter=EncounterFactory(charges__size=2, billed_at=now)
    )
    line = claim.lines.order_by("number")[0 if same_line else 1]
    move(claim, line.charge_id, "50.00", f"refused:{claim.pk}", now)
    denial(claim=claim, line=line, amount="50.00")
    Denial.objects.filter(claim=claim).update(state=Denial.State.APPEALED)
    return claim


def overpaid(now: datetime, *, cost_share: str = "0") -> Claim:
    claim = answered_claim(cost_share=cost_share)
    move(claim, claim.lines.first().charge_id, "-30.00", f"too much:{claim.pk}", now)
    return claim


def self_pay(now: datetime, amount: str = "148.00", **fields: object) -> Encounter:
    visit: Encounter = EncounterFactory(coverage=None, billed_at=now, charges__amount=Decimal(amount), **fields)
    post_as_billed(*visit.charges.select_related("encounter"), now=now)
    return visit


def population(now: datetime) -> None:
    for status in ClaimStatus:
        answered_claim(cost_share="64.20", status=status)
        answered_claim(cost_share="0", status=status)
        answered_claim(cost_share="3.10", status=status)
        answered_claim(cost_share="20.00", denied="30.00", status=status)
    for each in (answered_claim(cost_share="-8.00"), answered_claim(cost_share="64.20")):
        CoverageFactory(patient=each.patient, payer=PayerFactory(filing_indicator="MC"), rank=2)
    in_appeal(now), in_appeal(now, same_line=True)
    overpaid(now), overpaid(now, cost_share="20.00"), overpaid(now, cost_share="-4.00")
    self_pay(now), self_pay(now, "2.50")
    BalanceFactory(), post_cash(BalanceFactory(), "90.00", key="too much by hand")


# States that no verb of ours leaves with money on them, so that nothing looks for it there.
_SETTLED = (ClaimStatus.CLOSED, ClaimStatus.WRITTEN_OFF)


@pytest.mark.long
def test_no_money_is_without_an_owner(now: datetime) -> None:
    population(now)
    settled = {str(pk) for pk in Claim.objects.filter(status__in=_SETTLED).values_list("encounter", flat=True)}
    open_denials(now=now)
    open_balances(now=now)
    build_secondaries(now=now)
    assert [row for row in without_owner() if row.split(":")[0] not in settled] == []
    assert open_balances(now=now) == OpenedBalances()


@pytest.mark.long
def test_where_nothing_is_due_nothing_is_read(now: datetime) -> None:
    """Paid, credited, overpaid, below the minimum, voided: each comes to its end."""
    answered_claim(cost_share="0"), answered_claim(cost_share="-8.00"), answered_claim(cost_share="4.99")
    answered_claim(cost_share="64.20", status=ClaimStatus.VOIDED), overpaid(now), self_pay(now), self_pay(now, "2.50")
    open_balances(now=now)
    assert not claims_due(0).exists()
    assert not moved_balances().exists()
    assert not self_pay_visits().exists()


# ---------------------------------------------------------------- claims in appeal


def test_cost_share_beside_an_appeal_is_asked_for_while_the_claim_stays_in_appeal(now: datetime) -> None:
    claim = in_appeal(now)
    assert open_balances(now=now) == OpenedBalances(opened=1)
    balance = Balance.objects.get()
    assert (balance.state, balance.opened_amount) == (State.OPEN, Decimal("64.20"))
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.IN_APPEAL
    assert not ClaimEvent.objects.exists()


def test_a_line_whose_appeal_may_change_the_cost_share_waits(now: datetime) -> None:
    in_appeal(now, same_line=True)
    assert open_balances(now=now) == OpenedBalances()
    assert not Balance.objects.exists()


def test_a_balance_paid_during_an_appeal_is_paid_and_the_claim_goes_on_in_appeal(now: datetime) -> None:
    claim = in_appeal(now)
    open_balances(now=now)
    post_cash(Balance.objects.get(), "64.20", key="desk")
    open_balances(now=now)
    assert Balance.objects.get().state == State.PAID
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.IN_APPEAL


def test_an_appeal_after_which_only_the_patient_owes_is_a_patient_balance(now: datetime) -> None:
    claim = answered_claim(cost_share="64.20", status=ClaimStatus.IN_APPEAL)
    open_balances(now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.PATIENT_BALANCE


# ---------------------------------------------------------------- voided claims and payers' credits


def settle(review: MoneyReview, now: datetime, *, note: str = "Overpaid", reason: str = "") -> WriteOffResult:
    """A credit by check 1044 of today; what is owed to us needs a `reason`."""
    paid = PaidBack("check", "1044", now.date())
    return settle_review(
        review_id=review.public_id, note=note, reason=reason, paid_back=paid, acting_user=UserFactory(), now=now
    )


def test_money_on_a_voided_claim_is_a_persons_and_leaves_by_a_word(now: datetime) -> None:
    claim = answered_claim(cost_share="64.20", denied="30.00", status=ClaimStatus.VOIDED)
    open_balances(now=now)
    review = MoneyReview.objects.get(claim=claim)
    assert review.work_item
    assert (review.work_item.kind, review.work_item.amount_at_stake) == ("voided_with_money", Decimal("30.00"))
    assert not Balance.objects.exists()
    settle(review, now, note="Never seen", reason="charity")
    assert claim_receivable(claim.lines.values_list("charge_id", flat=True)).total == 0
    assert account_totals()[Account.WRITE_OFF] == Decimal("94.20")
    review.work_item.refresh_from_db()
    assert review.work_item.state == WorkItem.State.DONE
    assert open_balances(now=now) == OpenedBalances()


def test_who_settles_a_review_locks_as_a_pass_over_balances_does_the_claim_first(now: datetime) -> None:
    overpaid(now)
    open_balances(now=now)
    review = MoneyReview.objects.get()
    with locked_tables() as tables:
        settle(review, now)
    assert tables[:2] == [table_of(Claim), table_of(MoneyReview)]


def test_a_payers_credit_closes_the_claim_and_is_a_persons(now: datetime) -> None:
    claim = overpaid(now)
    open_balances(now=now)
    claim.refresh_from_db()
    review = MoneyReview.objects.get(claim=claim)
    assert claim.status == ClaimStatus.CLOSED
    assert review.work_item
    assert (review.work_item.kind, review.work_item.amount_at_stake) == ("payer_credit", Decimal("30.00"))
    assert settle(review, now).amount == Decimal("30.00")
    assert account_totals()[Account.REFUNDS] == Decimal("-30.00")
    assert claim_receivable(claim.lines.values_list("charge_id", flat=True)).total == 0
    with pytest.raises(ReviewError):
        settle(review, now)


def test_a_credit_that_the_payer_took_back_itself_needs_nobody(now: datetime) -> None:
    claim = overpaid(now)
    open_balances(now=now)
    move(claim, claim.lines.first().charge_id, "30.00", "recouped", now)
    claim.refresh_from_db()
    move_claims([claim], ClaimStatus.PAID, what="The payer processed the claim.", now=now)
    open_balances(now=now)
    review = MoneyReview.objects.get()
    assert review.settled_at == now
    assert review.work_item
    assert review.work_item.state == WorkItem.State.WITHDRAWN


def test_while_a_payer_has_a_credit_its_patient_is_not_dunned(now: datetime) -> None:
    balance = BalanceFactory()
    message = MessageFactory(balance=balance, state=Message.State.WAITING)
    move(balance.claim, balance.claim.lines.first().charge_id, "-30.00", "too much", now)
    open_balances(now=now)
    balance.refresh_from_db()
    message.refresh_from_db()
    assert (balance.state, balance.stopped_reason) == (State.STOPPED, Balance.Stop.WITH_PAYER)
    assert message.state == Message.State.CANCELLED
    settle(MoneyReview.objects.get(), now)
    open_balances(now=now)
    balance.refresh_from_db()
    assert balance.state == State.OPEN


# ---------------------------------------------------------------- small rests and credits


def test_a_rest_below_the_minimum_is_written_off_and_the_claim_closed(now: datetime) -> None:
    claim = answered_claim(cost_share="4.99")
    assert open_balances(now=now) == OpenedBalances(closed=1)
    claim.refresh_from_db()
    balance = Balance.objects.get(claim=claim)
    assert (claim.status, balance.state, balance.opened_amount) == (
        ClaimStatus.CLOSED,
        State.WRITTEN_OFF,
        Decimal("4.99"),
    )
    assert account_totals()[Account.WRITE_OFF] == Decimal("4.99")
    assert account_totals()[Account.PATIENT_RECEIVABLE] == 0
    assert ClaimEvent.objects.get().what == "Less is left than the practice asks for: written off."


def test_a_small_rest_that_a_person_stopped_is_left_to_that_person(now: datetime) -> None:
    balance = BalanceFactory(owed="4.00", state=State.STOPPED, stopped_reason=Balance.Stop.DISPUTE)
    assert open_balances(now=now) == OpenedBalances()
    balance.refresh_from_db()
    assert balance.state == State.STOPPED


def test_a_credit_is_a_task_until_it_was_given_back(now: datetime) -> None:
    answered_claim(cost_share="-8.00")
    open_balances(now=now)
    balance = Balance.objects.select_related("work_item").get()
    assert balance.work_item
    assert (balance.work_item.kind, balance.work_item.amount_at_stake) == ("balance_credit", Decimal("8.00"))
    post_cash(balance, "-8.00", key="check")
    open_balances(now=now)
    balance.work_item.refresh_from_db()
    assert balance.work_item.state == WorkItem.State.WITHDRAWN


def test_a_write_off_never_leaves_a_credit_behind(now: datetime) -> None:
    """One line owes 70.00, another is 10.00 in credit: 60.00 are given up."""
    claim = answered_claim(
        cost_share="70.00",
        status=ClaimStatus.PATIENT_BALANCE,
        encounter=EncounterFactory(charges__size=2, billed_at=now),
    )
    balance = BalanceFactory(claim=claim)
    post_patient_money(claim.lines.order_by("number")[1].charge, "10.00", now=now)
    write_off_balance(balance_id=balance.public_id, reason="charity", note="", acting_user=UserFactory(), now=now)
    assert account_totals()[Account.PATIENT_RECEIVABLE] == 0
    assert account_totals()[Account.WRITE_OFF] == Decimal("60.00")


# ---------------------------------------------------------------- self-pay


def test_a_self_pay_visit_opens_a_balance_like_any_other(now: datetime) -> None:
    visit = self_pay(now)
    assert open_balances(now=now) == OpenedBalances(opened=1)
    balance = Balance.objects.get()
    assert (balance.encounter, balance.patient, balance.claim) == (visit, visit.patient, None)
    assert (balance.state, balance.opened_amount) == (State.OPEN, Decimal("148.00"))
    assert open_balances(now=now) == OpenedBalances()


def test_a_self_pay_balance_that_is_paid_by_another_road_is_paid(now: datetime) -> None:
    self_pay(now)
    open_balances(now=now)
    post_cash(Balance.objects.get(), "148.00", key="desk")
    assert open_balances(now=now) == OpenedBalances(changed=1)
    assert Balance.objects.get().state == State.PAID


def test_a_self_pay_patient_whom_medicaid_covered_is_not_billed(now: datetime) -> None:
    visit = self_pay(now)
    CoverageFactory(patient=visit.patient, payer=PayerFactory(filing_indicator="MC"))
    open_balances(now=now)
    balance = Balance.objects.get()
    assert (balance.state, balance.stopped_reason) == (State.STOPPED, Balance.Stop.PROTECTED)
    assert balance.work_item


def test_a_self_pay_rest_below_the_minimum_is_written_off(now: datetime) -> None:
    self_pay(now)
    open_balances(now=now)
    post_cash(Balance.objects.get(), "146.00", key="desk")
    open_balances(now=now)
    assert Balance.objects.get().state == State.WRITTEN_OFF
    assert account_totals()[Account.WRITE_OFF] == Decimal("2.00")


# ---------------------------------------------------------------- what a payer left open


def test_what_a_payer_paid_around_is_asked_about_and_closes_by_a_later_answer(now: datetime) -> None:
    claim = answered_claim(cost_share="0", denied="30.00", status=ClaimStatus.PAID)
    open_balances(now=now)
    review = MoneyReview.objects.get()
    assert (review.reason, review.work_item.kind) == (MoneyReview.Reason.UNANSWERED, "payer_left_open")
    move(claim, claim.lines.first().charge_id, "-30.00", "the rest", now)
    assert open_balances(now=now) == OpenedBalances(closed=1)
    review.refresh_from_db()
    assert review.settled_at == now


# ---------------------------------------------------------------- the page


@pytest.mark.long
@pytest.mark.usefixtures("frozen")
def test_a_biller_settles_a_review_on_its_page_and_the_front_desk_only_reads(client: Client, now: datetime) -> None:
    overpaid(now)
    open_balances(now=now)
    page = reverse("balances:money", args=[MoneyReview.objects.get().public_id])
    sign_in(client, Role.FRONT_DESK)
    shown = client.get(page).content.decode()
    assert "What was done with the money" not in shown
    assert MoneyReview.objects.get().claim.control_number not in shown
    sign_in(client, Role.BILLER)
    assert "What was done with the money" in client.get(page).content.decode()
    client.post(f"{page}settle/", {"note": ""})
    assert MoneyReview.objects.get().settled_at is None
    told = {"note": "Check 1044", "method": "check", "number": "1044", "paid_on": now.date().isoformat()}
    client.post(f"{page}settle/", told)
    assert MoneyReview.objects.get().note == "Check 1044"
    assert "Check 1044" in client.get(page).content.decode()


@pytest.mark.usefixtures("frozen")
def test_a_self_pay_balance_has_its_page_and_its_place_on_the_board(client: Client, now: datetime) -> None:
    self_pay(now)
    open_balances(now=now)
    sign_in(client, Role.BILLER)
    page = client.get(reverse("balances:detail", args=[Balance.objects.get().public_id])).content.decode()
    assert "Self-pay" in page
    assert "$148.00" in page
    assert "$148.00" in client.get(reverse("balances:board")).content.decode()
