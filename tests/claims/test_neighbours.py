"""A claim that came before another of the patient's day was scrubbed without it: it is scrubbed anew once that one has come."""

from concurrent.futures import Future
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from apps.automations.sweeping import left_behind
from apps.claims.models import Claim, Finding
from apps.claims.services import ScrubResult, build_claims, scrub_claims
from apps.claims.services.lock_claims import lock_claims
from apps.claims.states import ClaimStatus
from apps.intake.models import Encounter
from tests.factories.intake import ChargeFactory, EncounterFactory
from tests.factories.practice import PracticeFactory
from tests.locks import elsewhere, happening_after

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


@pytest.mark.django_db(transaction=True)
def test_one_that_somebody_holds_when_the_other_comes_is_scrubbed_anew_later(now: datetime) -> None:
    PracticeFactory()
    one = visit("90471")
    assert scrubbed(now) == [HELD]
    again(one, "90656")
    later = now + timedelta(hours=1)
    assert build_claims(now=later).built == 1
    with transaction.atomic():
        list(lock_claims(Claim.objects.filter(status=HELD)))
        assert elsewhere(lambda: scrub_claims(now=later)).result().passed == 1
    assert left_behind(now=later) == (("build_claims", ""),)
    assert scrubbed(later) == [READY, READY]
    assert left_behind(now=later) == ()


@pytest.mark.django_db(transaction=True)
def test_one_that_is_being_scrubbed_when_the_other_comes_is_scrubbed_anew_later(now: datetime) -> None:
    """Its scrubber has read what it lacks; what that found is seen by nobody until it has committed."""
    PracticeFactory()
    one = visit("90471")
    build_claims(now=now)
    other: list[Future[ScrubResult]] = []

    def comes() -> ScrubResult:
        again(one, "90656")
        assert build_claims(now=now + timedelta(seconds=1)).built == 1
        return scrub_claims(now=now + timedelta(seconds=2))

    def has_judged(sql: str) -> bool:
        return sql.startswith("UPDATE") and Finding._meta.db_table in sql

    with happening_after(has_judged, lambda: other.append(elsewhere(comes))):
        assert scrub_claims(now=now).held == 1
    assert other[0].result().passed == 1
    later = now + timedelta(hours=1)
    assert left_behind(now=later) == (("build_claims", ""),)
    assert scrubbed(later) == [READY, READY]
    assert left_behind(now=later) == ()


def test_two_of_which_neither_brings_what_the_other_lacks_come_to_rest(now: datetime) -> None:
    PracticeFactory()
    one = visit("90471")
    scrubbed(now)
    again(one, "90472")
    assert scrubbed(now + timedelta(hours=1)) == [HELD, HELD]
    judged = Claim.objects.earliest("pk").findings.filter(rule="PX-VACCINE").count()
    assert judged == 2, "It was not scrubbed beside the other."
    assert scrub_claims(now=now + timedelta(hours=2)).held == 0
