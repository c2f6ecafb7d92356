"""270, 005010X279A1: "is this patient covered?" """

from dataclasses import dataclass, field
from datetime import date, time

from apps.x12.guides.eligibility import AdditionalInformation, CoveredPerson, ProviderInformation, Trace
from apps.x12.guides.parts import Address, Amount, DatedPeriod, Party, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitAsked:
    """One EQ that asks for more than a service type, with what follows it (2110C, 2110D).

    `procedure` EQ02, `coverage_level` EQ03 (FAM, IND ...), `insurance_type` EQ04, `diagnosis_pointers` EQ05: which of the
    patient's diagnoses, from 1. `amounts`: AMT R spend-down, PB billed.
    """

    service_types: tuple[str, ...] = ()
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    procedure_qualifier: str = ""
    coverage_level: str = ""
    insurance_type: str = ""
    diagnosis_pointers: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = ()
    additional: tuple[AdditionalInformation, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[DatedPeriod, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """One patient. `trace_number` (TRN02, up to 50 characters) comes back in the 271; `trace_originator` is TRN03, 10
    characters.

    The patient is `dependent` where there is one, else `subscriber`. `service_types` are EQ01, 30 = the plan's
    benefits at large; `benefits` what is asked in more detail. `more_traces`: a clearinghouse's.
    """

    subscriber: CoveredPerson
    trace_number: str
    trace_originator: str
    service_date: date | None
    service_end_date: date | None = None
    service_types: tuple[str, ...] = ("30",)
    benefits: tuple[BenefitAsked, ...] = ()
    dependent: CoveredPerson | None = None
    trace_division: str = ""
    more_traces: tuple[Trace, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherInquiries:
    """What one more provider asks the same payer, or any provider one more payer: loops 2000A and 2000B repeat."""

    source: Party
    receiver: Party
    inquiries: tuple[Inquiry, ...]
    receiver_references: tuple[Reference, ...] = ()
    receiver_address: Address | None = None
    receiver_information: ProviderInformation | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityInquiry:
    """The body of one ST: a payer (`source`, 2100A) and a provider (`receiver`, 2100B), 1 patient in real time, up to 99 in a batch.

    `others`: what is asked of further payers or by further providers, in the file's order; equal neighbours share a payer's level.
    """

    reference: str
    source: Party
    receiver: Party
    inquiries: tuple[Inquiry, ...]
    created_on: date | None
    created_at: time | None
    receiver_references: tuple[Reference, ...] = ()
    receiver_address: Address | None = None
    receiver_information: ProviderInformation | None = None
    others: tuple[FurtherInquiries, ...] = ()
    segment: int = field(default=0, compare=False)

    @property
    def asked(self) -> "tuple[EligibilityInquiry | FurtherInquiries, ...]":
        """All that is asked, of the first payer by the first provider first."""
        return (self, *self.others)


MOST_INQUIRIES = 99
