"""837P, 005010X222A1: professional claims. The same records are read and written; a claim carries its whole context.

The hierarchy of the file (billing provider, subscriber, patient) is the writer's and the reader's business: here each
claim
names its billing provider, subscriber, payer and patient, and equal neighbours share loops in the file.
"""

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from apps.x12.guides.parts import Address, Contact


@dataclass(frozen=True, slots=True)
class Submitter:
    """Loop 1000A. `id` is the electronic transmitter number that the clearinghouse gave us."""

    name: str
    id: str
    contact: Contact


@dataclass(frozen=True, slots=True)
class Receiver:
    """Loop 1000B."""

    name: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingProvider:
    """Loops 2000A, 2010AA, 2010AB. An organisation unless `is_person`. `tax_id_qualifier`: EI employer, SY
    social security.

    `address` is a street with a 9-digit ZIP; a PO box belongs in `pay_to` (2010AB).
    """

    name: str
    npi: str
    tax_id: str
    address: Address | None
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    is_person: bool = False
    tax_id_qualifier: str = "EI"
    taxonomy: str = ""
    contact: Contact | None = None
    pay_to: Address | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Loops 2000B, 2010BA. `payer_rank`: P primary, S secondary, T tertiary (SBR01).

    `filing_indicator` is SBR09 (MB Medicare Part B, CI commercial, BL Blue Cross ...); `insurance_type` SBR05, only
    for Medicare secondary.
    Birth date, sex and address are written only when the subscriber is the patient.
    """

    last_name: str
    member_id: str
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    is_person: bool = True
    payer_rank: str = "P"
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    filing_indicator: str = "CI"
    birth_date: date | None = None
    sex: str = ""
    address: Address | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPayer:
    """Loop 2010BB."""

    name: str
    id: str
    id_qualifier: str = "PI"
    address: Address | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Loops 2000C, 2010CA: a patient who is not the subscriber. `relationship` PAT01: 01 spouse, 19 child, 20
    employee, G8 other.
    """

    last_name: str
    relationship: str
    birth_date: date | None
    sex: str
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    address: Address | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimProvider:
    """A person (or, as service facility, a place) in 2310A-D and 2420."""

    last_name: str
    npi: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    taxonomy: str = ""
    address: Address | None = None
    is_person: bool = True
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """Loop 2400. `control_number` is REF*6R and always written: it comes back on the remittance.

    `pointers` are 1-based into the claim's diagnoses. `place_of_service` only where it differs from the claim's.
    `units` with `unit` UN, or minutes with MJ.
    """

    control_number: str
    procedure: str
    charge: Decimal
    units: Decimal | None
    pointers: tuple[int, ...]
    service_date: date | None
    service_end_date: date | None = None
    modifiers: tuple[str, ...] = ()
    description: str = ""
    qualifier: str = "HC"
    unit: str = "UN"
    place_of_service: str = ""
    emergency: bool = False
    prior_authorization: str = ""
    clia: str = ""
    note: str = ""
    ndc: str = ""
    ndc_quantity: Decimal | None = None
    ndc_unit: str = ""
    rendering: ClaimProvider | None = None
    ordering: ClaimProvider | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Loop 2300 with its context. `charge` is CLM02, dollars. `frequency` CLM05-3: 1 original, 7 replacement, 8 void.

    `payer_claim_number` is REF*F8 (the payer's number of the claim that 7 or 8 speaks of), `prior_authorization`
    REF*G1,
    `referral_number` REF*9F. Diagnoses are ICD-10-CM, the principal first, with or without the point.
    `accident_causes` CLM11: AA auto,
    EM employment, OA other. `clearinghouse_number` is REF*D9.
    """

    control_number: str
    charge: Decimal
    place_of_service: str
    billing_provider: BillingProvider
    subscriber: Subscriber
    payer: ClaimPayer
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    patient: Patient | None = None
    frequency: str = "1"
    signature_on_file: bool = True
    accepts_assignment: str = "A"
    benefits_assigned: str = "Y"
    release_of_information: str = "Y"
    accident_causes: tuple[str, ...] = ()
    accident_state: str = ""
    accident_date: date | None = None
    onset_date: date | None = None
    admission_date: date | None = None
    patient_paid: Decimal | None = None
    payer_claim_number: str = ""
    prior_authorization: str = ""
    referral_number: str = ""
    clia: str = ""
    clearinghouse_number: str = ""
    medical_record_number: str = ""
    note: str = ""
    referring: ClaimProvider | None = None
    rendering: ClaimProvider | None = None
    service_facility: ClaimProvider | None = None
    supervising: ClaimProvider | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimBatch:
    """The body of one ST: up to 5,000 claims. `reference` is BHT03, which the 277CA returns."""

    reference: str
    submitter: Submitter
    receiver: Receiver
    claims: tuple[Claim, ...]
    created_on: date | None
    created_at: time | None
    purpose: str = "00"
    kind: str = "CH"
    segment: int = field(default=0, compare=False)


MOST_CLAIMS = 5000
