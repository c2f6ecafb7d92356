"""A payer takes an answer back by letter: a person reverses it once, and neither a second person nor the payer's own 22 does again."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from apps.audit.models import AuditEvent
from apps.claims.models import Adjudication, Claim
from apps.core.models import User
from apps.ledger.models import Account
from apps.ledger.selectors import Receivable, claim_receivable, ledger_faults
from apps.remittances.models import RemittanceException, RemittancePayment, RemittedClaim
from apps.remittances.rules.by_hand import HandPosting
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import (
    HandEntryError,
    post_remittances,
    reverse_by_hand,
    settle_as_not_ours,
    settle_by_hand,
    split_exception,
)
from tests.factories.entered import entered
from tests.factories.ledger import account_totals
from tests.factories.practice import UserFactory
from tests.factories.remittances import (
    PAID_ON,
    adjustments,
    clp,
    payment,
    plb,
    reversal_of,
    stored_file,
    submitted_claim,
    svc,
)
from tests.factories.remittances import without_our_numbers as lost
from tests.orders import orders

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ZERO = Decimal("0.00")
BACK = Receivable(Decimal("100.00"), ZERO)


@pytest.fixture
def clerk() -> User:
    return UserFactory()


def owed(claim: Claim) -> Receivable:
    return claim_receivable(claim.lines.values_list("charge_id", flat=True))


def answered(now: datetime) -> tuple[Claim, RemittedClaim]:
    claim = submitted_claim("100.00")
    stored_file(
        payment(clp(claim, svc(claim.lines.get(), "80.00", ("PR-2", "20.00"))), payer=claim.payer, trace="EFT1")
    )
    post_remittances(now=now)
    return claim, RemittedClaim.objects.get()


def take_back(row: RemittedClaim, clerk: User, now: datetime, **told: object) -> RemittancePayment:
    asked = {"letter_on": PAID_ON, "note": "Letter 77", "acting_user": clerk, "now": now, **told}
    return reverse_by_hand(remitted_claim=row, **asked)  # type: ignore[arg-type]  # names checked by the service


def receive(now: datetime, *claims: object, **told: object) -> None:
    stored_file(payment(*claims, **told))  # type: ignore[arg-type]
    post_remittances(now=now)


def test_the_claim_stands_open_again_and_the_payers_money_waits_for_its_withholding(now: datetime, clerk: User) -> None:
    claim, row = answered(now)
    done = take_back(row, clerk, now)
    assert owed(claim) == BACK
    assert account_totals()[Account.UNAPPLIED_CASH] == Decimal("-80.00")
    assert account_totals()[Account.PAYER_CLEARING] == ZERO
    assert done.claims.get().reverses == row
    assert not Adjudication.objects.filter(claim=claim, reversed=False, claim_status_code="1").exists()
    assert (done.file.transmission.by_hand.entered_by, done.file.transmission.by_hand.takes_back) == (clerk, row)
    assert AuditEvent.objects.get(action="reverse_by_hand").patients == [claim.patient.public_id]
    assert (payment_faults(), ledger_faults()) == ([], [])
    other = submitted_claim("100.00")
    receive(now, clp(other), payer=claim.payer, plbs=[plb("WO", "80.00", claim.control_number)])
    assert account_totals()[Account.UNAPPLIED_CASH] == ZERO
    assert owed(claim) == BACK
    assert payment_faults() == []


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"note": " "}, "which letter"),
        ({"letter_on": PAID_ON - timedelta(days=1)}, "older than the payment"),
        ({"letter_on": date(2027, 1, 1)}, "has not come yet"),
    ],
)
def test_what_cannot_be_is_refused(now: datetime, clerk: User, told: dict[str, object], why: str) -> None:
    claim, row = answered(now)
    with pytest.raises(HandEntryError, match=why):
        take_back(row, clerk, now, **told)
    assert owed(claim) == Receivable(ZERO, Decimal("20.00"))
    assert RemittancePayment.objects.count() == 1


def test_it_is_done_once(now: datetime, clerk: User) -> None:
    claim, row = answered(now)
    take_back(row, clerk, now)
    with pytest.raises(HandEntryError, match="reversed already"):
        take_back(row, clerk, now)
    assert owed(claim) == BACK


def test_what_the_payer_reversed_is_not_reversed_by_hand(now: datetime, clerk: User) -> None:
    claim, row = answered(now)
    said = clp(claim, svc(claim.lines.get(), "80.00", ("PR-2", "20.00")))
    receive(now, reversal_of(said), payer=claim.payer, plbs=[plb("FB", "-80.00")])
    for each in RemittedClaim.objects.all():
        with pytest.raises(HandEntryError, match=r"reversed already|Nothing of this is posted"):
            take_back(each, clerk, now)
    assert owed(claim) == BACK
    assert row.payment.trace_number == "EFT1"


def test_a_later_22_of_the_same_takes_nothing_back_a_second_time(now: datetime, clerk: User) -> None:
    claim, row = answered(now)
    take_back(row, clerk, now)
    said = clp(claim, svc(claim.lines.get(), "80.00", ("PR-2", "20.00")))
    receive(
        now,
        reversal_of(said),
        payer=claim.payer,
        trace="EFT2",
        plbs=[plb("WO", "-80.00", "A"), plb("WO", "80.00", "B")],
        amount="-80.00",
    )
    exception = RemittanceException.objects.get()
    assert (exception.kind, exception.amount) == ("reversal", Decimal("-80.00"))
    assert "A reversal by hand stands on this claim" in exception.sentence
    assert owed(claim) == BACK
    settle_as_not_ours(exception_id=exception.public_id, note="Same as letter 77", acting_user=clerk, now=now)
    found = account_totals()
    assert (found[Account.PAYER_CLEARING], found[Account.UNAPPLIED_CASH]) == (ZERO, ZERO)
    assert (payment_faults(), ledger_faults()) == ([], [])


@pytest.mark.parametrize("order", orders(("22", "correction", "second")))
def test_what_comes_after_it_ends_the_same_in_any_order(now: datetime, clerk: User, order: tuple[str, ...]) -> None:
    """The payer's own 22, its correction and a further payer's answer: the correction stands, and one reversal alone is done."""
    claim, row = answered(now)
    take_back(row, clerk, now)
    line = claim.lines.get()
    said = clp(claim, svc(line, "80.00", ("PR-2", "20.00")))
    files = {
        "22": payment(reversal_of(said), payer=claim.payer, trace="EFT2", plbs=[plb("FB", "-80.00")]),
        "correction": payment(clp(claim, svc(line, "70.00", ("PR-2", "30.00"))), payer=claim.payer, trace="EFT3"),
        "second": payment(
            clp(claim, svc(line, "25.00", ("OA-23", "70.00")), status="2"), payer=claim.payer, trace="EFT4"
        ),
    }
    for name in order:
        stored_file(files[name])
        post_remittances(now=now)
    assert owed(claim) == Receivable(ZERO, ZERO)
    waits = RemittanceException.objects.filter(state="open").values_list("kind", "amount")
    assert list(waits) == [("reversal", Decimal("-80.00"))]
    assert list(RemittedClaim.objects.filter(reverses__isnull=False).values_list("reverses", flat=True)) == [row.pk]
    assert (payment_faults(), ledger_faults()) == ([], [])


def test_of_two_answers_that_say_the_same_the_named_one_is_taken_back(now: datetime, clerk: User) -> None:
    claim, first = answered(now)
    again = clp(claim, svc(claim.lines.get(), "80.00", ("PR-2", "20.00")))
    receive(now, again, payer=claim.payer, trace="EFT2")
    second = RemittedClaim.objects.get(payment__trace_number="EFT2")
    assert take_back(second, clerk, now).claims.get().reverses == second
    assert owed(claim) == Receivable(ZERO, Decimal("20.00"))
    assert not RemittedClaim.objects.filter(reverses=first).exists()
    assert payment_faults() == []


def test_what_was_posted_by_hand_or_split_is_undone_by_hand(now: datetime, clerk: User) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("100.00")
    receive(now, lost(clp(one, charge=Decimal(90), paid=Decimal(90), lines=(), payer_claim_number="")), payer=one.payer)
    exception = RemittanceException.objects.get()
    hand = HandPosting(paid=Decimal(90), contractual=Decimal(10))
    settle_by_hand(
        exception_id=exception.public_id,
        claim_id=one.public_id,
        hand=hand,
        note="x",
        approves=False,
        acting_user=clerk,
        now=now,
    )
    take_back(RemittedClaim.objects.get(), clerk, now)
    assert owed(one) == BACK
    receive(now, lost(clp(one, charge=Decimal(60), paid=Decimal(60), lines=(), payer_claim_number="")), payer=one.payer)
    waiting = RemittanceException.objects.get(state="open")
    parts = split_exception(
        exception_id=waiting.public_id,
        claims=[entered(other, ("60.00", "CO-45 40.00"))],
        apart=ZERO,
        note="x",
        acting_user=clerk,
        now=now,
    )
    take_back(parts.claims.get(), clerk, now)
    assert owed(other) == BACK
    assert account_totals()[Account.UNAPPLIED_CASH] == Decimal("-150.00")
    assert (payment_faults(), ledger_faults()) == ([], [])


def test_an_answer_on_the_claim_as_a_whole_is_taken_back(now: datetime, clerk: User) -> None:
    claim = submitted_claim("60.00", "40.00")
    first, second = claim.lines.all()
    lines = (svc(first, "60.00"), svc(second, "40.00"))
    receive(now, clp(claim, *lines, paid=Decimal(75), adjustments=adjustments(("CO-45", "25.00"))), payer=claim.payer)
    take_back(RemittedClaim.objects.get(outcome="posted"), clerk, now)
    assert owed(claim) == BACK
    other = submitted_claim("100.00")
    receive(
        now,
        clp(other, charge=Decimal(100), paid=Decimal(55), lines=(), adjustments=adjustments(("CO-45", "45.00"))),
        payer=other.payer,
    )
    take_back(RemittedClaim.objects.get(claim=other), clerk, now)
    assert owed(other) == BACK
    assert (payment_faults(), ledger_faults()) == ([], [])
