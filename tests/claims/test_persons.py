"""A person whom an EHR and a file tell has two rows: what was billed under one is known under the other (DOMAIN 2.3)."""

from datetime import date, datetime
from typing import Any

import pytest

from apps.claims.models import Claim
from apps.claims.rules.fields import Change
from apps.claims.services import edit_claim, scrub_claims
from apps.claims.states import ClaimStatus
from apps.practice.roles import Role
from tests.claims.test_surroundings import again, around, claim
from tests.factories.intake import CoverageFactory, PatientFactory
from tests.factories.practice import PracticeFactory, UserFactory

pytestmark = pytest.mark.django_db


def told_by_a_file(one: Claim, *codes: str, member_id: str = "FILE1", relationship: str = "18", **told: Any) -> Claim:
    """A visit like `one`, of a patient whom a file tells: of the same name and birth date unless `told` says otherwise."""
    known = one.patient
    names = {"first_name": known.first_name.upper(), "last_name": known.last_name, "birth_date": known.birth_date}
    twin = PatientFactory(**{"source": "csv:billing", **names, **told})
    plan = CoverageFactory(patient=twin, payer=one.payer, member_id=member_id, relationship=relationship)
    return again(one, *codes, patient=twin, coverage=plan)


@pytest.mark.parametrize(
    ("told", "same"),
    [
        ({}, True),
        ({"birth_date": date(1984, 3, 13)}, False),
        ({"birth_date": None}, False),
        ({"first_name": "Rosie"}, False),
        ({"first_name": ""}, False),
    ],
)
def test_the_same_name_and_birth_date_are_the_same_person(told: dict[str, Any], same: bool) -> None:
    one = claim("99213")
    assert [line.claim for line in around(told_by_a_file(one, "99213", **told)).same_day] == (
        [one.control_number] if same else []
    )


@pytest.mark.parametrize(
    ("told", "same"),
    [
        ({"last_name": "Hathaway-Poe"}, True),
        ({"last_name": "Poe", "birth_date": date(2016, 1, 2)}, False),
        ({"last_name": "Poe", "relationship": "19"}, False),
        ({"last_name": "Poe", "source": "drchrono"}, False),
    ],
)
def test_so_are_subscribers_of_one_member_id_and_birth_date_whom_two_sources_tell(
    told: dict[str, Any], same: bool
) -> None:
    one = claim("99213")
    two = told_by_a_file(one, "99213", member_id=one.coverage.member_id, **told)
    assert bool(around(two).same_day) is same


@pytest.mark.long
def test_a_visit_that_came_through_the_ehr_and_a_file_is_billed_once(now: datetime) -> None:
    PracticeFactory()
    one = claim("99213")
    two = told_by_a_file(one, "99213")
    scrub_claims(now=now)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.status, two.status) == (ClaimStatus.READY, ClaimStatus.EXCEPTION)
    assert list(two.findings.values_list("rule", flat=True)) == ["DUP-CLAIM"]
    coded = [Change("line.procedure", "99214", 1)]
    edit_claim(claim_id=one.public_id, changes=coded, acting_user=UserFactory(role=Role.CODER), now=now)
    two.refresh_from_db()
    assert two.status == ClaimStatus.DRAFT


def test_earlier_visits_under_the_other_row_are_the_persons(now: datetime) -> None:
    one = claim("99213", "G0439", service_date=date(2026, 2, 3))
    two = told_by_a_file(one, "99203")
    Claim.objects.filter(pk=two.pk).update(service_date=date(2026, 9, 16))
    seen = around(two)
    assert seen.seen_on == date(2026, 2, 3)
    assert [line.procedure for line in seen.earlier] == ["G0439"]
