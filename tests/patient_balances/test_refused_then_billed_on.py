"""A first payer refuses a part, that is decided, and the rest goes to a second payer: whatever that one says, the money has an owner."""

from decimal import Decimal

import pytest

from apps.claims.models import Claim
from apps.claims.services import build_secondaries
from apps.claims.states import ClaimStatus
from apps.denials.models import Denial
from apps.denials.services import open_denials, release_to_patient, write_off
from apps.ledger.models import Account, WriteOffReason
from apps.ledger.selectors import Receivable, claim_receivable
from apps.patient_balances.models import Balance, MoneyReview
from apps.remittances.services import post_remittances
from tests.claims.secondaries import answered, charges, with_second_plan
from tests.factories.ledger import account_totals
from tests.factories.practice import PracticeFactory, UserFactory
from tests.factories.remittances import NOW, clp, payment, plb, reversal_of, stored_file, submitted_claim, svc
from tests.patient_balances.opening import open_balances
from tests.patient_balances.owners import without_owner
from tests.patient_balances.test_money_has_owners import move

pytestmark = pytest.mark.django_db
NOTHING = Receivable(Decimal("0.00"), Decimal("0.00"))


def followed() -> list[str]:
    """What follows a posting; who is without an owner then."""
    open_denials(now=NOW)
    build_secondaries(now=NOW)
    open_balances(now=NOW)
    return without_owner()


def denial_of(claim: Claim) -> str:
    return claim.denials.get(state=Denial.State.OPEN).public_id


def give_up(claim: Claim) -> None:
    """A person writes off what was refused."""
    write_off(
        denial_id=denial_of(claim),
        reason=WriteOffReason.CHARITY,
        note="",
        rights_given_up=True,
        acting_user=UserFactory(),
        now=NOW,
    )


def refused_in_part() -> Claim:
    """Charged 500.00: paid 300.00, refused 50.00, contract 75.00, the patient's 75.00."""
    PracticeFactory(minimum_balance=Decimal("5.00"))
    claim = submitted_claim("500.00")
    answered(claim, svc(claim.lines.get(), "300.00", ("PR-96", "50.00"), ("PR-2", "75.00")))
    assert followed() == []
    return claim


@pytest.fixture
def first() -> Claim:
    """What it refused is released, so that 125.00 are its patient's; then a second plan is known, and billed."""
    claim = refused_in_part()
    release_to_patient(denial_id=denial_of(claim), reason="Not covered", acting_user=UserFactory(), now=NOW)
    assert followed() == []
    assert status(claim) == ClaimStatus.PATIENT_BALANCE
    with_second_plan(claim)
    assert followed() == []
    return claim


def second_of(first: Claim) -> Claim:
    return Claim.objects.get(encounter=first.encounter, payer_rank=2)


def status(claim: Claim) -> ClaimStatus:
    claim.refresh_from_db()
    return ClaimStatus(claim.status)


def says(claim: Claim, paid: str, *codes: tuple[str, str], before: str = "375.00") -> None:
    """The second payer's answer beside what the first has settled."""
    answered(claim, svc(claim.lines.get(), paid, ("OA-23", before), *codes), status="2")


@pytest.mark.long
def test_a_refusal_that_was_decided_does_not_come_back_when_the_second_payer_is_asked(first: Claim) -> None:
    assert status(first) == ClaimStatus.PATIENT_BALANCE
    assert Balance.objects.get().state == Balance.State.WITHDRAWN
    assert claim_receivable(charges(first)) == Receivable(Decimal("125.00"), Decimal("0.00"))


@pytest.mark.long
def test_the_second_payer_pays_all(first: Claim) -> None:
    second = second_of(first)
    says(second, "125.00")
    assert followed() == []
    assert (status(first), status(second)) == (ClaimStatus.CLOSED, ClaimStatus.CLOSED)


@pytest.mark.long
def test_the_second_payer_leaves_the_patient_a_part(first: Claim) -> None:
    second = second_of(first)
    says(second, "115.00", ("PR-2", "10.00"))
    assert followed() == []
    assert status(second) == ClaimStatus.PATIENT_BALANCE
    states = dict(Balance.objects.values_list("claim", "state"))
    assert states == {first.pk: Balance.State.WITHDRAWN, second.pk: Balance.State.OPEN}


