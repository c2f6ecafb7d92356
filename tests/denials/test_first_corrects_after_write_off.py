"""The second payer refused the share that it was handed, and a person gave that up. Then the first payer decides anew how much of it
there is: what people gave up follows, and makes no credit in the second one's name.
"""

from decimal import Decimal

import pytest

from apps.claims.models import Claim
from apps.claims.services import build_secondaries
from apps.denials.models import Denial
from apps.denials.services import release_to_patient
from apps.ledger.models import Account, WriteOffReason
from apps.ledger.selectors import claim_receivable
from apps.patient_balances.models import Balance
from apps.patient_balances.services import write_off_balance
from apps.worklist.models import WorkItem
from tests.claims.secondaries import with_second_plan
from tests.denials.test_two_payers_denials import Said, give_up, owed, post, said, written_off
from tests.factories.ledger import account_totals, post_patient_money
from tests.factories.practice import UserFactory
from tests.factories.remittances import NOW, reversal_of, submitted_claim
from tests.patient_balances.opening import open_balances

pytestmark = [pytest.mark.django_db, pytest.mark.long]
# Charged 100.00: 20.00 are the patient's, handed to the second payer, which refuses them.
FIRST: Said = ("60.00", ("PR-2", "20.00"), ("CO-45", "20.00"))
REFUSES: Said = ("0.00", ("CO-50", "20.00"), ("OA-23", "80.00"))
WHEN = ["before the second payer", "before it is given up", "after it was given up"]


def handed_on() -> tuple[Claim, Claim]:
    first = submitted_claim("100.00")
    with_second_plan(first)
    post(said(first, FIRST, "1"), first.payer)
    assert build_secondaries(now=NOW).built == 1
    return first, Claim.objects.get(encounter=first.encounter, payer_rank=2)


def decides_anew(first: Claim, words: Said) -> None:
    post(reversal_of(said(first, FIRST, "1")), first.payer)
    post(said(first, words, "1"), first.payer)


def told(when: str, words: Said, refusal: Said = REFUSES) -> tuple[Claim, Claim]:
    """With the second payer's denial given up, and the first payer's new decision at that moment."""
    first, second = handed_on()
    if when == WHEN[0]:
        decides_anew(first, words)
    post(said(second, refusal, "2"), second.payer)
    if when == WHEN[1]:
        decides_anew(first, words)
    for denial in Denial.objects.filter(payer=second.payer, state=Denial.State.OPEN):
        if denial.group != "PR":
            give_up(second.payer)
        elif owed(first):
            release(denial)
    if when == WHEN[2]:
        decides_anew(first, words)
    return first, second


def patients(claim: Claim) -> Decimal:
    return claim_receivable([claim.lines.get().charge_id]).patient


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize(
    ("words", "given_up", "patient", "reduced"),
    [
        pytest.param(("60.00", ("CO-45", "40.00")), "0.00", "0.00", "40.00", id="takes the share off"),
        pytest.param(("80.00", ("CO-45", "20.00")), "0.00", "0.00", "20.00", id="pays it"),
        pytest.param(
            ("60.00", ("PR-2", "10.00"), ("CO-45", "30.00")), "10.00", "0.00", "30.00", id="takes a part of it off"
        ),
        pytest.param(
            ("70.00", ("PR-2", "10.00"), ("CO-45", "20.00")), "10.00", "0.00", "20.00", id="pays a part of it"
        ),
        pytest.param(
            ("60.00", ("PR-2", "30.00"), ("CO-45", "10.00")), "20.00", "10.00", "10.00", id="leaves more of it"
        ),
    ],
)
def test_what_was_written_off_is_no_more_than_the_share_whenever_the_first_payer_says_so(
    when: str, words: Said, given_up: str, patient: str, reduced: str
) -> None:
    first, second = told(when, words)
    amount = Decimal(given_up)
    assert written_off() == ({second.payer_id: amount} if amount else {})
    assert (owed(first), patients(first)) == ({}, Decimal(patient))
    assert account_totals()[Account.CONTRACTUAL] == Decimal(reduced)


