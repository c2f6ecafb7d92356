"""Eligibility checks of visits, as a nightly run makes them."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from apps.eligibility.models import EligibilityCheck
from tests.factories.intake import AppointmentFactory, CoverageFactory


class EligibilityCheckFactory(DjangoModelFactory):
    """Waiting to be asked, about a visit on September 18."""

    class Meta:
        model = EligibilityCheck

    appointment = factory.SubFactory(AppointmentFactory)
    coverage = factory.SubFactory(CoverageFactory, patient=factory.SelfAttribute("..appointment.patient"))
    service_date = date(2026, 9, 18)
    reason = EligibilityCheck.Reason.SCHEDULED
    round = factory.LazyAttribute(lambda made: f"ahead:{made.service_date}")
    created_at = datetime(2026, 9, 17, 0, 0, tzinfo=UTC)


class AnsweredCheckFactory(EligibilityCheckFactory):
    """Answered: covered."""

    state = EligibilityCheck.State.ANSWERED
    verdict = EligibilityCheck.Verdict.ACTIVE
    answered_at = datetime(2026, 9, 17, 0, 1, tzinfo=UTC)
    attempts = 1


class FailedCheckFactory(AnsweredCheckFactory):
    """Answered: the plan has ended."""

    verdict = EligibilityCheck.Verdict.INACTIVE
    sentence = "Coverage ended on Aug 31, 2026."
    benefits = factory.LazyFunction(lambda: {"ends_on": "2026-08-31"})
