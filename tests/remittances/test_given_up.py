"""A payer settles what a person had given up after a denial; and answers by hand after an earlier answer."""

from datetime import datetime
from decimal import Decimal

import pytest

from apps.claims.models import Adjudication, Claim
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.denials.models import Denial
from apps.denials.services import open_denials, release_to_patient, write_off
from apps.ledger.models import Account, Entry, WriteOffReason
from apps.ledger.selectors import Receivable, claim_receivable, ledger_faults, standing_adjustments
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.remittances.models import RemittanceException, RemittedClaim
from apps.remittances.rules.by_hand import HandPosting
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import post_remittances, settle_by_hand
from apps.remittances.services.preview import preview_posting
from apps.remittances.services.replan import item_of
from tests.factories.ledger import account_totals
from tests.factories.practice import UserFactory
from tests.factories.remittances import (
    NOW,
    adjustments,
    clp,
    payment,
    reversal_of,
    stored_file,
    submitted_claim,
    svc,
    without_our_numbers,
)

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ZERO = Decimal("0.00")
SETTLED = Receivable(ZERO, ZERO)


@pytest.fixture
def clerk() -> User:
    return UserFactory()


def receivable(claim: Claim) -> Receivable:
    return claim_receivable(line.charge_id for line in claim.lines.all())


def post(*payments: object) -> None:
    stored_file(*payments)  # type: ignore[arg-type]
    post_remittances(now=NOW)
    assert ledger_faults() == []
    assert payment_faults() == []


def denied(code: str, *amounts: str) -> Claim:
    """Every line refused under `code`, by a remittance that is posted; its denials are open."""
    claim = submitted_claim(*amounts)
    refused = [svc(line, "0.00", (code, str(line.amount))) for line in claim.lines.all()]
    post(payment(clp(claim, *refused), payer=claim.payer))
    open_denials(now=NOW)
    return claim


def give_up(claim: Claim, clerk: User, number: int = 1) -> None:
    """What is denied of a line is written off; released where the payer says that the patient owes it."""
    give_up_whole(Denial.objects.get(claim=claim, line=claim.lines.get(number=number)), clerk)


def give_up_whole(denial: Denial, clerk: User) -> None:
    if denial.group == "PR":
        release_to_patient(denial_id=denial.public_id, reason="Nobody will pay", acting_user=clerk, now=NOW)
    else:
        write_off(
            denial_id=denial.public_id,
            reason=WriteOffReason.BAD_DEBT,
            note="",
            rights_given_up=True,
            acting_user=clerk,
            now=NOW,
        )


def pay(claim: Claim, *paid: str) -> None:
    """Each line; what is not paid is contractual."""
    lines = [svc(line, amount) for line, amount in zip(claim.lines.all(), paid, strict=True)]
    post(payment(clp(claim, *lines), payer=claim.payer))


@pytest.mark.parametrize("code", ["CO-50", "PR-96"])
def test_a_payment_after_a_denial_was_given_up_takes_back_the_giving_up(clerk: User, code: str) -> None:
    claim = denied(code, "100.00")
    give_up(claim, clerk)
    pay(claim, "80.00")
    totals = account_totals()
    assert receivable(claim) == SETTLED
    assert (totals[Account.WRITE_OFF], totals[Account.CONTRACTUAL]) == (ZERO, Decimal("20.00"))
    given_up = Entry.objects.get(kind=Entry.Kind.ADJUSTMENT)
    assert given_up.reversed_by.key == f"{RemittedClaim.objects.latest('pk').entry.key}:takes_back:{given_up.pk}"
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.PAID


def test_what_the_patient_had_paid_by_then_is_due_back(clerk: User) -> None:
    claim = denied("PR-96", "100.00")
    give_up(claim, clerk)
    _post_patient(claim, Entry.Kind.PATIENT_PAYMENT, Account.DEPOSITS, "40.00")
    _post_patient(claim, Entry.Kind.ADJUSTMENT, Account.WRITE_OFF, "60.00")
    pay(claim, "80.00")
    assert receivable(claim) == Receivable(ZERO, Decimal("-40.00"))
    assert account_totals()[Account.WRITE_OFF] == ZERO


def _post_patient(claim: Claim, kind: Entry.Kind, account: Account, amount: str) -> None:
    charge = claim.lines.get().charge_id
    legs = (
        NewLeg(account, Decimal(amount), claim.patient_id, charge),
        NewLeg(Account.PATIENT_RECEIVABLE, -Decimal(amount), claim.patient_id, charge),
    )
    post_entries([NewEntry(kind, f"test:{account}", NOW.date(), legs)], now=NOW)


def test_the_same_denial_again_leaves_the_giving_up_alone(clerk: User) -> None:
    claim = denied("PR-96", "100.00")
    give_up(claim, clerk)
    post(payment(clp(claim, svc(claim.lines.get(), "0.00", ("PR-96", "100.00"))), payer=claim.payer))
    assert receivable(claim) == Receivable(ZERO, Decimal("100.00"))
    assert not Entry.objects.filter(kind=Entry.Kind.REVERSAL).exists()


