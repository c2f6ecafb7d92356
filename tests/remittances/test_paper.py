"""A payer's paper, entered by hand, is an 835 of ours: posted, found again, and known when the payer's own comes."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from apps.audit.models import AuditEvent
from apps.claims.models import Adjudication, Claim
from apps.connectors.models import Transmission
from apps.core.models import User
from apps.ledger.models import Account
from apps.ledger.selectors import Receivable, claim_receivable, ledger_faults
from apps.remittances.models import HandRemittance, RemittanceException, RemittancePayment, RemittedClaim
from apps.remittances.rules.entered import EnteredAdjustment, EnteredClaim, EnteredPayment
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import (
    EobHead,
    HandEntryError,
    KnownPaymentError,
    apply_parked,
    enter_eob,
    post_remittances,
    reverse_by_hand,
    settle_as_not_ours,
)
from apps.x12 import read
from tests.factories.entered import entered
from tests.factories.ledger import account_totals
from tests.factories.practice import PayerFactory, UserFactory
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
    without_our_numbers,
)

pytestmark = pytest.mark.django_db
ZERO = Decimal("0.00")


@pytest.fixture
def clerk() -> User:
    return UserFactory()


def owed(claim: Claim) -> Receivable:
    return claim_receivable(claim.lines.values_list("charge_id", flat=True))


class Paper:
    """Of the claim's payer, check 48217 of PAID_ON; what a test does not name stays so."""

    def __init__(self, claim: Claim, clerk: User, now: datetime) -> None:
        self.payer, self.clerk, self.now = claim.payer, clerk, now

    def enter(
        self,
        *claims: EnteredClaim,
        amount: str,
        adjustments: tuple[EnteredAdjustment, ...] = (),
        leave_rest: bool = False,
        **head: object,
    ) -> RemittancePayment:
        told = {"payer": self.payer, "trace_number": "48217", "paid_on": PAID_ON, **head}
        paper = EnteredPayment(Decimal(amount), claims, adjustments)
        return enter_eob(
            EobHead(**told),  # type: ignore[arg-type]  # names checked by the record itself
            paper,
            leave_rest=leave_rest,
            note="Binder 4",
            acting_user=self.clerk,
            now=self.now,
        )


