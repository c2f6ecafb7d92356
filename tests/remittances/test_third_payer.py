"""A second payer takes off and leaves a share to the patient; a third pays that share."""

from decimal import Decimal

import pytest

from apps.claims.models import Claim
from apps.ledger.models import Account
from apps.practice.models import Payer
from tests.factories.ledger import account_totals, write_off_share
from tests.factories.practice import PayerFactory
from tests.factories.remittances import NOW, submitted_claim
from tests.remittances.test_patient_paid_before import answers, stands

pytestmark = [pytest.mark.django_db, pytest.mark.long]
# What the third pays, what stays taken off, what stays of the share, and the third's credit.
CASES = [
    ("5.00", "35.00", "0.00", None),
    ("2.00", "35.00", "3.00", None),
    ("12.00", "28.00", "0.00", None),
    ("25.00", "20.00", "0.00", "-5.00"),
]


@pytest.fixture
def claim() -> Claim:
    """Charged 100.00: the first payer paid 60.00 and took off 20.00, the second took off 15.00 and left 5.00 to the patient."""
    found = submitted_claim("100.00")
    answers(found.payer, found, ("60.00", ("PR-2", "20.00"), ("CO-45", "20.00")), "19")
    answers(PayerFactory(), found, ("0.00", ("CO-45", "15.00"), ("PR-2", "5.00"), ("OA-23", "80.00")), "2")
    assert stands(found) == ({}, Decimal("5.00"))
    return found


def third_pays(claim: Claim, amount: str) -> Payer:
    last: Payer = PayerFactory()
    answers(last, claim, (amount, ("OA-23", str(Decimal(100) - Decimal(amount)))), "3")
    return last


@pytest.mark.parametrize(("third", "contractual", "patient", "insurance"), CASES)
def test_what_a_third_payer_pays_is_the_share_that_the_second_left(
    claim: Claim, third: str, contractual: str, patient: str, insurance: str | None
) -> None:
    last = third_pays(claim, third)
    credit = {last.pk: Decimal(insurance)} if insurance else {}
    assert stands(claim) == (credit, Decimal(patient))
    assert str(account_totals()[Account.CONTRACTUAL]) == contractual


@pytest.mark.parametrize(("third", "contractual", "written_off", "insurance"), CASES)
def test_of_a_share_that_was_written_off_so_much_is_taken_back(
    claim: Claim, third: str, contractual: str, written_off: str, insurance: str | None
) -> None:
    write_off_share(claim.lines.get().charge, "5.00", now=NOW)
    last = third_pays(claim, third)
    totals = account_totals()
    credit = {last.pk: Decimal(insurance)} if insurance else {}
    assert stands(claim) == (credit, Decimal(0))
    assert (str(totals[Account.CONTRACTUAL]), str(totals[Account.WRITE_OFF])) == (contractual, written_off)
