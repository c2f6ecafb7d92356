"""Ask the processor for what was paid and never told, and give up what was started and never paid."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.connectors.contact import contact
from apps.connectors.models import Connection
from apps.connectors.registry import connection_of, payments
from apps.patient_balances.models import PatientPayment
from apps.patient_balances.services.post_payment import Posted, post_payment

# A processor's page lives a day; a bank transfer may settle some days later. Never further back than it keeps its events.
LOOK_BACK = timedelta(days=5)
GIVE_UP_AFTER = timedelta(days=6)
State = PatientPayment.State


@dataclass(frozen=True, slots=True)
class FetchedPayments:
    """`posted`: that no webhook had told of. `failures`: one for each payment that could not be posted; the next call tries again."""

    posted: int
    failures: tuple[Exception, ...] = ()


def fetch_payments(*, now: datetime) -> FetchedPayments:
    """A payment that fails keeps no other from being posted. Raises OutageError, RefusedError, NoConnectionError."""
    connection = connection_of(Connection.Kind.PAYMENTS)
    posted, failures = 0, []
    with contact(connection, now=now):
        events = list(payments(connection).payments_since(now - LOOK_BACK))
    for event in events:
        try:
            posted += post_payment(event, now=now) is Posted.POSTED
        except Exception as failure:  # noqa: BLE001  whatever it is, it is this payment's alone
            failures.append(failure)
    if not failures:  # what could not be posted may be one of these
        PatientPayment.objects.filter(state=State.STARTED, started_at__lt=now - GIVE_UP_AFTER).update(
            state=State.FAILED
        )
    return FetchedPayments(posted, tuple(failures))
