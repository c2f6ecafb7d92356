"""Somebody opens a patient's record beyond their role, closes it again, and an administrator looks at it afterwards."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.audit.trail import record
from apps.core.clock import practice_date
from apps.core.models import User
from apps.intake.models import EmergencyAccess, Patient
from apps.intake.selectors.emergencies import in_force
from apps.practice.access import role_of
from apps.practice.roles import Permission, closed_of_records, may
from apps.worklist.models import WorkItem
from apps.worklist.queue import close_item, open_item

LASTS = timedelta(minutes=30)
SHORTEST_REASON = 10
Verdict = EmergencyAccess.Verdict


class EmergencyRefusedError(ValueError):
    """Why it is not opened, closed or reviewed, in a sentence."""


@transaction.atomic
def open_in_emergency(
    *, patient_id: str, reason: str, acting_user: User, now: datetime, address: str | None = None
) -> EmergencyAccess:
    """For half an hour; where it is open already, that one. Raises EmergencyRefusedError, Patient.DoesNotExist."""
    why = " ".join(reason.split())[:200]
    if len(why) < SHORTEST_REASON:
        raise EmergencyRefusedError("Say in a few words why it cannot wait: an administrator reads it.")
    # Of two presses the second finds what the first one opened.
    User.objects.select_for_update().get(pk=acting_user.pk)
    if not closed_of_records(role_of(acting_user)):
        raise EmergencyRefusedError("There is nothing more to open: your role decides what you see of this record.")
    patient = Patient.objects.get(public_id=patient_id)
    standing = in_force(acting_user, Patient.objects.filter(pk=patient.pk), now)
    if standing:
        return standing
    opened = EmergencyAccess(user=acting_user, patient=patient, reason=why, opened_at=now, ends_at=now + LASTS)
    opened.work_item = open_item(
        kind="emergency_access",
        title="Look at who opened a patient's record in an emergency, and why",
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name="settings:emergency",
        subject_public_id=opened.public_id,
        due_on=practice_date(now) + timedelta(days=1),
        now=now,
    )
    opened.save()
    _record("break_glass", opened, acting_user, now, address=address, reason=why, until=opened.ends_at.isoformat())
    return opened


@transaction.atomic
def close_emergency(*, emergency_id: str, acting_user: User, now: datetime) -> None:
    """Its own person's, or an administrator's. Raises EmergencyRefusedError, EmergencyAccess.DoesNotExist."""
    found = _locked(emergency_id)
    if acting_user.pk != found.user_id and not may(role_of(acting_user), Permission.CONFIGURE):
        raise EmergencyAccess.DoesNotExist
    if found.ends_at <= now:
        raise EmergencyRefusedError("It was closed already.")
    found.ends_at = now
    found.save(update_fields=["ends_at"])
    _record("close_emergency", found, acting_user, now)


@transaction.atomic
def review_emergency(*, emergency_id: str, verdict: str, remark: str, acting_user: User, now: datetime) -> None:
    """Once, by another person, when it is over. Raises EmergencyRefusedError, EmergencyAccess.DoesNotExist."""
    found = _locked(emergency_id)
    _may_be_reviewed(found, acting_user, now)
    if verdict not in Verdict.values:
        raise EmergencyRefusedError("Choose whether it was in order.")
    found.verdict, found.remark = verdict, remark.strip()[:200]
    if found.verdict == Verdict.NOT_IN_ORDER and not found.remark:
        raise EmergencyRefusedError("Say what was not in order, and what follows from it.")
    found.reviewed_at, found.reviewed_by = now, acting_user
    found.save(update_fields=["verdict", "remark", "reviewed_at", "reviewed_by"])
    close_item(found.work_item, acting_user=acting_user, now=now, outcome=Verdict(verdict).label)
    _record("review_emergency", found, acting_user, now, verdict=verdict)


def _may_be_reviewed(found: EmergencyAccess, acting_user: User, now: datetime) -> None:
    if found.reviewed_at:
        raise EmergencyRefusedError("Somebody has looked at it already.")
    if found.user_id == acting_user.pk:
        raise EmergencyRefusedError("Somebody else looks at what you opened.")
    if found.ends_at > now:
        raise EmergencyRefusedError("It is still open. Close it first, or wait until it ends.")


def _locked(emergency_id: str) -> EmergencyAccess:
    rows = EmergencyAccess.objects.select_for_update(of=("self",)).select_related("patient", "work_item")
    return rows.get(public_id=emergency_id)


def _record(
    action: str, of: EmergencyAccess, acting_user: User, now: datetime, *, address: str | None = None, **detail: str
) -> None:
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="emergency_access",
        subject_public_id=of.public_id,
        patients=[of.patient.public_id],
        address=address,
        **detail,
    )
