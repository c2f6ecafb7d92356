"""A payer tells several coverages, each with its period: the one that holds on the visit's day is read."""

from datetime import date
from decimal import Decimal

import pytest

from apps.eligibility.rules.kinds import VerdictKind
from tests.eligibility.answers import about_patient
from tests.eligibility.test_verdict import verdict

LAST_YEARS = ("EB*1**30**SILVER 2025", "DTP*291*RD8*20250101-20251231")
THIS_YEARS = ("EB*1**30**GOLD 2026", "DTP*291*RD8*20260101-20261231")
NEXT_YEARS = ("EB*1**30**GOLD 2027", "DTP*291*RD8*20270101-20271231")


@pytest.mark.parametrize(
    "told",
    [(*LAST_YEARS, *THIS_YEARS), (*THIS_YEARS, *LAST_YEARS), (*LAST_YEARS, *THIS_YEARS, *NEXT_YEARS)],
)
def test_of_several_coverages_the_one_of_the_visits_day_is_read(told: tuple[str, ...]):
    found = verdict(about_patient(*told))
    assert (found.kind, found.sentence) == (VerdictKind.ACTIVE, "")
    assert (found.plan, found.begins_on, found.ends_on) == ("GOLD 2026", date(2026, 1, 1), date(2026, 12, 31))


def test_the_end_of_an_old_coverage_is_not_that_of_the_new_one():
    found = verdict(about_patient("EB*1**30**SILVER", "DTP*349*D8*20260831", "EB*1**30**GOLD", "DTP*348*D8*20260901"))
    assert (found.kind, found.plan, found.begins_on, found.ends_on) == (
        VerdictKind.ACTIVE,
        "GOLD",
        date(2026, 9, 1),
        None,
    )


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (LAST_YEARS, "Coverage ended on Dec 31, 2025."),
        (NEXT_YEARS, "Coverage begins only on Jan 1, 2027."),
        ((*LAST_YEARS, *NEXT_YEARS), "Coverage begins only on Jan 1, 2027."),
        (("EB*1**30**OLD", "DTP*349*D8*20240630", *LAST_YEARS), "Coverage ended on Dec 31, 2025."),
    ],
)
def test_where_none_holds_on_the_visits_day_the_nearest_is_told(told: tuple[str, ...], sentence: str):
    found = verdict(about_patient(*told))
    assert (found.kind, found.sentence) == (VerdictKind.INACTIVE, sentence)


OTHER = ("LS*2120", "NM1*PR*2*BLUEBONNET MUTUAL*****PI*BBMU2", "LE*2120")


@pytest.mark.parametrize(
    ("period", "kind"),
    [
        ("DTP*290*RD8*20250101-20251231", VerdictKind.ACTIVE),
        ("DTP*290*RD8*20270101-20271231", VerdictKind.ACTIVE),
        ("DTP*349*D8*20260916", VerdictKind.ACTIVE),
        ("DTP*290*RD8*20260101-20261231", VerdictKind.OTHER_PAYER),
        ("DTP*290*D8*20260101", VerdictKind.OTHER_PAYER),
        ("DTP*290*D8*20261001", VerdictKind.ACTIVE),
        ("DTP*349*D8*20260917", VerdictKind.OTHER_PAYER),
    ],
)
def test_another_payer_counts_while_its_period_holds(period: str, kind: VerdictKind):
    found = verdict(about_patient("EB*1**30", "EB*R**30", period, *OTHER))
    assert found.kind is kind
    assert bool(found.other_payer) is (kind is VerdictKind.OTHER_PAYER)


def test_of_several_other_payers_the_one_that_holds_is_named():
    ended = ("EB*R**30", "DTP*290*RD8*20240101-20241231", "LS*2120", "NM1*PR*2*OLD MILL*****PI*OM1", "LE*2120")
    found = verdict(about_patient("EB*1**30", *ended, "EB*R**30", "DTP*290*D8*20260101", *OTHER))
    assert found.sentence == "BLUEBONNET MUTUAL pays first."


@pytest.mark.parametrize(
    ("indicator", "told", "kind"),
    [
        ("MB", ("EB*1**30*MA",), VerdictKind.INACTIVE),
        ("MB", ("EB*1**30*MA", "EB*6**30*MB"), VerdictKind.INACTIVE),
        ("MB", ("EB*1**30*MA", "EB*1**30*MB"), VerdictKind.ACTIVE),
        ("MB", ("EB*1**30*MB",), VerdictKind.ACTIVE),
        ("MB", ("EB*1**30",), VerdictKind.ACTIVE),
        ("CI", ("EB*1**30*MA",), VerdictKind.ACTIVE),
    ],
)
def test_the_hospital_part_of_medicare_pays_no_office_visit(indicator: str, told: tuple[str, ...], kind: VerdictKind):
    assert verdict(about_patient(*told), filing_indicator=indicator).kind is kind


def test_what_was_paid_so_far_is_no_deductible():
    found = verdict(about_patient("EB*1**30", "EB*C*IND*30***23*1500*****Y", "EB*C*IND*30***24*350*****Y"))
    assert found.cost_share.deductible == (Decimal(1500),)


def test_a_hospital_stays_deductible_is_not_the_visits():
    told = ("EB*1**30*MB", "EB*C**30*MA**26*1676", "EB*C**30*MB**23*257")
    assert verdict(about_patient(*told), filing_indicator="MB").cost_share.deductible == (Decimal(257),)
