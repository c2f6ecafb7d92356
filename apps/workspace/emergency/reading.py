"""Records that were opened in an emergency, and what was looked at under each."""

from datetime import datetime

from django.db.models import QuerySet

from apps.audit.models import AuditEvent
from apps.intake.models import EmergencyAccess

# More pages than one reads in half an hour.
MOST_READS = 200


def accesses() -> "QuerySet[EmergencyAccess]":
    """Newest first."""
    rows = EmergencyAccess.objects.select_related("user__membership", "patient", "reviewed_by")
    return rows.order_by("-opened_at", "-pk")


def to_look_at(now: datetime) -> int:
    """How many are over and nobody has looked at."""
    return EmergencyAccess.objects.filter(reviewed_at=None, ends_at__lte=now).count()


def standing(access: EmergencyAccess, now: datetime) -> tuple[str, str]:
    """A shape of the design kit and what it says."""
    if access.ends_at > now:
        return "active", "Open"
    if access.reviewed_at is None:
        return "watch", "To look at"
    in_order = access.verdict == EmergencyAccess.Verdict.IN_ORDER
    return ("good" if in_order else "problem"), access.get_verdict_display()


def looked_at(access: EmergencyAccess) -> list[AuditEvent]:
    """In the order in which it was read."""
    rows = AuditEvent.objects.filter(
        actor=access.user,
        at__gte=access.opened_at,
        at__lte=access.ends_at,
        detail__emergency=access.public_id,
    )
    return list(rows.order_by("at", "pk")[:MOST_READS])
