"""The balances of what other payers decided: X222A1 1.4.4."""

from decimal import Decimal

import pytest

from apps.x12 import write_837p
from apps.x12.guides.x837p import Adjustment, Claim, ClaimPayer, OtherPayerImbalance, other_payer_imbalances
from tests.x12.examples import batch, envelope, line
from tests.x12.secondary_examples import line_decision, other_coverage, secondary_claim
from tests.x12.test_837p import body

WHOLE = (Adjustment("CO", "45", Decimal(25)), Adjustment("PR", "3", Decimal(20)))
SECOND = ClaimPayer(name="Second Plan", id="777")


def split_line() -> Claim:
    """Two decisions on one line: 125.00 = 50.00 + 30.00 paid + 25.00 + 20.00."""
    first = line_decision(paid=Decimal(50), adjustments=WHOLE[:1])
    second = line_decision(paid=Decimal(30), adjustments=WHOLE[1:])
    return secondary_claim(lines=(line(decisions=(first, second)),))


def of_claim_only(**changes: object) -> Claim:
    return secondary_claim(
        lines=(line(),), charge=Decimal(125), other_coverages=(other_coverage(adjustments=WHOLE, **changes),)
    )


def two_payers(second_paid: str) -> Claim:
    """The first paid 80.00; the second 15.00 of the 20.00 left, 5.00 stay with the patient."""
    after = (Adjustment("OA", "23", Decimal(105)), Adjustment("PR", "3", Decimal(5)))
    decisions = (line_decision(), line_decision(payer_id="777", paid=Decimal(15), adjustments=after))
    coverages = (other_coverage(), other_coverage(payer_rank="S", payer=SECOND, paid=Decimal(second_paid)))
    return secondary_claim(lines=(line(decisions=decisions),), other_coverages=coverages)


@pytest.mark.parametrize(
    "balanced",
    [
        secondary_claim(),
        split_line(),
        of_claim_only(),
        of_claim_only(paid=None),
        two_payers("15"),
        secondary_claim(other_coverages=(other_coverage(paid=Decimal(1)), other_coverage(paid=Decimal(2)))),
    ],
    ids=["by line", "split line", "claim only", "nothing stated", "two payers", "two of one id"],
)
def test_what_balances_is_not_named(balanced: Claim) -> None:
    assert other_payer_imbalances(balanced) == ()


def test_a_line_that_does_not_add_up_is_named_with_its_place() -> None:
    odd = line_decision(adjustments=WHOLE[:1])
    text = write_837p(batch(secondary_claim(lines=(line(), line(2, decisions=(odd,))))), envelope())
    (found,) = body(text).claims
    (imbalance,) = other_payer_imbalances(found)
    assert (imbalance.payer_id, imbalance.line, imbalance.difference) == ("12345", 1, Decimal(20))
    assert (imbalance.computed, imbalance.stated) == (Decimal(100), Decimal(80))
    assert text.decode().split("~")[imbalance.segment - 1].startswith("SVD*12345*80*")


@pytest.mark.parametrize(
    ("odd", "computed", "stated"),
    [
        (secondary_claim(other_coverages=(other_coverage(paid=Decimal(70)),)), "80", "70"),
        (secondary_claim(other_coverages=(other_coverage(adjustments=WHOLE[1:]),)), "60", "80"),
        (of_claim_only(paid=Decimal("79.99")), "80", "79.99"),
    ],
    ids=["paid", "adjusted at the claim", "no lines"],
)
def test_a_claim_that_does_not_add_up_is_named(odd: Claim, computed: str, stated: str) -> None:
    assert other_payer_imbalances(odd) == (OtherPayerImbalance("12345", 0, Decimal(computed), Decimal(stated)),)


def test_each_payer_is_balanced_for_itself() -> None:
    assert other_payer_imbalances(two_payers("14")) == (OtherPayerImbalance("777", 0, Decimal(15), Decimal(14)),)
