"""A business associate agreement is put on record, changed or ended (45 CFR 164.502(e))."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.practice.models import VendorAgreement


@transaction.atomic
def keep_agreement(*, agreement: VendorAgreement, fields: Sequence[str], acting_user: User, now: datetime) -> None:
    """`fields` are those that changed. What is sent to the vendor asks for it at each sending, so it counts at once."""
    agreement.save()
    record(
        "keep_agreement",
        acting_user=acting_user,
        now=now,
        subject_kind="vendor_agreement",
        subject_public_id=agreement.vendor,
        fields=list(fields),
    )
