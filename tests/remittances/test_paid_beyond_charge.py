"""A payer pays more for a line than it was charged: the money is posted, and a person finds out whose it is."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.ledger.selectors import claim_receivable
from apps.patient_balances.models import MoneyReview
from apps.remittances.models import RemittanceException, RemittedClaim
from apps.remittances.services import post_remittances
from apps.worklist.models import WorkItem
from apps.x12.guides.x835 import ServiceLine
from tests.factories.practice import PracticeFactory
from tests.factories.remittances import NOW, adjustments, clp, payment, stored_file, submitted_claim, svc
from tests.patient_balances.opening import open_balances

pytestmark = pytest.mark.django_db


def posted(code: str, *, charge: str = "100.00", amount: str = "-50.00") -> int:
    """A line of 100.00 is paid 150.00. Gives its charge's key."""
    PracticeFactory()
    claim = submitted_claim("100.00")
    line = claim.lines.get()
    said: ServiceLine = replace(svc(line, "150.00"), charge=Decimal(charge), adjustments=adjustments((code, amount)))
    stored_file(payment(clp(claim, said), payer=claim.payer))
    post_remittances(now=NOW)
    assert RemittedClaim.objects.get().outcome == "posted"
    open_balances(now=NOW)
    return line.charge_id


@pytest.mark.long
@pytest.mark.parametrize(
    ("told", "credit"),
    [
        ({"code": "CO-97"}, "-50.00"),
        ({"code": "CO-45", "charge": "200.00", "amount": "50.00"}, "-100.00"),
    ],
    ids=["a negative denial", "a larger charge than ours"],
)
def test_what_makes_a_credit_is_a_task_with_a_day_until_which_it_is_given_back(
    told: dict[str, str], credit: str
) -> None:
    charge = posted(**told)
    assert claim_receivable([charge]).insurance == Decimal(credit)
    review = MoneyReview.objects.get()
    assert (review.reason, review.work_item.amount_at_stake) == ("payer_credit", -Decimal(credit))
    assert review.due_on is not None
    assert not RemittanceException.objects.exists()


def test_what_the_payer_hides_in_an_agreed_reduction_is_a_persons_to_look_at() -> None:
    charge = posted("CO-45")
    assert claim_receivable([charge]).total == 0
    assert not MoneyReview.objects.exists()
    found = RemittanceException.objects.get()
    assert (found.kind, found.amount) == ("contract_check", 0)
    assert found.sentence == (
        "Service line 1 is charged $100.00 and paid $150.00; what is more is told as a contractual adjustment, so no credit "
        "stands for it. Find out whether it is owed back."
    )


@pytest.mark.parametrize("code", ["OA-94", "CO-144", "CO-161"])
def test_what_by_its_code_is_paid_beyond_the_charge_needs_nobody(code: str) -> None:
    posted(code)
    assert not RemittanceException.objects.exists()
    assert not WorkItem.objects.exists()
