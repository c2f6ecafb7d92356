"""A patient's share falls below what was written off and paid of it: the write-off gives way, and a credit is what the patient paid."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import permutations

import pytest

from apps.claims.models import Claim
from apps.denials.services import release_to_patient
from apps.ledger.models import Entry, WriteOffReason
from tests.claims.secondaries import answered
from tests.factories.ledger import post_patient_money
from tests.factories.practice import PayerFactory, PracticeFactory, UserFactory
from tests.factories.remittances import NOW, clp, payment, plb, reversal_of, submitted_claim, svc
from tests.orders import orders
from tests.patient_balances.test_refused_then_billed_on import denial_of, followed
from tests.patient_balances.test_written_off_then_paid import (
    DENIED_IN_PART,
    SHARED,
    TAKES_OFF,
    Said,
    says,
    stands,
    write_off_what_is_open,
    written_off,
)
from tests.remittances.test_given_up import post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sound_books"), pytest.mark.long]
Deeds = dict[str, Callable[[], object]]
LESS: Said = ("77.00", ("PR-2", "3.00"))


def anew(claim: Claim, said: Said, before: Said = SHARED) -> Deeds:
    """R: the first payer takes its answer back; C: it tells it anew. Its payments are of nothing: it keeps the difference back."""
    line = claim.lines.get()
    old = reversal_of(clp(claim, svc(line, before[0], *before[1:])))
    new = clp(claim, svc(line, said[0], *said[1:]))
    return {
        "R": lambda: post(payment(old, payer=claim.payer, trace="EFT2", plbs=[plb("FB", f"-{before[0]}")])),
        "C": lambda: post(payment(new, payer=claim.payer, trace="EFT3")),
    }


def shared() -> Claim:
    """Charged 100.00: paid 60.00, the patient's 20.00."""
    PracticeFactory(minimum_balance=Decimal("1.00"))
    claim = submitted_claim("100.00")
    answered(claim, svc(claim.lines.get(), SHARED[0], *SHARED[1:]))
    assert followed() == []
    return claim


@pytest.mark.parametrize("order", orders("WRC"), ids="".join)
def test_the_first_payer_leaves_less_than_was_written_off(order: Sequence[str]) -> None:
    """What nobody wrote off, as there was nothing open just then, is owed."""
    claim = shared()
    deeds = anew(claim, LESS) | {"W": lambda: write_off_what_is_open(claim)}
    for deed in order:
        deeds[deed]()
        assert followed() == []
    found = stands(claim)
    assert found[0] == "0.00"
    assert found[1:] in {("0.00", "3.00", "20.00"), ("3.00", "0.00", "20.00")}
    assert found[1] == "0.00" or order[0] != "W"


@pytest.mark.parametrize("order", orders("RC"), ids="".join)
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(("80.00",), ("0.00", "0.00", "0.00", "20.00"), id="nothing left"),
        pytest.param(("60.00", ("PR-2", "3.00")), ("0.00", "0.00", "3.00", "37.00"), id="taken off"),
        pytest.param(
            ("60.00", ("PR-2", "3.00"), ("CO-97", "17.00")), ("17.00", "0.00", "3.00", "20.00"), id="denied instead"
        ),
        pytest.param(("60.00", ("PR-2", "20.00")), ("0.00", "0.00", "20.00", "20.00"), id="the same"),
        pytest.param(("50.00", ("PR-2", "30.00")), ("0.00", "10.00", "20.00", "20.00"), id="more"),
    ],
)
def test_whatever_the_first_payer_says_anew(order: Sequence[str], said: Said, expected: tuple[str, ...]) -> None:
    claim = written_off()
    deeds = anew(claim, said)
    for deed in order:
        deeds[deed]()
        assert followed() == []
    assert stands(claim) == expected


@pytest.mark.parametrize("order", orders("RCS"), ids="".join)
def test_a_further_payers_money_and_less_of_a_share_end_alike(order: Sequence[str]) -> None:
    claim, second = written_off(), PayerFactory()
    deeds = anew(claim, LESS) | {"S": lambda: says(claim, ("2.00", ("OA-23", "98.00")), payer=second)}
    for deed in order:
        deeds[deed]()
    assert stands(claim) == ("0.00", "0.00", "1.00", "20.00")
    assert followed() == []


@pytest.mark.parametrize("order", orders("RC"), ids="".join)
def test_what_stays_written_off_keeps_its_reason(order: Sequence[str]) -> None:
    claim = written_off()
    deeds = anew(claim, LESS)
    for deed in order:
        deeds[deed]()
    rest = Entry.objects.get(kind=Entry.Kind.ADJUSTMENT, reversed_by=None)
    assert rest.reason == WriteOffReason.CHARITY


