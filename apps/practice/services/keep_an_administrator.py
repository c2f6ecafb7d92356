"""An installation without an administrator could be opened by nobody."""

from apps.core.models import User
from apps.practice.models import Membership
from apps.practice.roles import Role


class LastAdministratorError(ValueError):
    """The change would leave no active administrator."""


def keep_an_administrator(*, without: User) -> None:
    administrators = Membership.objects.select_for_update().filter(role=Role.ADMINISTRATOR, user__is_active=True)
    remaining = [row for row in administrators.order_by("pk") if row.user_id != without.pk]
    if not remaining:
        raise LastAdministratorError("Make somebody else an administrator first: this is the last one.")
