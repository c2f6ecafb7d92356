from datetime import date
from decimal import Decimal

import pytest

from apps.claims.rules.fields import FIELDS, BadValueError, Change, field_of, is_clinical, value_of


@pytest.mark.parametrize(
    ("change", "value"),
    [
        (Change("patient.first_name", "  Rosa  Maria "), "Rosa Maria"),
        (Change("patient.birth_date", "1984-03-12"), date(1984, 3, 12)),
        (Change("patient.birth_date", date(1984, 3, 12)), date(1984, 3, 12)),
        (Change("patient.state", "tx"), "TX"),
        (Change("patient.postcode", "78704-1933"), "787041933"),
        (Change("claim.total", "148"), Decimal("148.00")),
        (Change("claim.diagnoses", "j01.90, R05.9"), ["J0190", "R059"]),
        (Change("line.modifiers", ["25", "rt"], 1), ["25", "RT"]),
        (Change("line.units", "2", 1), Decimal(2)),
        (Change("line.diagnosis_pointers", "1 2", 1), [1, 2]),
    ],
)
def test_what_is_typed_is_read_as_the_field_holds_it(change: Change, value: object) -> None:
    assert value_of(change) == value


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("patient.birth_date", "yesterday"), "Birth date"),
        (Change("patient.birth_date", "0001-01-01"), "Birth date: it lies before 1900"),
        (Change("claim.total", "much"), "Total"),
        (Change("line.diagnosis_pointers", "A", 1), "Diagnoses of the line"),
        (Change("line.modifiers", 25, 1), "Modifiers"),
        (Change("line.modifiers", "25 EIGHTEEN", 1), "Modifiers: EIGHTEEN is too long"),
        (Change("claim.diagnoses", "J0190 HYPERTENSIONESSENTIAL"), "Diagnoses: HYPERTENSIONESSENTIAL is too long"),
        (Change("line.diagnosis_pointers", "1 99999", 1), "Diagnoses of the line"),
        (Change("line.units", "NaN", 1), "Units"),
        (Change("line.units", "Infinity", 1), "Units"),
        (Change("line.units", "100000", 1), "Units"),
        (Change("line.ndc_units", "sNaN", 1), "Quantity of the drug"),
        (Change("line.ndc_units", "100000000", 1), "Quantity of the drug"),
        (Change("patient.state", "Texas"), "at most 2"),
        (Change("practice.npi", "1"), "cannot be changed"),
        (Change("line.units", "1"), "cannot be changed"),
        (Change("claim.total", "1", 1), "cannot be changed"),
    ],
)
def test_what_cannot_be_read_names_its_field(change: Change, words: str) -> None:
    with pytest.raises(BadValueError, match=words):
        value_of(change)


def test_codes_modifiers_units_and_diagnoses_are_clinical_and_nothing_else() -> None:
    assert {name for name, field in FIELDS.items() if field.clinical} == {
        "claim.diagnoses",
        "line.procedure",
        "line.modifiers",
        "line.units",
        "line.diagnosis_pointers",
    }
    assert is_clinical([Change("patient.sex", "F"), Change("line.units", "2", 1)])
    assert not is_clinical([Change("patient.sex", "F")])
    assert field_of(Change("coverage.member_id", "")).owner == "coverage"
