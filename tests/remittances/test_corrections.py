"""A payer corrects itself, in either order: the books end where its last word stands (DOMAIN 4)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from apps.ledger.models import Account, Entry
from apps.ledger.selectors import Receivable, ledger_faults, movements
from apps.ledger.services import close_month
from apps.remittances.selectors.soundness import payment_faults
from tests.factories.ledger import account_totals
from tests.factories.practice import UserFactory
from tests.factories.remittances import adjustments, clp, payment, plb, reversal_of, submitted_claim, svc
from tests.remittances.test_posting import outcomes, post, receivable

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ZERO = Decimal("0.00")
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def test_a_reversal_that_comes_last_is_posted_once_and_the_correction_is_undone_in_its_turn(now: datetime) -> None:
    claim = submitted_claim("100.00")
    line = claim.lines.get()
    first, corrected = clp(claim, svc(line, "60.00")), clp(claim, svc(line, "75.00", ("PR-3", "10.00")))
    late = payment(reversal_of(first), payer=claim.payer, plbs=[plb("FB", "-60.00")])
    for each in (payment(first, payer=claim.payer), payment(corrected, payer=claim.payer), late):
        post(each, now=now)
    before = Entry.objects.count()
    post(late, now=now)
    assert (Entry.objects.count(), receivable(claim)) == (before, Receivable(ZERO, Decimal("10.00")))
    post(payment(reversal_of(corrected), payer=claim.payer, plbs=[plb("FB", "-75.00")]), now=now)
    assert receivable(claim) == Receivable(Decimal("100.00"), ZERO)
    assert outcomes() == ["posted", "posted", "reversed", "duplicate", "reversed"]


def test_a_correction_and_a_second_payer_before_the_reversal_leave_what_both_leave(now: datetime) -> None:
    claim = submitted_claim("500.00")
    line = claim.lines.get()
    first = clp(claim, svc(line, "250.00"))
    second = clp(claim, svc(line, "65.00", ("CO-45", "435.00")), status="2")
    post(payment(first, payer=claim.payer), now=now)
    post(payment(second, payer=claim.payer), now=now)
    post(payment(clp(claim, svc(line, "300.00", ("PR-2", "75.00"))), payer=claim.payer), now=now)
    post(payment(reversal_of(first), payer=claim.payer, plbs=[plb("FB", "-250.00")]), now=now)
    assert receivable(claim) == Receivable(ZERO, ZERO)
    assert account_totals()[Account.CONTRACTUAL] == Decimal("135.00")


def test_a_second_payers_answer_stays_while_the_correction_is_still_to_come(now: datetime) -> None:
    claim = submitted_claim("500.00")
    line = claim.lines.get()
    first = clp(claim, svc(line, "300.00", ("PR-2", "75.00")))
    post(payment(first, payer=claim.payer), now=now)
    post(payment(clp(claim, svc(line, "65.00", ("CO-45", "435.00")), status="2"), payer=claim.payer), now=now)
    post(payment(reversal_of(first), payer=claim.payer, plbs=[plb("FB", "-300.00")]), now=now)
    post(payment(clp(claim, svc(line, "310.00", ("PR-2", "75.00"))), payer=claim.payer), now=now)
    assert receivable(claim) == Receivable(ZERO, ZERO)


def test_a_correction_that_adjusts_the_claim_as_a_whole_is_posted_again_as_it_was_said(now: datetime) -> None:
    claim = submitted_claim("60.00", "40.00")
    first = clp(claim, *(svc(line, str(line.amount / 2)) for line in claim.lines.all()))
    post(payment(first, payer=claim.payer), now=now)
    lines = [svc(line, str(line.amount)) for line in claim.lines.all()]
    corrected = clp(claim, *lines, paid=Decimal(75), adjustments=adjustments(("PR-3", "10.00"), ("CO-45", "15.00")))
    post(payment(corrected, payer=claim.payer), now=now)
    post(payment(reversal_of(first), payer=claim.payer, plbs=[plb("FB", "-50.00")]), now=now)
    assert receivable(claim) == Receivable(ZERO, Decimal("10.00"))
    assert account_totals()[Account.CONTRACTUAL] == Decimal("15.00")


def test_what_is_corrected_after_its_month_was_closed_stands_in_the_open_one(now: datetime) -> None:
    """The reversal comes in the next month, and its correction; the closed month's figures stay to the cent."""
    claim = submitted_claim("100.00")
    line = claim.lines.get()
    first = clp(claim, svc(line, "80.00"))
    post(payment(first, payer=claim.payer), now=now)
    later = now + timedelta(days=30)
    closed = movements(SEPTEMBER)
    close_month(SEPTEMBER, acting_user=UserFactory(), now=later)
    corrected = clp(claim, svc(line, "60.00", ("PR-2", "15.00")))
    post(payment(reversal_of(first), corrected, payer=claim.payer, plbs=[plb("FB", "-20.00")]), now=later)
    assert movements(SEPTEMBER) == closed
    assert [(row.account, row.debits, row.credits) for row in movements(OCTOBER)] == [
        (Account.INSURANCE_RECEIVABLE, Decimal("100.00"), Decimal("100.00")),
        (Account.PATIENT_RECEIVABLE, Decimal("15.00"), ZERO),
        (Account.CONTRACTUAL, Decimal("25.00"), Decimal("20.00")),
        (Account.PAYER_CLEARING, Decimal("80.00"), Decimal("80.00")),
        (Account.UNAPPLIED_CASH, ZERO, Decimal("20.00")),
    ]
    assert receivable(claim) == Receivable(ZERO, Decimal("15.00"))
    assert [*ledger_faults(), *payment_faults()] == []
