"""Take a person's log-in away, or give it back."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.practice.services.keep_an_administrator import keep_an_administrator


@transaction.atomic
def disable_user(*, user: User, now: datetime, acting_user: User | None) -> None:
    """The person's sessions end at once (45 CFR 164.308(a)(3)(ii)(C)). Raises LastAdministratorError."""
    keep_an_administrator(without=user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    for session in UserSession.objects.filter(user=user):
        session.end()
    record("disable_user", acting_user=acting_user, now=now, subject_kind="user", subject_public_id=user.public_id)


@transaction.atomic
def enable_user(*, user: User, now: datetime, acting_user: User | None) -> None:
    User.objects.filter(pk=user.pk).update(is_active=True)
    record("enable_user", acting_user=acting_user, now=now, subject_kind="user", subject_public_id=user.public_id)
