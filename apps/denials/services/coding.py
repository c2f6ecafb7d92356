"""The coder's part: a biller asks, a coder confirms what the record supports (DOMAIN 2). Nothing is sent here."""

from datetime import datetime

from django.db import transaction

from apps.core.models import User
from apps.denials.models import Denial
from apps.denials.services.take_denial import OPEN, audit, take_denial
from apps.worklist.models import WorkItem


class ConfirmationError(ValueError):
    """What the coder's confirmation lacks, as a sentence."""


@transaction.atomic
def ask_a_coder(*, denial_id: str, acting_user: User, now: datetime) -> None:
    """The task goes to the coders. Raises DenialClosedError."""
    denial = take_denial(denial_id, now=now, states=OPEN)
    _give_to(denial, WorkItem.OwnerRole.CODER)
    audit("ask_a_coder", denial, acting_user=acting_user, now=now)


@transaction.atomic
def confirm_coding(*, denial_id: str, modifier: str, confirmation: str, acting_user: User, now: datetime) -> None:
    """A named coder says that the record supports the modifier, and where; the task goes back to the billers, ready to send.

    Raises DenialClosedError, ConfirmationError.
    """
    denial = take_denial(denial_id, now=now, states=OPEN)
    wanted, words = modifier.strip().upper(), confirmation.strip()
    if denial.line is None:
        raise ConfirmationError("The payer refused the claim as a whole; there is no line to put a modifier on.")
    if len(wanted) != 2 or not wanted.isalnum():
        raise ConfirmationError("A modifier is two letters or digits.")
    if wanted in denial.line.modifiers:
        raise ConfirmationError("The line has this modifier already.")
    if not words:
        raise ConfirmationError("Say what in the record supports it.")
    denial.prepared = {**denial.prepared, "line": denial.line.number, "modifier": wanted}
    denial.confirmed_by, denial.confirmed_at, denial.confirmation = acting_user, now, words[:300]
    denial.save(update_fields=["prepared", "confirmed_by", "confirmed_at", "confirmation"])
    _give_to(denial, WorkItem.OwnerRole.BILLER)
    audit("confirm_coding", denial, acting_user=acting_user, now=now, modifier=wanted)


def _give_to(denial: Denial, role: WorkItem.OwnerRole) -> None:
    WorkItem.objects.filter(denial=denial, state=WorkItem.State.OPEN).update(owner_role=role, assignee=None)
