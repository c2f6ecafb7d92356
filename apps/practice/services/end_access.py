"""Somebody's sessions are ended, or their second factor is taken away because the phone is lost."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User


@transaction.atomic
def end_sessions(*, user: User, acting_user: User, now: datetime, session: int | None = None) -> int:
    """All of a person's sessions, or the one of this key; how many ended."""
    rows = UserSession.objects.filter(user=user)
    ended = list(rows.filter(pk=session) if session is not None else rows)
    for each in ended:
        each.end()
    if ended:
        record(
            "end_sessions",
            acting_user=acting_user,
            now=now,
            subject_kind="user",
            subject_public_id=user.public_id,
            sessions=len(ended),
        )
    return len(ended)


@transaction.atomic
def reset_second_factor(*, user: User, acting_user: User, now: datetime) -> None:
    """Their app and recovery codes no longer work, and they are signed out: the next sign-in sets up a new one."""
    removed, _ = Authenticator.objects.filter(user=user).delete()
    for each in UserSession.objects.filter(user=user):
        each.end()
    record(
        "reset_second_factor",
        acting_user=acting_user,
        now=now,
        subject_kind="user",
        subject_public_id=user.public_id,
        removed=removed,
    )
