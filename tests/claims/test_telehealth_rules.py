"""Visits at a distance by the payer's policy (DOMAIN 2.4): what passes, what is found, and what nobody judges."""

from dataclasses import replace

import pytest

from apps.claims.rules.registry import BY_CODE, scrub
from apps.claims.rules.snapshot import ClaimView, TelehealthView
from tests.claims.sound import SOUND, billing

SOURCE = "Provider manual, chapter 9"
# Original Medicare for an office: places 02 and 10, no 95, 93 by sound alone.
ORIGINAL = TelehealthView(("02", "10"), "", "93", False, SOURCE)
WANTS_95 = TelehealthView(("10",), "95", "93", True, SOURCE)
OFFICE = TelehealthView(("11",), "GT", "", None, SOURCE)
REFUSES = TelehealthView((), TelehealthView.REFUSED, TelehealthView.REFUSED, False, SOURCE)
SAYS_NOTHING = TelehealthView(source=SOURCE)


def claim(codes: tuple[str, ...], place: str, policy: TelehealthView | None, filing: str = "CI") -> ClaimView:
    payer = replace(SOUND.payer, telehealth=policy, filing_indicator=filing)
    return billing(*codes, payer=payer, place_of_service=place)


def found(view: ClaimView, rule: str) -> list[int | None]:
    return [each.issue.line for each in scrub(view) if each.rule.code == rule]


@pytest.mark.parametrize(
    ("codes", "place", "policy", "lines"),
    [
        (("99213",), "10", ORIGINAL, []),
        (("99213",), "02", ORIGINAL, []),
        (("99213-93",), "11", ORIGINAL, [None]),
        (("99213-95",), "11", ORIGINAL, [None]),
        (("99213",), "11", ORIGINAL, []),
        (("99213-95",), "02", WANTS_95, [None]),
        (("99213-GT",), "11", OFFICE, []),
        (("99213-GT",), "10", OFFICE, [None]),
        (("99213-95",), "11", SAYS_NOTHING, []),
        (("99213-95",), "11", None, []),
        (("98002",), "10", WANTS_95, []),
        (("98002",), "10", REFUSES, [1]),
        (("98002",), "11", SAYS_NOTHING, []),
    ],
)
def test_the_place_is_one_that_the_payer_takes(
    codes: tuple[str, ...], place: str, policy: TelehealthView | None, lines: list[int | None]
) -> None:
    assert found(claim(codes, place, policy), "PX-TELEHEALTH") == lines


def test_medicares_refusal_of_its_codes_is_told_once() -> None:
    view = claim(("98002",), "10", ORIGINAL, filing="MB")
    assert [each.rule.code for each in scrub(view)] == ["PX-TELEMEDICINE"]


@pytest.mark.parametrize(
    ("codes", "place", "policy", "lines", "proposed"),
    [
        (("99213",), "10", ORIGINAL, [], None),
        (("99213-93",), "10", ORIGINAL, [], None),
        (("99213-95-33",), "10", ORIGINAL, [1], ["33"]),
        (("99213",), "10", WANTS_95, [1], ["95"]),
        (("99213-95",), "10", WANTS_95, [], None),
        (("99213-93",), "10", WANTS_95, [], None),
        (("99213-GT",), "10", WANTS_95, [1], ["95"]),
        (("99213",), "11", WANTS_95, [], None),
        (("90834",), "10", WANTS_95, [1], ["95"]),
        (("36415",), "10", WANTS_95, [], None),
        (("98002",), "10", WANTS_95, [], None),
        (("99213-93",), "11", OFFICE, [1], []),
        (("99213",), "10", REFUSES, [1], None),
        (("99213-93",), "10", REFUSES, [1], None),
        (("99213",), "10", SAYS_NOTHING, [], None),
        (("99213",), "10", None, [], None),
    ],
)
def test_the_modifier_is_the_one_that_the_payer_wants(
    codes: tuple[str, ...], place: str, policy: TelehealthView | None, lines: list[int], proposed: list[str] | None
) -> None:
    said = [each for each in scrub(claim(codes, place, policy)) if each.rule.code == "MOD-TELEHEALTH"]
    assert [each.issue.line for each in said] == lines
    assert [each.issue.fix.value for each in said if each.issue.fix] == ([] if proposed is None else [proposed])
    assert all(each.issue.fix is None or each.issue.fix.clinical for each in said)
    assert all(SOURCE in each.issue.sentence for each in said)


@pytest.mark.parametrize(
    ("codes", "place", "taxonomy", "filing", "rules"),
    [
        (("99213-95",), "22", "", "MB", set()),
        (("99221-95",), "21", "", "MB", set()),
        (("99213-95",), "22", "", "CI", {"PX-TELEHEALTH", "MOD-TELEHEALTH"}),
        (("99213-GT",), "22", "", "MB", {"PX-TELEHEALTH", "MOD-TELEHEALTH"}),
        (("99213-95",), "11", "", "MB", {"PX-TELEHEALTH", "MOD-TELEHEALTH"}),
        (("99213-95",), "10", "", "MB", {"MOD-TELEHEALTH"}),
        (("97110-95",), "11", "225100000X", "MB", set()),
        (("97110-95",), "10", "225X00000X", "MB", set()),
        (("92507-95",), "11", "235Z00000X", "MB", set()),
        (("97110-95",), "11", "225100000X", "CI", {"PX-TELEHEALTH"}),
        (("97802-95",), "10", "133V00000X", "MB", {"MOD-TELEHEALTH"}),
        (("97110-93",), "11", "225100000X", "MB", {"PX-TELEHEALTH"}),
    ],
)
def test_medicare_keeps_95_for_clinicians_in_a_hospital_and_for_therapists(
    codes: tuple[str, ...], place: str, taxonomy: str, filing: str, rules: set[str]
) -> None:
    view = claim(codes, place, ORIGINAL, filing)
    view = replace(view, provider=replace(view.provider, taxonomy=taxonomy or view.provider.taxonomy))
    assert {each.rule.code for each in scrub(view)} & {"PX-TELEHEALTH", "MOD-TELEHEALTH"} == rules


def test_a_person_may_send_it_all_the_same() -> None:
    assert BY_CODE["PX-TELEHEALTH"].overridable
    assert BY_CODE["MOD-TELEHEALTH"].overridable
