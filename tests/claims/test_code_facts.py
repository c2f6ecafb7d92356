"""What is known of codes: which row counts on which day, and how tables come in."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from apps.audit.models import AuditEvent
from apps.claims.models import CodeFact, DrugNumberPolicy
from apps.claims.rules.code_facts import Kind
from apps.claims.rules.registry import scrub
from apps.claims.selectors.snapshots import snapshots
from tests.claims.test_import_code_edits import run
from tests.claims.test_surroundings import DAY, around, claim
from tests.factories.code_edits import CodeFactFactory
from tests.factories.practice import PayerFactory

pytestmark = pytest.mark.django_db

HEADING = "Code,Value,Effective,Ends,Source\n"


@pytest.mark.parametrize(
    ("begins", "ends", "value"),
    [
        (date(2023, 7, 1), None, "single"),
        (DAY, DAY, "single"),
        (date(2026, 9, 17), None, ""),
        (date(2023, 7, 1), date(2026, 9, 15), ""),
    ],
)
def test_a_row_counts_on_its_days(begins: date, ends: date | None, value: str) -> None:
    CodeFactFactory(effective_on=begins, ends_on=ends)
    assert around(claim("J0696")).known.of(Kind.DRUG, "J0696") == value


def test_the_newest_row_in_force_counts_and_of_what_may_be_several_all_do() -> None:
    CodeFactFactory(value="multi", effective_on=date(2020, 1, 1))
    CodeFactFactory(effective_on=date(2026, 1, 1))
    for primary in ("99490", "99487"):
        CodeFactFactory(kind=Kind.ADD_ON, code="99439", value=f"1 {primary}", effective_on=date(2020, 1, 1))
    known = around(claim("J0696", "99439")).known
    assert known.of(Kind.DRUG, "J0696") == "single"
    assert set(known.all_of(Kind.ADD_ON, "99439")) == {"1 99490", "1 99487"}
    assert known.all_of(Kind.DRUG, "99439") == ()


@pytest.mark.long
def test_who_wants_the_drug_number_is_a_payer_or_a_kind_of_plan_by_date() -> None:
    DrugNumberPolicy.objects.all().delete()
    medicaid, other = PayerFactory(filing_indicator="MC"), PayerFactory(filing_indicator="CI")
    DrugNumberPolicy.objects.create(filing_indicator="MC", effective_on=date(2007, 1, 1), source="The act")
    DrugNumberPolicy.objects.create(payer=other, effective_on=DAY, source="Bulletin 7")
    told = {}
    for payer in (medicaid, other, PayerFactory(filing_indicator="CI")):
        one = claim("J0696", coverage__payer=payer)
        told[payer.pk] = around(one).wants_drug_number
    assert list(told.values()) == ["The act", "Bulletin 7", ""]
    assert around(claim("J0696", coverage__payer=other, service_date=date(2026, 9, 15))).wants_drug_number == ""


@pytest.mark.parametrize(("code", "value"), [("words", "single"), ("J0696", "dry"), ("J0696", "")])
def test_a_row_that_says_nothing_is_refused_in_the_back_office(code: str, value: str) -> None:
    with pytest.raises(ValidationError):
        CodeFact(kind=Kind.DRUG, code=code, value=value, effective_on=DAY).full_clean()


def table(tmp_path: Path, *rows: str, name: str = "drugs.csv") -> Path:
    path = tmp_path / name
    path.write_text(HEADING + "\n".join(rows) + "\n")
    return path


def test_a_table_comes_in_once_and_its_bad_rows_are_told(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "J0696,single,2023-07-01,,Label",
        "j1100,multi,20230701,2026-12-31,Label",
        "J0696,multi,2023-07-01,,Label",
        "J0699,dry,2023-07-01,,Label",
        "words,single,2023-07-01,,Label",
        "J0700,single,,,Label",
        "J0701,single,2023-07-01,2023-06-30,Label",
    )
    said, status = run("import_codes", "drug", path)
    assert status == 1
    assert said[-1] == "1 of 1 files taken in: 3 codes, 2 added, 0 changed, 0 as before, 1 repeated, 4 refused."
    rows = CodeFact.objects.order_by("code").values_list("code", "value", "effective_on", "ends_on")
    assert list(rows) == [
        ("J0696", "single", date(2023, 7, 1), None),
        ("J1100", "multi", date(2023, 7, 1), date(2026, 12, 31)),
    ]
    assert AuditEvent.objects.get(action="import_drug").detail["added"] == 2
    assert run("import_codes", "drug", path)[0][-1].endswith("0 added, 0 changed, 2 as before, 1 repeated, 4 refused.")


def test_a_correction_replaces_and_a_later_row_follows(tmp_path: Path) -> None:
    run("import_codes", "drug", table(tmp_path, "J0696,multi,2023-07-01"))
    said, status = run("import_codes", "drug", table(tmp_path, "J0696,single,2023-07-01", "J0696,multi,2026-01-01"))
    assert (said[-1], status) == (
        "1 of 1 files taken in: 2 codes, 1 added, 1 changed, 0 as before, 0 repeated, 0 refused.", 0
    )  # fmt: skip
    assert list(CodeFact.objects.order_by("effective_on").values_list("value", flat=True)) == ["single", "multi"]


def test_a_file_without_the_columns_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("A,B\n1,2\n")
    said, status = run("import_codes", "price", path)
    assert status == 1
    assert "These columns are not known: A, B." in said[0]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ((), []),
        ((("99213", None), ("81003", None)), []),
        ((("99213", None),), [2]),
        ((("99213", None), ("81003", date(2026, 8, 31))), [2]),
        ((("99214", date(2026, 8, 31)),), []),
    ],
)
def test_a_code_is_on_the_price_list_of_its_day_where_one_is_kept(
    rows: tuple[tuple[str, date | None], ...], lines: list[int]
) -> None:
    for code, ends in rows:
        CodeFactFactory(kind=Kind.PRICE, code=code, value="148.00", effective_on=date(2026, 1, 1), ends_on=ends)
    view = snapshots([claim("99213", "81003").pk], today=DAY, for_rules=True).popitem()[1]
    assert [each.issue.line for each in scrub(view) if each.rule.code == "PX-FEE"] == lines


def test_a_price_list_comes_in_with_dollars(tmp_path: Path) -> None:
    said, status = run("import_codes", "price", table(tmp_path, "99213,$148.00,2026-01-01", "99214,much,2026-01-01"))
    assert (status, CodeFact.objects.get().value) == (1, "148.00")
    assert "refused" in said[0]
