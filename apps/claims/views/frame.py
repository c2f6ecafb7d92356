"""What surrounds each page of claims: its tabs, its trail, who may do what on it."""

from django.http import HttpRequest

from apps.claims.selectors.exception_queue import waiting_number
from apps.practice.access import request_role
from apps.practice.roles import Permission, may

PAGE_SIZE = 50


def allowed(request: HttpRequest, permission: Permission) -> bool:
    return may(request_role(request), permission)


def tabs(current: str) -> dict[str, object]:
    """The tabs of the room; the number is what waits."""
    return {"tab": current, "waiting_number": waiting_number()}
