"""A second payer takes off and leaves a share to the patient; a third pays that share."""

from decimal import Decimal

import pytest

from apps.ledger.models import Account
from apps.ledger.services import post_entries
from tests.factories.ledger import account_totals
from tests.factories.practice import PayerFactory
from tests.factories.remittances import NOW, submitted_claim
from tests.remittances.test_patient_paid_before import answers, stands
from tests.remittances.test_said_versions import write_off_of_share

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.mark.parametrize(
    ("third", "contractual", "written_off", "insurance"),
    [
        ("5.00", "35.00", "0.00", None),
        ("2.00", "35.00", "3.00", None),
        ("12.00", "28.00", "0.00", None),
        ("25.00", "20.00", "0.00", "-5.00"),
    ],
)
def test_a_third_payer_after_the_second_took_off_and_the_rest_was_written_off(
    third: str, contractual: str, written_off: str, insurance: str | None
) -> None:
    claim, last = submitted_claim("100.00"), PayerFactory()
    answers(claim.payer, claim, ("60.00", ("PR-2", "20.00"), ("CO-45", "20.00")), "19")
    answers(PayerFactory(), claim, ("0.00", ("CO-45", "15.00"), ("PR-2", "5.00"), ("OA-23", "80.00")), "2")
    assert stands(claim) == ({}, Decimal("5.00"))
    post_entries([write_off_of_share(claim, "5.00")], now=NOW)
    answers(last, claim, (third, ("OA-23", str(Decimal(100) - Decimal(third)))), "3")
    totals = account_totals()
    found = (stands(claim), str(totals[Account.CONTRACTUAL]), str(totals[Account.WRITE_OFF]))
    credit = {last.pk: Decimal(insurance)} if insurance else {}
    assert found == ((credit, Decimal(0)), contractual, written_off)
