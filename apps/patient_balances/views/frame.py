"""What the staff's pages of this room share."""

from collections.abc import Iterable

from django.http import HttpRequest

from apps.practice.access import request_role
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may

PAGE_SIZE = 50


def may_work(request: HttpRequest) -> bool:
    return may(request_role(request), Permission.WORK_BALANCES)


def audit_view(
    request: HttpRequest, kind: str, public_id: str, patients: Iterable[str], *, action: str = "view"
) -> None:
    """A detail view is one row; a list one row with its filter and its patients."""
    audit_read(request, kind, public_id, patients=patients, action=action)
