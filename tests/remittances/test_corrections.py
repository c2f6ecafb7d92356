"""A payer corrects itself, in either order: the books end where its last word stands (DOMAIN 4)."""

from datetime import datetime
from decimal import Decimal

import pytest

from apps.ledger.models import Account, Entry
from apps.ledger.selectors import Receivable
from tests.factories.ledger import account_totals
from tests.factories.remittances import adjustments, clp, payment, plb, reversal_of, submitted_claim, svc
from tests.remittances.test_posting import outcomes, post, receivable

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ZERO = Decimal("0.00")


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
