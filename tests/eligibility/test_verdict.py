"""A payer's 271, byte for byte, and what it comes to."""

from datetime import date
from decimal import Decimal

import pytest

from apps.eligibility.rules.benefits import CostShare
from apps.eligibility.rules.kinds import VerdictKind
from apps.eligibility.rules.rejections import Turn, meaning_of
from apps.eligibility.rules.verdict import OtherPayer, Verdict, judge
from apps.x12 import read
from apps.x12.guides.x271 import EligibilityResponse
from tests.eligibility.answers import about_patient, about_provider, from_payer

VISIT = date(2026, 9, 17)


def verdict(payload: bytes, **options: str) -> Verdict:
    (transaction,) = read(payload).transactions
    assert isinstance(transaction.body, EligibilityResponse)
    return judge(transaction.body, **{"trace": "t1", "on": VISIT} | options)


@pytest.mark.parametrize("code", ["1", "2", "3", "4", "5"])
def test_codes_1_to_5_mean_covered(code: str):
    found = verdict(about_patient(f"EB*{code}**30**GOLD 500"))
    assert (found.kind, found.turn, found.sentence, found.plan) == (VerdictKind.ACTIVE, Turn.NOBODY, "", "GOLD 500")


@pytest.mark.parametrize("code", ["6", "7", "8"])
def test_codes_6_to_8_mean_not_covered(code: str):
    found = verdict(about_patient(f"EB*{code}**30"))
    assert (found.kind, found.turn) == (VerdictKind.INACTIVE, Turn.FRONT_DESK)


@pytest.mark.parametrize(
    ("segments", "kind", "sentence"),
    [
        (["EB*6**35", "EB*1**30"], VerdictKind.ACTIVE, ""),
        (["EB*1**35", "EB*6**30"], VerdictKind.INACTIVE, "The plan is not active."),
        (["EB*6**30**OLD PLAN", "EB*1**30**NEW PLAN"], VerdictKind.ACTIVE, ""),
        (["DTP*347*D8*20260831", "EB*1**30"], VerdictKind.INACTIVE, "Coverage ended on Aug 31, 2026."),
        (["DTP*347*D8*20260917", "EB*1**30"], VerdictKind.ACTIVE, ""),
        (["DTP*346*D8*20261001", "EB*1**30"], VerdictKind.INACTIVE, "Coverage begins only on Oct 1, 2026."),
        (["DTP*291*RD8*20260101-20260630", "EB*1**30"], VerdictKind.INACTIVE, "Coverage ended on Jun 30, 2026."),
        (["DTP*291*D8*20260101", "EB*1**30"], VerdictKind.ACTIVE, ""),
        (["EB*6**30", "DTP*349*D8*20260331"], VerdictKind.INACTIVE, "Coverage ended on Mar 31, 2026."),
        (["EB*1**30", "EB*I**98"], VerdictKind.INACTIVE, "The plan does not cover this kind of visit."),
        (["EB*V**30"], VerdictKind.UNKNOWN, "The payer asks for a phone call about this patient."),
        (["EB*U**30"], VerdictKind.UNKNOWN, "The payer asks for a phone call about this patient."),
        (["EB*L"], VerdictKind.UNKNOWN, "The payer's answer does not say whether the plan is active."),
        ([], VerdictKind.UNKNOWN, "The payer's answer does not say whether the plan is active."),
    ],
)
def test_the_status_is_read_for_the_visit_and_its_day_not_from_the_first_benefit(
    segments: list[str], kind: VerdictKind, sentence: str
):
    found = verdict(about_patient(*segments))
    assert (found.kind, found.sentence) == (kind, sentence)


def test_cost_share_is_chosen_by_service_type_network_and_level():
    found = verdict(
        about_patient(
            "EB*1**30**GOLD 500",
            "EB*B*IND*UC***27*75*****Y",
            "EB*B*IND*98***27*60*****N",
            "EB*B*IND*98***27*30*****Y",
            "EB*B*IND*30***27*45*****Y",
            "EB*A*IND*30***27**.2****Y",
            "EB*C*FAM*30***23*3000*****Y",
            "EB*C*IND*30***23*1500*****Y",
            "EB*C*FAM*30***29*2400*****Y",
            "EB*C*IND*30***29*850.25*****Y",
            "EB*G*IND*30***29*4100*****Y",
        )
    )
    assert found.cost_share == CostShare(
        copay=(Decimal(30),),
        coinsurance=(Decimal("0.2"),),
        deductible=(Decimal(1500),),
        deductible_left=(Decimal("850.25"),),
        out_of_pocket_left=(Decimal(4100),),
    )


def test_two_copays_that_nothing_tells_apart_are_both_kept():
    found = verdict(about_patient("EB*1**30", "EB*B*IND*98***27*50*****Y", "EB*B*IND*98***27*25*****Y"))
    assert found.cost_share.copay == (Decimal(25), Decimal(50))


def test_a_benefit_of_another_network_alone_is_not_ours():
    assert verdict(about_patient("EB*1**30", "EB*B*IND*98***27*80*****N")).cost_share.copay == ()


