"""How often, by whom and after what (DOMAIN 2.3, 2.4): for each rule a table of claims that it finds and that it lets through."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from apps.claims.rules.code_facts import Kind, Known
from apps.claims.rules.findings import Fix, Severity
from apps.claims.rules.registry import BY_CODE, scrub
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.surroundings import EarlierLineView, OtherLineView, Surroundings
from apps.claims.rules.wellness import eligible_from
from tests.claims.sound import SOUND, billing, parts

DAY = SOUND.service_date
KNOWN = Known(
    {
        (Kind.GLOBAL, "11750"): ("010",),
        (Kind.GLOBAL, "27447"): ("090",),
        (Kind.GLOBAL, "20610"): ("000",),
        (Kind.GLOBAL, "93000"): ("XXX",),
        (Kind.PREVENTIVE, "80061"): ("33",),
    }
)
Codes = tuple[str, ...]


def claim(
    *codes: str, filing: str = "MB", taxonomy: str | None = None, around: dict[str, Any] | None = None, **fields: Any
) -> ClaimView:
    provider = SOUND.provider if taxonomy is None else replace(SOUND.provider, taxonomy=taxonomy)
    view = billing(
        *codes,
        payer=replace(SOUND.payer, filing_indicator=filing),
        provider=provider,
        around=Surroundings(**{"known": KNOWN, **(around or {})}),
    )
    return replace(view, **fields)


def before(text: str, day: date, **fields: Any) -> EarlierLineView:
    code, modifiers, _ = parts(text)
    days = KNOWN.of(Kind.GLOBAL, code)
    return EarlierLineView("T2", day, code, modifiers, **{"global_days": int(days) if days.isdigit() else 0, **fields})


def found(view: ClaimView, rule: str) -> list[int | None]:
    return [each.issue.line for each in scrub(view) if each.rule.code == rule]


def days_ago(days: int) -> date:
    return DAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("code", "earlier", "lines"),
    [
        ("G0438", (), []),
        ("G0438", (before("G0438", date(2024, 2, 1)),), [1]),
        ("G0438", (before("G0439", date(2024, 2, 1)),), []),
        ("G0438", (before("G0402", date(2025, 10, 2)),), [1]),
        ("G0438", (before("G0402", date(2025, 9, 30)),), []),
        ("G0439", (before("G0438", date(2025, 9, 30)),), []),
        ("G0439", (before("G0438", date(2025, 10, 1)),), [1]),
        ("G0439", (before("G0439", date(2026, 1, 5)), before("G0438", date(2022, 1, 5))), [1]),
        ("G0402", (), []),
        ("G0402", (before("G0402", date(2019, 1, 5)),), [1]),
        ("99396", (before("G0439", date(2026, 1, 5)),), []),
    ],
)
def test_wellness_visits_keep_their_distance(code: str, earlier: tuple[EarlierLineView, ...], lines: list[int]) -> None:
    assert found(claim(code, around={"earlier": earlier}), "PX-AWV") == lines
    assert found(claim(code, filing="CI", around={"earlier": earlier}), "PX-AWV") == []


@pytest.mark.parametrize(
    ("code", "begins", "earlier", "lines"),
    [
        ("G0438", date(2026, 1, 1), (), [1]),
        ("G0439", date(2025, 9, 17), (), [1]),
        ("G0438", date(2025, 9, 16), (), []),
        ("G0402", date(2026, 1, 1), (), []),
        ("G0438", None, (), []),
        # The plan's year, and not the first day of part B.
        ("G0439", date(2026, 1, 1), (before("G0438", date(2025, 8, 4)),), []),
    ],
)
def test_no_annual_visit_in_the_first_year_of_part_b(
    code: str, begins: date | None, earlier: tuple[EarlierLineView, ...], lines: list[int]
) -> None:
    view = claim(code, around={"earlier": earlier}, coverage=replace(SOUND.coverage, starts_on=begins))
    assert found(view, "PX-AWV-FIRST-YEAR") == lines
    assert found(replace(view, payer=SOUND.payer), "PX-AWV-FIRST-YEAR") == []


def test_a_coverage_that_begins_at_the_calendars_end_fails_no_rule() -> None:
    coverage = replace(SOUND.coverage, starts_on=date(9999, 12, 31))
    for code in ("G0402", "G0438"):
        assert {each.rule.code for each in scrub(claim(code, coverage=coverage))} <= {
            "COV-ON-DATE",
            "PX-AWV-FIRST-YEAR",
        }
    assert eligible_from(date(9999, 12, 31)) == date(9999, 12, 1)


def test_the_welcome_visit_is_for_the_first_twelve_months() -> None:
    def since(day: date) -> list[int | None]:
        return found(claim("G0402", coverage=replace(SOUND.coverage, starts_on=day)), "PX-AWV")

    assert (since(date(2025, 9, 17)), since(date(2025, 9, 16)), since(date(2020, 2, 29))) == ([], [1], [1])


def test_a_second_first_wellness_visit_is_proposed_as_a_further_one() -> None:
    view = claim("G0438", around={"earlier": (before("G0438", date(2024, 2, 1)),)})
    (said,) = [each for each in scrub(view) if each.rule.code == "PX-AWV"]
    assert said.issue.fix == Fix("line.procedure", "G0439", "Use G0439", 1, clinical=True)
    assert "claim T2" in said.issue.sentence
    assert eligible_from(date(2024, 2, 29)) == date(2025, 2, 1)


@pytest.mark.parametrize(
    ("codes", "earlier", "lines"),
    [
        (("99490", "99439"), (), []),
        (("99490",), (before("99490", date(2026, 8, 31)),), []),
        (("99490",), (before("99490", date(2026, 9, 1)),), [1]),
        (("99491",), (before("99487", date(2026, 9, 1)),), [1]),
        (("99490",), (before("99490", date(2026, 9, 30), ahead=False),), []),
        (("99490",), (before("99495", date(2026, 9, 1)),), []),
        (("99490", "99491"), (), [2]),
        (("99490", "99489"), (), [2]),
        (("99495",), (before("99496", days_ago(29)),), [1]),
        (("99495",), (before("99495", days_ago(30)),), []),
        (("99495", "99496"), (), [2]),
    ],
)
def test_care_is_managed_by_one_and_billed_once(
    codes: Codes, earlier: tuple[EarlierLineView, ...], lines: list[int]
) -> None:
    assert found(claim(*codes, around={"earlier": earlier}), "PX-CARE-MANAGEMENT") == lines


@pytest.mark.parametrize(
    ("codes", "earlier", "lines"),
    [
        (("99213",), (before("11750", days_ago(10)),), [1]),
        (("99213",), (before("11750", days_ago(11)),), []),
        (("99213",), (before("27447", days_ago(90)),), [1]),
        (("99213",), (before("27447", days_ago(91)),), []),
        (("99213-24",), (before("27447", days_ago(20)),), []),
        (("99213-57",), (before("27447", days_ago(20)),), []),
        (("99213-25",), (before("27447", days_ago(20)),), [1]),
        (("99213",), (before("27447", days_ago(20), same_specialty=False),), []),
        (("99213",), (before("27447-54", days_ago(20)),), []),
        (("99213",), (before("20610", days_ago(1)),), []),
        (("99213",), (before("93000", days_ago(1)),), []),
        (("11750",), (before("27447", days_ago(20)),), [1]),
        (("11750-79",), (before("27447", days_ago(20)),), []),
        (("11750-78",), (before("27447", days_ago(20)),), []),
        (("20610-58",), (before("27447", days_ago(20)),), []),
        (("93000",), (before("27447", days_ago(20)),), []),
        (("G0439",), (before("27447", days_ago(20)),), []),
        (("99213",), (before("11750", days_ago(2)), before("27447", days_ago(20))), [1]),
        # The surgeon's share alone has days after it, and a return for a complication begins none anew.
        (("99213",), (before("27447-78", days_ago(20)),), []),
        (("99213",), (before("27447", days_ago(95)), before("27447-78", days_ago(20))), []),
        (("99213",), (before("27447", days_ago(85)), before("27447-78", days_ago(20))), [1]),
        (("99213",), (before("27447-79", days_ago(20)),), [1]),
        (("99213",), (before("27447-56", days_ago(20)),), []),
        (("99213",), (before("27447-AS", days_ago(20)),), []),
        (("99213",), (before("27447-80", days_ago(20)),), []),
        (("99213",), (before("27447-55", days_ago(20)),), [1]),
        # To an operation of 90 days the day before it belongs as well.
        (("99213",), (before("27447", days_ago(-1), ahead=False),), [1]),
        (("99213-25",), (before("27447", days_ago(-1)),), [1]),
        (("99213-57",), (before("27447", days_ago(-1)),), []),
        (("99213",), (before("27447", days_ago(-2)),), []),
        (("99213",), (before("11750", days_ago(-1)),), []),
        (("99213",), (before("27447", days_ago(-1), same_specialty=False),), []),
        (("99213",), (before("27447-80", days_ago(-1)),), []),
        (("93000",), (before("27447", days_ago(-1)),), []),
    ],
)
def test_the_days_after_an_operation_belong_to_it(
    codes: Codes, earlier: tuple[EarlierLineView, ...], lines: list[int]
) -> None:
    assert found(claim(*codes, around={"earlier": earlier}), "PX-GLOBAL") == lines


def test_that_a_visit_had_nothing_to_do_with_it_is_a_coders_to_say() -> None:
    (said,) = scrub(claim("99213-33", around={"earlier": (before("27447", days_ago(20)),)}))
    assert said.issue.fix == Fix("line.modifiers", ["24", "33"], "Add modifier 24", 1, clinical=True)
    assert "through November 25" in said.issue.sentence


def test_on_the_eve_of_an_operation_57_is_a_coders_to_confirm() -> None:
    (said,) = scrub(claim("99213-25", around={"earlier": (before("27447", days_ago(-1)),)}))
    assert said.issue.fix == Fix("line.modifiers", ["57", "25"], "Add modifier 57", 1, clinical=True)
    assert "27447 of September 17 (claim T2)" in said.issue.sentence


def test_before_an_operation_of_ninety_days_57_stands_for_25() -> None:
    assert found(claim("99213-57", "27447"), "MOD-25") == []
    assert found(claim("99213-57", "11750"), "MOD-25") == [1]


@pytest.mark.parametrize(
    ("codes", "lines"),
    [
        (("99213-57", "27447"), []),
        (("99213", "27447"), [1]),
        (("99213-57", "96372"), [1]),
        (("99213-57", "99396"), [1]),
    ],
)
def test_57_stands_for_25_where_nobody_has_entered_the_days_of_the_operation(codes: Codes, lines: list[int]) -> None:
    assert found(claim(*codes, around={"known": Known()}), "MOD-25") == lines


@pytest.mark.parametrize(
    ("codes", "lines"),
    [
        (("99213-57", "27447"), []),
        (("99213-25-57", "27447"), []),
        (("99213-25", "27447"), [1]),
        (("27447", "99283"), [2]),
        (("99213-25", "11750"), []),
        (("G0439-25", "27447"), []),
        (("27447",), []),
    ],
)
def test_beside_an_operation_of_ninety_days_a_visit_says_57_or_a_coder_says_why_not(
    codes: Codes, lines: list[int]
) -> None:
    assert found(claim(*codes), "MOD-57") == lines
    assert found(claim(*codes), "MOD-25") == []


def test_57_is_proposed_in_the_place_of_25() -> None:
    (said,) = [each for each in scrub(claim("99213-25-GT", "27447")) if each.rule.code == "MOD-57"]
    assert said.issue.fix == Fix("line.modifiers", ["57", "GT"], "Use modifier 57", 1, clinical=True)


CASES: list[tuple[str, Codes, dict[str, Any], list[int | None]]] = [
    ("MOD-33", ("80061",), {"filing": "CI", "diagnoses": ("Z1322",)}, [1]),
    ("MOD-33", ("80061-33",), {"filing": "CI", "diagnoses": ("Z1322",)}, []),
    ("MOD-33", ("80061",), {"filing": "MB", "diagnoses": ("Z1322",)}, []),
    ("MOD-33", ("80061",), {"filing": "CI", "diagnoses": ("E785",)}, []),
    ("MOD-33", ("80053",), {"filing": "CI", "diagnoses": ("Z1322",)}, []),
    ("MOD-REPEAT", ("93000", "93000-76"), {}, []),
    ("MOD-REPEAT", ("93000-76",), {}, [1]),
    ("MOD-REPEAT", ("93000-76",), {"around": {"same_day": (OtherLineView("T2", "93000"),)}}, []),
    ("MOD-REPEAT", ("93000-77",), {}, []),
    ("MOD-REPEAT", ("93000", "93000-91"), {}, [2]),
    ("MOD-REPEAT", ("82947", "82947-91"), {}, []),
    ("MOD-REPEAT", ("82947-91",), {}, [1]),
    ("MOD-REPEAT", ("0241U", "0241U-91"), {}, []),
    ("MOD-REPEAT", ("0241U", "0241U-76"), {}, [2]),
    ("MOD-REPEAT", ("G0480", "G0480-91"), {}, []),
    ("MOD-REPEAT", ("G0008", "G0008-91"), {}, [2]),
    ("MOD-REPEAT", ("G9143", "G9143-91"), {"around": {"known": Known({(Kind.LAB, "G9143"): ("certified",)})}}, []),
    ("MOD-REPEAT", ("82947", "82947-76"), {}, [2]),
    ("MOD-ASSISTANT", ("27447-AS",), {"taxonomy": "363A00000X"}, []),
    ("MOD-ASSISTANT", ("27447-80",), {"taxonomy": "363A00000X"}, [1]),
    ("MOD-ASSISTANT", ("27447-AS",), {"taxonomy": "207X00000X"}, [1]),
    ("MOD-ASSISTANT", ("27447-82",), {"taxonomy": "207X00000X"}, []),
    ("MOD-ASSISTANT", ("27447-80-AS",), {"taxonomy": "363A00000X"}, [1]),
    ("MOD-ASSISTANT", ("27447-80",), {"taxonomy": ""}, []),
    ("MOD-ABN-SIGNED", ("82306-GA",), {"abn_signed_on": DAY}, []),
    ("MOD-ABN-SIGNED", ("82306-GA",), {"abn_signed_on": days_ago(3)}, []),
    ("MOD-ABN-SIGNED", ("82306-GA", "82607-GA"), {}, [None]),
    ("MOD-ABN-SIGNED", ("82306-GA",), {"abn_signed_on": days_ago(-1)}, [None]),
    ("MOD-ABN-SIGNED", ("82306-GZ",), {}, []),
    ("MOD-LOCUM", ("99213-Q6",), {"around": {"substituted_since": days_ago(59)}}, []),
    ("MOD-LOCUM", ("99213-Q6",), {"around": {"substituted_since": days_ago(60)}}, [1]),
    ("MOD-LOCUM", ("99213-Q5",), {"around": {"substituted_since": days_ago(60)}}, [1]),
    ("MOD-LOCUM", ("99213-Q6",), {"filing": "CI", "around": {"substituted_since": days_ago(60)}}, []),
    ("MOD-LOCUM", ("99213",), {"around": {"substituted_since": days_ago(60)}}, []),
    ("MOD-LOCUM", ("99213-Q5-Q6",), {}, [1]),
    ("MOD-HOSPICE", ("99213",), {"around": {"hospice_since": days_ago(5)}}, [1]),
    ("MOD-HOSPICE", ("99213-GV",), {"around": {"hospice_since": days_ago(5)}}, []),
    ("MOD-HOSPICE", ("99213-GW",), {"around": {"hospice_since": days_ago(5)}}, []),
    ("MOD-HOSPICE", ("99213",), {"filing": "CI", "around": {"hospice_since": days_ago(5)}}, []),
    ("MOD-HOSPICE", ("99213",), {}, []),
    ("MOD-HOSPICE", ("99213-GV-GW",), {}, [1]),
]


@pytest.mark.parametrize(("rule", "codes", "fields", "lines"), CASES)
def test_what_passes_and_what_is_found(
    rule: str, codes: Codes, fields: dict[str, Any], lines: list[int | None]
) -> None:
    assert found(claim(*codes, **fields), rule) == lines


@pytest.mark.parametrize("rule", sorted({case[0] for case in CASES}))
def test_each_of_these_rules_passes_somewhere_and_fails_somewhere(rule: str) -> None:
    assert {bool(case[3]) for case in CASES if case[0] == rule} == {True, False}
    assert BY_CODE[rule].overridable or BY_CODE[rule].severity is Severity.WARN


@pytest.mark.parametrize(
    ("codes", "fields", "modifiers"),
    [
        (("80061",), {"filing": "CI", "diagnoses": ("Z1322",)}, ["33"]),
        (("82947", "82947-76-GP"), {}, ["GP", "91"]),
        (("27447-80-LT",), {"taxonomy": "363L00000X"}, ["AS", "LT"]),
    ],
)
def test_a_proposed_modifier_is_confirmed_by_a_coder(
    codes: Codes, fields: dict[str, Any], modifiers: list[str]
) -> None:
    (fix,) = [each.issue.fix for each in scrub(claim(*codes, **fields)) if each.issue.fix]
    assert (fix.value, fix.clinical) == (modifiers, True)
