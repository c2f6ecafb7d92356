"""What a patient asks for on the page: it stops the messages at once and becomes somebody's task."""

from datetime import datetime

from django.db import transaction

from apps.patient_balances.models import Balance, PatientRequest, PaymentLink
from apps.patient_balances.selectors.statement import payable_balances
from apps.patient_balances.services.stop_balance import stop_balance

FROM_PATIENTS = (Balance.Stop.DISPUTE, Balance.Stop.PLAN, Balance.Stop.INSURANCE)


@transaction.atomic
def take_request(*, link: PaymentLink, kind: Balance.Stop, text: str, now: datetime, balance_id: str = "") -> int:
    """For the balance named, else for all that the patient sees; how many were stopped. Raises ValueError for another kind."""
    if kind not in FROM_PATIENTS:
        raise ValueError(f"A patient cannot ask for {kind}.")
    balances = payable_balances(link.balance.patient_id)
    if balance_id:
        balances = balances.filter(public_id=balance_id)
    rows = list(balances)
    PatientRequest.objects.bulk_create([PatientRequest(balance=row, kind=kind, text=text, at=now) for row in rows])
    for row in rows:
        stop_balance(balance_id=row.public_id, reason=kind, acting_user=None, now=now)
    return len(rows)