def test_a_share_that_the_first_payer_denies_in_the_end_is_its_own_denial() -> None:
    first, second = told(WHEN[2], ("60.00", ("CO-97", "20.00"), ("CO-45", "20.00")))
    assert (owed(first), written_off(), patients(first)) == ({first.payer_id: Decimal("20.00")}, {}, Decimal("0.00"))
    states = dict(Denial.objects.values_list("payer", "state"))
    assert states[first.payer_id] == Denial.State.OPEN
    assert states[second.payer_id] != Denial.State.OPEN


RELEASES: Said = ("0.00", ("PR-96", "20.00"), ("OA-23", "80.00"))


def release(denial: Denial) -> None:
    release_to_patient(denial_id=denial.public_id, reason="Not covered", acting_user=UserFactory(), now=NOW)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize(
    ("words", "patient"),
    [
        pytest.param(("60.00", ("CO-45", "40.00")), "0.00", id="takes the share off"),
        pytest.param(("80.00", ("CO-45", "20.00")), "0.00", id="pays it"),
        pytest.param(("60.00", ("PR-2", "10.00"), ("CO-45", "30.00")), "10.00", id="takes a part of it off"),
        pytest.param(("70.00", ("PR-2", "10.00"), ("CO-45", "20.00")), "10.00", id="pays a part of it"),
        pytest.param(("60.00", ("PR-2", "30.00"), ("CO-45", "10.00")), "30.00", id="leaves more of it"),
    ],
)
def test_what_was_released_is_no_more_than_the_share_whenever_the_first_payer_says_so(
    when: str, words: Said, patient: str
) -> None:
    first, _ = told(when, words, RELEASES)
    assert (owed(first), patients(first)) == ({}, Decimal(patient))
    open_balances(now=NOW)
    assert not WorkItem.objects.filter(kind="payer_left_open", state=WorkItem.State.OPEN).exists()


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("says", [REFUSES, RELEASES], ids=["written off", "released"])
def test_of_a_share_that_the_second_payer_refuses_in_part_the_rest_is_no_more_given_up_than_it_is_left(
    when: str, says: Said
) -> None:
    """It leaves 10.00 of the 20.00 to the patient and refuses 10.00; then the first leaves 10.00 in all."""
    code = says[1][0]
    in_part: Said = ("0.00", ("PR-2", "10.00"), (code, "10.00"), ("OA-23", "80.00"))
    first, _ = told(when, ("60.00", ("PR-2", "10.00"), ("CO-45", "30.00")), in_part)
    assert (owed(first), patients(first), written_off()) == ({}, Decimal("10.00"), {})


@pytest.mark.parametrize("left", ["12.00", "5.00", "0.00"])
def test_what_was_written_off_of_a_released_share_follows_it(left: str) -> None:
    """The patient pays 8.00 of it, and 12.00 are written off; then the first payer leaves less."""
    first, second = handed_on()
    post(said(second, RELEASES, "2"), second.payer)
    release(Denial.objects.get(payer=second.payer))
    open_balances(now=NOW)
    post_patient_money(first.lines.get().charge, "8.00", now=NOW)
    write_off_balance(
        balance_id=Balance.objects.get(claim=second).public_id,
        reason=WriteOffReason.CHARITY,
        note="",
        acting_user=UserFactory(),
        now=NOW,
    )
    assert (patients(first), account_totals()[Account.WRITE_OFF]) == (Decimal("0.00"), Decimal("12.00"))
    share = Decimal(left)
    said_now = [("PR-2", left)] if share else []
    decides_anew(first, ("60.00", *said_now, ("CO-45", str(40 - share))))
    assert owed(first) == {}
    assert account_totals()[Account.WRITE_OFF] == max(share - 8, Decimal("0.00"))
    assert patients(first) == min(share - 8, Decimal("0.00"))
