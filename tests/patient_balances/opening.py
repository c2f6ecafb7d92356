"""The room's verb as its step calls it (apps/automations/steps.py): told of the denials, which it cannot see."""

from datetime import datetime

from apps.denials.selectors import undecided_claims
from apps.patient_balances import services
from apps.patient_balances.services import OpenedBalances


def open_balances(*, now: datetime) -> OpenedBalances:
    return services.open_balances(now=now, undecided=undecided_claims())
