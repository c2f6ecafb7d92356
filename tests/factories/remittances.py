"""Remittance files as payers would send them: our own invented payments, written as real X12 bytes.

`remittance_file(payment(clp(claim, paid="80.00", co45="20.00")))` is a balanced file of one payment for `claim`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from apps.claims.models import Claim, ClaimLine, Correction
from apps.claims.selectors.corrections import version_of
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Transmission
from apps.practice.models import Payer
from apps.x12 import Envelope, write_835
from apps.x12.guides.parts import Party
from apps.x12.guides.x835 import (
    Adjustment,
    ProviderAdjustment,
    Remittance,
    RemittanceParty,
    RemittedClaim,
    ServiceLine,
)
from tests.factories.claims import BatchFactory, ClaimFactory
from tests.factories.ledger import post_as_billed
from tests.factories.practice import UserFactory

NOW = datetime(2026, 9, 30, 15, 0, tzinfo=UTC)
PAID_ON = date(2026, 9, 29)
_numbers = count(1)


def submitted_claim(*amounts: str, **fields: object) -> Claim:
    """A claim in flight whose charges stand in the ledger, a line for each amount (default one of 100.00). All lines have one code, so
    that nothing but its number tells one from the other.
    """
    claim = ClaimFactory(
        status=ClaimStatus.SUBMITTED,
        encounter__charges__size=len(amounts) or 1,
        encounter__charges__procedure="99213",
        encounter__charges__amount=Decimal("100.00"),
        **fields,
    )
    for line, amount in zip(claim.lines.order_by("number"), amounts, strict=False):
        line.charge.amount = line.amount = Decimal(amount)
        line.charge.save()
        line.save()
    claim.total = sum((line.amount for line in claim.lines.all()), Decimal())
    claim.save()
    post_as_billed(*(line.charge for line in claim.lines.select_related("charge__encounter__coverage")), now=NOW)
    return claim


def sent_again(claim: Claim, frequency: str) -> Correction:
    """The answered claim is with its payer once more, as a replacement (7) or a new claim (1)."""
    claim = Claim.objects.get(pk=claim.pk)
    made = Correction.objects.create(
        claim=claim,
        way=_WAYS[frequency],
        before=version_of(claim),
        status_before=claim.status,
        started_at=NOW,
        started_by=UserFactory(),
    )
    Claim.objects.filter(pk=claim.pk).update(
        frequency=frequency, status=ClaimStatus.SUBMITTED, first_adjudicated_at=claim.first_adjudicated_at or NOW
    )
    claim.refresh_from_db()
    BatchFactory(claims=[claim], created_at=NOW)
    return made


_WAYS = {"1": Correction.Way.NEW_CLAIM, "7": Correction.Way.REPLACEMENT}


def adjustments(*codes: tuple[str, str]) -> tuple[Adjustment, ...]:
    """`adjustments(("CO-45", "20.00"))`."""
    return tuple(Adjustment(*code.split("-"), amount=Decimal(amount)) for code, amount in codes)


def svc(
    line: ClaimLine, paid: str = "0.00", *codes: tuple[str, str], sign: int = 1, remarks: Sequence[str] = ()
) -> ServiceLine:
    """What is not paid and named by no code is CO-45. `sign` -1: the line of a reversal."""
    named = adjustments(*codes)
    rest = line.amount - Decimal(paid) - sum((item.amount for item in named), Decimal())
    said = (*named, *(adjustments(("CO-45", str(rest))) if rest else ()))
    return ServiceLine(
        procedure=line.procedure,
        modifiers=tuple(line.modifiers),
        charge=sign * line.amount,
        paid=sign * Decimal(paid),
        units=Decimal(1),
        control_number=line.control_number,
        service_date=line.claim.service_date,
        adjustments=tuple(Adjustment(item.group, item.reason, sign * item.amount) for item in said),
        remark_codes=tuple(remarks),
    )


def clp(claim: Claim, *lines: ServiceLine, status: str = "1", **fields: object) -> RemittedClaim:
    """A CLP whose totals are those of its lines; without lines each is paid in full."""
    lines = lines or tuple(svc(line, str(line.amount)) for line in claim.lines.all())
    charge, paid = (sum((getattr(line, name) for line in lines), Decimal()) for name in ("charge", "paid"))
    told: dict[str, object] = {
        "control_number": claim.control_number,
        "status": status,
        "charge": charge,
        "paid": paid,
        "payer_claim_number": f"ICN{claim.pk:08d}",
        "filing_indicator": "CI",
        "patient": Party(
            claim.patient.last_name,
            claim.patient.first_name,
            is_person=True,
            id_qualifier="MI",
            id=claim.coverage.member_id,
            role="QC",
        ),
        "lines": lines,
    } | fields
    return RemittedClaim(**told)  # type: ignore[arg-type]  # names checked by the record itself


def without_our_numbers(claim: RemittedClaim, number: str = "0") -> RemittedClaim:
    """As a payer sends it that lost CLM01 and REF*6R; `number` stands in CLP01."""
    lines = tuple(replace(line, control_number="") for line in claim.lines)
    return replace(claim, control_number=number, lines=lines)


def reversal_of(claim: RemittedClaim) -> RemittedClaim:
    """CLP02 22 with every amount negated."""

    def undone(line: ServiceLine) -> ServiceLine:
        codes = tuple(Adjustment(item.group, item.reason, -item.amount) for item in line.adjustments)
        return replace(line, charge=-line.charge, paid=-line.paid, adjustments=codes)

    return replace(
        claim, status="22", charge=-claim.charge, paid=-claim.paid, lines=tuple(undone(line) for line in claim.lines)
    )


def plb(reason: str, amount: str, reference: str = "") -> ProviderAdjustment:
    return ProviderAdjustment("1234567893", date(2026, 12, 31), reason, reference, Decimal(amount))


def payment(
    *claims: RemittedClaim,
    payer: Payer | None = None,
    plbs: Sequence[ProviderAdjustment] = (),
    trace: str = "",
    amount: str = "",
    **fields: object,
) -> Remittance:
    """A payment that balances, unless `amount` says otherwise. `payer` is named by its first remittance ID and its name."""
    total = sum((claim.paid for claim in claims), Decimal()) - sum((item.amount for item in plbs), Decimal())
    told: dict[str, object] = {
        "amount": Decimal(amount) if amount else total,
        "trace_number": trace or f"EFT{next(_numbers):07d}",
        "payer": RemittanceParty(name=payer.name if payer else "Lone Prairie Health"),
        "payee": RemittanceParty(name="Pecan Row Family Medicine", id_qualifier="XX", id="1482039573"),
        "payer_identifier": (payer.remittance_ids.split() or [payer.claims_id])[0] if payer else "1999999999",
        "claims": claims,
        "provider_adjustments": tuple(plbs),
        "payment_date": PAID_ON,
    } | fields
    return Remittance(**told)  # type: ignore[arg-type]  # names checked by the record itself


def remittance_bytes(*payments: Remittance) -> bytes:
    number = next(_numbers)
    envelope = Envelope(
        sender_id="PAYER",
        receiver_id="PECANROW",
        interchange_number=number,
        group_number=number,
        created=datetime(2026, 9, 29, 7, 0, tzinfo=UTC),
    )
    return write_835(payments, envelope)


def stored_file(*payments: Remittance, name: str = "", payload: bytes = b"") -> Transmission:
    """In the journal, waiting to be posted."""
    transmission, _ = journal.receive(
        payload or remittance_bytes(*payments), kind="835", name=name or f"{next(_numbers)}.835", now=NOW
    )
    return transmission
