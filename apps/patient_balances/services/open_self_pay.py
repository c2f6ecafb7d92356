from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.core.money import ZERO
from apps.intake.models import Encounter
from apps.ledger.models import WriteOffReason
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import Balance
from apps.patient_balances.selectors.due import self_pay_visits, small_self_pay
from apps.patient_balances.selectors.standings import protected_visits
from apps.patient_balances.selectors.sums import owed_by_balance
from apps.patient_balances.services.settle import settle
from apps.patient_balances.services.work import Tasks, open_for_balances
from apps.patient_balances.services.write_off_balance import TOO_SMALL, take_off

CHUNK = 500
State = Balance.State


def open_self_pay(*, minimum: Decimal, now: datetime) -> int:
    """Visits without a payer: the whole charge is the patient's from the start, and asked for like any other balance."""
    _write_off_small(minimum, now)
    opened, more = 0, True
    while more:
        with transaction.atomic():
            waiting = self_pay_visits().select_for_update(skip_locked=True, of=("self",)).order_by("pk")
            visits = list(waiting[:CHUNK])
            if visits:
                opened += _open(visits, minimum, now)
        more = len(visits) == CHUNK
    return opened


def _open(visits: Sequence[Encounter], minimum: Decimal, now: datetime) -> int:
    rows = Balance.objects.bulk_create(
        [Balance(patient_id=visit.patient_id, encounter=visit, opened_amount=ZERO, opened_at=now) for visit in visits]
    )
    owed, protected = owed_by_balance([row.pk for row in rows]), protected_visits(visits)
    held = [row for row in rows if owed[row.pk] > ZERO and row.encounter_id in protected]
    for row in rows:
        row.opened_amount = max(owed[row.pk], ZERO)
    for row in held:
        row.state, row.stopped_reason = State.STOPPED, Balance.Stop.PROTECTED
    Balance.objects.bulk_update(rows, ["opened_amount", "state", "stopped_reason"])
    open_for_balances([(row, Tasks.PROTECTED, owed[row.pk]) for row in held], now=now)
    settle([row for row in rows if owed[row.pk] < ZERO], owed, now=now)
    small = [row for row in rows if row.state == State.OPEN and owed[row.pk] < minimum]
    take_off(small, why=TOO_SMALL, reason=WriteOffReason.SMALL_BALANCE, now=now)
    return sum(row.state in {State.OPEN, State.STOPPED} for row in rows)


@transaction.atomic
def _write_off_small(minimum: Decimal, now: datetime) -> None:
    """What is left after a part was paid, where it is less than the practice asks for."""
    small = list(small_self_pay(minimum).values_list("pk", flat=True))
    take_off(locked_balances(small), why=TOO_SMALL, reason=WriteOffReason.SMALL_BALANCE, now=now)
