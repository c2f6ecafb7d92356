"""Change what a person may do."""

from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.practice.models import Membership
from apps.practice.roles import Role
from apps.practice.services.keep_an_administrator import keep_an_administrator


@transaction.atomic
def set_role(*, user: User, role: Role, now: datetime, acting_user: User | None) -> None:
    """Takes effect at the person's next request. Raises LastAdministratorError."""
    if role is not Role.ADMINISTRATOR:
        keep_an_administrator(without=user)
    membership, _ = Membership.objects.select_for_update().get_or_create(user=user, defaults={"role": role})
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    record(
        "set_role",
        acting_user=acting_user,
        now=now,
        subject_kind="user",
        subject_public_id=user.public_id,
        before=before,
        after=role.value,
    )
