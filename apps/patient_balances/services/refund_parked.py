"""A payer's money that was set apart is paid back to it: recorded like every refund."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.patient_balances.models import Refund
from apps.patient_balances.services.settle_review import PaidBack, ReviewError, checked_refund
from apps.remittances.models import RemittanceException
from apps.remittances.services import SettlementError, take_out_to_refund


@transaction.atomic
def refund_parked(
    *, exception_id: str, amount: Decimal, paid_back: PaidBack, note: str, acting_user: User, now: datetime
) -> Refund:
    """`amount` dollars of what the exception (public id) set apart. Raises ReviewError, and nothing has changed."""
    if not note.strip():
        raise ReviewError("Say what was done with the money.")
    told = checked_refund(paid_back, now)
    try:
        entry_id = take_out_to_refund(exception_id=exception_id, amount=amount, acting_user=acting_user, now=now)
    except SettlementError as refusal:
        raise ReviewError(str(refusal)) from None
    exception = RemittanceException.objects.select_related("payment").get(public_id=exception_id)
    refund = Refund.objects.create(
        parked=exception,
        payer_id=exception.payment.payer_id if exception.payment else None,
        amount=amount,
        method=told.method,
        number=told.number,
        paid_on=told.on,
        recorded_at=now,
        recorded_by=acting_user,
        entry_id=entry_id,
    )
    record(
        "refund_parked",
        acting_user=acting_user,
        now=now,
        subject_kind="remittance_exception",
        subject_public_id=exception_id,
        amount=str(amount),
        method=told.method,
        paid_on=told.on.isoformat(),
        note=note.strip()[:200],
    )
    return refund
