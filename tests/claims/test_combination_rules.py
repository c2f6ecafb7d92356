"""Combinations of lines, claims and visits (DOMAIN 2.3): for each rule a table of claims that it stops and that it lets through."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from apps.claims.rules.code_facts import Kind, Known
from apps.claims.rules.code_pairs import OPENING
from apps.claims.rules.findings import Fix, Found
from apps.claims.rules.registry import BY_CODE, scrub
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.surroundings import EarlierLineView, LimitView, OtherLineView, Surroundings
from tests.claims.sound import SOUND, billing, parts

# As `parts` reads them: "20610-RT*2".
Lines = tuple[str, ...]


def claim(*lines: str, **around: Any) -> ClaimView:
    return billing(*lines, around=Surroundings(**around))


def other(text: str, *, ahead: bool = True) -> OtherLineView:
    code, modifiers, units = parts(text)
    return OtherLineView("T2", code, modifiers, units, ahead)


def told(view: ClaimView) -> list[tuple[str, int | None]]:
    """Whether a modifier fits its own line, and a vaccine's administration the vaccine, are other rules'."""
    others = {"MOD-VISIT", "MOD-REPEAT", "PX-VACCINE"}
    return [(found.rule.code, found.issue.line) for found in scrub(view) if found.rule.code not in others]


def only(view: ClaimView) -> Found:
    (found,) = scrub(view)
    return found


PAIRS: Mapping[tuple[str, str], str] = {
    ("11042", "97597"): "1",
    ("80053", "80048"): "0",
    ("20610", "20605"): "9",
    ("17110", "99213"): "1",
    ("17110", "99215"): "0",
}


@pytest.mark.parametrize(
    ("lines", "held"),
    [
        (("80053", "80048"), [2]),
        (("80048", "80053"), [1]),
        (("80053", "80048-59"), [2]),
        (("80053-59", "80048-XU"), [2]),
        (("80053", "82947"), []),
        (("80053",), []),
        (("80048",), []),
        (("11042", "97597"), [2]),
        (("11042", "97597-59"), []),
        (("11042-XS", "97597"), []),
        (("11042-RT", "97597-LT"), []),
        (("11042", "97597-76"), [2]),
        (("11042", "97597-77"), [2]),
        (("11042-50", "97597"), [2]),
        (("11042", "97597-GC"), [2]),
        (("11042", "97597", "97597-59"), [2]),
        (("11042-59", "11042", "97597"), [3]),
        (("20610", "20605"), []),
        (("17110", "99213-25"), []),
        (("17110", "99215-25"), [2]),
    ],
)
def test_codes_of_a_pair_are_not_paid_together(lines: Lines, held: list[int]) -> None:
    assert told(claim(*lines, pairs=PAIRS)) == [("NCCI-PTP", number) for number in held]


@pytest.mark.parametrize("modifier", sorted(OPENING))
def test_each_modifier_of_the_list_opens_a_pair_of_indicator_1(modifier: str) -> None:
    assert told(claim("11042", f"97597-{modifier}", pairs=PAIRS)) == []
    assert told(claim("80053", f"80048-{modifier}", pairs=PAIRS)) == [("NCCI-PTP", 2)]


def test_the_list_of_opening_modifiers_is_cms() -> None:
    assert len(OPENING) == 4 + 10 + 10 + 2 + 5 + 9 + 4  # eyelids, fingers, toes, sides, vessels, numbers, X{EPSU}
    assert not OPENING & {"50", "76", "77"}


@pytest.mark.parametrize(
    ("mine", "theirs", "held"),
    [
        ("97597", other("11042"), [1]),
        ("11042", other("97597"), [1]),
        ("97597-59", other("11042"), []),
        ("97597", other("11042-XE"), []),
        ("80048", other("80053"), [1]),
        ("97597", other("11042", ahead=False), []),
        ("97597", other("20610"), []),
    ],
)
def test_a_pair_over_two_claims_of_a_day_holds_the_later(mine: str, theirs: OtherLineView, held: list[int]) -> None:
    view = claim(mine, pairs=PAIRS, same_day=(theirs,))
    assert told(view) == [("NCCI-PTP", number) for number in held]
    assert all("claim T2 of the same day" in found.issue.sentence for found in scrub(view))


def test_what_opens_a_pair_is_a_proposal_for_a_coder() -> None:
    found = only(claim("11042", "97597-GC", pairs=PAIRS))
    assert found.issue.fix == Fix("line.modifiers", ["GC", "59"], "Add modifier 59", 2, clinical=True)
    assert (found.rule.clinical, found.rule.overridable) == (True, True)


def test_a_visit_beside_a_procedure_is_told_once_and_opened_by_25() -> None:
    found = only(claim("17110", "99213", pairs=PAIRS))
    assert (found.rule.code, found.issue.line) == ("MOD-25", 2)
    beside = only(claim("99291", "99213", pairs={("99291", "99213"): "1"}))
    assert beside.issue.fix == Fix("line.modifiers", ["25"], "Add modifier 25", 2, clinical=True)


@pytest.mark.parametrize(
    ("mine", "theirs", "rules"),
    [
        ("99213", other("20610-RT"), {"MOD-25"}),
        ("99213", other("20610-RT", ahead=False), {"MOD-25"}),
        ("99213-25", other("20610-RT"), set()),
        ("99213", other("99396"), {"MOD-25"}),
        ("99213", other("36415"), set()),
        ("99213", other("93000"), set()),
        ("99213", other("27447"), {"MOD-57"}),
        ("99213-57", other("27447"), set()),
        ("20610-RT", other("99213"), set()),
    ],
)
def test_a_visit_beside_a_procedure_of_another_claim_of_the_day(
    mine: str, theirs: OtherLineView, rules: set[str]
) -> None:
    found = scrub(claim(mine, same_day=(theirs,), known=Known({(Kind.GLOBAL, "27447"): ("090",)})))
    assert {each.rule.code for each in found} == rules
    assert all("on claim T2" in each.issue.sentence for each in found)


@pytest.mark.parametrize("lines", [("80053", "80048"), ("11042", "97597-GC-GP-GO-KX")])
def test_where_no_modifier_helps_or_fits_none_is_proposed(lines: Lines) -> None:
    assert only(claim(*lines, pairs=PAIRS)).issue.fix is None


@pytest.mark.parametrize(
    ("lines", "same_day", "held"),
    [
        (("90472",), (), [1]),
        (("90471", "90472"), (), []),
        (("90472", "90471"), (), []),
        (("90472",), (other("90471"),), []),
        (("90472",), (other("90471", ahead=False),), []),
        (("90472",), (other("99213"),), [1]),
        (("17003*4", "17110"), (), [1]),
        (("17000", "17003*4"), (), []),
        (("G2211", "99214"), (), []),
        (("G2211", "99395"), (), [1]),
        (("99417", "99215"), (), []),
        (("98003", "99417"), (), []),
        (("98015", "99417"), (), []),
        (("99417", "99214"), (), [1]),
        (("96361", "96375"), (), [1, 2]),
    ],
)
def test_an_add_on_needs_its_service(lines: Lines, same_day: tuple[OtherLineView, ...], held: list[int]) -> None:
    assert told(claim(*lines, same_day=same_day)) == [("NCCI-ADDON", number) for number in held]


@pytest.mark.parametrize(
    ("lines", "colleagues", "held"),
    [
        (("99292",), {}, []),
        (("99292",), {"same_specialty": False}, [1]),
        (("99292",), {"day": SOUND.service_date - timedelta(days=1)}, [1]),
        (("99292",), {"procedure": "99233"}, [1]),
        (("90472",), {"procedure": "90471"}, [1]),
    ],
)
def test_only_critical_care_is_continued_by_a_colleague(
    lines: Lines, colleagues: dict[str, Any], held: list[int]
) -> None:
    began = EarlierLineView(**{"claim": "T2", "day": SOUND.service_date, "procedure": "99291"} | colleagues)
    assert told(claim(*lines, earlier=(began,))) == [("NCCI-ADDON", number) for number in held]


LIMITS = {
    "J1100": LimitView(10, "1"),
    "99213": LimitView(2, "3"),
    "81003": LimitView(1, "2"),
    "A0001": LimitView(0, "1"),
}


@pytest.mark.parametrize(
    ("lines", "same_day", "held"),
    [
        (("J1100*10",), (), []),
        (("J1100*11",), (), [("MUE-LINE", 1)]),
        (("J1100*10.5",), (), [("MUE-LINE", 1)]),
        (("J1100*10", "J1100-59*10"), (), []),
        (("J1100*6",), (other("J1100-59*9"),), []),
        (("A0001",), (), [("MUE-LINE", 1)]),
        (("J3301*99",), (), []),
        (("81003",), (), []),
        (("81003*2",), (), [("MUE-DAY-ABSOLUTE", 1)]),
        (("81003", "81003-91"), (), [("MUE-DAY-ABSOLUTE", 2)]),
        (("81003-91",), (other("81003"),), [("MUE-DAY-ABSOLUTE", 1)]),
        (("81003-91",), (other("81003", ahead=False),), []),
        (("99213", "99213-59"), (), []),
        (("99213", "99213-59", "99213-76"), (), [("MUE-DAY", 3)]),
        (("99213-59*2",), (other("99213"),), [("MUE-DAY", 1)]),
    ],
)
def test_units_beyond_a_limit(
    lines: Lines, same_day: tuple[OtherLineView, ...], held: list[tuple[str, int | None]]
) -> None:
    assert told(claim(*lines, limits=LIMITS, same_day=same_day)) == held


def test_a_days_units_are_named_and_only_an_absolute_limit_is_never_overridden() -> None:
    assert only(claim("99213*2", "99213-76*1.5", limits=LIMITS)).issue.sentence.startswith("3.5 units of 99213 are")
    assert [BY_CODE[code].overridable for code in ("MUE-LINE", "MUE-DAY", "MUE-DAY-ABSOLUTE")] == [True, True, False]
    assert all(BY_CODE[code].clinical for code in ("MUE-LINE", "MUE-DAY", "MUE-DAY-ABSOLUTE"))


@pytest.mark.parametrize(
    ("lines", "same_day", "proposed"),
    [
        (("J1100*12.5",), (), (1, "10")),
        (("81003*3",), (), (1, "1")),
        (("99213", "99213-59*3"), (), (2, "1")),
        (("99213*2", "99213-76"), (), None),  # nothing of the last line would be left
        (("99213*2",), (other("99213"),), (1, "1")),
        (("99213*2",), (other("99213*2"),), None),
    ],
)
def test_the_units_within_the_limit_are_proposed_to_a_coder(
    lines: Lines, same_day: tuple[OtherLineView, ...], proposed: tuple[int, str] | None
) -> None:
    found = [
        each for each in scrub(claim(*lines, limits=LIMITS, same_day=same_day)) if each.rule.code.startswith("MUE-")
    ]
    (fix,) = [each.issue.fix for each in found]
    assert (fix and (fix.line, fix.value)) == proposed
    assert fix is None or (fix.clinical and fix.charge_falls)


SEEN = date(2025, 2, 3)


@pytest.mark.parametrize(
    ("lines", "seen_on", "held"),
    [
        (("99203",), SEEN, [1]),
        (("99385",), SEEN, [1]),
        (("81003", "99204"), SEEN, [2]),
        (("99342",), SEEN, [1]),
        (("98001",), SEEN, [1]),
        (("98011",), SEEN, [1]),
        (("99348",), SEEN, []),
        (("98005",), SEEN, []),
        (("98012",), SEEN, []),
        (("99203",), None, []),
        (("99387",), None, []),
        (("99213",), SEEN, []),
        (("99395",), SEEN, []),
    ],
)
def test_a_new_patient_was_not_seen_for_three_years(lines: Lines, seen_on: date | None, held: list[int]) -> None:
    assert told(claim(*lines, seen_on=seen_on)) == [("PX-NEW-PATIENT", number) for number in held]


def test_the_day_of_the_earlier_visit_is_named() -> None:
    assert "on February 3, 2025" in only(claim("99203", seen_on=SEEN)).issue.sentence


@pytest.mark.parametrize(
    ("lines", "held"),
    [
        (("20610-RT", "20610-RT"), [2]),
        (("20610-RT-GC", "20610-GC-RT"), [2]),
        (("20610", "20610", "20610"), [2, 3]),
        (("20610-RT", "20610-LT"), []),
        (("20610-RT", "20610-RT-76"), []),
        (("20610-RT-77", "20610-RT-77"), []),
        (("81003", "81003-91"), []),
        (("81003-59", "81003-59"), []),
        (("81003", "81003-XU"), []),
        (("81003", "81001"), []),
    ],
)
def test_the_same_service_on_two_lines(lines: Lines, held: list[int]) -> None:
    assert told(claim(*lines)) == [("DUP-LINE", number) for number in held]


@pytest.mark.parametrize(
    ("mine", "theirs", "held"),
    [
        ("20610-RT", other("20610-RT"), [1]),
        ("20610-RT-GC", other("20610-GC-RT"), [1]),
        ("20610-RT", other("20610-LT"), []),
        ("20610-RT-76", other("20610-RT-76"), []),
        ("20610-RT-77", other("20610-RT"), []),
        ("81003-91", other("81003-91"), []),
        ("81003-59", other("81003-59"), []),
        ("20610-RT", other("20610-RT", ahead=False), []),
        ("20610-RT", other("20605-RT"), []),
    ],
)
def test_the_same_service_on_a_claim_that_went_ahead(mine: str, theirs: OtherLineView, held: list[int]) -> None:
    view = claim(mine, same_day=(theirs,))
    assert told(view) == [("DUP-CLAIM", number) for number in held]
    assert all("claim T2" in found.issue.sentence for found in scrub(view))


@pytest.mark.parametrize(
    ("lines", "held"),
    [
        (("20610-50",), []),
        (("20610-50-RT",), [1]),
        (("20610-LT-50",), [1]),
        (("20610-LT-RT",), [1]),
        (("20610-50*2",), [1]),
        (("20610-50-LT*2",), [1, 1]),
        (("20610-LT*2",), []),
        (("20610-LT", "20610-RT"), []),
    ],
)
def test_sides_that_contradict(lines: Lines, held: list[int]) -> None:
    assert told(claim(*lines)) == [("PX-LATERALITY", number) for number in held]


def test_one_unit_for_both_sides_is_a_proposal() -> None:
    assert only(claim("20610-50*2")).issue.fix == Fix("line.units", 1, "Set one unit", 1, clinical=True)


EVERYTHING_WRONG = claim(
    "80053", "80048", "90472", "J1100*11", "81003*2", "99213-25*3", "99203-25", "20610-50-LT", "82947", "82947", "36415",
    pairs=PAIRS, limits=LIMITS, seen_on=SEEN, same_day=(other("36415"),),
)  # fmt: skip
COMBINATIONS = [
    code
    for code in BY_CODE
    if code.startswith(("NCCI-", "MUE-", "DUP-")) or code in {"PX-NEW-PATIENT", "PX-LATERALITY"}
]


def test_each_rule_speaks_of_a_claim_in_which_everything_is_wrong() -> None:
    assert {code for code, _ in told(EVERYTHING_WRONG)} == set(COMBINATIONS)


@pytest.mark.parametrize("change", [{"payer_rank": 2}, {"frequency": "8", "payer_claim_number": "P1"}])
def test_what_another_payer_judged_and_what_is_taken_back_is_not_judged_again(change: dict[str, object]) -> None:
    found = {code for code, _ in told(replace(EVERYTHING_WRONG, **change))}  # type: ignore[arg-type]
    assert not found & set(COMBINATIONS)


def test_every_sentence_fits_a_finding() -> None:
    assert max(len(found.issue.sentence) for found in scrub(EVERYTHING_WRONG)) <= 250
