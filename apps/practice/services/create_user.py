"""Give a person a log-in and one role."""

from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.practice.models import Membership
from apps.practice.roles import Role


@transaction.atomic
def create_user(
    *,
    email: str,
    first_name: str,
    last_name: str,
    role: Role,
    password: str | None,
    now: datetime,
    acting_user: User | None = None,
) -> User:
    """Without a password the person sets one by a reset link. The second factor is set up at the first sign-in.

    Raises django.db.IntegrityError for an email address that has a log-in already.
    """
    user = User.objects.create_user(email, password, first_name=first_name, last_name=last_name, date_joined=now)
    Membership.objects.create(user=user, role=role)
    record(
        "create_user",
        acting_user=acting_user,
        now=now,
        subject_kind="user",
        subject_public_id=user.public_id,
        role=role.value,
    )
    return user
