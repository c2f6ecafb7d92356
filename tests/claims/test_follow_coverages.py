"""A changed coverage reaches the claims that have not left."""

from datetime import datetime, timedelta

import pytest

from apps.automations.sweeping import left_behind
from apps.claims.models import Claim
from apps.claims.services import build_claims, follow_coverages
from apps.claims.states import ClaimStatus
from apps.intake.models import Coverage
from tests.factories.claims import ClaimFactory
from tests.factories.intake import CoverageFactory
from tests.factories.practice import PayerFactory, PracticeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def practice() -> None:
    PracticeFactory()


def replace(claim: Claim, *, days: int = -1, **fields: object) -> Coverage:
    """End the claim's coverage `days` from its date of service; another follows."""
    Coverage.objects.filter(pk=claim.coverage_id).update(ends_on=claim.service_date + timedelta(days=days))
    return CoverageFactory(patient=claim.patient, rank=claim.coverage.rank, **fields)


@pytest.mark.parametrize("status", [ClaimStatus.DRAFT, ClaimStatus.EXCEPTION, ClaimStatus.READY])
def test_an_unsent_claim_takes_the_new_coverage_and_is_scrubbed_again(status: ClaimStatus, now: datetime) -> None:
    claim = ClaimFactory(status=status)
    new = replace(claim, payer=PayerFactory(name="Caddo"), member_id="C1")
    assert ("build_claims", "") in left_behind(now=now)
    build_claims(now=now)
    claim.refresh_from_db()
    assert (claim.coverage, claim.payer, claim.status) == (new, new.payer, ClaimStatus.DRAFT)
    assert (
        claim.events.last().what == "The patient's coverage was changed: billed to Caddo from now on. Scrubbed again."
    )
    assert follow_coverages(now=now) == 0
    assert ("build_claims", "") not in left_behind(now=now)


def test_a_corrected_number_of_the_same_payer_is_taken_also_where_the_old_one_ended_later(now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.EXCEPTION)
    new = replace(claim, days=3, payer=claim.payer, member_id="NEW")
    assert follow_coverages(now=now) == 1
    claim.refresh_from_db()
    assert claim.coverage == new


def test_another_payers_coverage_that_followed_later_does_not_reach_back(now: datetime) -> None:
    claim = ClaimFactory(status=ClaimStatus.EXCEPTION)
    replace(claim, days=3, payer=PayerFactory(name="Caddo"), member_id="C1")
    assert follow_coverages(now=now) == 0


def test_a_claim_that_has_left_does_not_change(now: datetime) -> None:
    sent = ClaimFactory(status=ClaimStatus.SUBMITTED)
    replace(sent, payer=sent.payer, member_id="NEW")
    correction = ClaimFactory(status=ClaimStatus.DRAFT, first_submitted_at=now)
    replace(correction, payer=correction.payer, member_id="NEW")
    assert follow_coverages(now=now) == 0
