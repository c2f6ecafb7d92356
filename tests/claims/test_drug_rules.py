"""Drugs: which product, and what became of the rest of its container (DOMAIN 2.2)."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from apps.claims.encode.judge import judge
from apps.claims.rules.code_facts import Kind, Known
from apps.claims.rules.drugs import eleven_digits
from apps.claims.rules.findings import Fix
from apps.claims.rules.registry import BY_CODE, scrub
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.surroundings import Surroundings
from tests.claims.sound import SOUND, billing, with_lines
from tests.claims.test_encode import read_back, written

WHOLE: dict[str, Any] = {"ndc": "00002759701", "ndc_units": Decimal("1.5"), "ndc_unit_measure": "ML"}
KNOWN = Known({(Kind.DRUG, "J1100"): ("multi",), (Kind.DRUG, "J0696"): ("single",), (Kind.DRUG, "Q0138"): ("single",)})


def drug(**fields: Any) -> ClaimView:
    (line,) = billing("J1100").lines
    return with_lines(replace(line, **fields))


def found(claim: ClaimView, rule: str) -> list[int | None]:
    return [each.issue.line for each in scrub(claim) if each.rule.code == rule]


@pytest.mark.parametrize(
    ("fields", "times"),
    [
        ({}, 0),
        (WHOLE, 0),
        (WHOLE | {"ndc": "0002-7597-01"}, 1),
        (WHOLE | {"ndc": "0002759701"}, 1),
        (WHOLE | {"ndc": "NONE"}, 1),
        (WHOLE | {"ndc": "٠٠٠٠٢٧٥٩٧٠١"}, 1),
        (WHOLE | {"ndc": "٠٠٠٠٢-٧٥٩٧-٠١"}, 1),
        (WHOLE | {"ndc_units": None}, 1),
        (WHOLE | {"ndc_units": Decimal(0)}, 1),
        (WHOLE | {"ndc_unit_measure": "MG"}, 1),
        ({"ndc": "00002759701"}, 2),
        ({"ndc_units": Decimal(1)}, 1),
        ({"ndc_unit_measure": "ML"}, 1),
    ],
)
def test_a_drug_number_is_whole_or_absent(fields: dict[str, Any], times: int) -> None:
    assert found(drug(**fields), "PX-NDC-SHAPE") == [1] * times
    assert not BY_CODE["PX-NDC-SHAPE"].overridable


@pytest.mark.parametrize(
    ("printed", "whole"),
    [
        ("0002-7597-01", "00002759701"),
        ("50242-040-62", "50242004062"),
        ("60575-4112-1", "60575411201"),
        ("00002-7597-01", "00002759701"),
        ("0002-759-01", ""),
        ("0002759701", ""),
        ("00002-7597-011", ""),
        ("", ""),
    ],
)
def test_the_zero_goes_where_the_hyphens_say(printed: str, whole: str) -> None:
    assert eleven_digits(printed) == whole


def test_one_click_adds_the_zero_and_asserts_nothing_clinical() -> None:
    (said,) = scrub(drug(**WHOLE | {"ndc": "50242-040-62"}))
    assert said.issue.fix == Fix("line.ndc", "50242004062", "Use 50242004062", 1)
    assert not said.rule.clinical
    (untold,) = scrub(drug(**WHOLE | {"ndc": "5024204062"}))
    assert untold.issue.fix is None
    assert "hyphens" in untold.issue.sentence


@pytest.mark.parametrize(
    ("code", "fields", "source", "lines"),
    [
        ("J1100", {}, "Bulletin 7", [1]),
        ("J1100", WHOLE, "Bulletin 7", []),
        ("J1100", {}, "", []),
        ("Q0138", {}, "Bulletin 7", [1]),
        ("99213", {}, "Bulletin 7", []),
    ],
)
def test_a_payer_that_wants_the_drug_number_gets_it(
    code: str, fields: dict[str, Any], source: str, lines: list[int]
) -> None:
    claim = drug(procedure=code, **fields)
    claim = replace(claim, around=Surroundings(known=KNOWN, wants_drug_number=source))
    assert found(claim, "PX-NDC-MISSING") == lines
    assert all(source in each.issue.sentence for each in scrub(claim) if each.rule.code == "PX-NDC-MISSING")


@pytest.mark.parametrize(
    ("codes", "filing", "lines"),
    [
        (("J0696-JZ",), "MB", []),
        (("J0696",), "MB", [1]),
        (("J0696",), "CI", []),
        (("J3301",), "MB", []),
        (("J0696*3", "J0696-JW"), "MB", []),
        (("J0696-JW",), "MB", [1]),
        (("J0696-JZ-JW", "J0696"), "MB", [1]),
        (("J0696-JZ", "J0696-JW"), "MB", [1]),
        (("J0696", "Q0138-JZ"), "MB", [1]),
        (("J1100",), "MB", []),
        (("J1100-JZ",), "MB", [1]),
        (("J1100", "J1100-JW"), "MB", [2]),
    ],
)
def test_of_a_single_dose_the_rest_is_told(codes: tuple[str, ...], filing: str, lines: list[int]) -> None:
    payer = replace(SOUND.payer, filing_indicator=filing)
    claim = billing(*codes, payer=payer, around=Surroundings(known=KNOWN))
    assert found(claim, "PX-DRUG-WASTE") == lines


def test_that_nothing_was_discarded_is_a_coders_to_say() -> None:
    payer = replace(SOUND.payer, filing_indicator="MB")
    (said,) = scrub(billing("J0696", payer=payer, around=Surroundings(known=KNOWN)))
    assert said.issue.fix == Fix("line.modifiers", ["JZ"], "Add modifier JZ", 1, clinical=True)
    assert (said.rule.clinical, said.rule.overridable) == (True, True)


def test_the_drug_travels_with_its_line(now: datetime) -> None:
    claim = drug(**WHOLE)
    (line,) = read_back(now, claim).lines
    assert line.drug is not None
    assert (line.drug.code, line.drug.quantity, line.drug.unit) == ("00002759701", Decimal("1.5"), "ML")
    assert judge(written(now, claim)) == []
    assert b"LIN**N4*00002759701~CTP****1.5*ML~" in written(now, claim).replace(b"\n", b"")
