"""Money that the processor gave back: the payment's balances owe it again, a credit among them first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from apps.connectors.models import Transmission
from apps.connectors.ports.payments import PaymentEvent
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import Balance, PatientPayment, StrayPayment
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.selectors.sums import owed_by_charge
from apps.patient_balances.services.settle import bring_up_to_date
from apps.patient_balances.services.stray_payments import keep_stray


def post_refund(event: PaymentEvent, *, transmission: Transmission | None, now: datetime) -> bool:
    """False where this event was taken before. A refund of a payment that we do not know is a person's.

    The processor tells the sum of all refunds of the payment; what is new of it is posted.
    """
    if StrayPayment.objects.filter(event_id=event.event_id).exists():
        return False
    paid = PatientPayment.objects.filter(reference=event.reference, state=PatientPayment.State.PAID)
    balances = locked_balances(list(paid.values_list("balance_id", flat=True))) if event.reference else []
    if not balances:
        return keep_stray(event, StrayPayment.Kind.REFUND, transmission=transmission, now=now)
    earlier = StrayPayment.objects.filter(kind=StrayPayment.Kind.REFUND, reference=event.reference)
    fresh = event.amount - (earlier.aggregate(total=Sum("amount"))["total"] or ZERO)
    if fresh > ZERO:
        _Refund(event, fresh, balances, transmission, now).post()
    return fresh > ZERO


@dataclass(slots=True)
class _Refund:
    event: PaymentEvent
    amount: Decimal
    balances: Sequence[Balance]
    transmission: Transmission | None
    now: datetime

    def post(self) -> None:
        key = f"refund:{self.event.event_id}"
        legs = [NewLeg(Account.REFUNDS, -self.amount, self.balances[0].patient_id), *self._legs()]
        source = self.transmission.pk if self.transmission else None
        entry = NewEntry(Entry.Kind.PATIENT_PAYMENT, key, practice_date(self.event.at), tuple(legs), source)
        entry_id = post_entries([entry], now=self.now).entry_id(key)
        StrayPayment.objects.create(
            kind=StrayPayment.Kind.REFUND,
            event_id=self.event.event_id,
            processor_id=self.event.processor_id,
            reference=self.event.reference,
            amount=self.amount,
            at=self.event.at,
            transmission=self.transmission,
            entry_id=entry_id,
            settled_at=self.now,
        )
        bring_up_to_date([row.pk for row in self.balances], now=self.now)

    def _legs(self) -> list[NewLeg]:
        """Credits are given back first; what is more goes to the newest balance."""
        lines = owed_by_charge([row.pk for row in self.balances])
        in_credit = {row.pk: -min(sum(lines[row.pk].values(), ZERO), ZERO) for row in self.balances}
        return [
            NewLeg(Account.PATIENT_RECEIVABLE, part, row.patient_id, self._line(lines[row.pk]))
            for row in self.balances
            if (part := spread(self.amount, in_credit).get(row.pk))
        ]

    def _line(self, lines: Mapping[int, Decimal]) -> int:
        """The line in credit, else the last."""
        return min(lines, key=lambda charge: (lines[charge] >= ZERO, -list(lines).index(charge)))
