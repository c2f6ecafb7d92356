"""The professional and the technical part of a service: what a physician bills where the facility bills the technical one."""

from datetime import date
from pathlib import Path

import pytest

from apps.claims.models import CodeFact
from apps.claims.rules.code_facts import Kind, Known
from apps.claims.rules.findings import Fix
from apps.claims.rules.registry import scrub
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.surroundings import Surroundings
from tests.claims.sound import billing
from tests.claims.test_import_code_edits import run
from tests.claims.test_import_globals import HEADING, ROWS, file

# CMS's indicators: an x-ray has both parts, an ECG codes of its own for the whole, the tracing and the reading, a visit has none.
KNOWN = Known(
    {
        (Kind.PARTS, "71046"): ("1",),
        (Kind.PARTS, "93000"): ("4",),
        (Kind.PARTS, "93005"): ("3",),
        (Kind.PARTS, "93010"): ("2",),
        (Kind.PARTS, "99223"): ("0",),
        (Kind.PARTS, "80053"): ("9",),
    }
)


def claim(*codes: str, place: str) -> ClaimView:
    return billing(*codes, place_of_service=place, around=Surroundings(known=KNOWN))


def found(view: ClaimView) -> list[tuple[int | None, Fix | None]]:
    return [(each.issue.line, each.issue.fix) for each in scrub(view) if each.rule.code == "MOD-TC"]


@pytest.mark.parametrize("place", ["19", "21", "22", "23", "24"])
def test_a_whole_service_in_a_facility_is_the_reading_alone(place: str) -> None:
    ((line, fix),) = found(claim("99223", "71046-LT", place=place))
    assert (line, fix) == (2, Fix("line.modifiers", ["26", "LT"], "Add modifier 26", 2, clinical=True))


@pytest.mark.parametrize(
    ("code", "place", "stops"),
    [
        ("71046", "11", False),
        ("71046-26", "21", False),
        ("93000", "22", True),
        ("93000", "11", False),
        ("93005", "22", True),
        ("93005", "11", False),
        ("93010", "22", False),
        ("99223", "21", False),
        ("80053", "22", False),
        ("76700", "22", False),
    ],
)
def test_only_what_the_indicator_says_is_the_facilitys_is_stopped(*, code: str, place: str, stops: bool) -> None:
    assert found(claim(code, place=place)) == [(1, None)] * stops


@pytest.mark.parametrize(
    ("code", "left"), [("93010-26", []), ("93005-TC", []), ("93000-26-76", ["76"]), ("99223-26-AI", ["AI"])]
)
def test_a_half_is_not_said_by_a_modifier_of_a_code_that_has_none(code: str, left: list[str]) -> None:
    ((_, fix),) = found(claim(code, place="11"))
    assert fix
    assert (fix.value, fix.clinical) == (left, True)


@pytest.mark.parametrize("code", ["80053-26", "71046-26", "71046-TC", "76700-TC"])
def test_a_half_is_left_alone_where_the_code_has_it_or_nobody_knows(code: str) -> None:
    assert found(claim(code, place="11")) == []


@pytest.mark.django_db
def test_the_indicators_come_with_the_fee_schedule(tmp_path: Path) -> None:
    run("import_globals", file(tmp_path, HEADING + ROWS + "71046,,Not kept,A,1,XXX\r\n71047,,Not kept,A,,XXX\r\n"))
    rows = CodeFact.objects.filter(kind=Kind.PARTS).order_by("code").values_list("code", "value", "effective_on")
    july = date(2026, 7, 1)
    assert list(rows) == [
        ("11750", "0", july), ("20610", "0", july), ("27447", "0", july), ("71046", "1", july), ("93000", "4", july)
    ]  # fmt: skip


@pytest.mark.django_db
def test_an_indicator_that_is_none_is_told_and_a_file_without_them_gives_the_days(tmp_path: Path) -> None:
    said, status = run("import_globals", file(tmp_path, HEADING + "71046,,x,A,Y,XXX\r\n27447,,x,A,0,090\r\n"))
    assert status == 1
    assert "The indicator of the professional and the technical part is not one digit. (line 5)" in said[0]
    assert set(CodeFact.objects.values_list("code", "kind")) == {("27447", "global"), ("27447", "pctc")}
    run("import_globals", file(tmp_path, HEADING.replace("PCTC", "") + "71046,,x,A,1,XXX\r\n"))
    assert set(CodeFact.objects.filter(code="71046").values_list("kind", "value")) == {("global", "XXX")}
