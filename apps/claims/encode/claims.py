"""Our claims as 837P records, and the envelope that they travel in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from apps.claims.encode.coordination import RANKS, line_decisions, other_coverages
from apps.claims.rules.accidents import AUTO
from apps.claims.rules.coordination import medicare_reason
from apps.claims.rules.laboratory import in_office_tests
from apps.claims.rules.snapshot import (
    AddressView,
    BillingView,
    ClaimView,
    FacilityView,
    LineView,
    OtherProviderView,
    ProviderView,
)
from apps.core.clock import practice_zone
from apps.x12 import Envelope, write_837p
from apps.x12.guides.parts import Address, Contact
from apps.x12.guides.x837p import (
    BillingProvider,
    Claim,
    ClaimBatch,
    ClaimPayer,
    ClaimProvider,
    Drug,
    Patient,
    Receiver,
    ServiceLine,
    Submitter,
    Subscriber,
)


@dataclass(frozen=True, slots=True)
class TradingIds:
    """How we and the clearinghouse name each other: ISA06, ISA08, NM109 of loops 1000A and 1000B. From the connection's settings."""

    sender_id: str
    receiver_id: str
    submitter_id: str
    receiver_name: str
    usage: str = "P"

    @classmethod
    def of(cls, settings: Mapping[str, Any], billing: BillingView) -> "TradingIds":
        """What the settings leave open is named by the practice's trading id, as a clearinghouse does without an id of its own."""
        sender = str(settings.get("sender_id") or billing.trading_id)
        receiver = str(settings.get("receiver_id") or "CLEARINGHOUSE")
        return cls(
            sender_id=sender,
            receiver_id=receiver,
            submitter_id=str(settings.get("submitter_id") or sender),
            receiver_name=str(settings.get("receiver_name") or "CLEARINGHOUSE"),
            usage=str(settings.get("usage") or "P"),
        )


@dataclass(frozen=True, slots=True)
class ControlNumbers:
    """ISA13, GS06, ST02 and BHT03 of one file."""

    interchange: int
    group: int
    transaction: int
    reference: str


def write_claims(
    claims: Iterable[ClaimView], billing: BillingView, ids: TradingIds, numbers: ControlNumbers, *, now: datetime
) -> bytes:
    """One interchange of one transaction. Raises apps.x12.WriteError, naming the claim that X12 cannot carry."""
    local = now.astimezone(practice_zone())
    contact = Contact(name=billing.name, phone=_phone(billing.phone))
    batch = ClaimBatch(
        reference=numbers.reference,
        submitter=Submitter(billing.name, ids.submitter_id, contact),
        receiver=Receiver(ids.receiver_name, ids.receiver_id),
        claims=tuple(encode_claim(claim, billing) for claim in claims),
        created_on=local.date(),
        created_at=local.time().replace(second=0, microsecond=0, tzinfo=None),
    )
    envelope = Envelope(
        sender_id=ids.sender_id,
        receiver_id=ids.receiver_id,
        interchange_number=numbers.interchange,
        group_number=numbers.group,
        transaction_number=numbers.transaction,
        created=local,
        usage=ids.usage,
        acknowledgment_requested=True,
    )
    return write_837p(batch, envelope)


def encode_claim(claim: ClaimView, billing: BillingView) -> Claim:
    return Claim(
        control_number=claim.control_number,
        charge=claim.total,
        place_of_service=claim.place_of_service,
        billing_provider=_billing(billing),
        subscriber=_subscriber(claim),
        payer=ClaimPayer(name=claim.payer.name, id=claim.payer.claims_id),
        diagnoses=claim.diagnoses,
        lines=tuple(_line(line, claim) for line in claim.lines),
        patient=None if claim.coverage.is_self else _patient(claim),
        frequency=claim.frequency,
        payer_claim_number=claim.payer_claim_number if claim.frequency in {"7", "8"} else "",
        prior_authorization=claim.prior_authorization,
        clia=claim.facility.clia if claim.facility and in_office_tests(claim) else "",
        referral_number=claim.referral_number,
        accident_causes=claim.accident_causes,
        accident_date=claim.accident_date,
        # X222A1 CLM11-4: of an auto accident only.
        accident_state=claim.accident_state if AUTO in claim.accident_causes else "",
        referring=_other_provider(claim.referring),
        supervising=_other_provider(claim.supervising),
        rendering=_rendering(claim.provider, billing),
        service_facility=_facility(claim.facility) if claim.names_facility and claim.facility else None,
        other_coverages=other_coverages(claim),
    )


def _address(view: AddressView) -> Address:
    return Address(view.line1, view.line2, view.city, view.state, view.postcode)


def _phone(number: str) -> str:
    """Ten digits, without the country's 1."""
    return "".join(sign for sign in number if sign.isdigit())[-10:]


def _billing(view: BillingView) -> BillingProvider:
    return BillingProvider(
        name=view.last_name or view.name,
        first_name=view.first_name,
        is_person=view.is_person,
        npi=view.npi,
        tax_id=view.tax_id,
        tax_id_qualifier=view.tax_id_kind,
        taxonomy=view.taxonomy,
        address=_address(view.address),
    )


def _subscriber(claim: ClaimView) -> Subscriber:
    coverage, holder = claim.coverage, claim.coverage.subscriber
    person = claim.patient if coverage.is_self else holder
    subscriber = Subscriber(
        last_name=person.last_name,
        first_name=person.first_name,
        member_id=coverage.member_id,
        payer_rank=RANKS[claim.payer_rank],
        group_number=coverage.group_number,
        insurance_type=medicare_reason(claim),
        filing_indicator=claim.payer.filing_indicator,
    )
    if not coverage.is_self:
        return subscriber
    address = _address(claim.patient_address)
    return replace(subscriber, birth_date=person.birth_date, sex=person.sex, address=address)


def _patient(claim: ClaimView) -> Patient:
    return Patient(
        last_name=claim.patient.last_name,
        first_name=claim.patient.first_name,
        relationship=claim.coverage.relationship,
        birth_date=claim.patient.birth_date,
        sex=claim.patient.sex,
        address=_address(claim.patient_address),
    )


def _rendering(view: ProviderView, billing: BillingView) -> ClaimProvider | None:
    """X222A1 2310B: only where it is another than the billing provider (2010AA)."""
    if view.npi == billing.npi:
        return None
    return ClaimProvider(last_name=view.last_name, first_name=view.first_name, npi=view.npi, taxonomy=view.taxonomy)


def _facility(view: FacilityView) -> ClaimProvider:
    return ClaimProvider(last_name=view.name, npi=view.npi, address=_address(view.address), is_person=False)


def _other_provider(view: OtherProviderView | None) -> ClaimProvider | None:
    return ClaimProvider(last_name=view.last_name, first_name=view.first_name, npi=view.npi) if view else None


def _line(line: LineView, claim: ClaimView) -> ServiceLine:
    return ServiceLine(
        control_number=line.control_number,
        procedure=line.procedure,
        charge=line.amount,
        units=line.units,
        pointers=line.pointers,
        service_date=claim.service_date,
        modifiers=line.modifiers,
        drug=Drug(line.ndc, line.ndc_units, line.ndc_unit_measure) if line.ndc else None,
        ordering=_other_provider(claim.ordering),
        decisions=line_decisions(line, claim),
    )
