from datetime import datetime

from apps.audit.trail import record
from apps.core.models import User
from apps.patient_balances.models import CardDispute
from apps.patient_balances.selectors.disputes import payments_of


def audit_dispute(action: str, row: CardDispute, *, acting_user: User, now: datetime, **detail: str) -> None:
    """What a person did about a disputed payment, in the name of the patients whose it was."""
    record(
        action,
        acting_user=acting_user,
        now=now,
        subject_kind="card_dispute",
        subject_public_id=row.public_id,
        patients=[payment.balance.patient.public_id for payment in payments_of(row)],
        **detail,
    )