@pytest.mark.long
def test_an_answer_that_comes_before_the_first_balance_was_taken_back_leaves_one_that_runs(first: Claim) -> None:
    Balance.objects.update(state=Balance.State.OPEN)
    says(second_of(first), "115.00", ("PR-2", "10.00"))
    assert followed() == []
    assert Balance.objects.get(state=Balance.State.OPEN).claim == second_of(first)
    assert Balance.objects.get(claim=first).stopped_reason == Balance.Stop.WITH_PAYER


@pytest.mark.long
def test_what_the_second_payer_refuses_is_its_denials_until_that_is_decided(first: Claim) -> None:
    second = second_of(first)
    says(second, "0.00", ("CO-50", "125.00"))
    assert followed() == []
    give_up(second)
    assert followed() == []
    assert claim_receivable(charges(first)) == NOTHING
    assert status(first) == ClaimStatus.CLOSED


@pytest.mark.long
def test_what_the_second_payer_takes_back_waits_for_its_correction(first: Claim) -> None:
    second = second_of(first)
    said = clp(second, svc(second.lines.get(), "125.00", ("OA-23", "375.00")), status="2")
    stored_file(payment(said, payer=second.payer))
    stored_file(payment(reversal_of(said), payer=second.payer, plbs=[plb("FB", "-125.00")]))
    assert post_remittances(now=NOW).failures == ()
    assert followed() == []
    assert status(second) == ClaimStatus.REVERSED
    assert claim_receivable(charges(first)) == Receivable(Decimal("125.00"), Decimal("0.00"))
    says(second, "125.00")
    assert followed() == []
    assert (status(first), status(second)) == (ClaimStatus.CLOSED, ClaimStatus.CLOSED)


def given_up_and_billed_on() -> tuple[Claim, Claim]:
    """What the first refused is written off; the patient's 75.00 stand in the second payer's name."""
    first = refused_in_part()
    give_up(first)
    assert followed() == []
    with_second_plan(first)
    assert followed() == []
    return first, second_of(first)


@pytest.mark.long
def test_what_was_given_up_stays_so_where_the_second_payer_settles_its_own_part() -> None:
    first, second = given_up_and_billed_on()
    says(second, "75.00", before="425.00")
    assert claim_receivable(charges(first)) == NOTHING
    assert followed() == []
    assert not MoneyReview.objects.exists()
    assert (status(first), status(second)) == (ClaimStatus.CLOSED, ClaimStatus.CLOSED)


@pytest.mark.long
def test_what_was_given_up_gives_way_in_the_part_that_the_second_payer_pays_and_nothing_is_left_open() -> None:
    """It pays 20.00 more than was left in its name, and says no word about the rest."""
    first, second = given_up_and_billed_on()
    says(second, "95.00", before="405.00")
    assert claim_receivable(charges(first)) == NOTHING
    assert account_totals()[Account.WRITE_OFF] == Decimal("30.00")
    assert followed() == []
    assert not MoneyReview.objects.exists()
    assert (status(first), status(second)) == (ClaimStatus.CLOSED, ClaimStatus.CLOSED)


@pytest.mark.long
def test_while_the_first_refusal_is_fought_its_denial_is_the_owner_and_then_a_person() -> None:
    first = refused_in_part()
    with_second_plan(first)
    assert followed() == []
    second = second_of(first)
    says(second, "75.00", before="425.00")
    left_without_a_word(second)
    assert followed() == []
    assert not MoneyReview.objects.exists()
    give_up(first)
    assert status(first) == ClaimStatus.PARTLY_DENIED
    assert followed() == []
    assert MoneyReview.objects.get().claim == second


@pytest.mark.long
def test_of_one_claim_a_part_that_its_payer_left_beside_a_decided_refusal_is_a_persons() -> None:
    claim = refused_in_part()
    left_without_a_word(claim)
    assert followed() == []
    assert not MoneyReview.objects.exists()
    give_up(claim)
    assert followed() == []
    assert MoneyReview.objects.get().claim == claim


def left_without_a_word(claim: Claim) -> None:
    move(claim, charges(claim)[0], "20.00", "without a word", NOW)
