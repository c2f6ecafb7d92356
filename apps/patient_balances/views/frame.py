"""What the staff's pages of this room share."""

from collections.abc import Iterable

from django.http import HttpRequest

from apps.audit.trail import record
from apps.core import clock
from apps.practice.access import request_role, signed_in_user
from apps.practice.roles import Permission, may

PAGE_SIZE = 50


def may_work(request: HttpRequest) -> bool:
    return may(request_role(request), Permission.WORK_BALANCES)


def audit_view(
    request: HttpRequest, kind: str, public_id: str, patients: Iterable[str], *, action: str = "view"
) -> None:
    """A detail view is one row; a list one row with its filter and its patients."""
    record(
        action,
        acting_user=signed_in_user(request),
        now=clock.now(),
        subject_kind=kind,
        subject_public_id=public_id,
        patients=patients,
        address=request.META.get("REMOTE_ADDR"),
        filter=request.GET.urlencode(),
    )
