"""A claim that came before another of the patient's day was scrubbed without it: it is scrubbed anew once that one has come."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from apps.claims.models import Claim
from apps.claims.services import build_claims, scrub_claims
from apps.claims.states import ClaimStatus
from apps.intake.models import Encounter
from tests.factories.intake import ChargeFactory, EncounterFactory
from tests.factories.practice import PracticeFactory, ProviderFactory

pytestmark = pytest.mark.django_db

HELD, READY = ClaimStatus.EXCEPTION, ClaimStatus.READY


def visit(codes: str, **fields: Any) -> Encounter:
    """ "99213-25 20610" are its lines."""
    encounter: Encounter = EncounterFactory(charges=(), **fields)
    for number, line in enumerate(codes.split(), 1):
        procedure, *modifiers = line.split("-")
        ChargeFactory(encounter=encounter, number=number, procedure=procedure, modifiers=modifiers)
    return encounter


def again(first: Encounter, codes: str, **fields: Any) -> Encounter:
    same = {name: getattr(first, name) for name in ("patient", "coverage", "provider", "service_date")}
    return visit(codes, **{**same, **fields})


def scrubbed(now: datetime) -> list[str]:
    """All claims' states, in the order in which they came, once no draft is left."""
    build_claims(now=now)
    for _ in range(3):
        scrub_claims(now=now)
    return list(Claim.objects.order_by("pk").values_list("status", flat=True))


@pytest.mark.parametrize(
    ("first", "second"),
    [("90471", "90656"), ("71046-76", "71046"), ("G2211", "99213")],
    ids=["vaccine", "done again", "add-on"],
)
def test_what_a_claim_lacked_may_come_on_another(first: str, second: str, now: datetime) -> None:
    PracticeFactory()
    one = visit(first)
    assert scrubbed(now) == [HELD]
    again(one, second)
    assert scrubbed(now + timedelta(hours=1)) == [READY, READY]
    told = Claim.objects.earliest("pk").events.values_list("what", flat=True)
    assert "Another visit of the patient that day came in. Scrubbed again." in told


def test_a_visit_that_waits_to_be_sent_is_judged_beside_a_procedure_that_came_after_it(now: datetime) -> None:
    PracticeFactory()
    one = visit("99213")
    assert scrubbed(now) == [READY]
    again(one, "20610-RT")
    assert scrubbed(now + timedelta(hours=1)) == [HELD, READY]
    assert list(Claim.objects.earliest("pk").findings.values_list("rule", flat=True)) == ["MOD-25"]


@pytest.mark.parametrize("other", ["day", "patient", "under way"])
def test_what_has_nothing_to_do_with_it_stays(other: str, now: datetime) -> None:
    PracticeFactory()
    one = visit("99213")
    scrubbed(now)
    if other == "under way":
        Claim.objects.update(status=ClaimStatus.SUBMITTED)
    events = Claim.objects.get().events.count()
    later = now + timedelta(hours=1)
    if other == "patient":
        visit("99213")
    else:
        again(one, "99213-25", **({"service_date": date(2026, 9, 10)} if other == "day" else {}))
    scrubbed(later)
    assert Claim.objects.earliest("pk").events.count() == events


def test_two_that_hold_each_other_back_come_to_rest(now: datetime) -> None:
    PracticeFactory()
    one = visit("90471")
    scrubbed(now)
    again(one, "90472", provider=ProviderFactory())
    assert scrubbed(now + timedelta(hours=1)) == [HELD, HELD]
    assert scrub_claims(now=now + timedelta(hours=2)).held == 0
