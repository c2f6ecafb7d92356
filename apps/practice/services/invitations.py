"""Somebody new is invited: the log-in stands first, then a mail leaves with a link to set a password, once, within three days."""

from datetime import datetime, timedelta

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from apps.audit.trail import record
from apps.core.jobs import nudge
from apps.core.mails import hand_over
from apps.core.models import User
from apps.practice.models import Invitation, Practice
from apps.practice.roles import Role
from apps.practice.services.create_user import create_user

STEP = "send_invitation"


class InvitationRefusedError(ValueError):
    """Why nobody is invited, in a sentence."""


@transaction.atomic
def invite(*, email: str, first_name: str, last_name: str, role: Role, acting_user: User, now: datetime) -> Invitation:
    """Raises InvitationRefusedError for an address that has a log-in."""
    try:
        with transaction.atomic():
            user = create_user(
                email=email,
                first_name=first_name,
                last_name=last_name,
                role=role,
                password=None,
                now=now,
                acting_user=acting_user,
            )
    except IntegrityError as failure:
        raise InvitationRefusedError("Somebody has a log-in under this address. Look among the people.") from failure
    invitation = Invitation.objects.create(user=user, invited_by=acting_user, invited_at=now)
    nudge(STEP, invitation.public_id)
    return invitation


@transaction.atomic
def invite_again(*, user: User, acting_user: User, now: datetime) -> None:
    """A new link, also to whose invitation was withdrawn; the ones before keep working until a password is set or their days are over.

    Raises InvitationRefusedError.
    """
    invitation = _open(user)
    if invitation.state == Invitation.State.WITHDRAWN:
        User.objects.filter(pk=user.pk).update(is_active=True)
    elif not user.is_active:
        raise InvitationRefusedError("This person's access was taken away. Give it back first.")
    invitation.state, invitation.invited_at, invitation.invited_by = Invitation.State.WAITING, now, acting_user
    invitation.save(update_fields=["state", "invited_at", "invited_by"])
    _record("invite_again", user, acting_user, now)
    nudge(STEP, invitation.public_id)


@transaction.atomic
def withdraw_invitation(*, user: User, acting_user: User, now: datetime) -> None:
    """The log-in is closed and its links end. Raises InvitationRefusedError."""
    invitation = _open(user)
    if invitation.state == Invitation.State.WITHDRAWN:
        raise InvitationRefusedError("This invitation was withdrawn already.")
    invitation.state = Invitation.State.WITHDRAWN
    invitation.save(update_fields=["state"])
    # Every link was made from the password that could not be used; another such password ends them all.
    user.set_unusable_password()
    user.is_active = False
    user.save(update_fields=["password", "is_active"])
    _record("withdraw_invitation", user, acting_user, now)


def send_invitation(*, invitation_id: str, now: datetime) -> bool:
    """Whether a mail left. A mail server that is away leaves it waiting, for the sweep, and its exception is raised; one that refuses it
    for good is not asked again. A connection that breaks meanwhile leaves it as being sent, by LostInSendingError. Nobody is written to
    whose access was taken away.
    """
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update(of=["self"])
            .select_related("user", "invited_by")
            .get(public_id=invitation_id)
        )
        if invitation.state != Invitation.State.WAITING or not invitation.user.is_active:
            return False
        _move(invitation, Invitation.State.SENDING)
    try:
        is_taken = hand_over(_mail(invitation))
    except OSError:
        _move(invitation, Invitation.State.WAITING)
        raise
    if is_taken:
        _move(invitation, Invitation.State.SENT, sent_at=now)
    else:
        _move(invitation, Invitation.State.REFUSED)
    return is_taken


def _move(invitation: Invitation, state: Invitation.State, **fields: datetime) -> None:
    """Not over what a person did in the meantime."""
    Invitation.objects.filter(pk=invitation.pk).exclude(state=Invitation.State.WITHDRAWN).update(state=state, **fields)


def _open(user: User) -> Invitation:
    """Locked. Closed is one whose person has set a password."""
    User.objects.select_for_update().get(pk=user.pk)
    invitation = Invitation.objects.select_for_update(of=["self"]).filter(user=user).first()
    user.refresh_from_db()
    if invitation is None or user.has_usable_password():
        raise InvitationRefusedError("There is no open invitation: a password has been set.")
    return invitation


def _record(action: str, user: User, acting_user: User, now: datetime) -> None:
    record(action, acting_user=acting_user, now=now, subject_kind="user", subject_public_id=user.public_id)


def _mail(invitation: Invitation) -> EmailMessage:
    user = invitation.user
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    link = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})
    practice = Practice.objects.values_list("name", flat=True).first() or "the practice"
    words = {
        "invited_by": invitation.invited_by.display_name,
        "practice": practice,
        "link": settings.PUBLIC_URL + link,
        "days": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT).days,
    }
    return EmailMessage(
        subject=f"Your log-in at {practice}",
        body=render_to_string("workspace/invitation_mail.txt", words),
        to=[user.email],
    )
