"""What an administrator writes into the payer directory. Every change is a row of the trail, with the fields that it touched; claims that
wait for it are looked at anew.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.jobs import nudge
from apps.core.models import User
from apps.practice.models import Payer, PayerChannel, PayerDeadline, ProviderEnrollment, TelehealthPolicy

PayerRow = PayerChannel | PayerDeadline | ProviderEnrollment | TelehealthPolicy


@transaction.atomic
def keep_payer(*, payer: Payer, fields: Sequence[str], acting_user: User, now: datetime) -> None:
    """Save the payer as the form left it; `fields` are those that changed. Raises IntegrityError where the name is another's."""
    added = payer.pk is None
    payer.save()
    record(
        "add_payer" if added else "change_payer",
        acting_user=acting_user,
        now=now,
        subject_kind="payer",
        subject_public_id=payer.public_id,
        fields=list(fields),
    )
    nudge("build_claims")


@transaction.atomic
def keep_payer_row(*, row: PayerRow, fields: Sequence[str], acting_user: User, now: datetime) -> None:
    """A channel, deadline, enrollment or policy of a payer. A deadline is verified by whoever saves it.

    Raises IntegrityError where the same stands already.
    """
    if isinstance(row, PayerDeadline):
        row.verified_by = acting_user.display_name[:80]
    added = row.pk is None
    row.save()
    _record_row("add" if added else "change", row, fields, acting_user, now)
    nudge("build_claims")


@transaction.atomic
def drop_payer_row(*, row: PayerRow, acting_user: User, now: datetime) -> None:
    """Nothing points at these rows. What stood in it goes into the trail."""
    _record_row("remove", row, (), acting_user, now)
    row.delete()
    nudge("build_claims")


def _record_row(verb: str, row: PayerRow, fields: Sequence[str], acting_user: User, now: datetime) -> None:
    record(
        f"{verb}_payer_{_KINDS[type(row)]}",
        acting_user=acting_user,
        now=now,
        subject_kind="payer",
        subject_public_id=row.payer.public_id,
        fields=list(fields),
        row={
            field.name: str(field.value_from_object(row))
            for field in row._meta.concrete_fields  # noqa: SLF001  a documented name of Django
            if field.name not in {"id", "payer"}
        },
    )


_KINDS: dict[type[PayerRow], str] = {
    PayerChannel: "channel",
    PayerDeadline: "deadline",
    ProviderEnrollment: "enrollment",
    TelehealthPolicy: "telehealth",
}
