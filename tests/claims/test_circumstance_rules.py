"""Accidents, referral and the providers beside the rendering one: the rules by table, what is written, and how it comes from a visit."""

from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from apps.claims.encode.judge import judge
from apps.claims.models import Claim
from apps.claims.rules.fields import BadValueError, Change, value_of
from apps.claims.rules.registry import scrub
from apps.claims.rules.snapshot import ClaimView, OtherProviderView
from apps.claims.rules.surroundings import Surroundings
from apps.claims.selectors.snapshots import snapshots
from apps.claims.services import build_claims
from apps.connectors.ports.ehr import EhrVisitFacts
from apps.intake.models import OF_EVERY_PAYER, VISIT_FACTS
from tests.claims.sound import SOUND
from tests.claims.test_encode import read_back, written
from tests.factories.claims import ClaimFactory
from tests.factories.intake import EncounterFactory
from tests.factories.numbers import npi
from tests.factories.practice import ProviderFactory

DAY = SOUND.service_date
CRASH = {"accident_causes": ("AA",), "accident_date": DAY - timedelta(days=2), "accident_state": "TX"}
OTHERS = OtherProviderView("Ida", "Grey", npi(31_000_000))
MEDICARE = replace(SOUND.payer, filing_indicator="MB")


def said(claim: ClaimView) -> dict[str, str]:
    return {each.rule.code: each.issue.sentence for each in scrub(claim)}


@pytest.mark.parametrize(
    ("plan", "facts", "rules"),
    [
        ("CI", {}, set()),
        ("AM", CRASH, set()),
        ("CI", CRASH, {"COV-ACCIDENT-PAYER"}),
        ("LM", CRASH, set()),
        ("AM", {**CRASH, "accident_date": None}, {"COV-ACCIDENT-DATE"}),
        ("AM", {**CRASH, "accident_date": DAY}, set()),
        ("AM", {**CRASH, "accident_date": DAY + timedelta(days=1)}, {"COV-ACCIDENT-DATE"}),
        ("AM", {**CRASH, "accident_state": ""}, {"COV-ACCIDENT-STATE"}),
        ("AM", {**CRASH, "accident_state": "ZZ"}, {"COV-ACCIDENT-STATE"}),
        ("AM", {}, {"COV-ACCIDENT-PAYER"}),
        ("WC", {}, {"COV-ACCIDENT-PAYER"}),
        ("WC", {"accident_causes": ("EM",), "accident_date": DAY}, set()),
        ("WC", {"accident_causes": ("EM",)}, {"COV-ACCIDENT-DATE"}),
        ("VA", {"accident_causes": ("EM",)}, set()),
        ("CI", {"accident_causes": ("EM",)}, {"COV-ACCIDENT-PAYER"}),
        ("CI", {"accident_causes": ("OA",), "accident_date": DAY}, set()),
        ("CI", {"accident_causes": ("OA",)}, {"COV-ACCIDENT-DATE"}),
        ("CI", {"accident_date": DAY}, {"COV-ACCIDENT-DATE"}),
        ("CI", {"accident_state": "ZZ"}, {"COV-ACCIDENT-STATE"}),
    ],
)
def test_an_accident_has_its_day_its_state_and_its_payer(plan: str, facts: dict[str, Any], rules: set[str]) -> None:
    assert set(said(replace(SOUND, payer=replace(SOUND.payer, filing_indicator=plan), **facts))) == rules


@pytest.mark.parametrize("role", ["referring", "supervising", "ordering"])
@pytest.mark.parametrize(
    ("change", "sound"),
    [({}, True), ({"last_name": " "}, False), ({"npi": ""}, False), ({"npi": "1234567890"}, False), ({"first_name": ""}, True)],
)  # fmt: skip
def test_a_provider_who_is_named_has_a_name_and_an_npi(role: str, change: dict[str, str], sound: bool) -> None:
    claim = replace(SOUND, **{role: replace(OTHERS, **change)})
    assert set(said(claim)) == (set() if sound else {f"PRV-{role.upper()}"})


@pytest.mark.parametrize(("referring", "rules"), [(None, {"PRV-REFERRAL"}), (OTHERS, set())])
def test_a_referral_names_who_referred(referring: OtherProviderView | None, rules: set[str]) -> None:
    assert set(said(replace(SOUND, referral_number="R1", referring=referring))) == rules


