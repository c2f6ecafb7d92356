from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.claims.models import Claim, ClaimEvent
from apps.claims.services import build_secondaries, move_claims
from apps.claims.states import ClaimStatus
from apps.ledger.services import reverse_entries
from apps.patient_balances.models import Balance, Message
from apps.patient_balances.services import OpenedBalances, ProtectedError, plan_messages, resume_balance, stop_balance
from apps.practice.models import Practice
from apps.worklist.models import WorkItem
from tests.factories.claims import AdjudicationFactory, ClaimFactory
from tests.factories.intake import CoverageFactory, EncounterFactory
from tests.factories.ledger import post_as_billed
from tests.factories.patient_balances import BalanceFactory, MessageFactory, answered_claim, post_answer, post_cash
from tests.factories.practice import PayerFactory, PracticeFactory, UserFactory
from tests.patient_balances.opening import open_balances

pytestmark = pytest.mark.django_db
State = Balance.State


@pytest.fixture(autouse=True)
def practice(db: None) -> Practice:
    practice: Practice = PracticeFactory()
    return practice


def status_of(claim: Claim) -> ClaimStatus:
    return ClaimStatus(Claim.objects.get(pk=claim.pk).status)


def test_what_the_payer_leaves_to_the_patient_becomes_a_balance(now: datetime) -> None:
    claim = answered_claim(cost_share="64.20")
    assert open_balances(now=now) == OpenedBalances(opened=1)
    balance = Balance.objects.get()
    assert (balance.claim, balance.patient, balance.state) == (claim, claim.patient, State.OPEN)
    assert (balance.opened_amount, balance.opened_at) == (Decimal("64.20"), now)
    assert status_of(claim) is ClaimStatus.PATIENT_BALANCE
    assert ClaimEvent.objects.get(claim=claim).what == "Every payer has answered; the rest is the patient's."


def test_a_second_run_changes_nothing(now: datetime) -> None:
    answered_claim()
    answered_claim(cost_share="0")
    open_balances(now=now)
    assert open_balances(now=now) == OpenedBalances()
    assert ClaimEvent.objects.count() == 2


def test_a_claim_with_nothing_left_anywhere_is_closed(now: datetime) -> None:
    claim = answered_claim(cost_share="0")
    assert open_balances(now=now) == OpenedBalances(closed=1)
    assert status_of(claim) is ClaimStatus.CLOSED
    assert not Balance.objects.exists()


@pytest.mark.parametrize("status", [ClaimStatus.DENIED, ClaimStatus.PARTLY_DENIED])
def test_a_claim_whose_denial_is_open_stays(status: ClaimStatus, now: datetime) -> None:
    claim = answered_claim(status=status, denied="30.00")
    assert open_balances(now=now) == OpenedBalances()
    assert status_of(claim) is status


def test_the_minimum_is_a_setting(practice: Practice, now: datetime) -> None:
    practice.minimum_balance = Decimal("100.00")
    practice.save()
    answered_claim(cost_share="99.99")
    assert open_balances(now=now) == OpenedBalances(closed=1)
    assert Balance.objects.get().state == State.WRITTEN_OFF


def held_by(claim: Claim) -> str:
    balance = Balance.objects.get(claim=claim)
    assert balance.state == State.STOPPED
    assert balance.work_item
    assert balance.work_item.state == WorkItem.State.OPEN
    return balance.stopped_reason


def test_a_medicaid_patient_is_never_billed(now: datetime) -> None:
    claim = answered_claim()
    CoverageFactory(patient=claim.patient, payer=PayerFactory(filing_indicator="MC"), rank=1)
    open_balances(now=now)
    assert held_by(claim) == Balance.Stop.PROTECTED


def test_medicaid_that_ended_before_the_visit_does_not_protect(now: datetime) -> None:
    claim = answered_claim()
    CoverageFactory(patient=claim.patient, payer=PayerFactory(filing_indicator="MC"), rank=2, ends_on=date(2026, 8, 31))
    open_balances(now=now)
    assert Balance.objects.get().state == State.OPEN


@pytest.mark.parametrize("remark", ["N781", "N782", "N783"])
def test_a_payers_qmb_remark_protects(remark: str, now: datetime) -> None:
    claim = answered_claim()
    AdjudicationFactory(claim=claim, cost_share=Decimal("64.20"), remark_codes=["M15", remark])
    open_balances(now=now)
    assert held_by(claim) == Balance.Stop.PROTECTED


def test_a_remark_that_arrives_later_stops_the_messages_at_once(now: datetime) -> None:
    balance = BalanceFactory()
    message = MessageFactory(balance=balance, state=Message.State.WAITING)
    AdjudicationFactory(claim=balance.claim, cost_share=Decimal("64.20"), remark_codes=["N781"])
    assert open_balances(now=now) == OpenedBalances(changed=1)
    assert held_by(balance.claim) == Balance.Stop.PROTECTED
    message.refresh_from_db()
    assert message.state == Message.State.CANCELLED