@pytest.mark.parametrize("order", orders("RC"), ids="".join)
def test_a_denial_that_was_written_off_beside_it_stays(order: Sequence[str]) -> None:
    """Denied 10.00 again, and 3.00 left of a share of 20.00; the denial of the new answer is a person's once more."""
    claim = written_off(DENIED_IN_PART)
    deeds = anew(claim, ("67.00", ("PR-2", "3.00"), ("CO-97", "10.00")), DENIED_IN_PART)
    for deed in order:
        deeds[deed]()
    with_payers, with_patient, given_up, reduced = map(Decimal, stands(claim))
    assert (with_patient, reduced) == (Decimal(0), Decimal(20))
    assert with_payers + given_up == Decimal(13)
    assert followed() == []


@pytest.mark.parametrize("order", [each for each in permutations("PWR") if each[0] == "P"], ids="".join)
@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        ("15.00", ("0.00", "-9.00", "0.00", "34.00")),
        ("6.00", ("0.00", "0.00", "0.00", "34.00")),
        ("3.00", ("0.00", "0.00", "3.00", "34.00")),
    ],
)
def test_a_reduction_makes_a_credit_of_what_the_patient_paid_beyond_the_new_share(
    order: Sequence[str], paid: str, expected: tuple[str, ...]
) -> None:
    """Of a share of 20.00 the patient pays a part (P), the rest is written off (W), and the second payer takes 14.00 off (R)."""
    claim = shared()
    deeds = {
        "P": lambda: post_patient_money(claim.lines.get().charge, paid, now=NOW),
        "W": lambda: write_off_what_is_open(claim),
        "R": lambda: says(claim, TAKES_OFF),
    }
    for deed in order:
        deeds[deed]()
        followed()
    assert stands(claim) == expected
    assert followed() == []


@pytest.mark.parametrize("order", orders("RT"), ids="".join)
@pytest.mark.parametrize(
    ("paid", "expected"),
    [("15.00", ("0.00", "-11.00", "0.00", "34.00")), ("3.00", ("0.00", "0.00", "1.00", "34.00"))],
)
def test_a_reduction_and_a_third_payers_money_end_alike(
    order: Sequence[str], paid: str, expected: tuple[str, ...]
) -> None:
    claim = shared()
    post_patient_money(claim.lines.get().charge, paid, now=NOW)
    write_off_what_is_open(claim)
    deeds = {
        "R": lambda: says(claim, TAKES_OFF),
        "T": lambda: says(claim, ("2.00", ("OA-23", "98.00")), status="3"),
    }
    for deed in order:
        deeds[deed]()
    assert stands(claim) == expected
    assert followed() == []


@pytest.mark.parametrize("order", orders("RC"), ids="".join)
def test_the_first_payer_leaves_less_than_the_patient_paid(order: Sequence[str]) -> None:
    """Paid 15.00 of 20.00, the rest written off; then the share is 3.00: 12.00 are the patient's."""
    claim = shared()
    post_patient_money(claim.lines.get().charge, "15.00", now=NOW)
    write_off_what_is_open(claim)
    deeds = anew(claim, LESS)
    for deed in order:
        deeds[deed]()
    assert stands(claim) == ("0.00", "-12.00", "0.00", "20.00")
    assert followed() == []


@pytest.mark.parametrize("order", orders("RC"), ids="".join)
def test_what_the_patient_paid_after_the_write_off_stays_a_credit(order: Sequence[str]) -> None:
    """It was asked of nobody: what the first payer says once more takes it for nothing."""
    claim = written_off()
    post_patient_money(claim.lines.get().charge, "15.00", now=NOW)
    deeds = anew(claim, SHARED)
    for deed in order:
        deeds[deed]()
    assert stands(claim) == ("0.00", "-15.00", "20.00", "20.00")
    assert followed() == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(TAKES_OFF, ("0.00", "-9.00", "0.00", "14.00"), id="takes off"),
        pytest.param(("2.00", ("OA-23", "98.00")), ("0.00", "0.00", "3.00", "0.00"), id="pays a part"),
        pytest.param(("18.00", ("OA-23", "82.00")), ("0.00", "-13.00", "0.00", "0.00"), id="pays more than is left"),
    ],
)
def test_a_denial_that_was_released_to_the_patient_is_the_patients_share_too(
    said: Said, expected: tuple[str, ...]
) -> None:
    """Paid 80.00 and 20.00 released; the patient pays 15.00 of those, and the rest is written off."""
    PracticeFactory(minimum_balance=Decimal("1.00"))
    claim = submitted_claim("100.00")
    answered(claim, svc(claim.lines.get(), "80.00", ("PR-96", "20.00")))
    assert followed() == []
    release_to_patient(denial_id=denial_of(claim), reason="Not covered", acting_user=UserFactory(), now=NOW)
    assert followed() == []
    post_patient_money(claim.lines.get().charge, "15.00", now=NOW)
    write_off_what_is_open(claim)
    says(claim, said)
    assert stands(claim) == expected
    assert followed() == []
