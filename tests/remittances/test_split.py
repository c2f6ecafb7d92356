"""One remitted claim goes to several of ours, or in part nowhere; what is posted so is an answer like any other."""

from datetime import datetime
from decimal import Decimal

import pytest

from apps.audit.models import AuditEvent
from apps.claims.models import Adjudication, Claim
from apps.core.models import User
from apps.ledger.models import Account, Entry
from apps.ledger.selectors import Receivable, claim_receivable, ledger_faults
from apps.remittances.models import HandRemittance, RemittanceException, RemittancePayment, RemittedClaim
from apps.remittances.selectors.parked import left_of
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import SettlementError, post_remittances, settle_as_not_ours, split_exception
from tests.factories.entered import entered
from tests.factories.ledger import account_totals
from tests.factories.practice import UserFactory
from tests.factories.remittances import clp, payment, plb, reversal_of, stored_file, submitted_claim, svc
from tests.factories.remittances import without_our_numbers as lost

pytestmark = pytest.mark.django_db
ZERO = Decimal("0.00")


@pytest.fixture
def clerk() -> User:
    return UserFactory()


def owed(claim: Claim) -> Receivable:
    return claim_receivable(claim.lines.values_list("charge_id", flat=True))


def of_two_visits(now: datetime, paid: str = "130.00") -> tuple[RemittanceException, Claim, Claim]:
    """A payer answers two visits of 100.00 with one CLP that bears neither's number."""
    one, other = submitted_claim("100.00"), submitted_claim("100.00")
    other.payer = one.payer
    other.save()
    joined = clp(
        one, svc(one.lines.get(), "100.00"), charge=Decimal(paid), paid=Decimal(paid), lines=(), payer_claim_number=""
    )
    stored_file(payment(lost(joined), payer=one.payer, trace="EFT7"))
    post_remittances(now=now)
    return RemittanceException.objects.get(), one, other


@pytest.mark.long
def test_a_claim_is_split_over_two_of_ours_and_keeps_who_and_why(now: datetime, clerk: User) -> None:
    exception, one, other = of_two_visits(now)
    posted = split_exception(
        exception_id=exception.public_id,
        claims=[entered(one, ("80.00", "CO-45 20.00")), entered(other, ("50.00", "CO-45 30.00, PR-2 20.00"))],
        apart=ZERO,
        note="Two visits in one, says the portal",
        acting_user=clerk,
        now=now,
    )
    exception.refresh_from_db()
    assert (exception.state, exception.settled_by, exception.note) == (
        "settled",
        clerk,
        "Two visits in one, says the portal",
    )
    assert exception.remitted_claim.outcome == "split"
    assert exception.work_item.state == "done"
    assert (owed(one), owed(other)) == (Receivable(ZERO, ZERO), Receivable(ZERO, Decimal("20.00")))
    found = account_totals()
    assert (found[Account.PAYER_CLEARING], found.get(Account.UNAPPLIED_CASH, ZERO)) == (ZERO, ZERO)
    assert found[Account.DEPOSITS] == Decimal("130.00")
    assert (posted.amount, posted.trace_number, posted.method) == (ZERO, "EFT7", "NON")
    by_hand = posted.file.transmission.by_hand
    assert (by_hand.purpose, by_hand.entered_by, by_hand.source, by_hand.drawn) == (
        "split",
        clerk,
        exception,
        Decimal("130.00"),
    )
    assert AuditEvent.objects.filter(action="settle_exception.split", actor=clerk).count() == 1
    assert (payment_faults(), ledger_faults()) == ([], [])
    assert left_of(exception) == ZERO


def test_a_part_may_be_set_apart(now: datetime, clerk: User) -> None:
    exception, one, _ = of_two_visits(now)
    split_exception(
        exception_id=exception.public_id,
        claims=[entered(one, ("80.00", "CO-45 20.00"))],
        apart=Decimal("50.00"),
        note="The rest is Dr. Hale's",
        acting_user=clerk,
        now=now,
    )
    exception.refresh_from_db()
    assert account_totals()[Account.UNAPPLIED_CASH] == Decimal("-50.00")
    assert account_totals()[Account.PAYER_CLEARING] == ZERO
    assert left_of(exception) == Decimal("50.00")
    assert payment_faults() == []


@pytest.mark.long
def test_the_rest_of_a_payment_can_be_split_too(now: datetime, clerk: User) -> None:
    one, other = submitted_claim("100.00"), submitted_claim("57.31")
    stored_file(payment(clp(one), payer=one.payer, amount="157.31"))
    post_remittances(now=now)
    exception = RemittanceException.objects.get(kind="clearing")
    split_exception(
        exception_id=exception.public_id,
        claims=[entered(other, ("57.31", ""))],
        apart=ZERO,
        note="They forgot the CLP",
        acting_user=clerk,
        now=now,
    )
    assert owed(other) == Receivable(ZERO, ZERO)
    assert account_totals()[Account.PAYER_CLEARING] == ZERO
    assert payment_faults() == []


