"""Modifiers that do not fit, and the cases that a primary-care office meets every day: what passes and what is found."""

from dataclasses import replace
from datetime import date

import pytest

from apps.claims.rules.registry import BY_CODE, scrub
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.surroundings import OtherLineView
from tests.claims.sound import SOUND, billing

Codes = tuple[str, ...]


def claim_of(codes: Codes, *, filing: str = "CI", place: str = "11") -> ClaimView:
    return billing(*codes, payer=replace(SOUND.payer, filing_indicator=filing), place_of_service=place)


def found(claim: ClaimView, rule: str) -> list[int | None]:
    return [each.issue.line for each in scrub(claim) if each.rule.code == rule]


CASES: list[tuple[str, Codes, str, str, list[int]]] = [
    # rule, lines, filing indicator, place, lines that are named
    ("MOD-VISIT", ("99213-25", "20610-RT"), "CI", "11", []),
    ("MOD-VISIT", ("99213", "20610-25"), "CI", "11", [2]),
    ("MOD-VISIT", ("99213-59", "20610"), "CI", "11", [1]),
    ("MOD-VISIT", ("99213-25", "99406-59"), "CI", "11", []),
    ("MOD-VISIT", ("93000-25",), "CI", "11", []),
    ("MOD-VISIT", ("98002-XU",), "CI", "10", [1]),
    ("MOD-VISIT", ("80053-57",), "CI", "11", [1]),
    ("MOD-ABN", ("82306-GA",), "MB", "11", []),
    ("MOD-ABN", ("82306-GX-GY",), "MB", "11", []),
    ("MOD-ABN", ("82306-GA-GZ",), "MB", "11", [1]),
    ("MOD-ABN", ("99213", "82306-GX-GA"), "MB", "11", [2]),
    ("MOD-ABN", ("82306-GX-GZ",), "MB", "11", [1]),
    ("MOD-ABN", ("82306-GY-GZ",), "MB", "11", [1]),
    ("MOD-TC", ("71046-TC",), "CI", "11", []),
    ("MOD-TC", ("71046-26",), "CI", "22", []),
    ("MOD-TC", ("71046-TC",), "CI", "22", [1]),
    ("MOD-TC", ("71046-26-TC",), "CI", "11", [1]),
    ("PX-G2211", ("99213", "G2211"), "MB", "11", []),
    ("PX-G2211", ("99350", "G2211"), "MB", "12", []),
    ("PX-G2211", ("G2211",), "MB", "11", []),
    ("PX-G2211", ("99213-25", "G2211", "20610"), "MB", "11", [2]),
    ("PX-G2211", ("99213-25", "G2211", "20610"), "CI", "11", []),
    ("PX-G2211", ("99213-25", "G2211", "G0439"), "MB", "11", []),
    ("PX-G2211", ("99213-25", "G2211", "G0008", "90662"), "MB", "11", []),
    ("PX-G2211", ("99213-25", "G2211", "G0444"), "MA", "11", []),
    ("PX-G2211", ("99213-25", "G2211", "82270"), "MB", "11", []),
    ("PX-G2211", ("99213-25", "G2211", "97802"), "MB", "11", []),
    ("PX-VACCINE", ("90471", "90686"), "CI", "11", []),
    ("PX-VACCINE", ("G0008", "Q2037"), "MB", "11", []),
    ("PX-VACCINE", ("90480", "91320"), "CI", "11", []),
    ("PX-VACCINE", ("90480", "91323"), "CI", "11", []),
    ("PX-VACCINE", ("91323",), "CI", "11", [1]),
    ("PX-VACCINE", ("99213-25", "90686"), "CI", "11", [2]),
    ("PX-VACCINE", ("90471",), "CI", "11", [1]),
    ("PX-VACCINE", ("90471", "90686", "90715"), "CI", "11", [3]),
    ("PX-VACCINE", ("90471", "90472", "90686"), "CI", "11", [2]),
    ("PX-VACCINE", ("90471", "90472*2", "90686", "90715", "90734"), "CI", "11", []),
    ("PX-VACCINE", ("90460", "90461*2", "90707"), "CI", "11", []),
    ("PX-VACCINE", ("90460*2", "90461*3", "90707"), "CI", "11", [1]),
    ("PX-VACCINE", ("90480", "91320", "M0201"), "MB", "11", []),
    ("PX-VACCINE", ("90686-SL",), "MC", "11", []),
    ("PX-VACCINE", ("90471-SL",), "MC", "11", []),
    ("PX-VACCINE", ("90686-SL", "90715-SL", "90471"), "MC", "11", []),
    ("PX-VACCINE", ("90686-SL", "90471", "90715-SL", "90472"), "MC", "11", []),
    ("PX-VACCINE", ("90686-SL", "90471", "90472"), "MC", "11", [3]),
    ("PX-VACCINE", ("90686-SL", "90715"), "MC", "11", [2]),
    ("PX-VACCINE", ("90686",), "MC", "11", [1]),
    ("PX-VACCINE", ("90471",), "MC", "11", [1]),
    ("PX-VACCINE", ("90686-SL",), "CI", "11", [1]),
    ("PX-VACCINE", ("96372", "J3301"), "CI", "11", []),
    ("PX-VACCINE-FIRST", ("90471", "90686", "90472", "90715"), "CI", "11", []),
    ("PX-VACCINE-FIRST", ("90471", "90686", "90471", "90715"), "CI", "11", [3]),
    ("PX-VACCINE-FIRST", ("90471*2", "90686", "90715"), "CI", "11", [1]),
    ("PX-VACCINE-FIRST", ("90473", "90473", "90680"), "CI", "11", [2]),
    ("PX-VACCINE-FIRST", ("90473", "90680", "90471", "90686"), "CI", "11", [1]),
    ("PX-VACCINE-FIRST", ("90471", "90686", "90474", "90680"), "CI", "11", []),
    ("PX-VACCINE-FIRST", ("90471", "90686", "90480", "91320"), "CI", "11", []),
    ("PX-TELEMEDICINE", ("98002",), "MB", "10", [1]),
    ("PX-TELEMEDICINE", ("98015",), "MA", "10", [1]),
    ("PX-TELEMEDICINE", ("98016",), "MB", "10", []),
    ("PX-TELEMEDICINE", ("98002",), "CI", "10", []),
    ("PX-TELEMEDICINE", ("99213",), "MB", "10", []),
]


