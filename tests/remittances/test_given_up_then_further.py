"""A person gave up what the first payer denied; then a further payer answers. Its answer takes that back only where it does not fit in
what was left.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

import pytest

from apps.claims.models import Claim
from apps.denials.models import Denial
from apps.denials.services import open_denials
from apps.ledger.models import Account, Entry
from apps.ledger.selectors import Receivable, insurance_by_payer, standing_adjustments, write_offs_by_reason
from apps.remittances.models import RemittedClaim
from apps.x12.guides import x835
from tests.factories.ledger import account_totals
from tests.factories.practice import PayerFactory, UserFactory
from tests.factories.remittances import NOW, adjustments, clp, payment, plb, reversal_of, submitted_claim, svc
from tests.orders import orders
from tests.remittances.test_given_up import give_up, give_up_whole, post, receivable

pytestmark = [pytest.mark.django_db, pytest.mark.long]
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
        pytest.param(DENIED, ("80.00",), ("0.00", "0.00", "20.00", "0.00"), id="pays and reduces"),
        pytest.param(DENIED, ("0.00", ("PR-2", "20.00")), ("0.00", "20.00", "80.00", "0.00"), id="the patient's share"),
        pytest.param(
            DENIED,
            ("30.00", ("OA-23", "70.00")),
            ("0.00", "0.00", "70.00", "0.00"),
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
            ("0.00", "0.00", "15.00", "0.00"),
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


def test_what_stays_written_off_keeps_its_reason_and_names_the_segment_that_took_the_rest() -> None:
    claim, second = given_up(DENIED), PayerFactory()
    first = Entry.objects.get(kind=Entry.Kind.ADJUSTMENT)
    post(payment(answer(claim, ("30.00", ("OA-23", "70.00"))), payer=second))
    assert insurance_by_payer([claim.lines.get().charge_id]) == {}
    rest = Entry.objects.get(kind=Entry.Kind.ADJUSTMENT, reversed_by=None)
    assert (rest.key, rest.reason) == (f"write_off_rest:{first.pk}:{first.pk}", first.reason)
    posted = RemittedClaim.objects.latest("pk").entry
    assert (rest.transmission, rest.segment) == (posted.transmission, posted.segment)
    (told,) = write_offs_by_reason(NOW.date(), NOW.date())
    assert (told.write_offs, told.amount) == (1, Decimal("70.00"))


def test_what_stays_written_off_gives_way_once_more_and_then_whole() -> None:
    claim = given_up(DENIED)
    first = Entry.objects.get(kind=Entry.Kind.ADJUSTMENT)
    post(payment(answer(claim, ("30.00", ("OA-23", "70.00"))), payer=PayerFactory()))
    post(payment(answer(claim, ("50.00", ("OA-23", "50.00")), "3"), payer=PayerFactory()))
    assert stands(claim) == ("0.00", "0.00", "20.00", "0.00")
    assert Entry.objects.get(kind=Entry.Kind.ADJUSTMENT, reversed_by=None).key.startswith(f"write_off_rest:{first.pk}:")
    post(payment(answer(claim, ("100.00",), "1"), payer=claim.payer))
    assert stands(claim) == ("-80.00", "0.00", "0.00", "0.00")


@pytest.mark.parametrize("order", orders(range(3)))
def test_a_reduction_and_payments_after_a_write_off_end_alike_in_any_order(order: Sequence[int]) -> None:
    """An answer that came while all was written off finds what it would have found had it come last, and the reduction takes none of
    what is paid.
    """
    claim = given_up(DENIED)
    told = [(("0.00",), "2"), (("30.00", ("OA-23", "70.00")), "3"), (("10.00", ("OA-23", "90.00")), "3")]
    payments = [payment(answer(claim, said, status), payer=PayerFactory()) for said, status in told]
    for number in order:
        post(payments[number])
    assert stands(claim) == ("0.00", "0.00", "60.00", "0.00")


@pytest.mark.parametrize("order", orders(range(2)))
def test_of_two_lines_only_the_one_that_is_paid_is_owed_again(order: Sequence[int]) -> None:
    claim = submitted_claim("100.00", "60.00")
    refused = clp(claim, lines=(), paid=Decimal(0), adjustments=adjustments(("CO-50", "160.00")))
    post(payment(refused, payer=claim.payer))
    open_denials(now=NOW)
    give_up_whole(Denial.objects.get(), UserFactory())
    first, second = claim.lines.all()
    payments = [
        payment(clp(claim, svc(line, paid, ("OA-23", rest)), status="2"), payer=PayerFactory())
        for line, paid, rest in ((first, "30.00", "70.00"), (second, "5.00", "55.00"))
    ]
    for number in order:
        post(payments[number])
    assert stands(claim) == ("0.00", "0.00", "125.00", "0.00")
    standing = standing_adjustments([first.charge_id])
    assert {charge: moved.receivable.insurance for each in standing for charge, moved in each.moved.items()} == {
        first.charge_id: Decimal("-70.00"),
        second.charge_id: Decimal("-55.00"),
    }


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
    assert stands(claim) == ("0.00", "0.00", "15.00", "0.00")


@pytest.mark.parametrize("order", orders(range(3)))
@pytest.mark.parametrize(
    ("paid", "expected"), [("20.00", ("0.00", "0.00", "20.00", "0.00")), ("25.00", ("0.00", "0.00", "15.00", "0.00"))]
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


def test_the_denying_payers_own_answer_takes_it_back_after_a_further_payers_left_it_alone() -> None:
    claim = given_up(DENIED_IN_PART)
    post(payment(answer(claim, ("20.00", ("OA-23", "80.00"))), payer=PayerFactory()))
    first = answer(claim, DENIED_IN_PART, "1")
    corrected = answer(claim, ("80.00", ("PR-2", "20.00")), "1")
    post(payment(reversal_of(first), corrected, payer=claim.payer))
    assert receivable(claim) == Receivable(Decimal("0.00"), Decimal("0.00"))
    assert account_totals()[Account.WRITE_OFF] == 0
