"""Records that somebody opened beyond their role."""

from datetime import datetime

from django.db.models import QuerySet

from apps.core.models import User
from apps.intake.models import EmergencyAccess, Patient


def in_force(user: User, patients: "QuerySet[Patient]", now: datetime) -> EmergencyAccess | None:
    """The access of this person, to one of these patients, that has not run out."""
    rows = EmergencyAccess.objects.select_related("patient").filter(user=user, ends_at__gt=now, patient__in=patients)
    return rows.order_by("-ends_at").first()
