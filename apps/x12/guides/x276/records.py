"""276, 005010X212: "what became of this claim?" """

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from apps.x12.guides.parts import DatedPeriod, Party, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInquiry:
    """Loop 2210D or 2210E: a service line asked about. `control_number` is REF*FJ, our line's REF*6R. `charge` in dollars."""

    charge: Decimal | None
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    units: Decimal | None = None
    control_number: str = ""
    service: DatedPeriod | None = None
    references: tuple[Reference, ...] = ()
    qualifier: str = "HC"
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimInquiry:
    """Loop 2200D or 2200E: one claim. `trace_number` (TRN02, up to 50 characters) comes back in the 277.

    `payer_claim_number` REF*1K, `bill_type` REF*BLT, `control_number` REF*EJ (our CLM01), `prescription_number` REF*XZ,
    `clearinghouse_number` REF*D9; `charge` AMT*T3 in dollars, `service` DTP*472.
    """

    trace_number: str
    payer_claim_number: str = ""
    bill_type: str = ""
    control_number: str = ""
    prescription_number: str = ""
    clearinghouse_number: str = ""
    references: tuple[Reference, ...] = ()
    charge: Decimal | None = None
    service: DatedPeriod | None = None
    lines: tuple[LineInquiry, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Insured:
    """Loop 2000D with 2100D, or 2000E with 2100E: a subscriber or a dependent. Only a subscriber has a member ID (`party.id`)."""

    party: Party
    birth_date: date | None = None
    sex: str = ""
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientInquiry:
    """The patient is `dependent` where there is one, else `subscriber`."""

    subscriber: Insured
    claims: tuple[ClaimInquiry, ...]
    dependent: Insured | None = None
    segment: int = field(default=0, compare=False)

    @property
    def patient(self) -> Insured:
        return self.dependent or self.subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderInquiry:
    """Loops 2000C, 2100C: the provider whose claims they are."""

    provider: Party
    patients: tuple[PatientInquiry, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverInquiry:
    """Loops 2000B, 2100B: who asks and gets the answer."""

    receiver: Party
    providers: tuple[ProviderInquiry, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInquiry:
    """Loops 2000A, 2100A: the payer that is asked."""

    source: Party
    receivers: tuple[ReceiverInquiry, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStatusInquiry:
    """The body of one ST. `reference` is BHT03, which the 277 returns where it answers the whole inquiry."""

    reference: str
    sources: tuple[SourceInquiry, ...]
    created_on: date | None = None
    created_at: time | None = None
    segment: int = field(default=0, compare=False)

    @property
    def patients(self) -> Iterator[PatientInquiry]:
        for source in self.sources:
            for receiver in source.receivers:
                for provider in receiver.providers:
                    yield from provider.patients
