"""Two plans of one patient at the same payer: the second is billed for what the first left."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from apps.claims.models import Claim
from apps.claims.services import build_secondaries
from apps.connectors.models import Connection
from apps.intake.models import Coverage
from apps.ledger.selectors import Receivable, claim_receivable, ledger_faults
from apps.patient_balances.models import Balance
from apps.patient_balances.services import OpenedBalances
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import post_remittances
from tests.claims.secondaries import answered, built, charges, medicare_paid_a_part, with_second_plan, written_after
from tests.factories.practice import PracticeFactory
from tests.factories.remittances import (
    NOW,
    PAID_ON,
    clp,
    payment,
    reversal_of,
    stored_file,
    svc,
)
from tests.patient_balances.opening import open_balances

pytestmark = pytest.mark.django_db
ZERO = Decimal("0.00")


def same_payers_plan(first: Claim, **fields: object) -> Coverage:
    """The patient's second plan at the payer of the first, as where both parents are insured with one."""
    return with_second_plan(first, **({"payer": first.payer, "member_id": "SECOND77"} | fields))


@pytest.mark.long
def test_a_second_plan_at_the_same_payer_is_billed_and_its_answer_comes_behind_the_first() -> None:
    first = medicare_paid_a_part()
    plan = same_payers_plan(first)
    claim = built(first)
    assert (claim.coverage, claim.payer) == (plan, first.payer)
    assert claim_receivable(charges(first)) == Receivable(Decimal("75.00"), ZERO)
    answered(claim, svc(claim.lines.get(), "60.00", ("PR-2", "15.00"), ("OA-23", "425.00")), status="2")
    assert claim_receivable(charges(first)) == Receivable(ZERO, Decimal("15.00"))
    assert (ledger_faults(), payment_faults()) == ([], [])
    assert build_secondaries(now=NOW).built == 0


@pytest.mark.long
def test_an_answer_of_one_plan_that_is_taken_back_leaves_the_payers_other_plan() -> None:
    first = medicare_paid_a_part()
    same_payers_plan(first)
    claim = built(first)
    said = clp(claim, svc(claim.lines.get(), "60.00", ("PR-2", "15.00"), ("OA-23", "425.00")), status="2")
    stored_file(payment(said, payer=first.payer, payment_date=PAID_ON))
    post_remittances(now=NOW)
    stored_file(payment(reversal_of(said), payer=first.payer, payment_date=PAID_ON + timedelta(days=3)))
    post_remittances(now=NOW)
    assert claim_receivable(charges(first)) == Receivable(Decimal("75.00"), ZERO)
    assert (ledger_faults(), payment_faults()) == ([], [])


def test_a_membership_that_is_told_with_two_ranks_is_not_billed_twice() -> None:
    first = medicare_paid_a_part()
    same_payers_plan(first, member_id=first.coverage.member_id.lower())
    assert build_secondaries(now=NOW).built == 0


@pytest.mark.long
def test_a_payer_that_answers_for_its_other_plan_by_itself_is_not_billed_for_it() -> None:
    first = medicare_paid_a_part()
    same_payers_plan(first)
    answered(first, svc(first.lines.get(), "60.00", ("PR-2", "15.00"), ("OA-23", "425.00")), status="2")
    assert build_secondaries(now=NOW).built == 0


def test_the_patient_is_not_asked_while_another_plan_of_the_same_payer_is_unbilled() -> None:
    PracticeFactory()
    first = medicare_paid_a_part()
    same_payers_plan(first)
    assert open_balances(now=NOW) == OpenedBalances()
    built(first)
    assert open_balances(now=NOW) == OpenedBalances()
    assert not Balance.objects.exists()


@pytest.mark.long
def test_the_claim_to_the_second_plan_of_a_payer_goes_out_whole(clearinghouse: Callable[..., Connection]) -> None:
    clearinghouse()
    first = medicare_paid_a_part()
    same_payers_plan(first)
    text = written_after(first)
    assert "*MI*SECOND77~" in text  # to the second plan, which is told what the first decided
    assert f"*MI*{first.coverage.member_id}~" in text
    assert f"~SVD*{first.payer.claims_id}*300*" in text
