"""A payer refuses a claim, or a part of it, beside its lines (CAS in loop 2100): the claim tells it, and one person sees to it."""

from datetime import datetime
from decimal import Decimal

import pytest

from apps.claims.models import Adjudication, Claim, ClaimLine
from apps.claims.selectors.refused_lines import not_refused
from apps.claims.states import ClaimStatus
from apps.denials.models import Denial
from apps.denials.services import open_denials
from apps.remittances.services import post_remittances
from apps.reports.metrics import denial_rate
from apps.worklist.models import WorkItem
from tests.factories.practice import PracticeFactory
from tests.factories.remittances import adjustments, clp, payment, reversal_of, stored_file, submitted_claim, svc
from tests.patient_balances.opening import open_balances
from tests.remittances.test_posting import receivable

pytestmark = pytest.mark.django_db


def answered(*, taken: str, now: datetime, shared: str = "0.00") -> Claim:
    """Of 148.00 the line says 80.00 paid but for `shared`, and the claim takes `taken` of it off again."""
    PracticeFactory()
    claim = submitted_claim("148.00")
    kept = Decimal(80) - Decimal(shared)
    codes = (("PR-2", shared),) if Decimal(shared) else ()
    line = svc(claim.lines.get(), str(kept), *codes)
    said = clp(claim, line, paid=kept - Decimal(taken), adjustments=adjustments(("CO-50", taken)))
    stored_file(payment(said, payer=claim.payer))
    post_remittances(now=now)
    claim.refresh_from_db()
    return claim


def tasks(now: datetime) -> list[str]:
    open_denials(now=now)
    open_balances(now=now)
    return list(WorkItem.objects.filter(state=WorkItem.State.OPEN).values_list("kind", flat=True))


def test_a_claim_that_is_refused_beside_its_lines_is_denied_and_one_task(now: datetime) -> None:
    claim = answered(taken="80.00", now=now)
    assert claim.status == ClaimStatus.DENIED
    assert receivable(claim).insurance == Decimal("80.00")
    assert tasks(now) == ["denial"]
    assert Denial.objects.get().amount == Decimal("80.00")
    assert not not_refused(ClaimLine.objects.filter(claim=claim)).exists()


def test_a_refused_part_beside_the_lines_leaves_the_claim_partly_denied_and_one_task(now: datetime) -> None:
    claim = answered(taken="30.00", now=now)
    assert claim.status == ClaimStatus.PARTLY_DENIED
    assert receivable(claim).insurance == Decimal("30.00")
    assert tasks(now) == ["denial"]
    assert not_refused(ClaimLine.objects.filter(claim=claim)).exists()


def test_a_claim_of_which_the_patients_share_is_left_is_partly_denied(now: datetime) -> None:
    claim = answered(taken="60.00", shared="20.00", now=now)
    assert claim.status == ClaimStatus.PARTLY_DENIED
    assert not Adjudication.objects.get(line=None).is_denied


def test_a_claim_that_was_refused_beside_its_lines_counts_as_denied_in_full(now: datetime) -> None:
    claim = answered(taken="80.00", now=now)
    assert claim.denied_on_first_remittance
    (row,) = denial_rate.rows(now.date())
    assert denial_rate.row(row).detail == "Denied"


@pytest.mark.long
def test_a_later_answer_without_the_refusal_ends_it(now: datetime) -> None:
    claim = answered(taken="80.00", now=now)
    assert tasks(now) == ["denial"]
    line = claim.lines.get()
    first = clp(claim, svc(line, "80.00"), paid=Decimal(0), adjustments=adjustments(("CO-50", "80.00")))
    undone = reversal_of(first)
    undone = clp(claim, *undone.lines, status="22", paid=Decimal(0), adjustments=adjustments(("CO-50", "-80.00")))
    stored_file(payment(undone, clp(claim, svc(line, "80.00")), payer=claim.payer))
    post_remittances(now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.PAID
    assert tasks(now) == []
    denial = Denial.objects.get()
    assert (denial.state, denial.recovered_amount) == (Denial.State.RECOVERED, Decimal("80.00"))
