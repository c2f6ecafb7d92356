"""A patient's share is written off, and a further payer pays it after all: so much of the write-off gives way, and nobody has a credit."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

import pytest

from apps.claims.models import Claim
from apps.denials.models import Denial
from apps.ledger.models import Account, Entry, WriteOffReason
from apps.ledger.selectors import claim_receivable
from apps.patient_balances.models import LIVE, Balance, MoneyReview
from apps.patient_balances.services import write_off_balance
from apps.practice.models import Payer
from tests.claims.secondaries import answered, charges
from tests.factories.ledger import account_totals, post_patient_money
from tests.factories.practice import PayerFactory, PracticeFactory, UserFactory
from tests.factories.remittances import NOW, clp, payment, plb, reversal_of, submitted_claim, svc
from tests.orders import orders
from tests.patient_balances.test_refused_then_billed_on import followed, give_up
from tests.remittances.test_given_up import post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sound_books"), pytest.mark.long]
Said = tuple[str, *tuple[tuple[str, str], ...]]
SHARED: Said = ("60.00", ("PR-2", "20.00"))
DENIED_IN_PART: Said = ("50.00", ("PR-2", "20.00"), ("CO-97", "10.00"))


def written_off(said: Said = SHARED) -> Claim:
    """Charged 100.00; what the first payer denied, then what it left with the patient, is written off."""
    PracticeFactory(minimum_balance=Decimal("5.00"))
    claim = submitted_claim("100.00")
    answered(claim, svc(claim.lines.get(), said[0], *said[1:]))
    assert followed() == []
    if claim.denials.exists():
        give_up(claim)
        assert followed() == []
    write_off_balance(
        balance_id=Balance.objects.get(claim=claim).public_id,
        reason=WriteOffReason.CHARITY,
        note="",
        acting_user=UserFactory(),
        now=NOW,
    )
    assert followed() == []
    return claim


def says(claim: Claim, said: Said, *, status: str = "2", payer: Payer | None = None) -> None:
    answered(claim, svc(claim.lines.get(), said[0], *said[1:]), status=status, payer=payer or PayerFactory())


def stands(claim: Claim) -> tuple[str, ...]:
    """Open with payers, open with the patient, written off, reduced by contract."""
    now_open, totals = claim_receivable(charges(claim)), account_totals()
    found = (now_open.insurance, now_open.patient, totals[Account.WRITE_OFF], totals[Account.CONTRACTUAL])
    return tuple(f"{amount:.2f}" for amount in found)


@pytest.mark.parametrize(
    ("further", "expected"),
    [
        pytest.param(("20.00", ("OA-23", "80.00")), ("0.00", "0.00", "0.00", "20.00"), id="pays all of it"),
        pytest.param(("15.00", ("OA-23", "85.00")), ("0.00", "0.00", "5.00", "20.00"), id="pays a part"),
        pytest.param(("15.00",), ("0.00", "0.00", "5.00", "20.00"), id="pays a part and reduces"),
        pytest.param(
            ("15.00", ("PR-2", "5.00"), ("OA-23", "80.00")),
            ("0.00", "0.00", "5.00", "20.00"),
            id="leaves the rest to the patient",
        ),
        pytest.param(
            ("0.00", ("PR-2", "20.00"), ("OA-23", "80.00")), ("0.00", "0.00", "20.00", "20.00"), id="leaves all"
        ),
        pytest.param(("0.00",), ("0.00", "0.00", "20.00", "20.00"), id="reduces"),
        pytest.param(("25.00", ("OA-23", "75.00")), ("-5.00", "0.00", "0.00", "20.00"), id="pays more than the share"),
    ],
)
def test_a_further_payers_answer(further: Said, expected: tuple[str, ...]) -> None:
    claim = written_off()
    says(claim, further)
    assert stands(claim) == expected
    assert followed() == []


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        ("15.00", ("0.00", "0.00", "15.00", "20.00")),
        ("25.00", ("0.00", "0.00", "5.00", "20.00")),
        ("30.00", ("0.00", "0.00", "0.00", "20.00")),
    ],
)
def test_the_share_gives_way_before_a_denial_that_was_written_off_too(paid: str, expected: tuple[str, ...]) -> None:
    claim = written_off(DENIED_IN_PART)
    says(claim, (paid, ("OA-23", str(Decimal(100) - Decimal(paid)))))
    assert stands(claim) == expected
    assert followed() == []
    assert not Denial.objects.filter(state=Denial.State.OPEN).exists()


def test_what_stays_written_off_keeps_its_reason_and_nobody_is_asked() -> None:
    claim = written_off()
    first = Entry.objects.get(kind=Entry.Kind.ADJUSTMENT)
    says(claim, ("15.00", ("OA-23", "85.00")))
    assert followed() == []
    rest = Entry.objects.get(kind=Entry.Kind.ADJUSTMENT, reversed_by=None)
    assert (rest.key, rest.reason) == (f"write_off_rest:{first.pk}:{first.pk}", WriteOffReason.CHARITY)
    assert not MoneyReview.objects.exists()
    assert Balance.objects.get().state not in LIVE


def test_a_rest_below_the_practices_minimum_gives_way_too() -> None:
    PracticeFactory(minimum_balance=Decimal("5.00"))
    claim = submitted_claim("100.00")
    answered(claim, svc(claim.lines.get(), "96.00", ("PR-2", "4.00")))
    assert followed() == []
    says(claim, ("3.00", ("OA-23", "97.00")))
    assert stands(claim) == ("0.00", "0.00", "1.00", "0.00")
    assert followed() == []


@pytest.mark.parametrize("order", orders(range(2)))
def test_two_further_payers_end_alike_in_any_order(order: Sequence[int]) -> None:
    claim = written_off()
    told = [(("12.00", ("OA-23", "88.00")), "2"), (("5.00", ("OA-23", "95.00")), "3")]
    payers = [PayerFactory(), PayerFactory()]
    for number in order:
        said, status = told[number]
        says(claim, said, status=status, payer=payers[number])
    assert stands(claim) == ("0.00", "0.00", "3.00", "20.00")
    assert followed() == []


@pytest.mark.parametrize("order", orders(range(3)))
def test_a_reversal_and_the_same_again_end_alike_in_any_order(order: Sequence[int]) -> None:
    claim, second = written_off(), PayerFactory()
    said = clp(claim, svc(claim.lines.get(), "15.00", ("OA-23", "85.00")), status="2")
    payments = [
        payment(said, payer=second, trace="EFT1"),
        payment(reversal_of(said), payer=second, trace="EFT2", plbs=[plb("FB", "-15.00")]),
        payment(said, payer=second, trace="EFT3"),
    ]
    for number in order:
        post(payments[number])
    assert stands(claim) == ("0.00", "0.00", "5.00", "20.00")


def test_what_the_first_payer_says_once_more_leaves_it_alone() -> None:
    claim = written_off()
    said = clp(claim, svc(claim.lines.get(), "60.00", ("PR-2", "20.00")))
    post(payment(reversal_of(said), said, payer=claim.payer))
    assert stands(claim) == ("0.00", "0.00", "20.00", "20.00")


TAKES_OFF: Said = ("0.00", ("CO-45", "14.00"), ("OA-23", "86.00"))


@pytest.mark.parametrize("order", list(permutations("RWT")), ids="".join)
@pytest.mark.parametrize("paid", ["6.00", "2.00", "20.00"])
def test_a_second_payers_reduction_and_a_third_ones_money_make_no_credit_beside_a_write_off(
    order: Sequence[str], paid: str
) -> None:
    """Of a share of 20.00 the second payer takes 14.00 off (R), the rest is written off (W), and the third pays (T)."""
    PracticeFactory(minimum_balance=Decimal("1.00"))
    claim = submitted_claim("100.00")
    answered(claim, svc(claim.lines.get(), SHARED[0], *SHARED[1:]))
    assert followed() == []
    deeds = {
        "R": lambda: says(claim, TAKES_OFF),
        "W": lambda: write_off_what_is_open(claim),
        "T": lambda: says(claim, (paid, ("OA-23", str(Decimal(100) - Decimal(paid)))), status="3"),
    }
    for deed in order:
        deeds[deed]()
        assert followed() == []
    with_payers, with_patient, given_up, reduced = stands(claim)
    assert (with_payers, with_patient) == ("0.00", "0.00")
    assert Decimal(given_up) + Decimal(reduced) + Decimal(paid) == Decimal("40.00")


def write_off_what_is_open(claim: Claim) -> None:
    balance = Balance.objects.get(claim=claim)
    if balance.state in LIVE:
        write_off_balance(
            balance_id=balance.public_id, reason=WriteOffReason.CHARITY, note="", acting_user=UserFactory(), now=NOW
        )


def test_a_third_payers_money_lets_the_write_off_give_way_before_the_patient_has_a_credit() -> None:
    """The patient paid 15.00 of 20.00, and 5.00 are written off; then 8.00 come: the patient owed 12.00 of all that."""
    PracticeFactory(minimum_balance=Decimal("1.00"))
    claim = submitted_claim("100.00")
    answered(claim, svc(claim.lines.get(), SHARED[0], *SHARED[1:]))
    assert followed() == []
    post_patient_money(claim.lines.get().charge, "15.00", now=NOW)
    write_off_what_is_open(claim)
    says(claim, ("8.00", ("OA-23", "92.00")))
    assert stands(claim) == ("0.00", "-3.00", "0.00", "20.00")


def test_what_a_second_payer_takes_off_leaves_room_for_what_a_third_pays() -> None:
    """Adjustments never take a claim below zero, whoever is the later payer (DOMAIN 4)."""
    claim = submitted_claim("100.00")
    answered(claim, svc(claim.lines.get(), SHARED[0], *SHARED[1:]))
    says(claim, TAKES_OFF)
    says(claim, ("10.00", ("OA-23", "90.00")), status="3")
    assert stands(claim) == ("0.00", "0.00", "0.00", "30.00")
