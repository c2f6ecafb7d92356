"""What a person enters, as a real 835: written by our writer, stored in the journal, posted as any other file is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.claims.models import Claim
from apps.connectors import journal
from apps.core.bulk_rows import new_keys
from apps.core.clock import practice_date, practice_zone
from apps.core.jobs import nudge
from apps.core.models import User
from apps.core.money import ZERO
from apps.core.odd_days import odd_day
from apps.practice.models import Payer, Practice
from apps.practice.selectors.payer_channels import remittance_ids
from apps.remittances.models import HandRemittance, RemittanceException, RemittancePayment, RemittedClaim
from apps.remittances.rules.entered import EnteredAdjustment, EnteredClaim
from apps.remittances.rules.hand_records import plain, remitted_claim
from apps.remittances.services.post_remittances import KIND, post_file
from apps.x12 import Envelope, WriteError, write_835
from apps.x12.guides import x835
from apps.x12.guides.parts import Party

_NUMBERS = 10**9  # ISA13 has nine digits


class HandEntryError(Exception):
    """It cannot be posted so; nothing has changed. The message says why, for the person who tried."""


def check_day(what: str, day: date, *, now: datetime) -> None:
    """Raises HandEntryError where the day of the payment or letter that a person typed cannot be meant."""
    today = practice_date(now)
    why = "has not come yet" if day > today else odd_day(day, today)
    if why:
        raise HandEntryError(f"The day of the {what} {why}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandWork:
    """Who has an 835 written, why, and what it comes from. `drawn`: dollars of the money that `source` set apart."""

    purpose: HandRemittance.Purpose
    acting_user: User
    note: str
    now: datetime
    source: RemittanceException | None = None
    drawn: Decimal = ZERO
    takes_back: RemittedClaim | None = None
    takes_back_payment: RemittancePayment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandHeader:
    """Of whom, by which number, on which day. `amount` is BPR02, dollars; 0.00 moves money that is here already. `payer_id`: the
    payer's row, where the directory knows it.
    """

    payer: x835.RemittanceParty
    payer_identifier: str
    trace_number: str
    paid_on: date
    amount: Decimal = ZERO
    method: str = "NON"
    payer_id: int | None = None


def header_of_payer(payer: Payer, **told: object) -> HandHeader:
    """By the payer's own row: its first id for remittances, and its name."""
    identifier = next(iter(remittance_ids([payer])[payer.pk]), "")
    return _header(payer.name, identifier, payer_id=payer.pk, **told)


def header_of_payment(payment: RemittancePayment, **told: object) -> HandHeader:
    """As the payment names its payer; `told` where something else than its number and day counts."""
    named: dict[str, object] = {"trace_number": payment.trace_number, "paid_on": payment.paid_on, **told}
    if payment.payer is not None:
        return header_of_payer(payment.payer, **named)
    return _header(payment.payer_name, payment.payer_identifier, **named)


def _header(name: str, identifier: str, **told: object) -> HandHeader:
    party = x835.RemittanceParty(name=name)
    return HandHeader(payer=party, payer_identifier=plain(identifier), **told)  # type: ignore[arg-type]  # names checked by the record


def post_by_hand(
    header: HandHeader,
    claims: Sequence[x835.RemittedClaim],
    adjustments: Iterable[EnteredAdjustment],
    work: HandWork,
) -> RemittancePayment:
    """Write, store and post it, inside the caller's transaction. What it opens in the rooms above is nudged.

    Raises HandEntryError where it cannot be written, or names another payer than is meant.
    """
    (number,) = new_keys(HandRemittance, 1)
    try:
        payload = write_835([_remittance(header, claims, adjustments, number)], _envelope(number, work.now))
    except WriteError as refusal:
        raise HandEntryError(str(refusal)) from None
    name = f"{work.purpose.label}: {header.trace_number}"
    stored, _ = journal.receive(payload, kind=KIND, now=work.now, name=name[:100], vendor_key=f"by hand:{number}")
    HandRemittance.objects.create(
        pk=number,
        transmission=stored,
        purpose=work.purpose,
        entered_at=work.now,
        entered_by=work.acting_user,
        note=work.note.strip()[:500],
        source=work.source,
        drawn=work.drawn,
        takes_back=work.takes_back,
        takes_back_payment=work.takes_back_payment,
    )
    file = post_file(stored.pk, now=work.now)
    if file is None:
        raise TypeError("A file that nobody else can see yet is posted by who wrote it.")
    payment = file.payments.get()
    if header.payer_id not in (None, payment.payer_id):
        raise HandEntryError(
            "Another payer of the directory has the same remittance id. Correct that in Settings, Payers first."
        )
    nudge("follow_postings")
    return payment


def _remittance(
    header: HandHeader, claims: Sequence[x835.RemittedClaim], adjustments: Iterable[EnteredAdjustment], number: int
) -> x835.Remittance:
    practice = Practice.objects.first()
    npi = practice.npi if practice else ""
    end_of_year = date(header.paid_on.year, 12, 31)
    return x835.Remittance(
        amount=abs(header.amount),
        credit=header.amount >= 0,
        trace_number=header.trace_number,
        payer=header.payer,
        payee=x835.RemittanceParty(name=practice.name if practice else "", id_qualifier="XX" if npi else "", id=npi),
        payer_identifier=header.payer_identifier,
        method=header.method,
        payment_date=header.paid_on,
        claims=tuple(claims),
        # The reference makes two that say the same of one payment two, where no check number tells them apart.
        provider_adjustments=tuple(
            x835.ProviderAdjustment(
                npi, end_of_year, each.reason, plain(each.reference) or f"BY HAND {number}", each.amount
            )
            for each in adjustments
        ),
    )


def _envelope(number: int, now: datetime) -> Envelope:
    number %= _NUMBERS
    return Envelope(
        sender_id="BYHAND",
        receiver_id="THROUGHLINE",
        interchange_number=number,
        group_number=number,
        created=now.astimezone(practice_zone()),
    )


def written_claims(entered: Iterable[EnteredClaim]) -> list[x835.RemittedClaim]:
    """The CLPs of what was entered, each with its patient and its payer's filing indicator."""
    entered = list(entered)
    people = people_of(each.billed.claim_id for each in entered)
    return [
        remitted_claim(each, people[each.billed.claim_id].patient, people[each.billed.claim_id].filing_indicator)
        for each in entered
    ]


@dataclass(frozen=True, slots=True)
class ClaimPeople:
    patient: Party
    filing_indicator: str


def people_of(claim_ids: Iterable[int]) -> dict[int, ClaimPeople]:
    """Whom claims (keys) are about, as an 835 names them."""
    claims = Claim.objects.filter(pk__any_of=list(claim_ids)).select_related("patient", "coverage", "payer")
    return {claim.pk: ClaimPeople(_patient(claim), claim.payer.filing_indicator) for claim in claims}


def _patient(claim: Claim) -> Party:
    member = plain(claim.coverage.member_id)
    return Party(
        claim.patient.last_name,
        claim.patient.first_name,
        is_person=True,
        id_qualifier="MI" if member else "",
        id=member,
        role="QC",
    )
