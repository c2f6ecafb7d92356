"""What a patient asks for on the page: it stops the messages at once and becomes somebody's task."""

from datetime import datetime

from django.db import transaction

from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import LIVE, NOT_THE_PATIENTS, Balance, PatientRequest, PaymentLink
from apps.patient_balances.selectors.statement import payable_balances
from apps.patient_balances.selectors.sums import owed_by_balance
from apps.patient_balances.services.stop_balance import stop_balance
from apps.patient_balances.services.work import BY_REASON, open_for_balances

FROM_PATIENTS = (Balance.Stop.DISPUTE, Balance.Stop.PLAN, Balance.Stop.INSURANCE)
# Reasons of the practice's that outlast whatever a patient asks for: to answer the patient must not end them.
STANDING = (Balance.Stop.HOLD, Balance.Stop.BANKRUPTCY, Balance.Stop.DECEASED, Balance.Stop.AGENCY)


@transaction.atomic
def take_request(*, link: PaymentLink, kind: Balance.Stop, text: str, now: datetime, balance_id: str = "") -> int:
    """For the balance named, else for all that the patient sees; how many it was asked for. Raises ValueError for another kind."""
    if kind not in FROM_PATIENTS:
        raise ValueError(f"A patient cannot ask for {kind}.")
    balances = payable_balances(link.balance.patient_id)
    if balance_id:
        balances = balances.filter(public_id=balance_id)
    found = locked_balances(list(balances.values_list("pk", flat=True)))
    # One may have been settled, or become no longer the patient's, since it was shown.
    rows = [row for row in found if row.state in LIVE and row.stopped_reason not in NOT_THE_PATIENTS]
    PatientRequest.objects.bulk_create([PatientRequest(balance=row, kind=kind, text=text, at=now) for row in rows])
    standing = [row for row in rows if row.stopped_reason in STANDING]
    owed = owed_by_balance([row.pk for row in standing])
    open_for_balances([(row, BY_REASON[kind], owed[row.pk]) for row in standing], now=now)
    for row in rows:
        if row in standing:
            continue
        stop_balance(balance_id=row.public_id, reason=kind, acting_user=None, now=now)
    return len(rows)
