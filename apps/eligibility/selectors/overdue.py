"""What waits too long: for an answer, or for the front desk."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from apps.connectors.models import Transmission
from apps.core.clock import practice_zone
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Appointment
from apps.worklist.models import WorkItem

# A real-time answer takes seconds; after this long the one who asked is gone.
ABANDONED_AFTER = timedelta(minutes=10)


def abandoned_checks(now: datetime) -> "QuerySet[EligibilityCheck]":
    """What a crash left in `asking`."""
    return EligibilityCheck.objects.filter(state=EligibilityCheck.State.ASKING, asked_at__lte=now - ABANDONED_AFTER)


def lost_inquiries(now: datetime) -> "QuerySet[Transmission]":
    """What a crash left in `sending` and no check waits for: its check was put back alone, and asked with another inquiry."""
    waited_for = EligibilityCheck.objects.filter(inquiry=OuterRef("pk"), state=EligibilityCheck.State.ASKING)
    return Transmission.objects.filter(
        ~Exists(waited_for), kind="270", state=Transmission.State.SENDING, at__lte=now - ABANDONED_AFTER
    )


def tasks_to_escalate(now: datetime) -> "QuerySet[WorkItem]":
    """The front desk's open tasks for visits near at hand."""
    return WorkItem.objects.filter(
        state=WorkItem.State.OPEN,
        owner_role=WorkItem.OwnerRole.FRONT_DESK,
        eligibility_check__escalates_at__lte=now,
        due_at__gt=now,
    )


def tasks_of_visits_off() -> "QuerySet[WorkItem]":
    """Open tasks of visits that were canceled, or moved to another day than was asked about: that day is asked about in its time."""
    items = WorkItem.objects.alias(
        visit_day=TruncDate("eligibility_check__appointment__starts_at", tzinfo=practice_zone())
    )
    return items.filter(
        Q(eligibility_check__appointment__status=Appointment.Status.CANCELLED)
        | ~Q(visit_day=F("eligibility_check__service_date")),
        state=WorkItem.State.OPEN,
        eligibility_check__appointment__isnull=False,
    )