@pytest.mark.parametrize(("rule", "codes", "filing", "place", "lines"), CASES)
def test_what_passes_and_what_is_found(rule: str, codes: Codes, filing: str, place: str, lines: list[int]) -> None:
    assert found(claim_of(codes, filing=filing, place=place), rule) == lines


@pytest.mark.parametrize(("other", "lines"), [("90662", [2]), ("G0008", []), ("G0439", [])])
def test_what_lets_g2211_stand_may_be_on_another_claim_of_the_day(other: str, lines: list[int]) -> None:
    view = claim_of(("99213-25", "G2211"), filing="MB")
    around = replace(view.around, same_day=(OtherLineView("T2", other),))
    assert found(replace(view, around=around), "PX-G2211") == lines


def test_each_of_these_rules_passes_somewhere_and_fails_somewhere() -> None:
    for rule in {case[0] for case in CASES}:
        assert {bool(case[4]) for case in CASES if case[0] == rule} == {True, False}
        assert BY_CODE[rule].overridable


def test_the_second_first_vaccine_is_proposed_as_a_further_one() -> None:
    (said,) = [
        each for each in scrub(claim_of(("90471", "90686", "90471", "90715"))) if each.rule.code == "PX-VACCINE-FIRST"
    ]
    assert said.issue.fix
    assert (said.issue.fix.field, said.issue.fix.value, said.issue.fix.clinical) == ("line.procedure", "90472", True)


@pytest.mark.parametrize(
    ("day", "visit", "lines"),
    [(date(2025, 12, 31), "99348", [2]), (date(2026, 1, 1), "99348", []), (date(2025, 12, 31), "99213", [])],
)
def test_beside_a_visit_at_home_medicare_pays_the_complexity_of_a_bond_from_2026_on(
    day: date, visit: str, lines: list[int]
) -> None:
    assert found(replace(claim_of((visit, "G2211"), filing="MB"), service_date=day), "PX-G2211") == lines
