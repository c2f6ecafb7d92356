"""What surrounds each page of claims: its tabs, its trail, who may do what on it."""

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest

from apps.audit.trail import record
from apps.claims.selectors.exceptions import waiting_totals
from apps.practice.access import request_role, signed_in_user
from apps.practice.roles import Permission, may

PAGE_SIZE = 50


def allowed(request: HttpRequest, permission: Permission) -> bool:
    return may(request_role(request), permission)


def audit_list(request: HttpRequest, subject_kind: str, patients: Iterable[str], now: datetime) -> None:
    """A list is one row, with its filter and the patients that it shows."""
    shown = list(patients)
    if shown:
        record(
            "list",
            acting_user=signed_in_user(request),
            now=now,
            subject_kind=subject_kind,
            patients=shown,
            address=request.META.get("REMOTE_ADDR"),
            filter=request.GET.urlencode(),
        )


def audit_view(
    request: HttpRequest,
    subject_kind: str,
    public_id: str,
    patients: Iterable[str],
    now: datetime,
    *,
    action: str = "view",
) -> None:
    record(
        action,
        acting_user=signed_in_user(request),
        now=now,
        subject_kind=subject_kind,
        subject_public_id=public_id,
        patients=patients,
        address=request.META.get("REMOTE_ADDR"),
    )


def tabs(current: str) -> dict[str, object]:
    """The tabs of the room; the number is what waits."""
    return {"tab": current, "waiting_number": waiting_totals()[0]}