def test_a_paper_is_posted_line_by_line_through_an_835_of_ours(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00", "60.00")
    both = entered(claim, ("80.00", "CO-45 20.00"), ("0.00", "CO-50 50.00, PR-2 10.00"), payer_claim_number="ICN 7")
    posted = Paper(claim, clerk, now).enter(both, amount="80.00")
    assert (posted.payer, posted.trace_number, posted.amount, posted.method, posted.paid_on) == (
        claim.payer,
        "48217",
        Decimal("80.00"),
        "CHK",
        PAID_ON,
    )
    assert posted.claims.get().outcome == "posted_with_denial"
    assert owed(claim) == Receivable(Decimal("50.00"), Decimal("10.00"))
    first, second = Adjudication.objects.filter(claim=claim).order_by("line__number")
    assert (first.paid, first.contractual) == (Decimal("80.00"), Decimal("20.00"))
    assert (second.denied, second.cost_share, second.segment) == (Decimal("50.00"), Decimal("10.00"), second.segment)
    assert account_totals()[Account.DEPOSITS] == Decimal("80.00")
    assert account_totals()[Account.PAYER_CLEARING] == ZERO
    assert (payment_faults(), ledger_faults()) == ([], [])


def test_the_835_is_whole_stored_and_bears_who_entered_it(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00")
    posted = Paper(claim, clerk, now).enter(entered(claim, ("80.00", "CO-45 20.00")), amount="80.00")
    transmission = Transmission.objects.get(pk=posted.file.transmission_id)
    assert (transmission.kind, transmission.state) == ("835", "processed")
    assert read(bytes(transmission.payload)).errors == ()
    assert b"CLP*" + claim.control_number.encode() in bytes(transmission.payload)
    by_hand = HandRemittance.objects.get(transmission=transmission)
    assert (by_hand.purpose, by_hand.entered_by, by_hand.note) == ("eob", clerk, "Binder 4")
    seen = AuditEvent.objects.get(action="enter_eob")
    assert (seen.actor, seen.patients) == (clerk, [claim.patient.public_id])


def test_an_adjustment_of_the_payment_as_a_whole_balances_it(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00")
    whole = (EnteredAdjustment("WO", Decimal("30.00"), "ICN 4*4"), EnteredAdjustment("L6", Decimal("-1.20")))
    posted = Paper(claim, clerk, now).enter(entered(claim, ("100.00", "")), amount="71.20", adjustments=whole)
    told = posted.provider_adjustments.order_by("number").values_list("reason", "reference", "amount")
    assert [(reason, amount) for reason, _, amount in told] == [("WO", Decimal("30.00")), ("L6", Decimal("-1.20"))]
    assert told[0][1] == "ICN 4 4"
    assert account_totals()[Account.UNAPPLIED_CASH] == Decimal("30.00")
    assert payment_faults() == []


def test_a_rest_waits_as_an_exception_only_where_the_person_says_so(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00")
    paper, part = Paper(claim, clerk, now), entered(claim, ("80.00", "CO-45 20.00"))
    with pytest.raises(HandEntryError, match=r"\$20\.00 of \$100\.00 has no place yet"):
        paper.enter(part, amount="100.00")
    assert not Transmission.objects.filter(kind="835").exists()
    paper.enter(part, amount="100.00", leave_rest=True)
    assert RemittanceException.objects.get().amount == Decimal("20.00")
    assert payment_faults() == []


@pytest.mark.parametrize(
    ("line", "head", "why"),
    [
        (("80.00", ""), {}, r"line 1: \$20\.00 of \$100\.00 is neither paid nor adjusted"),
        (("80.00", "CO-45 30.00"), {}, r"line 1: Paid and adjusted are \$10\.00 more than the charge"),
        (("80.00", "CO-45 20.00"), {"trace_number": " * "}, "Give the number of the check"),
        (("80.00", "CO-45 20.00"), {"paid_on": PAID_ON + timedelta(days=9)}, "has not come yet"),
        (("80.00", "CO-45 20.00"), {"paid_on": date(26, 9, 25)}, "lies before 1900"),
        (("-80.00", "CO-45 180.00"), {}, "Paid is never less than nothing"),
    ],
)
def test_what_cannot_be_is_refused(
    now: datetime, clerk: User, line: tuple[str, str], head: dict[str, object], why: str
) -> None:
    claim = submitted_claim("100.00")
    with pytest.raises(HandEntryError, match=why):
        Paper(claim, clerk, now).enter(entered(claim, line), amount="80.00", **head)  # type: ignore[arg-type]
    assert not HandRemittance.objects.exists()


@pytest.mark.parametrize("trace", ["48217", "00048217"])
@pytest.mark.parametrize("day", [PAID_ON, date(2026, 9, 25)])
def test_the_payers_own_835_of_the_same_check_posts_nothing(now: datetime, clerk: User, trace: str, day: date) -> None:
    """Also where the person left the zeros out, or mistook the day."""
    claim = submitted_claim("100.00")
    paper = Paper(claim, clerk, now).enter(entered(claim, ("80.00", "CO-45 20.00")), amount="80.00", paid_on=day)
    before = account_totals()
    stored_file(payment(clp(claim, svc(claim.lines.get(), "80.00", remarks=["N130"])), payer=claim.payer, trace=trace))
    post_remittances(now=now)
    second = RemittancePayment.objects.latest("pk")
    assert second.duplicate_of == paper
    assert second.claims.get().outcome == "duplicate"
    assert account_totals() == before
    assert not RemittanceException.objects.exists()
    assert payment_faults() == []


def test_a_later_835_of_the_same_check_that_says_something_else_waits_for_a_person(now: datetime, clerk: User) -> None:
    claim, other = submitted_claim("100.00"), submitted_claim("100.00")
    Paper(claim, clerk, now).enter(entered(claim, ("80.00", "CO-45 20.00")), amount="80.00")
    before = account_totals()
    stored_file(payment(clp(other, svc(other.lines.get(), "80.00")), payer=claim.payer, trace="48217"))
    post_remittances(now=now)
    assert RemittanceException.objects.get().kind == "continuation"
    assert account_totals() == before
    assert payment_faults() == []


def test_a_check_of_another_amount_or_payer_is_another_payment(now: datetime, clerk: User) -> None:
    claim, other = submitted_claim("100.00"), submitted_claim("100.00", payer=PayerFactory())
    Paper(claim, clerk, now).enter(entered(claim, ("80.00", "CO-45 20.00")), amount="80.00")
    stored_file(payment(clp(other, svc(other.lines.get(), "80.00")), payer=other.payer, trace="48217"))
    post_remittances(now=now)
    assert RemittancePayment.objects.latest("pk").claims.get().outcome == "posted"
    assert payment_faults() == []


def test_what_came_as_an_835_cannot_be_entered_again(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00")
    stored_file(payment(clp(claim, svc(claim.lines.get(), "80.00")), payer=claim.payer, trace="0048217"))
    post_remittances(now=now)
    with pytest.raises(KnownPaymentError, match="is here already") as refusal:
        Paper(claim, clerk, now).enter(entered(claim, ("80.00", "CO-45 20.00")), amount="80.00")
    assert refusal.value.payment == RemittancePayment.objects.get()
    assert not HandRemittance.objects.exists()


def test_a_paper_without_a_payment_is_entered_once(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00")
    paper, denied = Paper(claim, clerk, now), entered(claim, ("0.00", "CO-50 100.00"), status="4")
    assert paper.enter(denied, amount="0.00").method == "NON"
    assert RemittedClaim.objects.get().outcome == "posted_with_denial"
    with pytest.raises(KnownPaymentError):
        paper.enter(denied, amount="0.00")
    assert RemittancePayment.objects.count() == 1


@pytest.mark.long
def test_what_a_paper_takes_back_undoes_the_earlier_answer(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00")
    stored_file(payment(clp(claim, svc(claim.lines.get(), "80.00")), payer=claim.payer))
    post_remittances(now=now)
    back = entered(claim, ("80.00", "CO-45 20.00"), status="22")
    whole = (EnteredAdjustment("FB", Decimal("-80.00")),)
    Paper(claim, clerk, now).enter(back, amount="0.00", adjustments=whole)
    assert owed(claim) == Receivable(Decimal("100.00"), ZERO)
    assert RemittedClaim.objects.latest("pk").outcome == "reversed"
    assert (payment_faults(), ledger_faults()) == ([], [])


@pytest.mark.long
def test_a_payers_own_correction_follows_a_paper_as_it_follows_a_file(now: datetime, clerk: User) -> None:
    claim = submitted_claim("100.00")
    Paper(claim, clerk, now).enter(entered(claim, ("80.00", "CO-45 20.00")), amount="80.00")
    old, new = (clp(claim, svc(claim.lines.get(), paid)) for paid in ("80.00", "90.00"))
    stored_file(payment(reversal_of(old), new, payer=claim.payer, plbs=[plb("FB", "-1.00")]))
    post_remittances(now=now)
    assert RemittedClaim.objects.filter(reverses__payment__trace_number="48217").count() == 1
    assert owed(claim) == Receivable(ZERO, ZERO)
    assert (payment_faults(), ledger_faults()) == ([], [])


@pytest.mark.long
def test_a_mistyped_paper_is_reversed_and_entered_again(now: datetime, clerk: User) -> None:
    """The check's money stays where it is: it passes through cash not applied."""
    claim = submitted_claim("100.00")
    paper = Paper(claim, clerk, now)
    wrong = paper.enter(entered(claim, ("80.00", "PR-2 20.00")), amount="80.00").claims.get()
    reverse_by_hand(remitted_claim=wrong, letter_on=PAID_ON, note="Mistyped", acting_user=clerk, now=now)
    whole = (EnteredAdjustment("CS", Decimal("80.00")),)
    paper.enter(entered(claim, ("80.00", "CO-45 20.00")), amount="0.00", adjustments=whole)
    assert owed(claim) == Receivable(ZERO, ZERO)
    assert account_totals()[Account.UNAPPLIED_CASH] == ZERO
    assert account_totals()[Account.DEPOSITS] == Decimal("80.00")
    assert (payment_faults(), ledger_faults()) == ([], [])


@pytest.mark.long
def test_a_paper_of_no_payment_places_no_more_than_is_here_and_nothing_that_was_set_apart(
    now: datetime, clerk: User
) -> None:
    claim = submitted_claim("100.00")
    unknown = without_our_numbers(clp(claim, paid=Decimal("60.00"), lines=(), patient=None, payer_claim_number=""), "X")
    unknown = replace(unknown, adjustments=adjustments(("CO-45", "40.00")))
    stored_file(payment(unknown, payer=claim.payer))
    post_remittances(now=now)
    apart = RemittanceException.objects.get().public_id
    settle_as_not_ours(exception_id=apart, note="Whose?", acting_user=clerk, now=now)
    before = account_totals()
    placed = entered(claim, ("60.00", "CO-45 40.00"))
    drawn = (EnteredAdjustment("CS", Decimal("60.00")),)
    with pytest.raises(HandEntryError, match=r"more than what waits .* \$0.00"):
        Paper(claim, clerk, now).enter(placed, amount="0.00", adjustments=drawn)
    assert account_totals() == before
    apply_parked(exception_id=apart, claims=[placed], note="Theirs", acting_user=clerk, now=now)
    assert account_totals()[Account.UNAPPLIED_CASH] == ZERO


def test_a_payer_whose_id_another_one_bears_is_told(now: datetime, clerk: User) -> None:
    other = PayerFactory(remittance_ids="1888888888")
    claim = submitted_claim("100.00", payer=PayerFactory(remittance_ids="1888888888"))
    assert other.pk < claim.payer.pk
    with pytest.raises(HandEntryError, match="Another payer of the directory"):
        Paper(claim, clerk, now).enter(entered(claim, ("80.00", "CO-45 20.00")), amount="80.00")
    assert not HandRemittance.objects.exists()
