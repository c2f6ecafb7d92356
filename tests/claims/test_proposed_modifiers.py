"""A proposed modifier fits on its line: one that would be the fifth is no fix, for what it sets could not be sent (X222A1 SV101-3 to 6)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.claims.rules.code_facts import Kind, Known
from apps.claims.rules.findings import Fix, Found
from apps.claims.rules.payer_rules import Action, RuleSet, RuleSpec
from apps.claims.rules.registry import scrub
from apps.claims.rules.snapshot import ClaimView, TelehealthView
from apps.claims.rules.surroundings import EarlierLineView, Surroundings
from tests.claims.sound import SOUND, billing

BEFORE = EarlierLineView("T2", SOUND.service_date - timedelta(days=20), "27447", global_days=90)
TOMORROW = replace(BEFORE, day=SOUND.service_date + timedelta(days=1))
KNOWN = Known(
    {
        (Kind.PREVENTIVE, "80061"): ("33",),
        (Kind.PARTS, "93000"): ("1",),
        (Kind.DRUG, "J9999"): ("single",),
        (Kind.LAB, "81003"): ("qw",),
        (Kind.GLOBAL, "27447"): ("090",),
    }
)
VIDEO = TelehealthView(video_modifier="95", source="a bulletin")
MEDICARE = {"payer": replace(SOUND.payer, filing_indicator="MB")}


def of(view: ClaimView, rule: str) -> Found:
    (found,) = [each for each in scrub(view) if each.rule.code == rule]
    return found


@pytest.mark.parametrize(
    ("rule", "code", "others", "fields"),
    [
        ("MOD-25", "99213", ("20610-RT",), {}),
        ("MOD-57", "99213", ("27447",), {}),
        ("PX-GLOBAL", "99213", (), {"earlier": (BEFORE,)}),
        ("PX-GLOBAL", "99213", (), {"earlier": (TOMORROW,)}),
        ("NCCI-PTP", "97597", ("11042",), {"pairs": {("11042", "97597"): "1"}}),
        ("MOD-33", "80061", (), {"diagnoses": ("Z1322",)}),
        ("MOD-TC", "93000", (), {"place_of_service": "21"}),
        ("PX-DRUG-WASTE", "J9999", (), MEDICARE),
        ("MOD-QW", "81003", (), MEDICARE),
        ("MOD-TELEHEALTH", "99213", (), {"payer": replace(SOUND.payer, telehealth=VIDEO), "place_of_service": "10"}),
    ],
)
def test_a_modifier_is_proposed_while_the_line_has_a_place_for_it(
    rule: str, code: str, others: tuple[str, ...], fields: dict[str, object]
) -> None:
    around = {"known": KNOWN, **{name: value for name, value in fields.items() if name in {"earlier", "pairs"}}}
    rest = {name: value for name, value in fields.items() if name not in around}
    assert SOUND.facility
    rest["facility"] = replace(SOUND.facility, clia="45D1234567", clia_certificate="waiver")

    def fix(modifiers: str) -> Fix | None:
        view = billing(f"{code}{modifiers}", *others, around=Surroundings(**around), **rest)  # type: ignore[arg-type]
        return of(view, rule).issue.fix

    third = fix("-GC-GP-GO")
    assert third is not None
    assert len(third.value) == 4  # type: ignore[arg-type]
    assert fix("-GC-GP-GO-KX") is None


@pytest.mark.parametrize(("modifiers", "proposed"), [("-GC-GP-GO", ["SC", "GC", "GP", "GO"]), ("-GC-GP-GO-KX", None)])
def test_a_rule_of_the_practice_s_own_proposes_no_fifth_modifier(modifiers: str, proposed: list[str] | None) -> None:
    conditions = {"all": [{"field": "line.procedure", "operator": "is", "value": "99213"}]}
    spec = RuleSpec(1, "A rule", "It wants SC.", conditions, Action.SET, set_field="line.modifiers", set_value="SC")
    (found,) = RuleSet([spec]).found(billing(f"99213{modifiers}"))
    assert (found.issue.fix.value if found.issue.fix else None) == proposed
