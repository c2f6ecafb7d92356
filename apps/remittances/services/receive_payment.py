"""Take in one payment (an ST): its identity, its deposit, its PLB, and what of it no claim explains."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.core.clock import practice_date
from apps.ledger.services import NewEntry, post_entries
from apps.remittances.encode import Source, deposit_entry, provider_adjustment_entry
from apps.remittances.models import ProviderAdjustment, RemittanceFile, RemittancePayment
from apps.remittances.rules.outcomes import Problem
from apps.remittances.rules.provider_adjustments import Counterpart, counterpart_of
from apps.remittances.rules.words import rest_sentence
from apps.remittances.selectors.payers import find_payer, payer_ids_of
from apps.remittances.services.continuations import parts_completed_by
from apps.remittances.services.paper_copies import copy_of, entered_from_paper, lock_number, same_payer
from apps.remittances.services.post_claims import post_held_claims
from apps.remittances.services.raise_exceptions import NewException, raise_exceptions
from apps.remittances.services.read_file import PaymentSummary
from apps.remittances.services.replan import claims_of
from apps.x12.guides.x835 import Remittance


@dataclass(frozen=True, slots=True)
class _Identity:
    """DOMAIN 4: same payer, TRN02, amount and date are the same payment. The payer's id is a text: see `_same_payments`."""

    payer_identifier: str
    trace_number: str
    amount: Decimal
    paid_on: date


def receive_payment(file: RemittanceFile, number: int, summary: PaymentSummary, *, now: datetime) -> RemittancePayment:
    """The payment's row and the movements of its own; its claims are posted after. Once: a second call returns the row.

    Call it inside the transaction that holds the file's lock.
    """
    known = RemittancePayment.objects.filter(file=file, number=number).first()
    if known:
        return known
    payment = _row(file, number, summary)
    lock_number(payment.trace_number, payment.amount)
    same = _same_payments(payment) or (entered_from_paper(payment) if payment.amount else [])
    payment.duplicate_of = copy_of(same, summary)
    if same and not payment.duplicate_of and payment.amount:
        payment.continues = same[0]
    payment.save()
    if payment.duplicate_of is None:
        _take_in(payment, summary, now)
    return payment


def _take_in(payment: RemittancePayment, summary: PaymentSummary, now: datetime) -> None:
    if payment.continues is None:
        take_in_as_own(payment, summary, now=now)
        return
    waited = parts_completed_by(payment.continues, summary.explained, _explained_by_part, now=now)
    if waited is not None:
        _post_own_movements(payment, summary.heading, now)
        for part in waited:
            _post_held_part(part, now)
    else:
        sentence = "A payment that was already posted came again with other claims, which do not make it whole."
        held = NewException(Problem.CONTINUATION, sentence, payment.file, payment, at_stake=summary.explained)
        raise_exceptions([held], now=now)


def _explained_by_part(part: RemittancePayment) -> Decimal:
    return claims_of(part).payment.explained


def _post_held_part(part: RemittancePayment, now: datetime) -> None:
    claims = claims_of(part)
    _post_own_movements(part, claims.payment.heading, now)
    post_held_claims(part, claims, now=now)


def take_in_as_own(payment: RemittancePayment, summary: PaymentSummary, *, now: datetime) -> None:
    """What claims and PLB do not explain of BPR02 waits as an exception; nothing is invented to make it balance."""
    _post_own_movements(payment, summary.heading, now)
    explained = summary.explained
    rest = payment.amount - explained
    if rest:
        sentence = rest_sentence(explained, payment.amount)
        raise_exceptions([NewException(Problem.CLEARING, sentence, payment.file, payment, amount=rest)], now=now)


def _row(file: RemittanceFile, number: int, summary: PaymentSummary) -> RemittancePayment:
    remittance = summary.heading
    identity = _identity(file, remittance)
    return RemittancePayment(
        file=file,
        number=number,
        payer=find_payer(remittance),
        payer_name=remittance.payer.name[:60],
        payer_identifier=identity.payer_identifier,
        trace_number=identity.trace_number,
        method=remittance.method[:3],
        paid_on=identity.paid_on,
        amount=identity.amount,
        content_checksum=summary.content_checksum,
        segment=remittance.segment,
    )


def _identity(file: RemittanceFile, remittance: Remittance) -> _Identity:
    payer = next(iter(payer_ids_of(remittance)), remittance.payer.name)
    day = payment_day(file, remittance)
    return _Identity(payer[:80], remittance.trace_number[:50], signed_amount(remittance), day)


def payment_day(file: RemittanceFile, remittance: Remittance) -> date:
    """BPR16; where that is missing the day on which the payer made the remittance (DTM*405), or on which it came."""
    return remittance.payment_date or remittance.production_date or practice_date(file.received_at)


def signed_amount(remittance: Remittance) -> Decimal:
    """BPR02 in dollars; BPR03 D: the payer takes it."""
    return remittance.amount if remittance.credit else -remittance.amount


def _same_payments(payment: RemittancePayment) -> list[RemittancePayment]:
    """Earlier rows of the same payment, the first one first; copies of it, and what people undid, are left out."""
    return list(
        RemittancePayment.objects.filter(
            same_payer(payment),
            trace_number=payment.trace_number,
            amount=payment.amount,
            paid_on=payment.paid_on,
            duplicate_of=None,
            undone_by_hand=None,
        ).order_by("pk")
    )


def _post_own_movements(payment: RemittancePayment, remittance: Remittance, now: datetime) -> None:
    """The deposit (the first part of a payment only: the money arrives once) and each PLB pair."""
    entries: list[NewEntry] = []
    deposit_key = f"deposit:{payment.public_id}"
    source = _source(payment, payment.segment, now)
    if payment.amount and payment.continues is None:
        entries.append(deposit_entry(deposit_key, payment.amount, payer_id=payment.payer_id, source=source))
    rows = []
    for number, item in enumerate(remittance.provider_adjustments, start=1):
        key = f"plb:{payment.public_id}:{number}"
        carried = counterpart_of(item.reason) is Counterpart.CARRIED
        if item.amount:
            place = _source(payment, item.segment, now)
            entries.append(
                provider_adjustment_entry(key, item.amount, carried=carried, payer_id=payment.payer_id, source=place)
            )
        rows.append((key, number, item))
    posted = post_entries(entries, now=now)
    payment.deposit_entry_id = posted.posted.get(deposit_key)
    payment.save(update_fields=["deposit_entry"])
    ProviderAdjustment.objects.bulk_create(
        ProviderAdjustment(
            payment=payment,
            number=number,
            reason=item.reason[:5],
            reference=item.reference[:80],
            amount=item.amount,
            entry_id=posted.posted.get(key),
            segment=item.segment,
        )
        for key, number, item in rows
    )


def _source(payment: RemittancePayment, segment: int, now: datetime) -> Source:
    return Source(payment.public_id, payment.file.transmission_id, segment, practice_date(now), payment.paid_on)
