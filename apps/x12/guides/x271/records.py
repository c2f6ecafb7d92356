"""271, 005010X279A1: the payer's answer. What it means is the eligibility room's business; here it is only read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from apps.x12.guides.eligibility import AdditionalInformation, CoveredPerson, ProviderInformation, Trace
from apps.x12.guides.parts import Address, Contact, DatedPeriod, Party, Reference


@dataclass(frozen=True, slots=True)
class Rejection:
    """One AAA: `reason` AAA03, `follow_up` AAA04 (C correct and resubmit, N do not, R resubmission allowed, S, W, X,
    Y).
    """

    reason: str
    follow_up: str = ""
    valid: bool = False
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One HSD: how much of a service, how often. `quantity_qualifier` HSD01 (VS visits, DY days, HS hours, UN units ...),
    `unit` and `per` HSD03 and HSD04 (one service every so many units), `period` and `periods` HSD05 and HSD06, `frequency`
    HSD07, `pattern` HSD08.
    """

    quantity_qualifier: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    per: Decimal | None = None
    period: str = ""
    periods: Decimal | None = None
    frequency: str = ""
    pattern: str = ""
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedEntity:
    """Loop 2120: another payer, the plan, the PCP ... `party.role` says which (PR, P3, P5, IL, ...)."""

    party: Party
    address: Address | None = None
    contacts: tuple[Contact, ...] = ()
    information: ProviderInformation | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """One EB with what follows it. `code` EB01: 1-5 active, 6-8 inactive, A coinsurance, B copay, C deductible, G
    out-of-pocket, R other payer ...

    `coverage_level` EB02 (IND, FAM ...), `period` EB06 (29 remaining, 23 year ...), `amount` dollars, `percent` a
    fraction (0.2 = 20 %),
    `network` EB12: Y in, N out, W not applicable, "" not said. `procedure_end` EB13-8, the last code of a range;
    `diagnosis_pointers` EB14: which of the patient's diagnoses, from 1.
    """

    code: str
    coverage_level: str = ""
    service_types: tuple[str, ...] = ()
    insurance_type: str = ""
    plan: str = ""
    period: str = ""
    amount: Decimal | None = None
    percent: Decimal | None = None
    quantity_qualifier: str = ""
    quantity: Decimal | None = None
    authorization_required: str = ""
    network: str = ""
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    procedure_qualifier: str = ""
    procedure_end: str = ""
    diagnosis_pointers: tuple[str, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    additional: tuple[AdditionalInformation, ...] = ()
    dates: tuple[DatedPeriod, ...] = ()
    messages: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    entities: tuple[RelatedEntity, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One patient: the subscriber, or the dependent where there is one. `rejections` are those that concern this
    patient.
    """

    subscriber: CoveredPerson
    dependent: CoveredPerson | None = None
    traces: tuple[Trace, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    segment: int = field(default=0, compare=False)

    @property
    def patient(self) -> CoveredPerson:
        return self.dependent or self.subscriber

    @property
    def trace_number(self) -> str:
        """The trace of ours that this answers, "" where the payer returned none."""
        return next((trace.number for trace in self.traces if trace.kind == "2"), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """One provider (2100B) under one payer. `rejections` concern the provider or its right to ask."""

    receiver: Party
    answers: tuple[Answer, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    references: tuple[Reference, ...] = ()
    address: Address | None = None
    information: ProviderInformation | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherAnswers:
    """What one more payer answers: loop 2000A repeats. As in `EligibilityResponse`."""

    source: Party
    receivers: tuple[Answers, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    contacts: tuple[Contact, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityResponse:
    """The body of one ST. `rejections` are the payer's own (2000A, 2100A): unavailable, not our payer ID ...; `contacts`
    whom to ask there. `others`: what further payers answer; `answers` and `rejections_above` speak of all.
    """

    reference: str
    source: Party
    receivers: tuple[Answers, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    contacts: tuple[Contact, ...] = ()
    created_on: date | None = None
    created_at: time | None = None
    others: tuple[FurtherAnswers, ...] = ()
    segment: int = field(default=0, compare=False)

    @property
    def payers(self) -> "tuple[EligibilityResponse | FurtherAnswers, ...]":
        """All payers, the first among them, in the file's order."""
        return (self, *self.others)

    @property
    def answers(self) -> Iterator[Answer]:
        for payer in self.payers:
            for receiver in payer.receivers:
                yield from receiver.answers

    @property
    def rejections_above(self) -> tuple[Rejection, ...]:
        """Every AAA that concerns no single patient, outermost first."""
        found: list[Rejection] = []
        for payer in self.payers:
            found += payer.rejections
            found += (item for part in payer.receivers for item in part.rejections)
        return tuple(found)
