"""An installation without an administrator could be opened by nobody."""

from apps.core.models import User
from apps.practice.models import Membership
from apps.practice.roles import Role


class LastAdministratorError(ValueError):
    """The change would leave no active administrator."""


def keep_an_administrator(*, without: User) -> None:
    """Raises LastAdministratorError. Who is only invited counts for none: that mail may never be opened."""
    administrators = Membership.objects.select_for_update().filter(role=Role.ADMINISTRATOR, user__is_active=True)
    others = administrators.exclude(user=without).select_related("user").order_by("pk")
    remaining = [row for row in others if row.user.has_usable_password()]
    if not remaining:
        raise LastAdministratorError("Make somebody else an administrator first: this is the last one.")
