"""Drugs and notices are mended on the exception page: by one click, or typed."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from apps.claims.models import Claim
from apps.claims.services import Change, apply_fixes, build_claims, confirm_coding, edit_claim, scrub_claims
from apps.claims.states import ClaimStatus
from apps.core.models import User
from apps.practice.roles import Role
from tests.factories.code_edits import CodeFactFactory
from tests.factories.intake import ChargeFactory, EncounterFactory
from tests.factories.practice import PracticeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def biller() -> User:
    PracticeFactory()
    return UserFactory(role=Role.BILLER)


def drug(now: datetime, filing: str = "CI", **fields: object) -> Claim:
    visit = EncounterFactory(charges=(), coverage__payer__filing_indicator=filing)
    ChargeFactory(encounter=visit, procedure="J0696", **fields)
    build_claims(now=now)
    scrub_claims(now=now)
    return Claim.objects.get(encounter=visit)


def test_a_charges_product_reaches_the_claim_and_one_click_adds_the_zero(now: datetime, biller: User) -> None:
    claim = drug(now, ndc="50242-040-62", ndc_units=Decimal("1.5"), ndc_unit_measure="ml")
    assert [found.rule for found in claim.findings.all()] == ["PX-NDC-SHAPE"]
    apply_fixes(finding_ids=[claim.findings.get().pk], acting_user=biller, now=now)
    claim.refresh_from_db()
    line = claim.lines.get()
    assert (claim.status, line.ndc, line.ndc_units, line.ndc_unit_measure) == (
        ClaimStatus.READY, "50242004062", Decimal("1.5"), "ML"
    )  # fmt: skip


@pytest.mark.long
def test_what_the_payer_wants_is_typed(now: datetime, biller: User) -> None:
    claim = drug(now, filing="MC")
    assert [found.rule for found in claim.findings.all()] == ["PX-NDC-MISSING"]
    changes = [
        Change("line.ndc", "50242004062", 1),
        Change("line.ndc_units", "2", 1),
        Change("line.ndc_unit_measure", "un", 1),
    ]
    assert edit_claim(claim_id=claim.public_id, changes=changes, acting_user=biller, now=now) == ClaimStatus.READY
    emptied = [Change("line.ndc", "", 1), Change("line.ndc_units", "", 1), Change("line.ndc_unit_measure", "", 1)]
    assert edit_claim(claim_id=claim.public_id, changes=emptied, acting_user=biller, now=now) == ClaimStatus.EXCEPTION


@pytest.mark.long
def test_that_nothing_was_discarded_is_confirmed_by_a_coder(now: datetime, biller: User) -> None:
    CodeFactFactory()
    claim = drug(now, filing="MB")
    found = claim.findings.get()
    assert found.rule == "PX-DRUG-WASTE"
    confirm_coding(
        finding_id=found.pk,
        statement="Whole vial, page 2 of the note.",
        acting_user=UserFactory(role=Role.CODER),
        now=now,
    )
    claim.refresh_from_db()
    assert (claim.status, claim.lines.get().modifiers) == (ClaimStatus.READY, ["JZ"])


def test_the_day_of_the_signed_notice_is_entered_with_the_claim(now: datetime, biller: User) -> None:
    claim = drug(now, filing="MB", modifiers=["GA"])
    assert [found.rule for found in claim.findings.all()] == ["MOD-ABN-SIGNED"]
    changes = [Change("encounter.abn_signed_on", "2026-09-16")]
    assert edit_claim(claim_id=claim.public_id, changes=changes, acting_user=biller, now=now) == ClaimStatus.READY
    claim.encounter.refresh_from_db()
    assert claim.encounter.abn_signed_on == date(2026, 9, 16)
