"""A changed coverage reaches the claims that have not left."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.automations.sweeping import left_behind
from apps.claims.models import BatchClaim, Claim
from apps.claims.selectors.soundness import claim_faults
from apps.claims.services import build_claims, follow_coverages, void_claim
from apps.claims.states import ClaimStatus
from apps.intake.models import Authorization, Coverage
from apps.ledger.models import Entry
from apps.ledger.selectors import claim_receivable, insurance_by_payer, ledger_faults
from apps.practice.roles import Role
from apps.remittances.services import post_remittances
from tests.claims.secondaries import answered, built, charges, medicare_paid_a_part, with_second_plan
from tests.factories.claims import BatchFactory, ClaimFactory
from tests.factories.intake import CoverageFactory, EncounterFactory
from tests.factories.practice import PayerFactory, PracticeFactory, UserFactory
from tests.factories.remittances import clp, payment, reversal_of, stored_file, svc

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


def sent_in_vain(claim: Claim, answer: BatchClaim.Answer) -> None:
    BatchClaim.objects.create(batch=BatchFactory(), claim=claim, in_flight=False, answer=answer)


@pytest.mark.parametrize("status", [ClaimStatus.REJECTED, ClaimStatus.EXCEPTION])
def test_a_claim_that_was_never_taken_in_follows_the_plan_that_the_patient_has(
    status: ClaimStatus, now: datetime
) -> None:
    claim = ClaimFactory(status=status, first_submitted_at=now, payer_claim_number="X1")
    sent_in_vain(claim, BatchClaim.Answer.REJECTED)
    new = replace(claim, payer=PayerFactory(name="Caddo"), member_id="C1")
    assert ("build_claims", "") in left_behind(now=now)
    assert follow_coverages(now=now) == 1
    claim.refresh_from_db()
    assert (claim.coverage, claim.payer, claim.status) == (new, new.payer, ClaimStatus.DRAFT)
    assert claim.payer_claim_number == ""


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        (BatchClaim.Answer.LATE, {}),
        (BatchClaim.Answer.NOT_FOUND, {}),
        (BatchClaim.Answer.REJECTED, {"frequency": "7"}),
        (BatchClaim.Answer.REJECTED, {"first_adjudicated_at": datetime(2026, 9, 1, tzinfo=UTC)}),
    ],
)
def test_one_that_a_payer_has_or_has_answered_does_not(
    answer: BatchClaim.Answer, fields: dict[str, object], now: datetime
) -> None:
    claim = ClaimFactory(status=ClaimStatus.REJECTED, first_submitted_at=now, **fields)
    sent_in_vain(claim, BatchClaim.Answer.REJECTED)
    sent_in_vain(claim, answer)
    replace(claim, payer=PayerFactory(name="Caddo"), member_id="C1")
    assert follow_coverages(now=now) == 0


def billed(now: datetime, **facts: object) -> Claim:
    """A claim whose charges are in the books, in its payer's name."""
    EncounterFactory(charges__size=2, **facts)
    build_claims(now=now)
    return Claim.objects.get()


@pytest.mark.long
def test_what_is_owed_stands_in_the_new_payers_name(now: datetime) -> None:
    claim = billed(now)
    charges, before = list(claim.lines.values_list("charge", flat=True)), claim.payer_id
    assert insurance_by_payer(charges) == {before: claim.total}
    new = replace(claim, payer=PayerFactory(name="Caddo"), member_id="C1")
    assert follow_coverages(now=now) == 1
    assert insurance_by_payer(charges) == {new.payer_id: claim.total}
    assert (ledger_faults(), claim_faults()) == ([], [])
    # Voided, nothing is left in anybody's name.
    void_claim(claim_id=claim.public_id, reason="Never was.", acting_user=UserFactory(role=Role.BILLER), now=now)
    assert insurance_by_payer(charges) == {}


@pytest.mark.long
def test_of_another_plan_at_the_same_payer_the_books_say_nothing_new(now: datetime) -> None:
    claim = billed(now)
    entries = Entry.objects.count()
    replace(claim, payer=claim.payer, member_id="NEW")
    assert follow_coverages(now=now) == 1
    assert Entry.objects.count() == entries


@pytest.mark.long
def test_numbers_that_the_former_payer_gave_stay_with_it(now: datetime) -> None:
    claim = billed(now, prior_authorization="A1", referral_number="R1")
    replace(claim, payer=PayerFactory(name="Caddo"), member_id="C1")
    follow_coverages(now=now)
    claim.refresh_from_db()
    assert (claim.prior_authorization, claim.referral_number) == ("", "")
    assert claim.events.last().what == (
        "The patient's coverage was changed: billed to Caddo from now on. Scrubbed again. Authorization A1 and referral R1 were"
        " the former payer's and are taken off."
    )


@pytest.mark.long
@pytest.mark.parametrize("same_payer", [True, False])
def test_a_number_that_is_the_new_payers_own_stays(same_payer: bool, now: datetime) -> None:
    claim = billed(now, prior_authorization="A1")
    payer = claim.payer if same_payer else PayerFactory(name="Caddo")
    if not same_payer:
        Authorization.objects.create(patient=claim.patient, payer=payer, number="A1")
    replace(claim, payer=payer, member_id="C1")
    follow_coverages(now=now)
    claim.refresh_from_db()
    assert claim.prior_authorization == "A1"


@pytest.mark.long
@pytest.mark.parametrize("corrected", [False, True])
def test_what_a_next_payers_draft_was_handed_follows_it_to_another_payer(corrected: bool, now: datetime) -> None:
    first = medicare_paid_a_part()
    with_second_plan(first)
    second = built(first)
    handed = charges(first)
    assert insurance_by_payer(handed) == {second.payer_id: Decimal("75.00")}
    for name in ("Caddo", "Belle"):
        new = replace(second, payer=PayerFactory(name=name), member_id=name)
        assert follow_coverages(now=now) == 1
        second.refresh_from_db()
        assert insurance_by_payer(handed) == {new.payer_id: Decimal("75.00")}
    if corrected:  # the first payer takes its answer back and leaves the patient 10.00 less
        said = clp(first, svc(first.lines.get(), "300.00", ("PR-2", "75.00")))
        again = clp(first, svc(first.lines.get(), "310.00", ("PR-2", "65.00")))
        stored_file(payment(reversal_of(said), again, payer=first.payer))
        assert post_remittances(now=now).failures == ()
        assert insurance_by_payer(handed) == {second.payer_id: Decimal("65.00")}
    answered(second, svc(second.lines.get(), "60.00", ("OA-23", "440.00")), status="2")
    assert insurance_by_payer(handed) == {}
    assert claim_receivable(handed).patient == (5 if corrected else 15)
    assert (ledger_faults(), claim_faults()) == ([], [])