OTHER = [
    "EB*1**30",
    "EB*R**30",
    "REF*IG*BBM112233445",
    "LS*2120",
    "NM1*{role}*2*BLUEBONNET MUTUAL*****PI*BBMU2",
    "LE*2120",
]


def with_role(role: str, insurance_type: str = "") -> bytes:
    segments = [segment.replace("{role}", role) for segment in OTHER]
    if insurance_type:
        segments[1] = f"EB*R**30*{insurance_type}"
    return about_patient(*segments)


@pytest.mark.parametrize("role", ["PRP", "PR", "P4"])
def test_another_payer_that_pays_first_is_named(role: str):
    found = verdict(with_role(role))
    assert (found.kind, found.sentence) == (VerdictKind.OTHER_PAYER, "BLUEBONNET MUTUAL pays first.")
    assert found.other_payer == OtherPayer("BLUEBONNET MUTUAL", "BBMU2", "BBM112233445")


@pytest.mark.parametrize(("length", "shown"), [(60, "B" * 60), (61, "B" * 59 + "…"), (400, "B" * 59 + "…")])
def test_a_name_longer_than_the_guide_allows_is_cut(length: int, shown: str):
    found = verdict(with_role("PR").replace(b"BLUEBONNET MUTUAL", b"B" * length))
    assert found.sentence == f"{shown} pays first."
    assert found.other_payer is not None
    assert found.other_payer.name == shown


def test_a_payer_that_pays_later_changes_nothing():
    assert verdict(with_role("SEP")).kind is VerdictKind.ACTIVE


@pytest.mark.parametrize(
    ("indicator", "insurance_type", "sentence"),
    [
        ("MB", "HN", "BLUEBONNET MUTUAL stands in this plan's place."),
        ("MB", "12", "BLUEBONNET MUTUAL pays first."),
        ("CI", "HN", "BLUEBONNET MUTUAL pays first."),
    ],
)
def test_a_medicare_advantage_plan_stands_in_medicares_place(indicator: str, insurance_type: str, sentence: str):
    assert verdict(with_role("PR", insurance_type), filing_indicator=indicator).sentence == sentence


def test_a_qualified_medicare_beneficiary_is_noticed():
    assert verdict(about_patient("EB*1**30", "EB*1**30*QM")).medicaid_pays_cost_share


@pytest.mark.parametrize(
    ("reason", "follow_up", "turn", "not_found"),
    [
        ("58", "C", Turn.FRONT_DESK, True),
        ("62", "C", Turn.RETRY_FOR_TODAY, False),
        ("63", "C", Turn.RETRY_FOR_TODAY, False),
        ("63", "N", Turn.FRONT_DESK, False),
        ("71", "C", Turn.FRONT_DESK, True),
        ("72", "C", Turn.FRONT_DESK, True),
        ("75", "C", Turn.FRONT_DESK, True),
        ("41", "N", Turn.ADMINISTRATOR, False),
        ("43", "C", Turn.ADMINISTRATOR, False),
        ("50", "N", Turn.ADMINISTRATOR, False),
        ("79", "C", Turn.ADMINISTRATOR, False),
        ("T4", "C", Turn.ADMINISTRATOR, False),
        ("42", "R", Turn.RETRY, False),
        ("42", "N", Turn.FRONT_DESK, False),
        ("42", "Y", Turn.FRONT_DESK, False),
        ("80", "", Turn.RETRY, False),
        ("75", "P", Turn.RETRY, True),
        ("33", "C", Turn.FRONT_DESK, False),
    ],
)
def test_a_rejection_says_whose_turn_it_is(reason: str, follow_up: str, turn: Turn, not_found: bool):
    meaning = meaning_of(reason, follow_up)
    assert (meaning.turn, meaning.not_found) == (turn, not_found)


@pytest.mark.parametrize(
    ("payload", "kind", "turn", "sentence"),
    [
        (
            about_patient("AAA*Y**75*C"),
            VerdictKind.NOT_FOUND,
            Turn.FRONT_DESK,
            "The payer cannot find this subscriber.",
        ),
        (
            about_provider("AAA*Y**50*N"),
            VerdictKind.UNKNOWN,
            Turn.ADMINISTRATOR,
            "The practice is not enrolled to ask this payer.",
        ),
        (from_payer("AAA*Y**42*R"), VerdictKind.UNKNOWN, Turn.RETRY, "The payer cannot answer right now."),
        (
            about_patient("AAA*Y**42*R", "AAA*Y**72*C"),
            VerdictKind.NOT_FOUND,
            Turn.FRONT_DESK,
            "The payer does not know this member ID.",
        ),
    ],
)
def test_a_rejection_is_read_at_every_level(payload: bytes, kind: VerdictKind, turn: Turn, sentence: str):
    found = verdict(payload)
    assert (found.kind, found.turn, found.sentence) == (kind, turn, sentence)


def test_an_answer_about_somebody_else_is_not_taken():
    found = verdict(about_patient("EB*1**30", trace="somebody-else"))
    assert (found.kind, found.sentence) == (VerdictKind.UNKNOWN, "The payer's answer does not name this patient.")
