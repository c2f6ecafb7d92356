"""277, 005010X212: what the payer says became of a claim. Category codes (STC01-1) say what sort of status it is: A
acknowledged, P pending, F final, R more wanted, D and E not found or not answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time

from apps.x12.guides.parts import Contact, DatedPeriod, Party, Reference
from apps.x12.guides.statuses import LineStatus, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStatus:
    """Loop 2200D or 2200E: one claim. `trace_number` is TRN02, the 276's.

    `payer_claim_number` REF*1K, `bill_type` REF*BLT, `control_number` REF*EJ (our CLM01), `prescription_number` REF*XZ,
    `voucher_number` REF*VV, `clearinghouse_number` REF*D9; `service` DTP*472.
    """

    trace_number: str
    statuses: tuple[Status, ...]
    payer_claim_number: str = ""
    bill_type: str = ""
    control_number: str = ""
    prescription_number: str = ""
    voucher_number: str = ""
    clearinghouse_number: str = ""
    references: tuple[Reference, ...] = ()
    service: DatedPeriod | None = None
    lines: tuple[LineStatus, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientStatus:
    """Loops 2000D and 2000E. The patient is `dependent` where there is one, else `subscriber`."""

    subscriber: Party
    claims: tuple[ClaimStatus, ...] = ()
    dependent: Party | None = None
    segment: int = field(default=0, compare=False)

    @property
    def patient(self) -> Party:
        return self.dependent or self.subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStatus:
    """Loops 2000C, 2200C. Its statuses say why none of this provider's claims is answered."""

    provider: Party
    patients: tuple[PatientStatus, ...] = ()
    trace_number: str = ""
    statuses: tuple[Status, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverStatus:
    """Loops 2000B, 2200B. Its statuses say why nothing is answered; `trace_number` is then the 276's BHT03."""

    receiver: Party
    providers: tuple[ProviderStatus, ...] = ()
    trace_number: str = ""
    statuses: tuple[Status, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """Loops 2000A, 2100A: the payer that answers, and whom to ask there."""

    source: Party
    contacts: tuple[Contact, ...] = ()
    receivers: tuple[ReceiverStatus, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStatusResponse:
    """The body of one ST."""

    reference: str
    sources: tuple[SourceStatus, ...] = ()
    created_on: date | None = None
    created_at: time | None = None
    segment: int = field(default=0, compare=False)

    @property
    def patients(self) -> Iterator[PatientStatus]:
        for source in self.sources:
            for receiver in source.receivers:
                for provider in receiver.providers:
                    yield from provider.patients

    @property
    def claims(self) -> Iterator[ClaimStatus]:
        for patient in self.patients:
            yield from patient.claims

    @property
    def statuses_above(self) -> tuple[Status, ...]:
        """Every STC that concerns no single claim, in file order."""
        found: list[Status] = []
        for receiver in (receiver for source in self.sources for receiver in source.receivers):
            found.extend(receiver.statuses)
            for provider in receiver.providers:
                found.extend(provider.statuses)
        return tuple(found)