def test_a_claim_that_is_billed_on_by_itself_opens_no_balance_for_the_moment_before(now: datetime) -> None:
    claim = answered_claim()
    CoverageFactory(patient=claim.patient, rank=2)
    assert open_balances(now=now) == OpenedBalances()
    assert (status_of(claim), Balance.objects.count()) == (ClaimStatus.PAID, 0)
    build_secondaries(now=now)
    assert open_balances(now=now) == OpenedBalances()
    assert (status_of(claim), Balance.objects.count()) == (ClaimStatus.PAID, 0)


def test_a_plan_beyond_the_last_rank_that_can_be_billed_is_a_persons_to_look_at(now: datetime) -> None:
    claim = answered_claim()
    Claim.objects.filter(pk=claim.pk).update(payer_rank=3)
    CoverageFactory(patient=claim.patient, rank=4)
    open_balances(now=now)
    assert held_by(claim) == Balance.Stop.OTHER_COVERAGE


def test_a_plan_that_is_billed_after_the_patient_was_asked_takes_the_claim_back_from_the_patient(now: datetime) -> None:
    claim = answered_claim()
    ClaimEvent.objects.create(claim=claim, at=now, old_status="accepted", new_status=claim.status, what="Paid.")
    open_balances(now=now)
    assert status_of(claim) is ClaimStatus.PATIENT_BALANCE
    CoverageFactory(patient=claim.patient, rank=2)
    assert build_secondaries(now=now).built == 1
    assert status_of(claim) is ClaimStatus.PAID
    open_balances(now=now)
    assert (status_of(claim), Balance.objects.get().state) == (ClaimStatus.PAID, State.WITHDRAWN)


def test_another_plan_that_appears_later_stops_the_messages_at_once(now: datetime) -> None:
    balance = BalanceFactory()
    message = MessageFactory(balance=balance, state=Message.State.WAITING)
    CoverageFactory(patient=balance.patient, rank=2)
    assert open_balances(now=now) == OpenedBalances(changed=1)
    assert held_by(balance.claim) == Balance.Stop.OTHER_COVERAGE
    message.refresh_from_db()
    assert message.state == Message.State.CANCELLED
    assert open_balances(now=now) == OpenedBalances()


def test_a_person_may_bill_although_there_is_another_plan(now: datetime) -> None:
    CoverageFactory(patient=BalanceFactory().patient, rank=2)
    open_balances(now=now)
    resume_balance(balance_id=Balance.objects.get().public_id, acting_user=UserFactory(), now=now)
    assert open_balances(now=now) == OpenedBalances()
    assert Balance.objects.get().state == State.OPEN


def test_nobody_can_bill_a_protected_patient(now: datetime) -> None:
    claim = answered_claim()
    CoverageFactory(patient=claim.patient, payer=PayerFactory(filing_indicator="MC"), rank=1)
    open_balances(now=now)
    refuse_to_bill(Balance.objects.get(), now)
    open_balances(now=now)
    assert held_by(claim) == Balance.Stop.PROTECTED


def test_nobody_can_bill_a_protected_patient_who_was_seen_without_a_plan(now: datetime) -> None:
    visit = EncounterFactory(coverage=None, billed_at=now, charges__amount=Decimal("148.00"))
    post_as_billed(*visit.charges.select_related("encounter"), now=now)
    CoverageFactory(patient=visit.patient, payer=PayerFactory(filing_indicator="MC"), rank=2)
    open_balances(now=now)
    refuse_to_bill(Balance.objects.get(), now)
    balance = Balance.objects.get()
    assert (balance.state, balance.stopped_reason) == (State.STOPPED, Balance.Stop.PROTECTED)


def refuse_to_bill(balance: Balance, now: datetime) -> None:
    assert balance.stopped_reason == Balance.Stop.PROTECTED
    user = UserFactory()
    with pytest.raises(ProtectedError, match="may not be billed"):
        resume_balance(balance_id=balance.public_id, acting_user=user, now=now)
    with pytest.raises(ProtectedError):
        stop_balance(balance_id=balance.public_id, reason=Balance.Stop.HOLD, acting_user=user, now=now)
    plan_messages(now=now)
    assert not Message.objects.exists()


def test_while_a_later_payer_has_the_claim_the_patient_waits(now: datetime) -> None:
    claim = answered_claim()
    ClaimFactory(encounter=claim.encounter, payer_rank=2, status=ClaimStatus.SUBMITTED)
    assert open_balances(now=now) == OpenedBalances()


def test_a_balance_paid_by_another_road_is_paid_and_its_claim_closed(now: datetime) -> None:
    balance = BalanceFactory()
    message = MessageFactory(balance=balance, state=Message.State.WAITING)
    post_cash(balance, "64.20", key="desk")
    assert open_balances(now=now) == OpenedBalances(closed=1, changed=1)
    balance.refresh_from_db()
    message.refresh_from_db()
    assert balance.state == State.PAID
    assert message.state == Message.State.CANCELLED
    assert status_of(balance.claim) is ClaimStatus.CLOSED


