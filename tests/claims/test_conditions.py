"""The evaluator by table: a claim, a condition, whether it holds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.claims.rules.condition_rows import Row, in_words, rows_of, tree_of
from apps.claims.rules.conditions import procedures_needed
from apps.claims.rules.findings import Fix, Found, Severity
from apps.claims.rules.operators import BadConditionError
from apps.claims.rules.payer_rules import Action, CompiledRule, RuleSet, RuleSpec
from apps.claims.rules.snapshot import ClaimView, LineView
from tests.claims.sound import SOUND

VISIT = LineView(1, "T1L1", "99213", Decimal("148.00"), modifiers=("25",), pointers=(1,))
SHOT = LineView(2, "T1L2", "90471", Decimal("40.00"), Decimal(2), pointers=(2, 9))
CLAIM = replace(SOUND, lines=(VISIT, SHOT), total=Decimal("188.00"), today=date(2026, 10, 16))


def asked(field: str, operator: str, value: str = "") -> dict[str, object]:
    return {"field": field, "operator": operator, "value": value}


def spec(tree: object, **fields: Any) -> RuleSpec:
    return RuleSpec(7, "A rule", "Do this.", tree, fields.pop("action", Action.BLOCK), **fields)


def found(tree: object, claim: ClaimView = CLAIM, **fields: Any) -> list[Found]:
    rules = RuleSet([spec(tree, **fields)])
    assert rules.broken == ()
    return rules.found(claim)


OF_CLAIM = [
    ("claim.place_of_service", "is", "11", True),
    ("claim.place_of_service", "is", "22", False),
    ("claim.place_of_service", "is_not", "22", True),
    ("claim.place_of_service", "is_any", "02, 10, 11", True),
    ("claim.place_of_service", "is_none", "02,10", True),
    ("claim.place_of_service", "is_none", "11,10", False),
    ("claim.procedures", "has", "90471, 90472", True),
    ("claim.procedures", "has", "90472", False),
    ("claim.procedures", "has_none", "G0008", True),
    ("claim.procedures", "starts", "904", True),
    ("claim.modifiers", "has", "25", True),
    ("claim.modifiers", "empty", "", False),
    ("claim.diagnoses", "has", "j01.90", True),
    ("claim.diagnoses", "starts", "R05.", True),
    ("claim.diagnoses", "starts", "Z", False),
    ("claim.first_diagnosis", "is", "J01.90", True),
    ("claim.first_diagnosis", "between", "J00 to J06", False),
    ("claim.first_diagnosis", "between", "J0000 to J0699", True),
    ("claim.total", "more", "187.99", True),
    ("claim.total", "more", "188", False),
    ("claim.total", "less", "188.01", True),
    ("claim.lines", "equals", "2", True),
    ("claim.service_date", "from", "2026-09-16", True),
    ("claim.service_date", "until", "2026-09-15", False),
    ("claim.service_date", "between", "2026-09-01 to 2026-09-30", True),
    ("claim.days_since_service", "equals", "30", True),
    ("claim.frequency", "is", "1", True),
    ("claim.prior_authorization", "empty", "", True),
    ("claim.prior_authorization", "filled", "", False),
    ("claim.payer_rank", "equals", "1", True),
    ("payer.name", "is", "lone prairie", True),
    ("payer.claims_id", "starts", "lph", True),
    ("payer.filing_indicator", "is", "CI", True),
    ("coverage.member_id", "starts", "LP", True),
    ("coverage.group_number", "empty", "", True),
    ("coverage.relationship", "is", "18", True),
    ("patient.age", "equals", "42", True),
    ("patient.age", "between", "18 to 42", True),
    ("patient.age", "unknown", "", False),
    ("patient.sex", "is", "f", True),
    ("patient.state", "is", "TX", True),
    ("provider.last_name", "is", "Quintero", True),
    ("provider.npi", "filled", "", True),
    ("facility.name", "is", "Clinic 1", True),
]


@pytest.mark.parametrize(("field", "operator", "value", "holds"), OF_CLAIM)
def test_a_condition_on_the_claim(field: str, operator: str, value: str, holds: bool) -> None:
    issues = [each.issue for each in found({"all": [asked(field, operator, value)]})]
    assert [(issue.sentence, issue.line) for issue in issues] == ([("Do this.", None)] if holds else [])


OF_LINE = [
    ("line.procedure", "is", "99213", [1]),
    ("line.procedure", "between", "99202 to 99215", [1]),
    ("line.procedure", "is_any", "99213,90471", [1, 2]),
    ("line.procedure", "is_not", "99213", [2]),
    ("line.modifiers", "has", "25,59", [1]),
    ("line.modifiers", "has_none", "25", [2]),
    ("line.modifiers", "empty", "", [2]),
    ("line.diagnoses", "has", "R05.9", [2]),
    ("line.units", "more", "1", [2]),
    ("line.amount", "equals", "148", [1]),
]


@pytest.mark.parametrize(("field", "operator", "value", "lines"), OF_LINE)
def test_a_condition_on_a_line_names_the_line(field: str, operator: str, value: str, lines: list[int]) -> None:
    issues = [each.issue for each in found({"all": [asked(field, operator, value)]})]
    assert [issue.line for issue in issues] == lines
    assert [issue.sentence for issue in issues] == [f"Line {line}: Do this." for line in lines]


def test_conditions_on_a_line_speak_of_the_same_line() -> None:
    tree = {"all": [asked("line.procedure", "is", "90471"), asked("line.modifiers", "has", "25")]}
    assert found(tree) == []
    together = {"all": [asked("claim.procedures", "has", "90471"), asked("line.modifiers", "has", "25")]}
    assert [each.issue.line for each in found(together)] == [1]


def test_groups_hold_within_groups() -> None:
    no, yes = asked("claim.place_of_service", "is", "22"), asked("claim.place_of_service", "is", "11")
    shot = asked("line.procedure", "is", "90471")
    assert len(found({"any": [no, yes]})) == 1
    assert found({"any": [no, {"all": [yes, no]}]}) == []
    assert [each.issue.line for each in found({"any": [no, {"all": [yes, shot]}]})] == [2]
    assert [each.issue.line for each in found({"all": [yes, {"any": [no, shot]}]})] == [2]


def test_what_is_not_known_fits_no_comparison() -> None:
    ageless = replace(CLAIM, patient=replace(CLAIM.patient, birth_date=None), facility=None)
    assert found({"all": [asked("patient.age", "less", "200")]}, ageless) == []
    assert len(found({"all": [asked("patient.age", "unknown")]}, ageless)) == 1
    assert len(found({"all": [asked("facility.npi", "empty")]}, ageless)) == 1


def test_a_rule_is_for_its_payer_and_its_days_of_service() -> None:
    tree = {"all": [asked("claim.lines", "more", "0")]}
    assert len(found(tree, payer="Lone Prairie")) == 1
    assert found(tree, payer="Another") == []
    assert len(found(tree, first=date(2026, 9, 16), last=date(2026, 9, 16))) == 1
    assert found(tree, first=date(2026, 9, 17)) == []
    assert found(tree, last=date(2026, 9, 15)) == []


def test_findings_carry_the_rules_code_and_its_severity() -> None:
    tree = {"all": [asked("claim.lines", "more", "0")]}
    (stops,) = found(tree)
    (warns,) = found(tree, action=Action.WARN)
    assert (stops.rule.code, stops.rule.severity, stops.rule.overridable) == ("PAY-7", Severity.BLOCK, True)
    assert (warns.rule.code, warns.rule.severity, warns.blocks) == ("PAY-7", Severity.WARN, False)


def test_a_clinical_value_is_a_proposal_for_a_coder_and_is_not_proposed_where_it_stands() -> None:
    tree = {"all": [asked("line.procedure", "is_any", "99213, 90471")]}
    (only,) = found(tree, action=Action.SET, set_field="line.modifiers", set_value="25")
    assert only.issue.fix == Fix("line.modifiers", ["25"], "Add modifier 25", 2, clinical=True)
    assert only.rule.clinical
    (more,) = found(tree, action=Action.SET, set_field="line.modifiers", set_value="GT,25")[:1]
    assert more.issue.fix == Fix("line.modifiers", ["GT", "25"], "Add modifier GT", 1, clinical=True)


def test_another_value_takes_one_click() -> None:
    tree = {"all": [asked("claim.place_of_service", "is", "11")]}
    (only,) = found(tree, action=Action.SET, set_field="claim.place_of_service", set_value="02")
    assert only.issue.fix == Fix("claim.place_of_service", "02", "Set place of service to 02", None, clinical=False)
    assert not only.rule.clinical
    assert found(tree, action=Action.SET, set_field="claim.place_of_service", set_value="11") == []


NEEDED = [
    ({"all": [asked("line.procedure", "is", "99213")]}, {"99213"}),
    ({"all": [asked("line.procedure", "is_any", "g0008,90471"), asked("claim.procedures", "has", "90471")]}, {"90471"}),
    ({"all": [asked("line.procedure", "is_not", "99213")]}, None),
    ({"all": [asked("line.procedure", "starts", "992")]}, None),
    ({"any": [asked("line.procedure", "is", "99213"), asked("claim.lines", "more", "1")]}, None),
    ({"all": [{"any": [asked("line.procedure", "is", "99213")]}]}, None),
]


@pytest.mark.parametrize(("tree", "codes"), NEEDED)
def test_procedures_without_which_a_rule_cannot_speak(tree: object, codes: set[str] | None) -> None:
    assert procedures_needed(tree) == codes


def test_a_rule_that_names_two_of_a_claims_procedures_is_asked_once() -> None:
    tree = {"all": [asked("claim.procedures", "has", "99213, 90471")]}
    assert len(found(tree)) == 1
    assert found(tree, replace(CLAIM, lines=(replace(VISIT, procedure="99214"),))) == []


BROKEN = [
    ({"all": [asked("claim.color", "is", "red")]}, "There is no field “claim.color”."),
    ({"all": [asked("", "is", "red")]}, "Choose a field."),
    ({"all": [asked("claim.total", "is", "12")]}, "cannot be asked"),
    ({"all": [asked("claim.total", "", "12")]}, "choose how it is compared"),
    ({"all": [asked("claim.total", "more", "a lot")]}, "is a number, not “a lot”"),
    ({"all": [asked("claim.total", "more", "NaN")]}, "is a number"),
    ({"all": [asked("claim.total", "between", "9 to 3")]}, "first end is above"),
    ({"all": [asked("claim.total", "between", "9")]}, "give both ends"),
    ({"all": [asked("line.procedure", "between", "99215 to 99202")]}, "first end is above"),
    ({"all": [asked("line.procedure", "between", "99202 to 992")]}, "both ends have to be of one length"),
    ({"all": [asked("claim.service_date", "from", "yesterday")]}, "is a date"),
    ({"all": [asked("patient.sex", "is", "X")]}, "is one of F, M, U"),
    ({"all": [asked("claim.place_of_service", "is", " ")]}, "give a value"),
    ({"all": [asked("claim.place_of_service", "is", "11,22")]}, "takes one value"),
    ({"all": [asked("claim.diagnoses", "starts", ",")]}, "give what it starts with"),
    ({"all": [{"field": "claim.total", "operator": "more", "value": 12}]}, "the value is not a text"),
    ({"all": []}, "at least one condition"),
    ({"all": [asked("claim.lines", "more", "0"), {"any": []}]}, "A group of this rule is empty."),
    ({"all": "everything"}, "cannot be read"),
    ({"all": [], "any": []}, "cannot be read"),
    ([], "cannot be read"),
    ({"all": [{"all": [{"all": [{"all": [{"all": [asked("claim.lines", "more", "0")]}]}]}]}]}, "too deep"),
    ({"all": [asked("claim.lines", "more", "0")] * 41}, "at most 40"),
]


@pytest.mark.parametrize(("tree", "sentence"), BROKEN)
def test_a_rule_that_cannot_be_asked_is_told_and_the_others_are_asked(tree: object, sentence: str) -> None:
    good = replace(spec({"all": [asked("claim.lines", "more", "0")]}), number=8)
    rules = RuleSet([spec(tree), good])
    assert [each.number for each in rules.broken] == [7]
    assert sentence in rules.broken[0].sentence
    assert [each.rule.code for each in rules.found(CLAIM)] == ["PAY-8"]


PROPOSALS = [
    ("claim.total", "12", "line.units", "Choose the field"),
    ("line.modifiers", "25", "claim.lines", "say by a condition on a line"),
    ("claim.place_of_service", "02", "line.units", "belongs to the whole claim"),
    ("line.units", "many", "line.units", "cannot be read"),
    ("claim.place_of_service", "", "claim.lines", "give the value"),
]


@pytest.mark.parametrize(("field", "value", "about", "sentence"), PROPOSALS)
def test_a_proposal_that_makes_no_sense_is_refused(field: str, value: str, about: str, sentence: str) -> None:
    tree = {"all": [asked(about, "more", "0")]}
    with pytest.raises(BadConditionError, match=sentence):
        CompiledRule(spec(tree, action=Action.SET, set_field=field, set_value=value))


ROWS = [
    Row("claim.lines", "more", "1", "1"),
    Row("claim.total", "less", "90", "2"),
    Row("line.units", "more", "3", "2"),
]


@pytest.mark.parametrize("match", ["all", "any", "any_of_all", "all_of_any"])
def test_rows_make_a_tree_and_the_tree_makes_the_rows(match: str) -> None:
    tree = tree_of(match, [*ROWS, Row()])
    again, rows = rows_of(tree)
    assert again == match
    assert [row.as_condition() for row in rows] == [row.as_condition() for row in ROWS]
    assert tree_of(again, rows) == tree


def test_a_tree_that_no_rows_make_is_not_opened_as_something_else() -> None:
    mixed = {"all": [ROWS[0].as_condition(), {"any": [ROWS[1].as_condition()]}]}
    for tree in (mixed, {"all": 3}, {"none": []}, {"all": [{"all": [ROWS[0].as_condition()]}]}):
        with pytest.raises(BadConditionError):
            rows_of(tree)


def test_a_tree_reads_as_words() -> None:
    assert in_words(tree_of("any_of_all", ROWS)) == (
        "One of these:",
        [
            "Number of lines is more than 1",
            "(Total of the claim, dollars is less than 90 and Units of the line is more than 3)",
        ],
    )
    assert in_words({"all": 3})[1] == []
