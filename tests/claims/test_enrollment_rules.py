"""Enrollment and filing clocks: what the rules find, and that the payer directory reaches them."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from apps.claims.models import Claim, Finding
from apps.claims.rules.enrollment import RULES
from apps.claims.rules.filing import FilingClock
from apps.claims.rules.registry import BY_CODE
from apps.claims.rules.snapshot import ClaimView, EnrollmentView
from apps.claims.selectors.filing import file_by
from apps.claims.selectors.snapshots import snapshots
from apps.claims.services import scrub_claims
from apps.claims.states import ClaimStatus
from apps.practice.models import PayerChannel
from tests.claims.sound import SOUND
from tests.factories.claims import ClaimFactory
from tests.factories.connectors import ConnectionFactory
from tests.factories.practice import (
    PayerChannelFactory,
    PayerDeadlineFactory,
    PracticeFactory,
    ProviderEnrollmentFactory,
)

SERVED = SOUND.service_date
BEFORE, AFTER = date(2020, 1, 1), date(2030, 1, 1)


def said(claim: ClaimView, code: str) -> list[str]:
    return [issue.sentence for issue in BY_CODE[code].check(claim)]


@pytest.mark.parametrize(
    ("enrollments", "words"),
    [
        (None, ""),
        ((EnrollmentView("active", SERVED),), ""),
        ((EnrollmentView("active", BEFORE, SERVED),), ""),
        ((EnrollmentView("refused"), EnrollmentView("active", BEFORE)), ""),
        ((), "No enrollment is on file."),
        ((EnrollmentView("active", AFTER),), "It begins on January 1, 2030."),
        ((EnrollmentView("active", BEFORE, date(2020, 6, 30)),), "It ended on June 30, 2020."),
        ((EnrollmentView("to_do"),), "Enrollment is still to do."),
        ((EnrollmentView("applied", BEFORE),), "It was applied for and is not active yet."),
        ((EnrollmentView("refused"),), "The payer refused it."),
    ],
)
def test_a_provider_is_enrolled_with_the_payer_on_the_date_of_service(
    enrollments: tuple[EnrollmentView, ...] | None, words: str
) -> None:
    found = said(replace(SOUND, enrollments=enrollments), "PRV-ENROLLED")
    assert len(found) == bool(words)
    assert all(words in each and "do not bill it under a colleague" in each for each in found)


def test_a_void_is_not_held_for_an_enrollment() -> None:
    assert said(replace(SOUND, enrollments=(), frequency="8"), "PRV-ENROLLED") == []


def test_a_closed_channel_holds_the_claim_with_its_reason() -> None:
    assert said(SOUND, "COV-PAYER-CHANNEL") == []
    closed = replace(SOUND, payer=replace(SOUND.payer, claims_closed="Enrollment is still to do."))
    assert said(closed, "COV-PAYER-CHANNEL") == ["Enrollment is still to do. See Settings, Payers."]


def test_what_stops_may_be_overridden_with_a_reason() -> None:
    assert [(rule.severity, rule.overridable) for rule in RULES] == [
        ("block", True),
        ("warn", False),
        ("block", True),
    ]


@pytest.mark.parametrize(
    ("clocks", "answered", "last"),
    [
        ((), SERVED, ""),
        ((FilingClock(30, from_service=True),), None, "October 16, 2026"),
        ((FilingClock(30, from_service=False),), None, ""),
        ((FilingClock(10, from_service=False),), date(2026, 10, 10), "October 20, 2026"),
        (
            (FilingClock(60, from_service=True), FilingClock(5, from_service=False)),
            date(2026, 10, 10),
            "October 15, 2026",
        ),
    ],
)
@pytest.mark.parametrize("frequency", ["7", "8"])
def test_a_corrected_claim_has_its_own_filing_clock(
    clocks: tuple[FilingClock, ...], answered: date | None, last: str, frequency: str
) -> None:
    payer = replace(SOUND.payer, filing_days=1, corrected_filing=clocks)
    claim = replace(
        SOUND,
        service_date=date(2026, 9, 16),
        today=date(2026, 10, 14),
        frequency=frequency,
        payer=payer,
        answered_on=answered,
    )
    assert said(claim, "TF-LIMIT") == ([f"The payer's limit for corrected claims is {last}."] if last else [])


# ------------------------------------------------------------------ from rows


@pytest.mark.django_db
def test_a_claim_of_a_provider_who_is_not_enrolled_is_held_and_others_go(now: datetime) -> None:
    PracticeFactory()
    enrolled, stranger, unknown, elsewhere = (ClaimFactory() for _ in range(4))
    ProviderEnrollmentFactory(provider=enrolled.provider, payer=enrolled.payer)
    ProviderEnrollmentFactory(payer=stranger.payer)
    ProviderEnrollmentFactory(provider=stranger.provider)
    ProviderEnrollmentFactory(payer=unknown.payer)
    assert scrub_claims(now=now).passed == 3
    assert set(Finding.objects.values_list("claim", "rule")) == {
        (stranger.pk, "PRV-ENROLLED"),
        (unknown.pk, "PRV-ENROLLMENT-UNKNOWN"),
    }
    assert Claim.objects.get(pk=elsewhere.pk).status == ClaimStatus.READY


@pytest.mark.django_db
def test_a_claim_goes_under_the_id_of_the_connected_clearinghouse(now: datetime) -> None:
    PracticeFactory()
    claim = ClaimFactory()
    PayerChannelFactory(payer=claim.payer, identifier="WS999")
    assert snapshots([claim.pk], today=now.date())[claim.pk].payer.claims_id == claim.payer.claims_id
    ConnectionFactory(kind="clearinghouse", adapter="waystar")
    assert snapshots([claim.pk], today=now.date())[claim.pk].payer.claims_id == "WS999"


@pytest.mark.django_db
def test_a_claim_waits_for_the_enrollment_of_its_payer(now: datetime) -> None:
    PracticeFactory()
    ConnectionFactory(kind="clearinghouse", adapter="waystar")
    claim = ClaimFactory()
    PayerChannelFactory(payer=claim.payer, enrollment=PayerChannel.Enrollment.TO_DO)
    assert scrub_claims(now=now).passed == 0
    assert Finding.objects.get().sentence == (
        f"Enrollment for claims with {claim.payer.name} is still to do. See Settings, Payers."
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ({}, date(2026, 9, 26)),
        ({"frequency": "7"}, date(2026, 10, 6)),
        ({"payer_rank": 2}, None),
    ],
)
def test_work_on_a_claim_is_due_by_its_strictest_clock(fields: dict[str, Any], last: date | None) -> None:
    claim = ClaimFactory(service_date=date(2026, 9, 16), **fields)
    for days, source in ((30, "manual"), (10, "web page")):
        PayerDeadlineFactory(payer=claim.payer, kind="filing", days=days, counted_from="service", source=source)
    PayerDeadlineFactory(payer=claim.payer, kind="corrected_filing", days=20, counted_from="service")
    PayerDeadlineFactory(kind="filing", days=1, counted_from="service")
    assert file_by([claim]) == {claim.pk: last}
