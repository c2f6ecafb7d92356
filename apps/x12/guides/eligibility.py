"""Pieces that the eligibility inquiry (270) and its answer (271) share."""

from dataclasses import dataclass, field
from datetime import date

from apps.x12.guides.parts import Address, DatedPeriod, Reference


@dataclass(frozen=True, slots=True)
class Trace:
    """One TRN. `kind` in a 271: 2 is ours, come back; 1 the payer's or a clearinghouse's own. `division` TRN04."""

    number: str
    originator: str = ""
    kind: str = "2"
    division: str = ""
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ProviderInformation:
    """One PRV: `code` PRV01, the provider's part (PE performing, RF referring, PC primary care ...), and its taxonomy."""

    code: str
    taxonomy: str = ""
    qualifier: str = "PXC"
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One composite of an HI, without its point. `qualifier` ABK principal, ABF other."""

    code: str
    qualifier: str = "ABK"
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AdditionalInformation:
    """One III: a diagnosis (BF, BK, ABF ...), a place of service (ZZ) or the nature of an injury (GR, `category` 44, `text`)."""

    qualifier: str
    code: str = ""
    category: str = ""
    text: str = ""
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MilitaryService:
    """One MPI, in a 271: status of the information, employment, affiliation, rank, and the period of service."""

    information: str
    employment: str = ""
    affiliation: str = ""
    description: str = ""
    rank: str = ""
    start: date | None = None
    end: date | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredPerson:
    """Loop 2100C or 2100D: whom we ask about, or who the payer says this is. Only a subscriber has a `member_id`.

    `relationship` INS02 (18 the subscriber itself, 01 spouse, 19 child ...); `maintenance_type` and `maintenance_reason`
    INS03, INS04 (001, 25: the payer corrected what identifies the person); `birth_sequence` INS17 of one of several born
    together. `dates`: every DTP at this level but the one that an inquiry asks for.
    """

    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    member_id: str = ""
    birth_date: date | None = None
    sex: str = ""
    address: Address | None = None
    relationship: str = ""
    maintenance_type: str = ""
    maintenance_reason: str = ""
    birth_sequence: int | None = None
    references: tuple[Reference, ...] = ()
    provider: ProviderInformation | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    dates: tuple[DatedPeriod, ...] = ()
    military: MilitaryService | None = None
    id_qualifier: str = "MI"
    segment: int = field(default=0, compare=False)
