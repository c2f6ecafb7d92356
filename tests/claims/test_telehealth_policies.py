"""What the rules are told of a payer's policy for visits at a distance."""

from datetime import date, datetime

import pytest

from apps.claims.rules.snapshot import TelehealthView
from apps.claims.selectors.snapshots import snapshots
from apps.practice.models import TelehealthPolicy
from tests.factories.claims import ClaimFactory
from tests.factories.practice import TelehealthPolicyFactory

pytestmark = pytest.mark.django_db


def telehealth_on(day: date) -> TelehealthView | None:
    claim = ClaimFactory(service_date=day, encounter__coverage__payer__name="Star Gulf")
    payer = claim.payer
    TelehealthPolicyFactory(payer=payer, starts_on=date(2025, 1, 1), video_modifier="95", takes_98000=True)
    TelehealthPolicyFactory(
        payer=payer,
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 6, 30),
        places=["10"],
        video_modifier="none",
        audio_modifier="refused",
    )
    return snapshots([claim.pk], today=date(2026, 11, 26), for_rules=True)[claim.pk].payer.telehealth


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2024, 12, 31), None),
        (date(2025, 1, 1), TelehealthView(("02", "10"), "95", None, True, "Provider manual, chapter 9")),
        (date(2026, 2, 1), TelehealthView(("10",), "", "refused", None, "Provider manual, chapter 9")),
        (date(2026, 6, 30), TelehealthView(("10",), "", "refused", None, "Provider manual, chapter 9")),
        (date(2026, 7, 1), None),
    ],
)
def test_the_policy_of_the_date_of_service_counts(day: date, told: TelehealthView | None) -> None:
    assert telehealth_on(day) == told


def test_a_payer_without_a_policy_is_told_as_none(now: datetime) -> None:
    claim = ClaimFactory()
    TelehealthPolicyFactory()
    assert TelehealthPolicy.objects.exclude(payer=claim.payer).exists()
    assert snapshots([claim.pk], today=now.date(), for_rules=True)[claim.pk].payer.telehealth is None
