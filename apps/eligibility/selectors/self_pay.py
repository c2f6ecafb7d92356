"""Visits that patients pay themselves, by agreement with the front desk."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.eligibility.models import EligibilityCheck

_SELF_PAY = EligibilityCheck.Settlement.SELF_PAY


def self_pay_agreements() -> "QuerySet[EligibilityCheck]":
    """Checks by which a patient agreed to pay a day's visit: of those of the patient and day the last that was settled says so.

    Nothing of such a visit may be told to the plan (45 CFR 164.522(a)(1)(vi)).
    """
    later = EligibilityCheck.objects.filter(
        coverage__patient=OuterRef("coverage__patient"),
        service_date=OuterRef("service_date"),
        settled_at__gt=OuterRef("settled_at"),
    ).exclude(settlement__in=("", _SELF_PAY))
    return EligibilityCheck.objects.filter(~Exists(later), settlement=_SELF_PAY)


def askable_checks(now: datetime) -> "QuerySet[EligibilityCheck]":
    """Checks that may be asked now. One of a visit that the patient pays waits until the patient takes that back."""
    agreed = self_pay_agreements().filter(
        coverage__patient=OuterRef("coverage__patient"), service_date=OuterRef("service_date")
    )
    return EligibilityCheck.objects.filter(
        ~Exists(agreed), Q(next_try_at=None) | Q(next_try_at__lte=now), state=EligibilityCheck.State.WAITING
    )
