from datetime import datetime
from typing import Any

from apps.audit.trail import record
from apps.core.models import User
from apps.denials.models import Denial


class DenialClosedError(Exception):
    """The denial is not one that can be worked this way now. The message says why."""


def take_denial(denial_id: str, *, now: datetime, states: frozenset[Denial.State]) -> Denial:
    """The denial (public id), locked, with what the verbs need; its first touch is noted. Raises Denial.DoesNotExist, DenialClosedError."""
    rows = Denial.objects.select_related("claim__patient", "claim__payer", "payer", "line", "work_item", "confirmed_by")
    denial = rows.select_for_update(of=("self",)).get(public_id=denial_id)
    if denial.state not in states:
        raise DenialClosedError("This denial is already answered or closed.")
    if denial.first_touched_at is None:
        denial.first_touched_at = now
        denial.save(update_fields=["first_touched_at"])
    return denial


def audit(action: str, denial: Denial, *, acting_user: User, now: datetime, **detail: Any) -> None:
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="denial",
        subject_public_id=denial.public_id,
        patients=[denial.claim.patient.public_id],
        **detail,
    )


OPEN = frozenset({Denial.State.OPEN})
