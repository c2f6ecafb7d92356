"""A claim to a further payer is no other claim in any figure."""

from decimal import Decimal

import pytest

from apps.claims.states import ClaimStatus
from apps.reports.metrics import (
    ar_days,
    clean_claims,
    denial_rate,
    first_pass,
)
from tests.factories.claims import AdjudicationFactory, ClaimFactory
from tests.factories.reports import booked_claim
from tests.reports.figures import TODAY, ago, at, parts

pytestmark = pytest.mark.django_db
D = Decimal


def visit_of_two_payers() -> None:
    """The first payer's claim was held, rejected and denied; the second's passed, was accepted, and paid."""
    sent_on, answered, paid_on = at(ago(10)), at(ago(9)), at(ago(5))
    first = ClaimFactory(
        status=ClaimStatus.DENIED,
        built_at=at(ago(11)),
        passed_untouched=False,
        first_submitted_at=sent_on,
        accepted_at=at(ago(8)),
        first_rejected_at=answered,
        first_adjudicated_at=paid_on,
        denied_on_first_remittance=True,
    )
    AdjudicationFactory(claim=first, recorded_at=paid_on, denied=first.total)
    second = ClaimFactory(
        encounter=first.encounter,
        payer_rank=2,
        status=ClaimStatus.PAID,
        built_at=at(ago(4)),
        passed_untouched=True,
        first_submitted_at=at(ago(4)),
        accepted_at=at(ago(3)),
        first_rejected_at=None,
        first_adjudicated_at=at(ago(2)),
        denied_on_first_remittance=False,
    )
    AdjudicationFactory(claim=second, recorded_at=at(ago(2)), paid=second.total)


@pytest.mark.parametrize(("metric", "share"), [(denial_rate, 1), (clean_claims, 0), (first_pass, 0)])
def test_a_second_payers_claim_is_no_other_claim(metric, share: int):
    visit_of_two_payers()
    figure = metric.measure(TODAY)
    assert (figure.denominator, figure.value) == (1, share)
    rows = [metric.row(claim) for claim in metric.rows(TODAY)]
    assert (len(rows), sum(row.counts for row in rows)) == (figure.denominator, figure.numerator)


def test_the_share_of_charges_denied_counts_the_charges_once():
    visit_of_two_payers()
    assert parts(denial_rate.measure(TODAY))["By charges"] == 1


def test_visit_to_first_payment_is_of_the_visit_whichever_payer_paid_first():
    served, now = ago(30), at(TODAY)
    first = booked_claim(served, amount="100.00", now=now)
    second = ClaimFactory(encounter=first.encounter, payer_rank=2, status=ClaimStatus.PAID)
    AdjudicationFactory(claim=first, remitted_on=ago(20))
    AdjudicationFactory(claim=second, remitted_on=ago(10))
    assert parts(ar_days.measure(TODAY))["Visit to first payer payment, mean"] == D("10.0")
