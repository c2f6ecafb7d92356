"""Each rule by table: a sound claim, one change, the rule that speaks."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.claims.rules.filing import FilingClock
from apps.claims.rules.findings import Fix, Found, Severity
from apps.claims.rules.registry import BY_CODE, RULES, scrub
from apps.claims.rules.snapshot import (
    AddressView,
    ClaimView,
    FacilityView,
    PersonView,
)
from tests.claims.sound import ELSEWHERE, SOUND, STREET, line, with_lines
from tests.factories.numbers import npi

# Where an administrator mends what the practice says of itself.
PAGE = "in Settings, Practice."


def said(claim: ClaimView) -> list[str]:
    return [found.rule.code for found in scrub(claim)]


def only(claim: ClaimView) -> Found:
    (found,) = scrub(claim)
    return found


def test_a_sound_claim_has_no_findings() -> None:
    assert scrub(SOUND) == []


PATIENT = [
    ("WF-PATIENT-NAME", {"first_name": ""}),
    ("WF-PATIENT-NAME", {"last_name": " "}),
    ("WF-BIRTH-DATE", {"birth_date": None}),
    ("WF-SEX", {"sex": ""}),
    ("WF-SEX", {"sex": "X"}),
]


@pytest.mark.parametrize(("rule", "change"), PATIENT)
def test_what_a_patient_lacks(rule: str, change: dict[str, Any]) -> None:
    assert said(replace(SOUND, patient=replace(SOUND.patient, **change))) == [rule]


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("WF-PATIENT-ADDRESS", {"line1": ""}),
        ("WF-PATIENT-ADDRESS", {"city": ""}),
        ("WF-PATIENT-ZIP", {"postcode": "7870"}),
        ("WF-PATIENT-ZIP", {"postcode": "00000"}),
        ("WF-PATIENT-STATE", {"state": "ZZ"}),
    ],
)
def test_what_an_address_lacks(rule: str, change: dict[str, Any]) -> None:
    assert said(replace(SOUND, patient_address=replace(SOUND.patient_address, **change))) == [rule]


def test_an_empty_address_is_one_finding_that_names_its_parts() -> None:
    found = only(replace(SOUND, patient_address=AddressView()))
    assert found.issue.sentence == "The patient's address is incomplete: street, city, state, ZIP missing."


@pytest.mark.parametrize(("field", "typed", "fixed"), [("postcode", "78704-1933", "787041933"), ("state", "tx", "TX")])
def test_a_slip_of_writing_has_a_one_click_fix(field: str, typed: str, fixed: str) -> None:
    found = only(replace(SOUND, patient_address=replace(SOUND.patient_address, **{field: typed})))
    assert found.issue.fix == Fix(f"patient.{field}", fixed, f"Use {fixed}")


COVERAGE = [
    ("COV-MEMBER-ID", {"member_id": " "}),
    ("COV-MEMBER-ID-PATTERN", {"member_id": "AB1"}),
    ("WF-RELATIONSHIP", {"relationship": "99", "subscriber": PersonView("A", "B")}),
    ("WF-SUBSCRIBER", {"relationship": "19", "subscriber": PersonView("", "B")}),
    ("WF-SUBSCRIBER", {"relationship": "19", "subscriber": PersonView("A", "")}),
    ("WF-SELF-NAME", {"subscriber": PersonView("Other", "Name")}),
    ("COV-ON-DATE", {"starts_on": date(2026, 9, 17)}),
    ("COV-ON-DATE", {"ends_on": date(2026, 9, 15)}),
]


@pytest.mark.parametrize(("rule", "change"), COVERAGE)
def test_what_is_wrong_with_a_coverage(rule: str, change: dict[str, Any]) -> None:
    assert said(replace(SOUND, coverage=replace(SOUND.coverage, **change))) == [rule]


def test_a_member_id_that_only_needs_cleaning_is_cleaned_by_one_click() -> None:
    found = only(replace(SOUND, coverage=replace(SOUND.coverage, member_id="lp-000 000.001")))
    assert found.issue.fix == Fix("coverage.member_id", "LP000000001", "Remove spaces and dashes")


@pytest.mark.parametrize("pattern", ["(?x)( [A-Z]+ ) +", "([A-Z]+)+", "LP[0-9"])
def test_a_stored_pattern_that_is_not_taken_is_compared_with_no_id(pattern: str) -> None:
    """It may be from before such patterns were refused; tried on an ID that does not fit, it would not end."""
    payer = replace(SOUND.payer, member_id_pattern=pattern)
    assert said(replace(SOUND, payer=payer, coverage=replace(SOUND.coverage, member_id="A" * 24 + "1"))) == []


@pytest.mark.parametrize(("relationship", "findings"), [("18", ["WF-NEWBORN"]), ("19", [])])
def test_a_newborn_under_its_own_id_is_a_warning(relationship: str, findings: list[str]) -> None:
    born = replace(SOUND.patient, birth_date=SOUND.service_date - timedelta(days=3))
    parent = replace(SOUND.coverage, relationship=relationship, subscriber=PersonView("Rosalind", "Hathaway"))
    assert said(replace(SOUND, patient=born, coverage=parent)) == findings


@pytest.mark.parametrize(
    ("rule", "change"), [("COV-PAYER-ID", {"claims_id": ""}), ("COV-PAYER-CONFIRMED", {"confirmed": False})]
)
def test_what_a_payer_lacks(rule: str, change: dict[str, Any]) -> None:
    assert said(replace(SOUND, payer=replace(SOUND.payer, **change))) == [rule]


BILLING = [
    ("WF-BILLING", {"name": ""}),
    ("WF-BILLING-NPI", {"npi": "1234567890"}),
    ("WF-BILLING-TAX-ID", {"tax_id": "74-183026"}),
    ("WF-BILLING-TAX-ID", {"tax_id": "000000000"}),
    ("WF-BILLING-TAXONOMY", {"taxonomy": "FAMILY"}),
    ("WF-BILLING-PHONE", {"phone": "555"}),
    ("WF-BILLING-ADDRESS", {"address": replace(STREET, city="")}),
    ("WF-BILLING-ADDRESS", {"address": replace(STREET, line1="P.O. Box 12")}),
    ("WF-BILLING-ADDRESS", {"address": replace(STREET, line2="PO BOX 12")}),
    ("WF-BILLING-ZIP", {"address": replace(STREET, postcode="78757")}),
    ("WF-BILLING-ZIP", {"address": replace(STREET, postcode="787570000")}),
]


@pytest.mark.parametrize(("rule", "change"), BILLING)
def test_what_is_wrong_with_the_billing_provider(rule: str, change: dict[str, Any]) -> None:
    found = only(replace(SOUND, facility=None, billing=replace(SOUND.billing, **change)))
    assert found.rule.code == rule
    assert PAGE in found.issue.sentence


def test_without_a_practice_nothing_can_be_billed() -> None:
    found = only(replace(SOUND, billing=None))
    assert found.rule.code == "WF-BILLING"
    assert PAGE in found.issue.sentence


RENDERING = [
    ("PRV-RENDERING-NAME", {"last_name": ""}),
    ("PRV-RENDERING-NPI", {"npi": "1111111111"}),
    ("PRV-RENDERING-NPI", {"npi": ""}),
    ("PRV-RENDERING-TAXONOMY", {"taxonomy": "207Q"}),
    ("PRV-CONFIRMED", {"confirmed": False}),
    ("PRV-ACTIVE", {"active": False}),
]


@pytest.mark.parametrize(("rule", "change"), RENDERING)
def test_what_is_wrong_with_the_rendering_provider(rule: str, change: dict[str, Any]) -> None:
    found = only(replace(SOUND, provider=replace(SOUND.provider, **change)))
    assert found.rule.code == rule
    assert PAGE in found.issue.sentence


@pytest.mark.parametrize(
    ("place", "findings"),
    [
        (FacilityView("School", npi(27_000_001), ELSEWHERE), []),
        (FacilityView("School", "", ELSEWHERE), []),
        (FacilityView("School", "123", ELSEWHERE), ["WF-FACILITY"]),
        (FacilityView("School", "", replace(ELSEWHERE, postcode="78757")), ["WF-FACILITY"]),
        (FacilityView("Here", "123", STREET), []),
    ],
)
def test_a_place_counts_only_where_it_is_not_our_own_address(place: FacilityView, findings: list[str]) -> None:
    found = list(scrub(replace(SOUND, facility=place)))
    assert [each.rule.code for each in found] == findings
    assert all(PAGE in each.issue.sentence for each in found)


@pytest.mark.parametrize("code", ["10", "12"])
def test_the_patients_home_is_never_named_as_a_place(code: str) -> None:
    away = FacilityView("Home", "123", ELSEWHERE)
    assert said(replace(SOUND, facility=away, place_of_service=code)) == []


HEADING = [
    ("WF-SERVICE-DATE", {"today": date(2026, 9, 15)}),
    ("WF-TOTAL", {"total": Decimal("100.00")}),
    ("WF-PLACE", {"place_of_service": "1"}),
    ("WF-DIAGNOSIS-COUNT", {"diagnoses": tuple(f"J0{number:02d}" for number in range(13))}),
    ("WF-FREQUENCY", {"frequency": "2"}),
    ("WF-FREQUENCY", {"frequency": "7"}),
    ("WF-FREQUENCY", {"frequency": "8"}),
]


@pytest.mark.parametrize(("rule", "change"), HEADING)
def test_what_is_wrong_with_the_claim_as_a_whole(rule: str, change: dict[str, Any]) -> None:
    assert said(replace(SOUND, **change)) == [rule]


def test_a_replacement_with_the_payers_number_is_sound() -> None:
    assert scrub(replace(SOUND, frequency="7", payer_claim_number="P1")) == []


def test_a_visit_before_birth_is_impossible() -> None:
    born = replace(SOUND.patient, birth_date=date(2026, 9, 17))
    assert said(replace(SOUND, patient=born)) == ["WF-SERVICE-DATE"]


def test_a_wrong_total_is_set_to_the_sum_by_one_click() -> None:
    found = only(replace(SOUND, total=Decimal("100.00")))
    assert found.issue.fix == Fix("claim.total", "148.00", "Use $148.00")


@pytest.mark.parametrize(
    ("days", "severity", "words"),
    [
        (80, None, ""),
        (81, Severity.WARN, "is December"),
        (95, Severity.WARN, "is December"),
        (96, Severity.BLOCK, "was December"),
    ],
)
def test_the_filing_limit_warns_two_weeks_ahead_and_stops_once_it_has_passed(
    days: int, severity: Severity | None, words: str
) -> None:
    found = scrub(replace(SOUND, today=SOUND.service_date + timedelta(days=days)))
    assert [each.rule.severity for each in found] == ([severity] if severity else [])
    assert all(words in each.issue.sentence and each.rule.overridable is each.blocks for each in found)


@pytest.mark.parametrize(
    ("indicator", "days", "served", "today", "passed"),
    [
        ("MB", 365, date(2027, 3, 10), date(2028, 3, 10), False),
        ("MB", 365, date(2027, 3, 10), date(2028, 3, 11), True),
        ("MA", 366, date(2026, 3, 10), date(2027, 3, 11), True),
        ("MB", 365, date(2028, 2, 29), date(2029, 2, 28), False),
        ("MB", 365, date(2028, 2, 29), date(2029, 3, 1), True),
        ("MB", 180, date(2027, 9, 10), date(2028, 3, 9), True),
        ("CI", 365, date(2027, 3, 10), date(2028, 3, 9), False),
        ("CI", 365, date(2027, 3, 10), date(2028, 3, 10), True),
    ],
)
def test_a_year_of_medicares_is_a_calendar_year(
    indicator: str, days: int, served: date, today: date, passed: bool
) -> None:
    payer = replace(SOUND.payer, filing_indicator=indicator, filing_days=days)
    assert said(replace(SOUND, payer=payer, service_date=served, today=today)) == [
        "TF-PASSED" if passed else "TF-LIMIT"
    ]
    clocks = (FilingClock(days, from_service=True),)
    again = replace(payer, filing_days=None, corrected_filing=clocks, further_filing=clocks, renewed_filing=clocks)
    corrected = replace(SOUND, payer=again, service_date=served, today=today, frequency="7", payer_claim_number="P1")
    assert said(corrected) == ["TF-PASSED" if passed else "TF-LIMIT"]


def test_a_filing_limit_that_nobody_configured_is_never_guessed() -> None:
    late = replace(SOUND, today=date(2030, 1, 1), payer=replace(SOUND.payer, filing_days=None))
    assert scrub(late) == []


def test_a_claim_without_lines_or_diagnoses_says_each() -> None:
    assert said(replace(SOUND, lines=(), diagnoses=())) == ["WF-LINE-COUNT", "WF-DIAGNOSIS-COUNT"]


def test_fifty_lines_are_the_most() -> None:
    lines = [line(number, procedure=f"81{number:03d}") for number in range(1, 52)]
    assert scrub(with_lines(*lines[:50])) == []
    assert said(with_lines(*lines)) == ["WF-LINE-COUNT"]


LINES = [
    ("WF-UNITS", {"units": Decimal(0)}),
    ("WF-AMOUNT", {"amount": Decimal("-5.00")}),
    ("WF-FREE-LINE", {"amount": Decimal("0.00")}),
    ("WF-POINTERS", {"pointers": ()}),
    ("WF-POINTERS", {"pointers": (3,)}),
    ("WF-POINTERS", {"pointers": (0,)}),
    ("WF-POINTERS", {"pointers": (1, 2, 1, 2, 1)}),
    ("PX-SHAPE", {"procedure": "OV-EST"}),
    ("PX-SHAPE", {"procedure": ""}),
    ("MOD-SHAPE", {"modifiers": ("2",)}),
    ("MOD-SHAPE", {"modifiers": ("RT", "RT")}),
    ("MOD-SHAPE", {"modifiers": ("RT", "GC", "AI", "76", "77")}),
]


@pytest.mark.parametrize(("rule", "change"), LINES)
def test_what_is_wrong_with_a_line(rule: str, change: dict[str, Any]) -> None:
    found = only(with_lines(line(**change)))
    assert (found.rule.code, found.issue.line) == (rule, 1)


def test_a_code_of_the_ehrs_own_is_named() -> None:
    assert "OV-EST on line 1" in only(with_lines(line(procedure="OV-EST"))).issue.sentence


@pytest.mark.parametrize(("diagnoses", "rule"), [(("J0190", "XX"), "DX-SHAPE"), (("J0190", "J0190"), "DX-TWICE")])
def test_what_is_wrong_with_a_diagnosis(diagnoses: tuple[str, ...], rule: str) -> None:
    assert said(replace(SOUND, diagnoses=diagnoses)) == [rule]


VISIT, PREVENTIVE, INJECTION = "99213", "99396", "20610"


@pytest.mark.parametrize(
    ("codes", "lacking"),
    [
        (((VISIT, ()), (INJECTION, ("RT",))), [1]),
        (((VISIT, ("25",)), (INJECTION, ("RT",))), []),
        (((INJECTION, ()), (VISIT, ())), [2]),
        (((PREVENTIVE, ()), (VISIT, ())), [2]),
        (((PREVENTIVE, ()), (VISIT, ("25",))), []),
        (((PREVENTIVE, ()), (INJECTION, ())), [1]),
        (((VISIT, ()), ("96372", ())), [1]),
        (((VISIT, ()), ("90471", ()), ("90686", ())), [1]),
        (((VISIT, ()), ("36415", ())), []),
        (((VISIT, ()), ("93000", ())), []),
        ((("99348", ()), (INJECTION, ("RT",))), [1]),
        ((("99309", ()), ("11042", ())), [1]),
        ((("99283", ()), ("12001", ())), [1]),
        ((("99309", ("25",)), ("11042", ())), []),
        (((VISIT, ()), ("J3301", ())), []),
        (((INJECTION, ()),), []),
    ],
)
def test_a_visit_beside_a_procedure_needs_25(
    codes: tuple[tuple[str, tuple[str, ...]], ...], lacking: list[int]
) -> None:
    claim = with_lines(*(line(n, procedure=code, modifiers=modifiers) for n, (code, modifiers) in enumerate(codes, 1)))
    found = scrub(claim)
    assert [each.issue.line for each in found] == lacking
    assert all(each.rule.code == "MOD-25" and each.blocks for each in found)
    assert all(each.issue.fix and each.issue.fix.clinical for each in found)


def test_the_proposal_keeps_the_other_modifiers() -> None:
    found = only(with_lines(line(modifiers=("GC",)), line(2, procedure=INJECTION)))
    assert found.issue.fix == Fix("line.modifiers", ["25", "GC"], "Add modifier 25", 1, clinical=True)


def test_all_rules_run_whatever_the_first_ones_found() -> None:
    broken = replace(SOUND, diagnoses=(), total=Decimal(1), patient=PersonView())
    assert set(said(broken)) == {
        "WF-PATIENT-NAME",
        "WF-BIRTH-DATE",
        "WF-SEX",
        "WF-TOTAL",
        "WF-DIAGNOSIS-COUNT",
        "WF-POINTERS",
    }


def test_every_rule_has_a_code_of_its_own_and_a_title_that_fits_a_work_item() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(len(rule.code) <= 40 and rule.title for rule in BY_CODE.values())


def test_a_fix_comes_back_from_storage_as_it_was() -> None:
    fix = Fix("line.modifiers", ["25"], "Add", 1, clinical=True)
    assert Fix.from_json(fix.as_json()) == fix
