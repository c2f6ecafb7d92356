"""277CA, 005010X214: a claim acknowledgement. STC03 decides: WQ accepted, U rejected, at each of three levels."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from apps.x12.guides.parts import DatedPeriod, Party, Reference
from apps.x12.guides.statuses import LineStatus, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """QTY and AMT at 2200B and 2200C: claims and dollars accepted and rejected at this level. `segment` is that of the first of them."""

    accepted: int | None = None
    rejected: int | None = None
    accepted_charge: Decimal | None = None
    rejected_charge: Decimal | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStatus:
    """Loop 2200D: one claim. `control_number` is TRN02, our CLM01; `payer_claim_number` REF*1K,
    `clearinghouse_number` REF*D9.
    """

    control_number: str
    statuses: tuple[Status, ...]
    patient: Party | None = None
    payer_claim_number: str = ""
    clearinghouse_number: str = ""
    references: tuple[Reference, ...] = ()
    service: DatedPeriod | None = None
    lines: tuple[LineStatus, ...] = ()
    segment: int = field(default=0, compare=False)

    @property
    def rejected(self) -> bool:
        return any(status.rejected for status in self.statuses)

    @property
    def accepted(self) -> bool:
        return not self.rejected and any(status.accepted for status in self.statuses)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStatus:
    """Loops 2000C, 2200C: one billing provider. Its statuses, where given, hold for all of its claims."""

    provider: Party
    claims: tuple[ClaimStatus, ...] = ()
    trace_number: str = ""
    statuses: tuple[Status, ...] = ()
    references: tuple[Reference, ...] = ()
    totals: Totals = Totals()
    segment: int = field(default=0, compare=False)

    @property
    def rejected(self) -> bool:
        return any(status.rejected for status in self.statuses)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverStatus:
    """Loops 2000B, 2200B: the submitter. `batch_reference` is TRN02, the BHT03 of our 837P; its statuses hold for the
    whole ST.
    """

    receiver: Party
    batch_reference: str
    statuses: tuple[Status, ...] = ()
    providers: tuple[ProviderStatus, ...] = ()
    totals: Totals = Totals()
    segment: int = field(default=0, compare=False)

    @property
    def rejected(self) -> bool:
        return any(status.rejected for status in self.statuses)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAcknowledgment:
    """The body of one ST. `source` is who speaks (2100A): role PR the payer itself, AY a clearinghouse."""

    reference: str
    source: Party
    receivers: tuple[ReceiverStatus, ...] = ()
    created_on: date | None = None
    created_at: time | None = None
    trace_number: str = ""
    received_on: date | None = None
    processed_on: date | None = None
    segment: int = field(default=0, compare=False)

    @property
    def from_payer(self) -> bool:
        return self.source.role == "PR"

    @property
    def claims(self) -> Iterator[ClaimStatus]:
        for receiver in self.receivers:
            for provider in receiver.providers:
                yield from provider.claims
