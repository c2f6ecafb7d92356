"""A person gave up what the first payer denied; then a further payer answers. Its answer takes that back only where it does not fit in
what was left.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

import pytest

from apps.claims.models import Claim
from apps.denials.services import open_denials
from apps.ledger.models import Account
from apps.ledger.selectors import Receivable, insurance_by_payer
from apps.x12.guides import x835
from tests.factories.ledger import account_totals
from tests.factories.practice import PayerFactory, UserFactory
from tests.factories.remittances import NOW, clp, payment, plb, reversal_of, submitted_claim, svc
from tests.orders import orders
from tests.remittances.test_given_up import give_up, post, receivable

pytestmark = pytest.mark.django_db
Said = tuple[str, *tuple[tuple[str, str], ...]]
DENIED: Said = ("0.00", ("CO-50", "100.00"))
DENIED_IN_PART: Said = ("60.00", ("PR-2", "20.00"), ("CO-97", "20.00"))
RELEASED: Said = ("0.00", ("PR-96", "100.00"))


def given_up(said: Said) -> Claim:
    """Charged 100.00; what the first payer denied of it is written off, or released where it says that the patient owes it."""
    claim = submitted_claim("100.00")
    post(payment(answer(claim, said, "1"), payer=claim.payer))
    open_denials(now=NOW)
    give_up(claim, UserFactory())
    return claim


def answer(claim: Claim, said: Said, status: str = "2") -> x835.RemittedClaim:
    paid, *codes = said
    return clp(claim, svc(claim.lines.get(), paid, *codes), status=status)


def stands(claim: Claim) -> tuple[str, ...]:
    """Open with payers, open with the patient, written off, reduced by contract."""
    now_open, totals = receivable(claim), account_totals()
    found = (now_open.insurance, now_open.patient, totals[Account.WRITE_OFF], totals[Account.CONTRACTUAL])
    return tuple(str(amount) for amount in found)


@pytest.mark.parametrize(
    ("first", "further", "expected"),
    [
        pytest.param(DENIED, ("0.00", ("OA-23", "100.00")), ("0.00", "0.00", "100.00", "0.00"), id="says nothing"),
        pytest.param(DENIED, ("0.00", ("CO-50", "100.00")), ("0.00", "0.00", "100.00", "0.00"), id="denies it too"),
        pytest.param(DENIED, ("0.00",), ("0.00", "0.00", "100.00", "0.00"), id="reduces and pays nothing"),
        pytest.param(DENIED, ("80.00",), ("0.00", "0.00", "0.00", "20.00"), id="pays and reduces"),
        pytest.param(DENIED, ("0.00", ("PR-2", "20.00")), ("0.00", "20.00", "0.00", "80.00"), id="the patient's share"),
        pytest.param(
            DENIED,
            ("30.00", ("OA-23", "70.00")),
            ("70.00", "0.00", "0.00", "0.00"),
            id="pays a part of what was given up",
        ),
        pytest.param(
            DENIED_IN_PART, ("20.00", ("OA-23", "80.00")), ("0.00", "0.00", "20.00", "0.00"), id="pays the share"
        ),
        pytest.param(
            DENIED_IN_PART,
            ("15.00", ("PR-2", "5.00"), ("OA-23", "80.00")),
            ("0.00", "5.00", "20.00", "0.00"),
            id="pays a part of the share",
        ),
        pytest.param(
            DENIED_IN_PART,
            ("15.00", ("CO-45", "15.00"), ("OA-23", "70.00")),
            ("0.00", "0.00", "20.00", "5.00"),
            id="reduces more than is left",
        ),
        pytest.param(
            DENIED_IN_PART,
            ("25.00", ("OA-23", "75.00")),
            ("0.00", "15.00", "0.00", "0.00"),
            id="pays more than is left",
        ),
        pytest.param(
            RELEASED, ("30.00", ("OA-23", "70.00")), ("0.00", "70.00", "0.00", "0.00"), id="pays of a release"
        ),
        pytest.param(RELEASED, ("30.00",), ("0.00", "0.00", "0.00", "70.00"), id="settles a release"),
    ],
)
def test_a_further_payers_answer(first: Said, further: Said, expected: tuple[str, ...]) -> None:
    claim = given_up(first)
    post(payment(answer(claim, further), payer=PayerFactory()))
    assert stands(claim) == expected


@pytest.mark.long
def test_what_returns_beside_a_further_payers_part_stands_in_the_name_of_who_denied_it() -> None:
    claim, second = given_up(DENIED), PayerFactory()
    post(payment(answer(claim, ("30.00", ("OA-23", "70.00"))), payer=second))
    assert insurance_by_payer([claim.lines.get().charge_id]) == {claim.payer_id: Decimal("70.00")}


@pytest.mark.long
@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_two_payers_that_only_together_pay_more_than_is_left_do_so_in_any_order(order: Sequence[int]) -> None:
    claim = given_up(DENIED_IN_PART)
    told = [("15.00", ("OA-23", "85.00")), ("10.00", ("OA-23", "90.00"))]
    payments = [
        payment(answer(claim, said, status), payer=payer)
        for said, status, payer in zip(told, "23", (PayerFactory(), PayerFactory()), strict=True)
    ]
    for number in order:
        post(payments[number])
    assert stands(claim) == ("0.00", "15.00", "0.00", "0.00")


@pytest.mark.parametrize("order", orders(range(3)))
@pytest.mark.parametrize(
    ("paid", "expected"), [("20.00", ("0.00", "0.00", "20.00", "0.00")), ("25.00", ("0.00", "15.00", "0.00", "0.00"))]
)
def test_a_reversal_and_the_same_again_end_alike_in_any_order(
    order: Sequence[int], paid: str, expected: tuple[str, ...]
) -> None:
    claim, second = given_up(DENIED_IN_PART), PayerFactory()
    said = answer(claim, (paid, ("OA-23", str(100 - Decimal(paid)))))
    payments = [
        payment(said, payer=second, trace="EFT1"),
        payment(reversal_of(said), payer=second, trace="EFT2", plbs=[plb("FB", "-" + paid)]),
        payment(said, payer=second, trace="EFT3"),
    ]
    for number in order:
        post(payments[number])
    assert stands(claim) == expected


@pytest.mark.long
def test_the_denying_payers_own_answer_takes_it_back_after_a_further_payers_left_it_alone() -> None:
    claim = given_up(DENIED_IN_PART)
    post(payment(answer(claim, ("20.00", ("OA-23", "80.00"))), payer=PayerFactory()))
    first = answer(claim, DENIED_IN_PART, "1")
    corrected = answer(claim, ("80.00", ("PR-2", "20.00")), "1")
    post(payment(reversal_of(first), corrected, payer=claim.payer))
    assert receivable(claim) == Receivable(Decimal("0.00"), Decimal("0.00"))
    assert account_totals()[Account.WRITE_OFF] == 0
