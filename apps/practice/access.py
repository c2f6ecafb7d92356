"""Guard a view by permission. Someone without a role may open nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from apps.core.htmx import wants_fragment
from apps.core.models import User
from apps.practice.models import Membership
from apps.practice.roles import EMERGENCY_READS, Permission, Role, may


def role_of(user: object) -> Role | None:
    if not isinstance(user, User) or not user.is_active:
        return None
    membership = Membership.objects.filter(user=user).first()
    return Role(membership.role) if membership else None


def request_role(request: HttpRequest) -> Role | None:
    """The signed-in person's role, asked of the database once a request."""
    if not hasattr(request, "_throughline_role"):
        request._throughline_role = role_of(request.user)  # type: ignore[attr-defined]  # noqa: SLF001  a per-request memo
    role: Role | None = request._throughline_role  # type: ignore[attr-defined]  # noqa: SLF001  a per-request memo
    return role


def signed_in_user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@dataclass(frozen=True, slots=True)
class Emergency:
    """The emergency access under which a page is read. `opens_page`: the role alone would not open it. Ids are public ids."""

    public_id: str
    patient_id: str
    patient_name: str
    reason: str
    ends_at: datetime
    opens_page: bool


def emergency_of(request: HttpRequest) -> Emergency | None:
    """Set by the guard of a patient's record, for the one request that it let through."""
    return getattr(request, "_throughline_emergency", None)


def read_in_emergency(request: HttpRequest, emergency: Emergency) -> None:
    request._throughline_emergency = emergency  # type: ignore[attr-defined]  # noqa: SLF001  of one request


class ClosedRecordError(PermissionDenied):
    """The role may not read this of a patient's record, but may open it in an emergency. `patient_id`: whose it is, by public id."""

    def __init__(self, patient_id: str) -> None:
        super().__init__()
        self.patient_id = patient_id


def may_read(request: HttpRequest, permission: Permission) -> bool:
    """By role, or because this request reads a record that was opened in an emergency."""
    return may(request_role(request), permission) or (permission in EMERGENCY_READS and bool(emergency_of(request)))


Answer = TypeVar("Answer", bound=HttpResponseBase)
_READING = frozenset({"GET", "HEAD"})


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
    """Lets nobody through who has not signed in, and brings them back: to the page that they asked for, or to the one on which stood what
    they sent or unfolded, as the address of that is no page. What they sent is not kept, and the door says so.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        door = resolve_url(settings.LOGIN_URL)
        if request.method not in _READING:
            return redirect_to_login(_page_before(request), f"{door}?unsent=1")
        return redirect_to_login(_page_before(request) if wants_fragment(request) else request.get_full_path(), door)

    return guarded


def _page_before(request: HttpRequest) -> str:
    """Today where the browser does not tell it, or tells one of another host."""
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(told, {request.get_host()}):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    return urlsplit(told)._replace(scheme="", netloc="", fragment="").geturl()


def require(permission: Permission) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    def guard(view: Callable[..., Answer]) -> Callable[..., Answer]:
        @signed_in
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> Answer:
            if not may(request_role(request), permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]  # read by the permission table test
        return guarded

    return guard


def guard_for(permission: Permission | None) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """The guard of a page that asks for `permission`; None: for any role."""
    return require_role if permission is None else require(permission)


def require_role(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """For a page that everyone who works here may open, whatever the role."""

    @signed_in
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> Answer:
        if request_role(request) is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.required_permission = None  # type: ignore[attr-defined]  # read by the permission table test
    return guarded