def test_a_payment_of_a_part_leaves_the_balance_open(now: datetime) -> None:
    balance = BalanceFactory()
    post_cash(balance, "20.00", key="desk")
    assert open_balances(now=now) == OpenedBalances()
    balance.refresh_from_db()
    assert balance.state == State.OPEN


def test_more_than_is_owed_is_a_credit_that_nobody_is_asked_for(now: datetime) -> None:
    balance = BalanceFactory()
    post_cash(balance, "70.00", key="desk")
    open_balances(now=now)
    balance.refresh_from_db()
    assert balance.state == State.CREDIT
    assert status_of(balance.claim) is ClaimStatus.CLOSED


def test_a_credit_without_a_balance_is_listed_too(now: datetime) -> None:
    claim = answered_claim(cost_share="-8.00")
    open_balances(now=now)
    balance = Balance.objects.get(claim=claim)
    assert (balance.state, balance.opened_amount) == (State.CREDIT, Decimal("0.00"))
    assert not Message.objects.exists()


def test_a_credit_that_was_given_back_is_settled(now: datetime) -> None:
    balance = BalanceFactory()
    post_cash(balance, "70.00", key="desk")
    open_balances(now=now)
    post_cash(balance, "-5.80", key="given back")
    open_balances(now=now)
    balance.refresh_from_db()
    assert balance.state == State.PAID


def reverse(claim: Claim, now: datetime) -> None:
    """The payer takes its answer back, as the posting of a CLP02 22 leaves it."""
    keys = [f"835:{line.charge_id}" for line in claim.lines.all()]
    reverse_entries(keys=keys, posted_on=now.date(), now=now)
    move_claims([claim], ClaimStatus.REVERSED, what="The payer took its earlier answer back.", now=now)


def test_a_reversal_withdraws_the_balance_and_leaves_the_claim_with_its_payer(now: datetime) -> None:
    balance = BalanceFactory()
    reverse(balance.claim, now)
    assert open_balances(now=now) == OpenedBalances(changed=1)
    balance.refresh_from_db()
    assert balance.state == State.WITHDRAWN
    assert status_of(balance.claim) is ClaimStatus.REVERSED


def test_a_corrected_answer_changes_what_is_owed_and_goes_on(now: datetime) -> None:
    balance = BalanceFactory()
    reverse(balance.claim, now)
    post_answer(balance.claim, cost_share="80.00", now=now, key="835 again")
    move_claims([balance.claim], ClaimStatus.PAID, what="The payer processed the claim.", now=now)
    open_balances(now=now)
    balance.refresh_from_db()
    assert balance.state == State.OPEN
    assert status_of(balance.claim) is ClaimStatus.PATIENT_BALANCE


def test_a_settled_balance_that_comes_back_is_decided_by_a_person(now: datetime) -> None:
    balance = BalanceFactory(state=State.PAID, first_notice_at=now, paid_at=now)
    post_cash(balance, "64.20", key="desk")
    move_claims([balance.claim], ClaimStatus.CLOSED, what="Paid.", now=now)
    reverse(balance.claim, now)
    post_answer(balance.claim, cost_share="100.00", now=now, key="835 again")
    move_claims([balance.claim], ClaimStatus.PAID, what="The payer processed the claim.", now=now)
    open_balances(now=now)
    balance.refresh_from_db()
    assert balance.state == State.SEQUENCE_DONE
    assert balance.work_item
    assert balance.work_item.kind == "balance_returned"
    assert balance.work_item.amount_at_stake == Decimal("35.80")


def test_a_balance_that_a_payer_took_up_again_is_not_dunned_meanwhile(now: datetime) -> None:
    balance = BalanceFactory()
    move_claims([balance.claim], ClaimStatus.FORWARDED, what="Passed on.", now=now)
    open_balances(now=now)
    balance.refresh_from_db()
    assert (balance.state, balance.stopped_reason) == (State.STOPPED, Balance.Stop.WITH_PAYER)
    move_claims([balance.claim], ClaimStatus.PAID, what="The next payer answered.", now=now)
    open_balances(now=now)
    balance.refresh_from_db()
    assert (balance.state, balance.stopped_reason) == (State.OPEN, "")


def test_what_a_person_stopped_stays_stopped(now: datetime) -> None:
    balance = BalanceFactory()
    stop_balance(balance_id=balance.public_id, reason=Balance.Stop.HOLD, acting_user=UserFactory(), now=now)
    assert open_balances(now=now) == OpenedBalances()
    balance.refresh_from_db()
    assert balance.state == State.STOPPED


@pytest.mark.long
def test_many_claims_take_no_more_queries_than_few(now: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            open_balances(now=now)
        return len(captured)

    answered_claim(), answered_claim(cost_share="0")
    few = queries()
    for _ in range(6):
        answered_claim(), answered_claim(cost_share="0")
    assert queries() <= few + 4
