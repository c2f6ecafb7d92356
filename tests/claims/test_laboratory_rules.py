"""Tests done in the office: the laboratory's certificate, and QW (DOMAIN 2.2)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from apps.claims.encode.judge import judge
from apps.claims.rules.code_facts import Kind, Known
from apps.claims.rules.findings import Fix
from apps.claims.rules.registry import BY_CODE, scrub
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.surroundings import Surroundings
from apps.claims.selectors.snapshots import snapshots
from tests.claims.sound import SOUND, billing
from tests.claims.test_encode import read_back, written
from tests.claims.test_surroundings import DAY
from tests.factories.claims import ClaimFactory

KNOWN = Known(
    {
        (Kind.LAB, "81003"): ("qw",),
        (Kind.LAB, "81002"): ("waived",),
        (Kind.LAB, "81015"): ("ppm",),
        (Kind.LAB, "85025"): ("certified",),
        (Kind.LAB, "82075"): ("none",),
        (Kind.LAB, "G0027"): ("ppm",),
    }
)
NUMBER = "45D1234567"


def claim(*codes: str, filing: str = "MB", number: str = NUMBER, held: str = "waiver", **fields: Any) -> ClaimView:
    assert SOUND.facility
    return billing(
        *codes,
        payer=replace(SOUND.payer, filing_indicator=filing),
        facility=replace(SOUND.facility, clia=number, clia_certificate=held),
        **{"around": Surroundings(known=KNOWN), **fields},
    )


def found(view: ClaimView, rule: str) -> list[int | None]:
    return [each.issue.line for each in scrub(view) if each.rule.code == rule]


@pytest.mark.parametrize(
    ("codes", "fields", "lines"),
    [
        (("99213", "81003-QW"), {}, []),
        (("99213", "81003-QW"), {"number": ""}, [2]),
        (("81003-QW",), {"number": "45D123456"}, [1]),
        (("81003-QW",), {"number": "٤٥D١٢٣٤٥٦٧"}, [1]),
        (("81003-QW",), {"number": "", "filing": "MC"}, [1]),
        (("81003-QW",), {"number": "", "filing": "CI"}, []),
        (("85025-90",), {"number": ""}, []),
        (("84443",), {"number": ""}, [1]),
        (("0241U",), {"number": ""}, [1]),
        (("G0480",), {"number": ""}, [1]),
        (("82075",), {"number": ""}, []),
        (("86580",), {"number": "", "filing": "MC"}, []),
        (("86580", "81002"), {"number": ""}, [2]),
        (("99213",), {"number": ""}, []),
        (("85025",), {}, [1]),
        (("85025",), {"held": "full"}, []),
        (("85025",), {"held": ""}, []),
        (("81015",), {}, [1]),
        (("81015",), {"held": "ppm"}, []),
        (("G0027",), {}, [1]),
        (("84443",), {}, []),
    ],
)
def test_a_laboratory_is_certified_for_what_it_bills(
    codes: tuple[str, ...], fields: dict[str, Any], lines: list[int]
) -> None:
    assert found(claim(*codes, **fields), "PX-CLIA") == lines


def test_a_visit_without_a_place_is_told_so() -> None:
    (said,) = [each for each in scrub(replace(claim("81003-QW"), facility=None)) if each.rule.code == "PX-CLIA"]
    assert said.issue.sentence.startswith("The visit without a place has no CLIA number")


@pytest.mark.parametrize(
    ("codes", "fields", "lines"),
    [
        (("81003-QW",), {}, []),
        (("81003",), {}, [1]),
        (("81003",), {"held": "ppm"}, [1]),
        (("81003",), {"held": "full"}, []),
        (("81003",), {"held": ""}, []),
        (("81003",), {"filing": "CI"}, []),
        (("81003-90",), {}, []),
        (("81002",), {}, []),
        (("81002-QW",), {}, [1]),
        (("85025-QW",), {"held": "full"}, [1]),
        (("84443-QW",), {}, []),
    ],
)
def test_a_waived_test_says_so_where_it_must(codes: tuple[str, ...], fields: dict[str, Any], lines: list[int]) -> None:
    assert found(claim(*codes, **fields), "MOD-QW") == lines


def test_which_version_was_used_is_a_coders_to_say() -> None:
    fixes = [each.issue.fix for view in (claim("81003-59"), claim("81002-QW-59")) for each in scrub(view)]
    assert fixes == [
        Fix("line.modifiers", ["QW", "59"], "Add modifier QW", 1, clinical=True),
        Fix("line.modifiers", ["59"], "Take QW away", 1, clinical=True),
    ]
    assert BY_CODE["MOD-QW"].clinical
    assert not BY_CODE["PX-CLIA"].clinical


@pytest.mark.long
def test_the_number_travels_with_claims_that_bill_a_test_done_here(now: datetime) -> None:
    assert read_back(now, claim("99213", "81003-QW")).clia == NUMBER
    assert read_back(now, claim("85025-90")).clia == ""
    assert read_back(now, claim("99213")).clia == ""
    assert b"REF*X4*45D1234567~" in written(now, claim("81003-QW"))
    assert judge(written(now, claim("81003-QW"))) == []


@pytest.mark.django_db
def test_the_rules_are_told_the_locations_certificate() -> None:
    one = ClaimFactory(encounter__location__clia_number=NUMBER, encounter__location__clia_certificate="waiver")
    facility = snapshots([one.pk], today=DAY)[one.pk].facility
    assert facility
    assert (facility.clia, facility.clia_certificate) == (NUMBER, "waiver")
