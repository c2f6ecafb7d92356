"""The guard of a patient's record: a role opens it, or an emergency does, for one patient, for a while, to read."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from apps.core import clock
from apps.intake.models import Patient
from apps.intake.selectors.emergencies import in_force
from apps.practice.access import (
    ClosedRecordError,
    Emergency,
    may_read,
    read_in_emergency,
    request_role,
    signed_in,
    signed_in_user,
)
from apps.practice.roles import Permission, closed_of_records, may

Patients = Callable[[str], "QuerySet[Patient]"]
View = Callable[..., HttpResponseBase]
_READING = frozenset({"GET", "HEAD"})


def require_record(permission: Permission, patients: Patients) -> Callable[[View], View]:
    """As `require`, and besides for whoever opened this record in an emergency. `patients`: whose record it is, by its public id.

    Reading only: no other request of a view is let through by an emergency.
    """

    def guard(view: View) -> View:
        @signed_in
        @wraps(view)
        def guarded(request: HttpRequest, public_id: str, **kwargs: str) -> HttpResponseBase:
            if request.method in _READING and closed_of_records(request_role(request)):
                _look_for_emergency(request, permission, patients(public_id))
            if not may_read(request, permission):
                raise _refusal(request, permission, patients(public_id))
            return view(request, public_id, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]  # read by the permission table test
        guarded.opens_in_emergency = True  # type: ignore[attr-defined]  # read by the table of what an emergency opens
        return guarded

    return guard


def _refusal(request: HttpRequest, permission: Permission, patients: "QuerySet[Patient]") -> PermissionDenied:
    """With the way to emergency access, where that would open the page."""
    role = request_role(request)
    would_open = request.method in _READING and permission in closed_of_records(role)
    patient_id = patients.values_list("public_id", flat=True).first() if would_open else None
    if patient_id is None or not may(role, Permission.VIEW_ELIGIBILITY):
        return PermissionDenied()
    return ClosedRecordError(patient_id)


def _look_for_emergency(request: HttpRequest, permission: Permission, patients: "QuerySet[Patient]") -> None:
    found = in_force(signed_in_user(request), patients, clock.now())
    if found is None:
        return
    emergency = Emergency(
        public_id=found.public_id,
        patient_id=found.patient.public_id,
        patient_name=found.patient.full_name,
        reason=found.reason,
        ends_at=found.ends_at,
        opens_page=not may(request_role(request), permission),
    )
    read_in_emergency(request, emergency)
