"""A further payer's claim repeats what the first payer judged: its coding is not judged again (docs/scrubbing.md)."""

from dataclasses import replace

import pytest

from apps.claims.rules.registry import scrub
from apps.claims.rules.snapshot import ClaimView
from tests.claims.sound import SOUND, billing

MEDICARE = replace(SOUND.payer, filing_indicator="MB")
PHYSICIAN = replace(SOUND.provider, taxonomy="207Q00000X")


def codes(view: ClaimView) -> set[str]:
    return {each.rule.code for each in scrub(view)}


@pytest.mark.parametrize(
    ("view", "rule"),
    [
        (billing("99213", "20610"), "MOD-25"),
        (billing("99213-59"), "MOD-VISIT"),
        (billing("99213-GA-GZ"), "MOD-ABN"),
        (billing("71046-26-TC"), "MOD-TC"),
        (billing("27447-80-AS", provider=PHYSICIAN), "MOD-ASSISTANT"),
        (billing("99213-25", "G2211", "20610", payer=MEDICARE), "PX-G2211"),
        (billing("90471"), "PX-VACCINE"),
        (billing("90471", "90471", "90686"), "PX-VACCINE-FIRST"),
        (billing("80053", payer=MEDICARE), "PX-CLIA"),
        (billing("99213", "99213"), "DUP-LINE"),
        (billing("99213-LT-RT"), "PX-LATERALITY"),
    ],
)
def test_the_first_payer_is_asked_and_the_further_one_is_not(view: ClaimView, rule: str) -> None:
    assert rule in codes(view)
    assert rule not in codes(replace(view, payer_rank=2))


@pytest.mark.parametrize(
    ("view", "rule"),
    [
        (billing("99213-2"), "MOD-SHAPE"),
        (billing("9921"), "PX-SHAPE"),
        (replace(SOUND, diagnoses=("J01", "9")), "DX-SHAPE"),
        (replace(SOUND, coverage=replace(SOUND.coverage, member_id="")), "COV-MEMBER-ID"),
    ],
)
def test_what_x12_and_the_payer_itself_ask_holds_for_both(view: ClaimView, rule: str) -> None:
    assert rule in codes(view)
    assert rule in codes(replace(view, payer_rank=2))
