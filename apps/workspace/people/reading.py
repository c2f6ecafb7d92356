"""Who has a log-in here, and how it stands."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, QuerySet

from apps.core.models import User
from apps.practice.models import Invitation
from apps.practice.roles import Role


@dataclass(frozen=True, slots=True)
class Person:
    """`state` is a shape of the design kit, `word` what it says."""

    user: User
    role: Role | None
    has_factor: bool
    invitation: Invitation | None
    state: str
    word: str

    @property
    def is_withdrawn(self) -> bool:
        withdrawn = self.invitation is not None and self.invitation.state == Invitation.State.WITHDRAWN
        return withdrawn and not self.user.has_usable_password()

    @property
    def is_invited(self) -> bool:
        """Whether a password is still to be set."""
        return self.invitation is not None and not self.user.has_usable_password() and self.user.is_active


def _users() -> "QuerySet[User]":
    app = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return User.objects.select_related("membership", "invitation").annotate(has_factor=Exists(app))


def people() -> list[Person]:
    """By name; those without access last."""
    return [_person(user) for user in _users().order_by("-is_active", "last_name", "first_name", "pk")]


def person(public_id: str) -> Person:
    """Raises User.DoesNotExist."""
    return _person(_users().get(public_id=public_id))


def sessions(user: User) -> list[UserSession]:
    """Those that have not run out, newest first."""
    found: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(found, key=lambda session: session.created_at, reverse=True)


def _person(user: User) -> Person:
    membership, invitation = getattr(user, "membership", None), getattr(user, "invitation", None)
    state, word = _standing(user, invitation)
    return Person(
        user=user,
        role=Role(membership.role) if membership else None,
        has_factor=bool(user.has_factor),  # type: ignore[attr-defined]  # annotated
        invitation=invitation,
        state=state,
        word=word,
    )


def _standing(user: User, invitation: Invitation | None) -> tuple[str, str]:
    if invitation is not None and invitation.state == Invitation.State.WITHDRAWN and not user.has_usable_password():
        return "off", "Invitation withdrawn"
    if not user.is_active:
        return "off", "No access"
    if invitation is None or user.has_usable_password():
        return "good", "Active"
    words = {
        Invitation.State.WAITING: ("waiting", "Invitation is leaving"),
        Invitation.State.SENDING: ("watch", "Invitation may not have left"),
        Invitation.State.REFUSED: ("problem", "Invitation was refused"),
    }
    return words.get(Invitation.State(invitation.state), ("waiting", "Invited"))