@pytest.mark.parametrize(
    ("fields", "seen", "words"),
    [
        ({}, True, ""),
        ({}, None, ""),
        ({}, False, "Nothing shows that Ida Grey saw patients here"),
        ({"payer": SOUND.payer}, False, ""),
        ({"supervising": None}, False, ""),
        ({"supervising": replace(OTHERS, npi=SOUND.provider.npi)}, True, "is the rendering one"),
        ({"frequency": "8", "payer_claim_number": "P1"}, False, ""),
    ],
)
def test_a_service_incident_to_a_physicians_needs_the_supervisor_at_hand(
    fields: dict[str, Any], seen: bool | None, words: str
) -> None:
    claim = replace(SOUND, **{"payer": MEDICARE, "supervising": OTHERS, **fields})
    found = said(replace(claim, around=Surroundings(supervisor_seen=seen)))
    assert set(found) == ({"PRV-INCIDENT"} if words else set())
    assert words in found.get("PRV-INCIDENT", "")


def test_what_a_visit_tells_is_written_where_the_guide_has_it(now: datetime) -> None:
    told = replace(
        SOUND,
        **CRASH,
        referral_number="R1",
        referring=OTHERS,
        supervising=OTHERS,
        ordering=replace(OTHERS, first_name=""),
    )
    assert judge(written(now, told)) == []
    claim = read_back(now, told)
    assert (claim.accident_causes, claim.accident_date, claim.accident_state) == (
        ("AA",),
        DAY - timedelta(days=2),
        "TX",
    )
    assert (claim.referral_number, claim.prior_authorization) == ("R1", "")
    assert claim.referring is not None
    assert claim.supervising is not None
    assert (claim.referring.last_name, claim.referring.npi, claim.supervising.first_name) == ("Grey", OTHERS.npi, "Ida")
    assert [line.ordering.npi if line.ordering else "" for line in claim.lines] == [OTHERS.npi]


def test_the_state_stands_with_an_auto_accident_only(now: datetime) -> None:
    worked = replace(SOUND, accident_causes=("EM",), accident_date=DAY, accident_state="TX")
    assert judge(written(now, worked)) == []
    assert (read_back(now, worked).accident_causes, read_back(now, worked).accident_state) == (("EM",), "")


def test_the_port_and_the_rows_have_the_same_names() -> None:
    assert {each.name for each in fields(EhrVisitFacts)} == set(VISIT_FACTS)


FACTS = {
    "accident_causes": ["AA", "EM"],
    "accident_date": date(2026, 9, 14),
    "accident_state": "TX",
    "prior_authorization": "A1",
    "referral_number": "R1",
    "referring_first_name": "Ida",
    "referring_last_name": "Grey",
    "referring_npi": OTHERS.npi,
    "supervising_npi": OTHERS.npi,
}


@pytest.mark.django_db
def test_a_visits_facts_reach_its_claim_and_its_snapshot(now: datetime) -> None:
    EncounterFactory(**FACTS)
    build_claims(now=now)
    claim = Claim.objects.get()
    assert {name: getattr(claim, name) for name in FACTS} == FACTS
    view = snapshots([claim.pk], today=DAY)[claim.pk]
    assert (view.accident_causes, view.accident_date, view.accident_state) == (("AA", "EM"), date(2026, 9, 14), "TX")
    assert (view.referral_number, view.prior_authorization) == ("R1", "A1")
    assert (view.referring, view.supervising, view.ordering) == (OTHERS, OtherProviderView("", "", OTHERS.npi), None)
    assert {"prior_authorization", "referral_number"}.isdisjoint(OF_EVERY_PAYER)


@pytest.mark.django_db
@pytest.mark.parametrize(("ours", "visits", "seen"), [(False, False, None), (True, False, False), (True, True, True)])
def test_a_supervisor_of_ours_is_looked_for_in_the_days_visits(ours: bool, visits: bool, seen: bool | None) -> None:
    claim = ClaimFactory(supervising_npi=OTHERS.npi)
    if ours:
        supervisor = ProviderFactory(npi=OTHERS.npi)
        EncounterFactory(provider=supervisor, service_date=claim.service_date - timedelta(days=1))
        if visits:
            EncounterFactory(provider=supervisor, service_date=claim.service_date)
    assert snapshots([claim.pk], today=DAY, for_rules=True)[claim.pk].around.supervisor_seen is seen


@pytest.mark.parametrize(("typed", "causes"), [("", []), ("aa", ["AA"]), ("AA EM", ["AA", "EM"]), (["OA"], ["OA"])])
def test_causes_are_typed_as_the_guide_writes_them(typed: object, causes: list[str]) -> None:
    assert value_of(Change("claim.accident_causes", typed)) == causes


def test_a_cause_that_is_none_is_told() -> None:
    with pytest.raises(BadValueError, match="Accident"):
        value_of(Change("claim.accident_causes", "FALL"))
