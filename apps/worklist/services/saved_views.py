"""A list's filter kept under a name: saved, renamed, shared, taken away, made the one that the list opens with."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from apps.audit.trail import record
from apps.core.models import User
from apps.practice.access import role_of
from apps.practice.roles import Permission, Role, may
from apps.worklist.models import ListChoice, SavedView

# More would hide the list beneath them.
MOST_VIEWS = 20
LONGEST_QUERY = 1000


class ViewRefusedError(Exception):
    """The message says why, for the person who asked."""


def opens_list(role: Role, permission: Permission | None) -> bool:
    """Whether the role may open a list that asks for `permission`; None: for nothing but a role."""
    return permission is None or may(role, permission)


@transaction.atomic
def save_view(*, of_list: str, name: str, query: str, acting_user: User, now: datetime) -> SavedView:
    """`query`: as the list's own filter let it through. Raises ViewRefusedError for a name in use and for one view too many."""
    if len(query) > LONGEST_QUERY:
        raise ViewRefusedError("This filter is too long to be kept. Take a part of it away.")
    _free(acting_user, of_list, name)
    if SavedView.objects.filter(owner=acting_user, of_list=of_list).count() >= MOST_VIEWS:
        raise ViewRefusedError(f"You have {MOST_VIEWS} views of this list. Delete one that you no longer use.")
    view = SavedView.objects.create(of_list=of_list, name=name, query=query, owner=acting_user, created_at=now)
    _tell("save_view", view, acting_user, now, query=query)
    return view


@transaction.atomic
def rename_view(*, of_list: str, public_id: str, name: str, acting_user: User, now: datetime) -> SavedView:
    """Raises SavedView.DoesNotExist for another's view, ViewRefusedError for a name in use, or for one that others see and that is
    not the person's to name any more.
    """
    view = _in_charge(of_list, public_id, acting_user)
    if view.role and not may(role_of(acting_user), Permission.CONFIGURE):
        raise ViewRefusedError("Others see this view: an administrator names it.")
    if view.name != name:
        _free(view.owner, of_list, name)
        view.name = name
        view.save(update_fields=["name"])
        _tell("rename_view", view, acting_user, now)
    return view


@transaction.atomic
def delete_view(*, of_list: str, public_id: str, acting_user: User, now: datetime) -> SavedView:
    """For all who saw it; a shared one by any administrator. Whoever's list opened with it gets the whole list again.

    Raises SavedView.DoesNotExist.
    """
    view = _in_charge(of_list, public_id, acting_user)
    _tell("delete_view", view, acting_user, now, query=view.query)
    SavedView.objects.filter(pk=view.pk).delete()
    return view


@transaction.atomic
def share_view(
    *, of_list: str, public_id: str, role: Role | None, permission: Permission | None, acting_user: User, now: datetime
) -> SavedView:
    """With all of a role whom the list's `permission` lets in; None: with nobody.

    Raises SavedView.DoesNotExist for another's view that is not shared, ViewRefusedError for whoever does not configure the practice.
    """
    if not may(role_of(acting_user), Permission.CONFIGURE):
        raise ViewRefusedError("Views are shared by administrators.")
    if role is not None and not opens_list(role, permission):
        raise ViewRefusedError(f"{role.label} may not open this list.")
    view = _in_charge(of_list, public_id, acting_user)
    view.role = role.value if role else ""
    view.save(update_fields=["role"])
    _tell("share_view", view, acting_user, now, role=view.role)
    return view


@transaction.atomic
def open_list_with(*, of_list: str, view: SavedView | None, acting_user: User, now: datetime) -> None:
    """The view that the person's list opens with; None: the whole list. Who may see `view` is the caller's to ask."""
    ListChoice.objects.update_or_create(user=acting_user, of_list=of_list, defaults={"opens_with": view})
    record(
        "open_list_with",
        acting_user=acting_user,
        now=now,
        subject_kind="saved_view",
        subject_public_id=view.public_id if view else "",
        of_list=of_list,
    )


def _in_charge(of_list: str, public_id: str, user: User) -> SavedView:
    """One's own, or as an administrator one that is shared: whoever shared it may have left."""
    theirs = Q(owner=user)
    if may(role_of(user), Permission.CONFIGURE):
        theirs |= ~Q(role="")
    return SavedView.objects.select_for_update().get(theirs, of_list=of_list, public_id=public_id)


def _free(user: User, of_list: str, name: str) -> None:
    """The person is locked: of two presses the second sees what the first one made."""
    User.objects.select_for_update().get(pk=user.pk)
    if SavedView.objects.filter(owner=user, of_list=of_list, name=name).exists():
        raise ViewRefusedError("There is a view of this name already. Choose another name.")


def _tell(action: str, view: SavedView, user: User, now: datetime, **detail: str) -> None:
    """Without its name: somebody may have written a patient's into it."""
    record(
        action,
        acting_user=user,
        now=now,
        subject_kind="saved_view",
        subject_public_id=view.public_id,
        of_list=view.of_list,
        **detail,
    )
