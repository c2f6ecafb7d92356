"""The audit row of a page that showed patients' data."""

from collections.abc import Iterable

from django.http import HttpRequest

from apps.audit.trail import record
from apps.core import clock
from apps.practice.access import emergency_of, signed_in_user


def audit_read(
    request: HttpRequest, kind: str, public_id: str = "", *, patients: Iterable[str], action: str = "view"
) -> None:
    """One row: a detail view with its patients, a list with its filter and those whom it showed. What an emergency opened, says so."""
    emergency = emergency_of(request)
    under = {"emergency": emergency.public_id} if emergency else {}
    record(
        action,
        acting_user=signed_in_user(request),
        now=clock.now(),
        subject_kind=kind,
        subject_public_id=public_id,
        patients=patients,
        address=request.META.get("REMOTE_ADDR"),
        filter=request.GET.urlencode(),
        **under,
    )
