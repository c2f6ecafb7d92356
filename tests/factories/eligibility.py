"""Eligibility checks of visits, as a nightly run makes them."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from apps.eligibility.models import EligibilityCheck
from apps.intake.services import next_revision
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
    told_revision = factory.LazyAttribute(
        lambda made: next_revision(made.coverage.patient_id) if _was_told(made) and made.coverage.pk else 0
    )


def _was_told(made: object) -> bool:
    return any(getattr(made, name, None) for name in ("answered_at", "settled_at"))


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
