"""Post what the card processor says it took. Used for its webhooks and for what was found by asking; each payment posts once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from django.db import transaction

from apps.connectors.models import Transmission
from apps.connectors.ports.payments import DOLLARS, PaymentEvent
from apps.core.advisory_locks import lock_until_commit
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.locks import locked_balances
from apps.patient_balances.models import Balance, PatientPayment, StrayPayment
from apps.patient_balances.rules.sharing import spread
from apps.patient_balances.selectors.sums import owed_by_charge
from apps.patient_balances.services.post_dispute import post_dispute, post_waiting_disputes
from apps.patient_balances.services.post_refund import post_refund, post_waiting_refunds
from apps.patient_balances.services.settle import settle
from apps.patient_balances.services.stray_payments import keep_stray

State = PatientPayment.State
REFUNDED, FAILED = "payment.refunded", "payment.failed"
MOVED = ("payment.posted", REFUNDED)


class Posted(Enum):
    POSTED = "posted"
    KNOWN = "known"  # posted before
    STRAY = "stray"  # for a person
    GIVEN_UP = "given_up"  # will not come any more
    IGNORED = "ignored"  # says nothing about money


def entry_key(processor_id: str) -> str:
    return f"card:{processor_id}"


@transaction.atomic
def post_payment(event: PaymentEvent, *, now: datetime, transmission: Transmission | None = None) -> Posted:
    """+deposits / -patient receivable, keyed by the processor's id, spread over the balances that the patient set out to pay.

    What is more than is owed becomes a credit on the last of them.
    """
    if event.name == FAILED:
        return _give_up(event)
    if event.dispute:
        _hold(event)
        return Posted.POSTED if post_dispute(event, event.dispute, transmission=transmission, now=now) else Posted.KNOWN
    if event.name not in MOVED or not event.paid:
        return Posted.IGNORED
    if event.currency != DOLLARS:
        return _stray(event, StrayPayment.Kind.CURRENCY, transmission, now)
    _hold(event)
    if event.name == REFUNDED:
        return Posted.POSTED if post_refund(event, transmission=transmission, now=now) else Posted.KNOWN
    if Entry.objects.filter(key=entry_key(event.processor_id)).exists():
        return Posted.KNOWN
    found = (
        PatientPayment.objects.filter(reference=event.reference) if event.reference else PatientPayment.objects.none()
    )
    balances = {row.pk: row for row in locked_balances(list(found.values_list("balance_id", flat=True)))}
    rows = list(found.select_for_update().order_by("balance__opened_at", "balance_id"))
    if not rows:
        return _unmatched(event, transmission, now)
    return _Posting(event, rows, balances, transmission, now).post()


def _hold(event: PaymentEvent) -> None:
    """A payment, its refund and its dispute told at one moment must see each other, also where no row of ours waits for them."""
    lock_until_commit("card payment", event.payment_intent or event.reference or event.processor_id)


def _give_up(event: PaymentEvent) -> Posted:
    """Its page has closed, or the bank refused it later on: nobody waits for it. Should it come after all, it is posted."""
    started = PatientPayment.objects.filter(reference=event.reference, state=State.STARTED)
    return Posted.GIVEN_UP if event.reference and started.update(state=State.FAILED) else Posted.KNOWN


def _stray(event: PaymentEvent, kind: StrayPayment.Kind, transmission: Transmission | None, now: datetime) -> Posted:
    return Posted.STRAY if keep_stray(event, kind, transmission=transmission, now=now) else Posted.KNOWN


def _unmatched(event: PaymentEvent, transmission: Transmission | None, now: datetime) -> Posted:
    outcome = _stray(event, StrayPayment.Kind.UNMATCHED, transmission, now)
    _post_waiting(event, now)
    return outcome


def _post_waiting(event: PaymentEvent, now: datetime) -> None:
    """What was told of the payment before it came."""
    post_waiting_refunds(event.reference, event.payment_intent, now=now)
    post_waiting_disputes(event.reference, event.payment_intent, now=now)


@dataclass(slots=True)
class _Posting:
    event: PaymentEvent
    rows: Sequence[PatientPayment]
    balances: Mapping[int, Balance]
    transmission: Transmission | None
    now: datetime

    def post(self) -> Posted:
        shares = self._shares()
        charges = owed_by_charge(list(self.balances))
        key = entry_key(self.event.processor_id)
        legs = [NewLeg(Account.DEPOSITS, self.event.amount, self.balances[self.rows[0].balance_id].patient_id)]
        for row in self.rows:
            legs += self._legs(self.balances[row.balance_id], shares.get(row.balance_id, ZERO), charges)
        result = post_entries([self._entry(key, legs)], now=self.now)
        if key not in result.posted:
            return Posted.KNOWN
        self._mark(shares, result.posted[key])
        owed = owed_by_charge(list(self.balances))
        settle(
            list(self.balances.values()), {pk: sum(lines.values(), ZERO) for pk, lines in owed.items()}, now=self.now
        )
        _post_waiting(self.event, self.now)
        return Posted.POSTED

    def _shares(self) -> dict[int, Decimal]:
        """Balance -> its part, as the patient saw it; another sum than asked for is posted as it came, and shown to a person."""
        asked = {row.balance_id: Decimal(row.amount) for row in self.rows}
        if sum(asked.values()) != self.event.amount:
            keep_stray(self.event, StrayPayment.Kind.DIFFERS, transmission=self.transmission, now=self.now)
        return spread(self.event.amount, asked)

    def _legs(self, balance: Balance, share: Decimal, charges: Mapping[int, Mapping[int, Decimal]]) -> list[NewLeg]:
        return [
            NewLeg(Account.PATIENT_RECEIVABLE, -part, balance.patient_id, charge)
            for charge, part in spread(share, charges[balance.pk]).items()
        ]

    def _entry(self, key: str, legs: Sequence[NewLeg]) -> NewEntry:
        return NewEntry(
            Entry.Kind.PATIENT_PAYMENT,
            key,
            practice_date(self.now),
            tuple(legs),
            self.transmission.pk if self.transmission else None,
        )

    def _mark(self, shares: Mapping[int, Decimal], entry_id: int) -> None:
        for row in self.rows:
            share = shares.get(row.balance_id)
            row.processor_id, row.payment_intent = self.event.processor_id, self.event.payment_intent
            if share:
                row.state, row.amount, row.paid_at, row.entry_id = State.PAID, share, self.event.at, entry_id
            else:
                row.state = State.FAILED
        PatientPayment.objects.bulk_update(
            self.rows, ["processor_id", "payment_intent", "state", "amount", "paid_at", "entry"]
        )
