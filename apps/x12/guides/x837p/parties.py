"""Who takes part in a claim."""

from dataclasses import dataclass, field
from datetime import date

from apps.x12.guides.parts import Address, Contact, Reference
from apps.x12.raw import RawSegment


@dataclass(frozen=True, slots=True)
class Submitter:
    """Loop 1000A. `id` is the electronic transmitter number that the clearinghouse gave us."""

    name: str
    id: str
    contact: Contact
    other_contact: Contact | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Loop 1000B."""

    name: str
    id: str
    segment: int = field(default=0, compare=False)


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
    other_contact: Contact | None = None
    pay_to: Address | None = None
    references: tuple[Reference, ...] = ()
    rest: tuple[RawSegment, ...] = ()
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
    contact: Contact | None = None
    references: tuple[Reference, ...] = ()
    rest: tuple[RawSegment, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPayer:
    """Loop 2010BB, and 2330B. `id_qualifier`: PI payer identification, XV health plan id."""

    name: str
    id: str
    id_qualifier: str = "PI"
    address: Address | None = None
    references: tuple[Reference, ...] = ()
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
    contact: Contact | None = None
    references: tuple[Reference, ...] = ()
    rest: tuple[RawSegment, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimProvider:
    """A person (or, as service facility, a place) in 2310A-D and 2420. `references` are further ids: 0B state licence, 1G UPIN, G2
    commercial, LU location.
    """

    last_name: str
    npi: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    taxonomy: str = ""
    address: Address | None = None
    is_person: bool = True
    references: tuple[Reference, ...] = ()
    contact: Contact | None = None
    segment: int = field(default=0, compare=False)