def test_only_the_line_that_is_settled_now_is_taken_back(clerk: User) -> None:
    claim = denied("CO-50", "100.00", "60.00")
    give_up(claim, clerk, 1)
    give_up(claim, clerk, 2)
    first, second = claim.lines.all()
    post(payment(clp(claim, svc(first, "80.00"), svc(second, "0.00", ("CO-50", "60.00"))), payer=claim.payer))
    assert receivable(claim) == SETTLED
    assert account_totals()[Account.WRITE_OFF] == Decimal("60.00")


@pytest.mark.parametrize("refused_again", [False, True], ids=["silent", "refused again"])
def test_of_a_write_off_of_the_whole_claim_what_the_payer_does_not_settle_stays(
    clerk: User, refused_again: bool
) -> None:
    claim = submitted_claim("100.00", "60.00")
    first, second = claim.lines.all()
    refused = clp(claim, lines=(), paid=ZERO, adjustments=adjustments(("CO-50", "160.00")))
    post(payment(refused, payer=claim.payer))
    open_denials(now=NOW)
    give_up_whole(Denial.objects.get(), clerk)
    second_line = [svc(second, "0.00", ("CO-50", "60.00"))] if refused_again else []
    post(payment(clp(claim, svc(first, "80.00"), *second_line), payer=claim.payer))
    assert receivable(claim) == SETTLED
    totals = account_totals()
    assert (totals[Account.WRITE_OFF], totals[Account.CONTRACTUAL]) == (Decimal("60.00"), Decimal("20.00"))
    (rest,) = standing_adjustments([second.charge_id])
    assert list(rest.moved) == [second.charge_id]


def test_a_part_that_was_written_off_goes_with_the_correction_after_the_reversal(clerk: User) -> None:
    claim = submitted_claim("100.00")
    first = clp(claim, svc(claim.lines.get(), "60.00", ("CO-97", "20.00")))
    post(payment(first, payer=claim.payer))
    open_denials(now=NOW)
    give_up(claim, clerk)
    post(payment(reversal_of(first), clp(claim, svc(claim.lines.get(), "80.00")), payer=claim.payer))
    assert receivable(claim) == SETTLED
    assert account_totals()[Account.WRITE_OFF] == ZERO


def test_a_preview_counts_what_would_be_taken_back(clerk: User) -> None:
    claim = denied("CO-50", "100.00")
    give_up(claim, clerk)
    lost = without_our_numbers(clp(claim, svc(claim.lines.get(), "80.00"), payer_claim_number=""))
    post(payment(lost, payer=claim.payer))
    row = RemittedClaim.objects.get(outcome="unmatched")
    (line,) = preview_posting(row, item_of(row), claim.public_id).lines
    assert (line.before.insurance, line.insurance_after, line.contractual) == (ZERO, ZERO, Decimal("20.00"))


def test_a_second_answer_by_hand_posts_only_what_is_new(now: datetime, clerk: User) -> None:
    claim = submitted_claim("500.00")
    line = claim.lines.get()
    post(payment(clp(claim, svc(line, "300.00", ("PR-2", "75.00"), ("CO-45", "125.00"))), payer=claim.payer))
    post(payment(clp(claim, svc(line, "65.00"), status="2", paid=Decimal("60.00")), payer=claim.payer, amount="65.00"))
    assert receivable(claim) == Receivable(ZERO, Decimal("75.00"))
    _by_hand("unbalanced", claim, HandPosting(paid=Decimal("60.00"), contractual=Decimal("440.00")), clerk, now)
    assert receivable(claim) == SETTLED
    assert account_totals()[Account.CONTRACTUAL] == Decimal("140.00")


def test_an_answer_by_hand_takes_the_place_of_the_lines_denied_before(now: datetime, clerk: User) -> None:
    claim = denied("CO-50", "60.00", "40.00")
    first, second = claim.lines.all()
    broken = clp(claim, svc(first, "48.00"), svc(second, "32.00"), paid=Decimal("70.00"))
    post(payment(broken, payer=claim.payer))
    hand = HandPosting(paid=Decimal("70.00"), contractual=Decimal("20.00"), copay=Decimal("10.00"))
    _by_hand("unbalanced", claim, hand, clerk, now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.PAID
    words = Adjudication.objects.filter(claim=claim).order_by("pk")
    assert [(word.line, word.paid, word.cost_share, word.denied) for word in words[2:]] == [
        (first, Decimal("42.00"), Decimal("6.00"), ZERO),
        (second, Decimal("28.00"), Decimal("4.00"), ZERO),
    ]
    assert receivable(claim) == Receivable(ZERO, Decimal("10.00"))


def _by_hand(kind: str, claim: Claim, hand: HandPosting, clerk: User, now: datetime) -> None:
    settle_by_hand(
        exception_id=RemittanceException.objects.get(kind=kind).public_id,
        claim_id=claim.public_id,
        hand=hand,
        note="From the portal",
        approves=False,
        acting_user=clerk,
        now=now,
    )
    assert ledger_faults() == []
    assert payment_faults() == []
