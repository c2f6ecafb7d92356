"""Guard a view by permission. Someone without a role may open nothing."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from apps.core.models import User
from apps.practice.models import Membership
from apps.practice.roles import Permission, Role, may


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


Answer = TypeVar("Answer", bound=HttpResponseBase)


def require(permission: Permission) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    def guard(view: Callable[..., Answer]) -> Callable[..., Answer]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> Answer:
            if not may(request_role(request), permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]  # read by the permission table test
        return guarded

    return guard


def require_role(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a page that everyone who works here may open, whatever the role."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request_role(request) is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.required_permission = None  # type: ignore[attr-defined]  # read by the permission table test
    return guarded
