"""Modifiers that there are on the date of service, by the built-in list or by the practice's code facts."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from apps.claims.models import CodeFact
from apps.claims.rules.code_facts import Kind
from apps.claims.rules.registry import scrub
from apps.claims.services import scrub_claims
from apps.claims.states import ClaimStatus
from tests.claims.sound import billing
from tests.claims.test_import_code_edits import run
from tests.claims.test_surroundings import claim
from tests.factories.code_edits import CodeFactFactory
from tests.factories.practice import PracticeFactory


@pytest.mark.parametrize(
    ("text", "day", "found"),
    [
        ("93000-ZZ", date(2026, 9, 16), True),
        ("93000-21", date(2026, 9, 16), True),
        ("93000-26", date(2026, 9, 16), False),
        ("93000-GC-KX", date(2026, 9, 16), False),
        ("93000-RH", date(2026, 9, 16), False),
        ("93000-JZ", date(2022, 12, 31), True),
        ("93000-JZ", date(2023, 1, 1), False),
        ("93000-ZA", date(2018, 3, 31), False),
        ("93000-ZA", date(2018, 4, 1), True),
    ],
)
def test_a_modifier_is_one_that_there_was_that_day(text: str, day: date, found: bool) -> None:
    view = replace(billing(text), service_date=day)
    assert ("MOD-UNKNOWN" in {each.rule.code for each in scrub(view)}) is found


def test_what_has_not_even_the_shape_is_told_once() -> None:
    said = [each.rule.code for each in scrub(billing("93000-Z")) if each.rule.code.startswith("MOD-")]
    assert said == ["MOD-SHAPE"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begins", "status"), [(date(2026, 9, 16), ClaimStatus.READY), (date(2026, 9, 17), ClaimStatus.EXCEPTION)]
)
def test_a_payers_own_modifier_is_a_code_fact(begins: date, status: ClaimStatus, now: datetime) -> None:
    PracticeFactory()
    one = claim("93000")
    one.lines.update(modifiers=["ZZ"])
    CodeFactFactory(kind=Kind.MODIFIER, code="ZZ", value="payer", effective_on=begins)
    scrub_claims(now=now)
    one.refresh_from_db()
    assert one.status == status


@pytest.mark.django_db
def test_modifiers_come_in_by_file_and_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "modifiers.csv"
    path.write_text("code,value,effective\nzz,payer,2026-01-01\n99213,cpt,2026-01-01\n")
    said, status = run("import_codes", "modifier", path)
    assert (status, list(CodeFact.objects.values_list("kind", "code"))) == (1, [("modifier", "ZZ")])
    assert "The code is not a modifier." in said[0]
    CodeFact(kind=Kind.MODIFIER, code="zy", value="payer", effective_on=date(2026, 1, 1)).clean()
    for kind, code in ((Kind.MODIFIER, "99213"), (Kind.LAB, "ZZ")):
        with pytest.raises(ValidationError):
            CodeFact(kind=kind, code=code, value="payer", effective_on=date(2026, 1, 1)).clean()


@pytest.mark.django_db
def test_a_file_with_a_column_that_would_be_lost_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "modifiers.csv"
    path.write_text("code,value,effective,end\nZZ,payer,2026-01-01,2026-06-30\n")
    said, status = run("import_codes", "modifier", path)
    assert (status, CodeFact.objects.count()) == (1, 0)
    assert "This column is not known: end (ends?)." in said[0]
