"""Claims that payers have answered, balances and all that hangs on them. The money is in the ledger, posted by its own verbs."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.claims.models import AdjudicationAdjustment, Claim
from apps.claims.states import ClaimStatus
from apps.intake.models import Charge
from apps.ledger.models import Account, Entry
from apps.ledger.services import NewEntry, NewLeg, post_entries
from apps.patient_balances.encode import hash_of
from apps.patient_balances.models import Balance, InboundMessage, Message, PatientPayment, PaymentLink
from tests.factories.claims import (
    ADJUDICATED_AT,
    AdjudicationAdjustmentFactory,
    AdjudicationFactory,
    ClaimFactory,
)
from tests.factories.ledger import post_as_billed, post_patient_money

# A Wednesday, two in the afternoon in Austin: an hour of a day on which one may write to a patient.
OPENED_AT = datetime(2026, 9, 16, 19, 0, tzinfo=UTC)
TOKEN = "t" * 43


def post_answer(
    claim: Claim, *, cost_share: str = "64.20", denied: str = "0", now: datetime = ADJUDICATED_AT, key: str = "835"
) -> None:
    """The claim's 835 in the ledger: of each line `denied` stays the payer's, the first owes `cost_share`, the rest is paid."""
    for number, line in enumerate(claim.lines.select_related("charge").order_by("number")):
        share, kept = (Decimal(cost_share), Decimal(denied)) if number == 0 else (Decimal(0), Decimal(0))
        legs = _legs(claim, line.charge, share, kept)
        post_entries([NewEntry(Entry.Kind.REMITTANCE, f"{key}:{line.charge_id}", now.date(), legs)], now=now)


def _legs(claim: Claim, charge: Charge, share: Decimal, kept: Decimal) -> tuple[NewLeg, ...]:
    at = {"patient_id": claim.patient_id, "charge_id": charge.pk, "payer_id": claim.payer_id}
    moved = Decimal(charge.amount) - kept
    return (
        NewLeg(Account.PAYER_CLEARING, moved - share, **at),
        NewLeg(Account.PATIENT_RECEIVABLE, share, **at),
        NewLeg(Account.INSURANCE_RECEIVABLE, -moved, **at),
    )


def answered_claim(
    *,
    cost_share: str = "64.20",
    denied: str = "0",
    status: ClaimStatus = ClaimStatus.PAID,
    now: datetime = ADJUDICATED_AT,
    **fields: object,
) -> Claim:
    """A claim billed and answered, its money in the ledger, as the posting of a remittance leaves it."""
    claim: Claim = ClaimFactory(status=status, **fields)
    post_as_billed(*(line.charge for line in claim.lines.select_related("charge__encounter__coverage")), now=now)
    post_answer(claim, cost_share=cost_share, denied=denied, now=now)
    AdjudicationAdjustmentFactory(
        adjudication=AdjudicationFactory(claim=claim, cost_share=Decimal(cost_share), denied=Decimal(denied)),
        group="PR",
        carc="1",
        amount=Decimal(cost_share),
        adjustment_class=AdjudicationAdjustment.Class.COST_SHARE,
    )
    return claim


def post_cash(balance: Balance, amount: str, *, key: str, now: datetime = OPENED_AT) -> None:
    """Money that came by another road than the card page; a negative amount gives some back."""
    post_patient_money(balance.encounter.charges.first(), amount, key=key, now=now)


class BalanceFactory(DjangoModelFactory):
    """`BalanceFactory(owed="20.00")`: open, nothing sent yet, owed in the ledger."""

    class Meta:
        model = Balance

    class Params:
        owed = "64.20"
        claim_fields = factory.LazyFunction(dict)

    claim = factory.LazyAttribute(
        lambda made: answered_claim(cost_share=made.owed, status=ClaimStatus.PATIENT_BALANCE, **made.claim_fields)
    )
    encounter = factory.SelfAttribute("claim.encounter")
    patient = factory.SelfAttribute("claim.patient")
    opened_amount = factory.LazyAttribute(lambda made: Decimal(made.owed))
    opened_at = OPENED_AT


class PaymentLinkFactory(DjangoModelFactory):
    """`PaymentLinkFactory(token="...")`; the default token is `TOKEN`."""

    class Meta:
        model = PaymentLink

    class Params:
        token = TOKEN

    balance = factory.SubFactory(BalanceFactory)
    token_hash = factory.LazyAttribute(lambda made: hash_of(made.token))
    sealed_token = None
    created_at = OPENED_AT
    expires_at = OPENED_AT + timedelta(days=30)


class MessageFactory(DjangoModelFactory):
    """A first notice by text that has left; `state=Message.State.WAITING` for one that has not."""

    class Meta:
        model = Message

    balance = factory.SubFactory(BalanceFactory)
    touch = Message.Touch.FIRST
    words = factory.SelfAttribute("touch")
    channel = Message.Channel.SMS
    address = factory.SelfAttribute("balance.patient.phone")
    body = "Pecan Row: you have a balance. https://pay.example.com/pay/******** Call 512-555-0111. STOP to end"
    state = Message.State.SENT
    due_at = OPENED_AT
    sent_at = factory.LazyAttribute(
        lambda made: made.due_at if made.state in {Message.State.SENT, Message.State.DELIVERED} else None
    )


class PatientPaymentFactory(DjangoModelFactory):
    class Meta:
        model = PatientPayment

    balance = factory.SubFactory(BalanceFactory)
    amount = Decimal("64.20")
    started_at = OPENED_AT


class InboundMessageFactory(DjangoModelFactory):
    class Meta:
        model = InboundMessage

    patient = None
    address = "+15125550199"
    text = "Is this about my last visit?"
    at = OPENED_AT
    vendor_key = factory.Sequence(lambda n: f"SM{n + 1}")
    meaning = InboundMessage.Meant.OTHER
    pauses = True


BIRTH_DATE, ZIP = date(1984, 3, 12), "78704"  # of PatientFactory
