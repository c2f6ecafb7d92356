"""Log-in monitoring (45 CFR 164.308(a)(5)(ii)(C)): the libraries' own hooks, each a row of the audit trail.

Failed tries keep a hash of what was typed, since people type passwords into the wrong field.
"""

import hashlib
from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from apps.audit.trail import record
from apps.core import clock
from apps.core.models import User


def _keep(action: str, user: User | None, request: HttpRequest | None, **detail: Any) -> None:
    record(
        action,
        acting_user=user,
        now=clock.now(),
        subject_kind="user",
        subject_public_id=user.public_id if user else "",
        address=request.META.get("REMOTE_ADDR") if request else None,
        **detail,
    )


def signed_in(sender: object, request: HttpRequest, user: User, **_more: object) -> None:  # noqa: ARG001  the hook's signature
    _keep("sign_in", user, request)


def signed_out(sender: object, request: HttpRequest, user: User | None, **_more: object) -> None:  # noqa: ARG001  the hook's signature
    _keep("sign_out", user, request)


def refused(
    sender: object,  # noqa: ARG001  the hook's signature
    credentials: dict[str, Any],
    request: HttpRequest | None = None,
    **_more: object,
) -> None:
    typed = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    _keep("sign_in_refused", None, request, typed=hashlib.sha256(typed.encode()).hexdigest()[:16])


def password_was_set(sender: object, request: HttpRequest, user: User, **_more: object) -> None:  # noqa: ARG001  the hook's signature
    _keep("password_set", user, request)


def factor_added(sender: object, request: HttpRequest, user: User, **_more: object) -> None:  # noqa: ARG001  the hook's signature
    """Whoever was signed in with the password alone is signed out: only this session has shown the second factor."""
    _keep("second_factor_added", user, request)
    here = request.session.session_key if hasattr(request, "session") else None
    for session in UserSession.objects.filter(user=user).exclude(session_key=here):
        session.end()


def factor_removed(sender: object, request: HttpRequest, user: User, **_more: object) -> None:  # noqa: ARG001  the hook's signature
    _keep("second_factor_removed", user, request)


def listen() -> None:
    user_logged_in.connect(signed_in)
    user_logged_out.connect(signed_out)
    user_login_failed.connect(refused)
    password_changed.connect(password_was_set)
    password_reset.connect(password_was_set)
    authenticator_added.connect(factor_added)
    authenticator_removed.connect(factor_removed)
