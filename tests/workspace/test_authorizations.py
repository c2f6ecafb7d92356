"""The page of a patient's authorizations and referrals."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.audit.models import AuditEvent
from apps.intake.models import Authorization, Coverage
from apps.practice.roles import Role
from tests.factories.intake import CoverageFactory
from tests.factories.practice import PayerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def coverage() -> Coverage:
    made: Coverage = CoverageFactory()
    return made


def page(coverage: Coverage, name: str = "authorizations") -> str:
    return reverse(f"workspace:{name}", args=[coverage.patient.public_id])


def typed(coverage: Coverage, **fields: Any) -> dict[str, Any]:
    given = {
        "kind": "authorization",
        "payer": coverage.payer.public_id,
        "number": " A 1 ",
        "procedures": "70553, 70551",
        "starts_on": "2026-09-01",
        "ends_on": "2026-12-31",
        "units": "3",
    }
    return {**given, **fields}


def test_a_number_is_entered_and_stands_on_the_list(biller: Client, coverage: Coverage) -> None:
    assert "None. Most visits need none" in biller.get(page(coverage)).content.decode()
    told = biller.post(page(coverage, "save_authorization"), typed(coverage), follow=True).content.decode()
    row = Authorization.objects.get()
    assert (row.number, row.procedures, row.starts_on, row.ends_on, row.units_allowed) == (
        "A 1", ["70553", "70551"], date(2026, 9, 1), date(2026, 12, 31), 3
    )  # fmt: skip
    assert "Authorization A 1 is on file." in told
    assert f"Authorization of {coverage.payer.name}, for 70553, 70551, from" in told
    assert "3 units" in told
    assert AuditEvent.objects.filter(subject_kind="authorizations", action="view").count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": " "}, "This field is required"),
        ({"procedures": "99213 MRI"}, "MRI is not a CPT or HCPCS code"),
        ({"ends_on": "2026-08-31"}, "lies before its first"),
        ({"units": "-1"}, "greater than or equal to 0"),
        ({"kind": "wish"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    biller: Client, coverage: Coverage, fields: dict[str, str], words: str
) -> None:
    answer = biller.post(page(coverage, "save_authorization"), typed(coverage, **fields))
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Authorization.objects.exists()


def test_only_the_patients_own_payers_are_offered(biller: Client, coverage: Coverage) -> None:
    other = PayerFactory()
    answer = biller.post(page(coverage, "save_authorization"), typed(coverage, payer=other.public_id))
    assert answer.status_code == 422


def test_a_coder_reads_and_does_not_enter(signed_in: Callable[[Role | None], Client], coverage: Coverage) -> None:
    coder = signed_in(Role.CODER)
    shown = coder.get(page(coverage))
    assert (shown.status_code, "Enter one" in shown.content.decode()) == (200, False)
    assert coder.post(page(coverage, "save_authorization"), typed(coverage)).status_code == 403


@pytest.mark.parametrize("size", [1, 6])
def test_the_list_costs_the_same_queries_however_long(
    biller: Client, coverage: Coverage, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(size):
        Authorization.objects.create(patient=coverage.patient, payer=coverage.payer, number=str(number))
    biller.get(page(coverage))
    with django_assert_num_queries(15):
        assert biller.get(page(coverage)).status_code == 200
