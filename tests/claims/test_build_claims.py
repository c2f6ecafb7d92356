from datetime import datetime
from decimal import Decimal

import pytest

from apps.claims.models import Claim, ClaimEvent, ClaimLine
from apps.claims.services import build_claims
from apps.claims.states import ClaimStatus
from apps.intake.models import Encounter
from apps.ledger.models import Account, Leg
from tests.factories.claims import ClaimFactory
from tests.factories.intake import EncounterFactory, SelfPayEncounterFactory

pytestmark = pytest.mark.django_db


def test_a_visit_with_a_plan_becomes_a_draft_with_its_lines(now: datetime) -> None:
    visit = EncounterFactory(charges__size=2, diagnoses=["j01.90", "R05.9"])
    assert build_claims(now=now).built == 1
    claim = Claim.objects.get()
    assert (claim.status, claim.encounter, claim.payer, claim.total) == (
        ClaimStatus.DRAFT,
        visit,
        visit.coverage.payer,
        Decimal("296.00"),
    )
    assert claim.diagnoses == ["J0190", "R059"]
    assert list(claim.lines.values_list("number", "control_number")) == [
        (1, f"{claim.control_number}L1"),
        (2, f"{claim.control_number}L2"),
    ]
    assert (
        ClaimEvent.objects.get().what
        == "Claim built from the visit's charges. They came with the nightly look into the EHR."
    )


def test_its_charges_become_what_the_payer_owes(now: datetime) -> None:
    visit = EncounterFactory()
    build_claims(now=now)
    owed = Leg.objects.get(account=Account.INSURANCE_RECEIVABLE)
    assert (owed.amount, owed.payer, owed.patient) == (Decimal("148.00"), visit.coverage.payer, visit.patient)


def test_a_self_pay_visit_becomes_what_the_patient_owes_and_no_claim(now: datetime) -> None:
    SelfPayEncounterFactory()
    result = build_claims(now=now)
    assert (result.built, result.self_pay) == (0, 1)
    assert Leg.objects.get(account=Account.PATIENT_RECEIVABLE).amount == Decimal("148.00")
    assert not Claim.objects.exists()


def test_building_again_finds_nothing_to_do(now: datetime) -> None:
    EncounterFactory()
    SelfPayEncounterFactory()
    build_claims(now=now)
    again = build_claims(now=now)
    assert (again.built, again.self_pay) == (0, 0)
    assert Claim.objects.count() == 1
    assert not Encounter.objects.filter(billed_at=None).exists()


def test_a_visit_without_charges_waits_for_them(now: datetime) -> None:
    EncounterFactory(charges=())
    assert build_claims(now=now).built == 0
    assert Encounter.objects.filter(billed_at=None).count() == 1


def test_a_visit_that_has_its_claim_from_an_import_gets_no_second_one(now: datetime) -> None:
    ClaimFactory(encounter__billed_at=None)
    assert build_claims(now=now).built == 0
    assert Claim.objects.count() == 1


def test_a_control_number_is_short_and_tells_nothing(now: datetime) -> None:
    EncounterFactory()
    EncounterFactory()
    build_claims(now=now)
    first, second = Claim.objects.values_list("control_number", flat=True)
    assert first != second
    assert len(first) <= 20
    assert first.isalnum()


def test_the_limit_leaves_the_rest_and_says_so(now: datetime) -> None:
    EncounterFactory()
    EncounterFactory()
    assert build_claims(now=now, limit=1).more
    build_claims(now=now, limit=1)
    assert ClaimLine.objects.count() == 2


def test_any_number_of_visits_costs_the_same_queries(now: datetime, django_assert_num_queries) -> None:
    for _ in range(6):
        EncounterFactory(charges__size=2)
    with django_assert_num_queries(17):
        build_claims(now=now)