@pytest.mark.parametrize(
    ("lines", "apart", "why"),
    [
        ([("80.00", "CO-45 20.00"), ("40.00", "CO-45 60.00")], "0.00", r"\$10\.00 of \$130\.00 has no place yet"),
        ([("80.00", "CO-45 20.00"), ("60.00", "CO-45 40.00")], "0.00", r"The parts are \$10\.00 more than \$130\.00"),
        ([("80.00", ""), ("50.00", "CO-45 50.00")], "0.00", r"line 1: \$20\.00 of \$100\.00 is neither paid nor adj"),
        ([("100.00", ""), ("50.00", "CO-45 50.00")], "-20.00", "never less than nothing"),
        ([], "130.00", "at least one claim"),
    ],
)
def test_what_does_not_add_up_is_refused_and_nothing_has_changed(
    now: datetime, clerk: User, lines: list[tuple[str, str]], apart: str, why: str
) -> None:
    exception, *claims = of_two_visits(now)
    entries = Entry.objects.count()
    with pytest.raises(SettlementError, match=why):
        split_exception(
            exception_id=exception.public_id,
            claims=[entered(claim, line) for claim, line in zip(claims, lines, strict=False)],
            apart=Decimal(apart),
            note="try",
            acting_user=clerk,
            now=now,
        )
    exception.refresh_from_db()
    assert (exception.state, exception.remitted_claim.outcome) == ("open", "unmatched")
    assert Entry.objects.count() == entries
    assert not HandRemittance.objects.exists()


def test_a_part_that_its_claim_cannot_take_takes_everything_back(now: datetime, clerk: User) -> None:
    exception, one, other = of_two_visits(now)
    Claim.objects.filter(pk=other.pk).update(status="voided")
    entries = Entry.objects.count()
    with pytest.raises(SettlementError, match=f"Claim {other.control_number}: This claim was voided here"):
        split_exception(
            exception_id=exception.public_id,
            claims=[entered(one, ("80.00", "CO-45 20.00")), entered(other, ("50.00", "CO-45 50.00"))],
            apart=ZERO,
            note="try",
            acting_user=clerk,
            now=now,
        )
    exception.refresh_from_db()
    assert exception.state == "open"
    assert Entry.objects.count() == entries
    assert RemittancePayment.objects.count() == 1


def test_a_claim_is_named_once(now: datetime, clerk: User) -> None:
    exception, one, _ = of_two_visits(now)
    twice = [entered(one, ("80.00", "CO-45 20.00")), entered(one, ("50.00", "CO-45 50.00"))]
    told = {"exception_id": exception.public_id, "note": "x", "acting_user": clerk, "now": now, "apart": ZERO}
    with pytest.raises(SettlementError, match="named once"):
        split_exception(claims=twice, **told)


def test_what_is_settled_or_takes_money_back_is_not_split(now: datetime, clerk: User) -> None:
    exception, one, other = of_two_visits(now)
    told = {"claims": [entered(one, ("80.00", "CO-45 20.00"))], "acting_user": clerk, "now": now, "apart": ZERO}
    settle_as_not_ours(exception_id=exception.public_id, note="x", acting_user=clerk, now=now)
    with pytest.raises(SettlementError, match="in the meantime"):
        split_exception(exception_id=exception.public_id, note="x", **told)
    stored_file(payment(reversal_of(clp(other)), payer=one.payer, plbs=[plb("FB", "-100.00")]))
    post_remittances(now=now)
    reversal = RemittanceException.objects.get(state="open")
    with pytest.raises(SettlementError, match="takes money back"):
        split_exception(exception_id=reversal.public_id, note="x", **told)


@pytest.mark.long
def test_a_part_is_taken_back_by_the_payers_own_reversal(now: datetime, clerk: User) -> None:
    exception, one, other = of_two_visits(now)
    split_exception(
        exception_id=exception.public_id,
        claims=[entered(one, ("80.00", "CO-45 20.00")), entered(other, ("50.00", "CO-45 50.00"))],
        apart=ZERO,
        note="x",
        acting_user=clerk,
        now=now,
    )
    again = clp(other, svc(other.lines.get(), "50.00"))
    stored_file(payment(reversal_of(again), payer=one.payer, plbs=[plb("FB", "-50.00")]))
    post_remittances(now=now)
    assert owed(other) == Receivable(Decimal("100.00"), ZERO)
    assert RemittedClaim.objects.get(outcome="reversed").reverses.payment.trace_number == "EFT7"
    assert (payment_faults(), ledger_faults()) == ([], [])


@pytest.mark.long
@pytest.mark.parametrize("split_first", [True, False])
def test_the_order_of_a_split_and_of_what_another_payer_says_decides_nothing(
    now: datetime, clerk: User, split_first: bool
) -> None:
    """The first payer's part of 80.00 and a second payer's answer of the same visit end in the same books either way."""
    exception, one, other = of_two_visits(now)
    second = clp(one, svc(one.lines.get(), "15.00", ("OA-23", "80.00")), status="2")

    def split() -> None:
        split_exception(
            exception_id=exception.public_id,
            claims=[entered(one, ("80.00", "PR-2 20.00")), entered(other, ("50.00", "CO-45 50.00"))],
            apart=ZERO,
            note="x",
            acting_user=clerk,
            now=now,
        )

    if split_first:
        split()
    stored_file(payment(second, payer=one.payer, trace="EFT9"))
    post_remittances(now=now)
    if not split_first:
        split()
    assert owed(one) == Receivable(ZERO, ZERO)
    assert Adjudication.objects.filter(claim=one, reversed=False).count() == 2
    assert (payment_faults(), ledger_faults()) == ([], [])
