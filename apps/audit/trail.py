"""Write to the audit trail. A detail view is one row; a list or an export one row with its filter and patients."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from apps.audit.models import AuditEvent
from apps.core.models import User


def record(
    action: str,
    *,
    acting_user: User | None,
    now: datetime,
    subject_kind: str,
    subject_public_id: str = "",
    patients: Iterable[str] = (),
    address: str | None = None,
    **detail: Any,
) -> AuditEvent:
    """`patients` are public ids. `detail` is what changed, by field name; no clinical fact, no identity number."""
    return AuditEvent.objects.create(
        at=now,
        actor=acting_user,
        action=action,
        subject_kind=subject_kind,
        subject_public_id=subject_public_id,
        patients=list(dict.fromkeys(patients)),
        detail=detail,
        address=address,
    )
