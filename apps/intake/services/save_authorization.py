from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.intake.models import Authorization, Patient
from apps.practice.models import Payer, RequiredNumber


@dataclass(frozen=True, slots=True)
class TypedAuthorization:
    """As the payer gave it. `units` of a referral are visits; None: the payer told no limit."""

    payer: Payer
    kind: RequiredNumber
    number: str
    procedures: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    units: Decimal | None = None
    source: str = ""
    source_id: str = ""


@transaction.atomic
def save_authorization(
    *, patient: Patient, told: TypedAuthorization, acting_user: User | None, now: datetime
) -> Authorization:
    """Keep a number with its days and units. The one that the source told before under the same id, else the payer's same number, is
    changed instead.
    """
    facts: dict[str, Any] = {
        "procedures": list(told.procedures),
        "starts_on": told.starts_on,
        "ends_on": told.ends_on,
        "units_allowed": told.units,
    }
    key: dict[str, Any] = {"patient": patient, "payer": told.payer, "kind": told.kind, "number": told.number}
    if told.source_id:
        row, _ = Authorization.objects.update_or_create(
            source=told.source, source_id=told.source_id, defaults={**key, **facts}
        )
    else:
        row, _ = Authorization.objects.update_or_create(**key, defaults=facts)
    record(
        "save_authorization",
        acting_user=acting_user,
        now=now,
        subject_kind="authorization",
        subject_public_id=row.public_id,
        patients=[patient.public_id],
    )
    return row
