"""The patient paid before the next plan was asked: it is asked all the same, and nothing is given back before it has answered."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from apps.automations import sweeping
from apps.claims.models import Claim
from apps.claims.services import build_secondaries, void_claim
from apps.ledger.selectors import Receivable, claim_receivable
from apps.patient_balances.models import Balance
from apps.patient_balances.services.settle import bring_up_to_date
from apps.worklist.models import WorkItem
from tests.claims.secondaries import answered, built, charges, medicare_paid_a_part, with_second_plan
from tests.factories.ledger import post_patient_money
from tests.factories.practice import UserFactory
from tests.factories.remittances import NOW, submitted_claim, svc
from tests.patient_balances.opening import open_balances

pytestmark = [pytest.mark.django_db, pytest.mark.long]
State = Balance.State


def paid(claim: Claim, amount: str, key: str = "desk") -> None:
    post_patient_money(claim.lines.get().charge, amount, key=key, now=NOW)


def credits_to_give_back() -> list[Decimal]:
    open_items = WorkItem.objects.filter(kind="balance_credit", state=WorkItem.State.OPEN)
    return [amount for amount in open_items.values_list("amount_at_stake", flat=True) if amount is not None]


def paid_in_full() -> Claim:
    """Its balance of 75.00 is paid and its claim closed; then the patient names another plan."""
    first = medicare_paid_a_part()
    open_balances(now=NOW)
    paid(first, "75.00")
    open_balances(now=NOW)
    first.refresh_from_db()
    assert (first.status, Balance.objects.get().state) == ("closed", State.PAID)
    with_second_plan(first)
    return first


def billed_on_after(amount: str) -> tuple[Claim, Claim]:
    """The patient pays so much of a balance of 75.00 before the next plan is known."""
    first = medicare_paid_a_part()
    open_balances(now=NOW)
    paid(first, amount)
    with_second_plan(first)
    second = built(first)
    open_balances(now=NOW)
    return first, second


def test_a_plan_that_is_told_after_the_patient_has_paid_everything_is_billed() -> None:
    first = paid_in_full()
    assert ("build_secondaries", "") in sweeping.left_behind(now=NOW)
    built(first)
    first.refresh_from_db()
    assert first.status == "paid"
    assert claim_receivable(charges(first)) == Receivable(Decimal("75.00"), Decimal("-75.00"))
    assert ("build_secondaries", "") not in sweeping.left_behind(now=NOW)


@pytest.mark.parametrize("amount", ["40.00", "75.00"])
def test_nothing_is_given_back_before_the_next_plan_has_answered_and_then_once(amount: str) -> None:
    first, second = billed_on_after(amount)
    bring_up_to_date([Balance.objects.get().pk], now=NOW)
    assert (credits_to_give_back(), Balance.objects.get().state) == ([], State.PAID)
    answered(second, svc(second.lines.get(), "75.00", ("OA-23", "425.00")), status="2")
    for _ in range(2):
        open_balances(now=NOW)
    assert credits_to_give_back() == [Decimal(amount)]
    paid(first, f"-{amount}", key="given back")
    for _ in range(2):
        open_balances(now=NOW)
    assert set(Claim.objects.values_list("status", flat=True)) == {"closed"}
    assert Balance.objects.exclude(state__in=[State.PAID, State.WITHDRAWN]).count() == 0


def test_while_a_denial_of_the_next_plan_is_undecided_nothing_is_given_back_either() -> None:
    first = paid_in_full()
    second = built(first)
    answered(second, svc(second.lines.get(), "0.00", ("OA-23", "425.00"), ("CO-50", "75.00")), status="2")
    open_balances(now=NOW)
    bring_up_to_date([Balance.objects.get().pk], now=NOW)
    assert (credits_to_give_back(), Balance.objects.get().state) == ([], State.PAID)


@pytest.mark.parametrize("amount", ["40.00", "75.00"])
def test_where_the_next_plan_leaves_it_to_the_patient_only_the_rest_is_asked_for(amount: str) -> None:
    first, second = billed_on_after(amount)
    answered(second, svc(second.lines.get(), "0.00", ("OA-23", "425.00"), ("PR-1", "75.00")), status="2")
    open_balances(now=NOW)
    rest = Decimal("75.00") - Decimal(amount)
    assert claim_receivable(charges(first)) == Receivable(Decimal("0.00"), rest)
    asked = Balance.objects.filter(state=State.OPEN).values_list("claim", "opened_amount")
    assert list(asked) == ([(second.pk, rest)] if rest else [])
    assert credits_to_give_back() == []


@pytest.mark.parametrize("steps", [(open_balances, build_secondaries), (build_secondaries, open_balances)])
@pytest.mark.parametrize("amount", ["75.00", "90.00"])
def test_what_was_paid_at_the_desk_before_any_answer_keeps_no_plan_from_being_billed(
    steps: Sequence[Callable[..., object]], amount: str
) -> None:
    first = submitted_claim("500.00")
    paid(first, amount)
    with_second_plan(first)
    answered(first, svc(first.lines.get(), "300.00", ("PR-2", "75.00")))
    for step in (*steps, *steps):
        step(now=NOW)
    second = Claim.objects.get(encounter=first.encounter, payer_rank=2)
    assert second.status == "draft"
    assert claim_receivable(charges(first)) == Receivable(Decimal("75.00"), -Decimal(amount))
    first.refresh_from_db()
    assert first.status == "paid"


def test_a_plan_that_is_given_up_leaves_the_payment_where_it_was() -> None:
    first = paid_in_full()
    second = built(first)
    open_balances(now=NOW)
    void_claim(claim_id=second.public_id, reason="The plan had ended", acting_user=UserFactory(), now=NOW)
    open_balances(now=NOW)
    first.refresh_from_db()
    assert (first.status, Balance.objects.get().state) == ("closed", State.PAID)
    assert claim_receivable(charges(first)) == Receivable()
    assert build_secondaries(now=NOW).built == 0


def test_a_visit_that_no_payer_takes_any_more_is_left_alone() -> None:
    first = paid_in_full()
    Claim.objects.filter(pk=first.pk).update(service_date=NOW.date())
    assert build_secondaries(now=NOW + timedelta(days=366)).built == 0
    assert build_secondaries(now=NOW + timedelta(days=364)).built == 1
