"""What an administrator writes of the practice itself, its places and its providers."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.jobs import nudge
from apps.core.models import User
from apps.practice.models import Location, Practice, Provider


@transaction.atomic
def keep_own_data(
    *, row: Practice | Location | Provider, fields: Sequence[str], acting_user: User, now: datetime
) -> None:
    """Save the row as the form left it; `fields` are those that changed. Claims that wait for it are looked at anew.

    Raises IntegrityError where another row is the same.
    """
    added = row.pk is None
    row.save()
    kind = type(row).__name__.lower()
    record(
        f"{'add' if added else 'change'}_{kind}",
        acting_user=acting_user,
        now=now,
        subject_kind=kind,
        subject_public_id="" if isinstance(row, Practice) else row.public_id,
        fields=list(fields),
    )
    nudge("build_claims")
