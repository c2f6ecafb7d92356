"""837P, 005010X222A1: professional claims. The same records are read and written; a claim carries its whole context.

The hierarchy of the file (billing provider, subscriber, patient) is the writer's and the reader's business: here each
claim
names its billing provider, subscriber, payer and patient, and equal neighbours share loops in the file.

`references` are the REF, `dates` the DTP that have no field of their own, by the guide's qualifiers. `rest` are segments of the
guide that no field holds, as they stand but for ":" between a composite's parts; they are written again in their place.
"""

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from apps.x12.guides.parts import DatedPeriod, Reference
from apps.x12.guides.x837p.coordination import LineDecision, OtherCoverage
from apps.x12.guides.x837p.parties import (
    BillingProvider,
    ClaimPayer,
    ClaimProvider,
    Patient,
    Receiver,
    Submitter,
    Subscriber,
)
from apps.x12.raw import RawSegment


@dataclass(frozen=True, slots=True)
class Paperwork:
    """PWK: what is sent beside the claim. `kind` PWK01 (OZ support data, OB operative note, EB explanation of benefits ...), `way`
    PWK02: AA on request, BM mail, EL electronically, EM mail message, FT file, FX fax. `control_number` names it on both ways.
    """

    kind: str
    way: str
    control_number: str = ""
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Drug:
    """Loop 2410. `code` is an NDC of eleven digits without hyphens under N4; `unit` UN, ML, GR, F2 or ME. `prescription` is REF*XZ
    (its number) or REF*VY (which lines are one compound).
    """

    code: str
    quantity: Decimal | None
    unit: str
    qualifier: str = "N4"
    prescription: Reference | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class PurchasedService:
    """PS1 and 2420B: a service bought from another provider, whose number is `provider_id`, for `charge` dollars."""

    provider_id: str
    charge: Decimal
    provider: ClaimProvider | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """Loop 2400. `control_number` is REF*6R and always written: it comes back on the remittance.

    `pointers` are 1-based into the claim's diagnoses. `place_of_service` only where it differs from the claim's.
    `units` with `unit` UN, or minutes with MJ. `note_kind`: ADD additional information, DCP goals or plans. `is_copay_exempt` SV115.
    Of the `references`: EW mammography, F4 referring CLIA, BT immunization batch, 9F referral. Of the `dates`: 471 prescription, 304
    last seen, 455 last X-ray, 454 initial treatment, 463 begin therapy, 738 and 739 tests.
    `purchased` is a service of another provider's, `decisions` what other payers decided of the line.
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
    is_epsdt: bool = False
    is_family_planning: bool = False
    is_copay_exempt: bool = False
    prior_authorization: str = ""
    clia: str = ""
    note: str = ""
    note_kind: str = "ADD"
    drug: Drug | None = None
    paperwork: tuple[Paperwork, ...] = ()
    dates: tuple[DatedPeriod, ...] = ()
    references: tuple[Reference, ...] = ()
    rendering: ClaimProvider | None = None
    purchased: PurchasedService | None = None
    service_facility: ClaimProvider | None = None
    supervising: ClaimProvider | None = None
    ordering: ClaimProvider | None = None
    referring: ClaimProvider | None = None
    primary_care: ClaimProvider | None = None
    decisions: tuple[LineDecision, ...] = ()
    rest: tuple[RawSegment, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Loop 2300 with its context. `charge` is CLM02, dollars. `frequency` CLM05-3: 1 original, 7 replacement, 8 void.

    `payer_claim_number` is REF*F8 (the payer's number of the claim that 7 or 8 speaks of, without which neither is written),
    `prior_authorization` REF*G1, `referral_number` REF*9F. Diagnoses are ICD-10-CM, the principal first, with or without the point.
    `accident_causes` CLM11: AA auto, EM employment, OA other. `clearinghouse_number` is REF*D9. `signature_source` CLM10: P, signed
    for the patient. `special_program` CLM12, `delay_reason` CLM20. `note_kind`: ADD, CER, DCP, DGN, TPO.
    Of the `references`: EW mammography, P4 demonstration project, 4N authorization exception, LX investigational device, 1J care plan
    oversight. Of the `dates`: 454 initial treatment, 304 last seen, 453 acute manifestation, 484 last menstruation, 455 last X-ray,
    471 prescription, 314, 360 and 361 disability, 297 last worked, 296 return to work, 096 discharge, 090 and 091 care assumed and
    given up, 444 first contact.
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
    signature_source: str = ""
    accident_causes: tuple[str, ...] = ()
    accident_state: str = ""
    accident_country: str = ""
    special_program: str = ""
    delay_reason: str = ""
    accident_date: date | None = None
    onset_date: date | None = None
    admission_date: date | None = None
    dates: tuple[DatedPeriod, ...] = ()
    paperwork: tuple[Paperwork, ...] = ()
    patient_paid: Decimal | None = None
    payer_claim_number: str = ""
    prior_authorization: str = ""
    referral_number: str = ""
    clia: str = ""
    clearinghouse_number: str = ""
    medical_record_number: str = ""
    references: tuple[Reference, ...] = ()
    note: str = ""
    note_kind: str = "ADD"
    referring: ClaimProvider | None = None
    primary_care: ClaimProvider | None = None
    rendering: ClaimProvider | None = None
    service_facility: ClaimProvider | None = None
    supervising: ClaimProvider | None = None
    other_coverages: tuple[OtherCoverage, ...] = ()
    rest: tuple[RawSegment, ...] = ()
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
