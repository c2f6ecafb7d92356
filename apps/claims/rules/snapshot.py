"""A claim frozen as the rules and the encoder see it: everything they need, nothing that asks a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from apps.claims.rules.filing import FilingClock
from apps.claims.rules.surroundings import NOTHING_AROUND, Surroundings

SELF = "18"
WAIVER, PPM_CERTIFICATE = "waiver", "ppm"


@dataclass(frozen=True)
class AddressView:
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""

    @property
    def is_complete(self) -> bool:
        return bool(self.line1 and self.city and self.state and self.postcode)


@dataclass(frozen=True)
class PersonView:
    """A patient or subscriber; `sex` is F, M or U."""

    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None
    sex: str = ""


@dataclass(frozen=True)
class BillingView:
    """The practice as billing provider (2010AA) and submitter.

    `tax_id_kind`: EI for an employer's number, SY for a physician's SSN. `trading_id`: what an envelope names it by.
    `first_name`, `last_name`: of the physician whose own NPI it bills under; "" where it bills as an organization.
    """

    name: str
    npi: str
    tax_id: str
    tax_id_kind: str
    trading_id: str
    taxonomy: str
    phone: str
    address: AddressView
    first_name: str = ""
    last_name: str = ""

    @property
    def is_person(self) -> bool:
        return bool(self.last_name)


@dataclass(frozen=True)
class ProviderView:
    """The rendering provider (2310B)."""

    first_name: str
    last_name: str
    npi: str
    taxonomy: str
    confirmed: bool = True
    active: bool = True


@dataclass(frozen=True)
class EnrollmentView:
    """The rendering provider's standing with the payer: to_do, applied, active or refused (practice.ProviderEnrollment)."""

    state: str
    starts_on: date | None = None
    ends_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class OtherProviderView:
    """A referring, supervising or ordering provider; seldom one of the practice."""

    first_name: str
    last_name: str
    npi: str


@dataclass(frozen=True)
class FacilityView:
    """Where the service took place (2310C). `clia` is its laboratory's number, `clia_certificate` WAIVER, PPM_CERTIFICATE or another."""

    name: str
    npi: str
    address: AddressView
    clia: str = ""
    clia_certificate: str = ""


@dataclass(frozen=True)
class TelehealthView:
    """How a payer wants visits at a distance billed on the date of service (practice.TelehealthPolicy).

    `places` empty, a modifier or `takes_98000` None: the payer does not state it, so nothing is judged by it. A modifier is "" where
    the payer wants none, REFUSED where it does not pay that kind of visit at all.
    """

    REFUSED = "refused"

    places: tuple[str, ...] = ()
    video_modifier: str | None = None
    audio_modifier: str | None = None
    takes_98000: bool | None = None
    source: str = ""


@dataclass(frozen=True)
class PayerView:
    """`filing_days` is the configured limit from the date of service, `further_filing` those of claims after another payer's answer,
    `corrected_filing` those of replacements and voids, `renewed_filing` those of corrections that go as new claims; None or empty: not
    configured. `claims_closed`: why it cannot be sent claims through the connected clearinghouse. `telehealth` is its policy on the
    date of service; None: nobody has entered one.
    """

    name: str
    claims_id: str
    filing_indicator: str = "CI"
    member_id_pattern: str = ""
    confirmed: bool = True
    filing_days: int | None = None
    further_filing: tuple[FilingClock, ...] = ()
    corrected_filing: tuple[FilingClock, ...] = ()
    renewed_filing: tuple[FilingClock, ...] = ()
    claims_closed: str = ""
    telehealth: TelehealthView | None = None


@dataclass(frozen=True)
class CoverageView:
    member_id: str
    group_number: str = ""
    relationship: str = SELF
    subscriber: PersonView = PersonView()
    starts_on: date | None = None
    ends_on: date | None = None
    medicare_reason: str = ""

    @property
    def is_self(self) -> bool:
        return self.relationship == SELF


@dataclass(frozen=True)
class LineView:
    """`amount` is the whole line in dollars; `pointers` are 1-based into the claim's diagnoses."""

    number: int
    control_number: str
    procedure: str
    amount: Decimal
    units: Decimal = Decimal(1)
    modifiers: tuple[str, ...] = ()
    pointers: tuple[int, ...] = (1,)
    ndc: str = ""
    ndc_units: Decimal | None = None
    ndc_unit_measure: str = ""


@dataclass(frozen=True)
class AdjustmentView:
    """One CAS triplet."""

    group: str
    carc: str
    amount: Decimal


@dataclass(frozen=True)
class DecisionView:
    """What another payer decided of one line, or of the claim as a whole; dollars. `procedure`: the code and modifiers ("99212:25")
    by which it decided, empty where they are the line's.
    """

    paid: Decimal
    adjustments: tuple[AdjustmentView, ...]
    decided_on: date
    procedure: str = ""

    @property
    def adjusted(self) -> Decimal:
        return sum((each.amount for each in self.adjustments), Decimal("0.00"))

    @property
    def patients_share(self) -> Decimal:
        return sum((each.amount for each in self.adjustments if each.group == "PR"), Decimal("0.00"))


@dataclass(frozen=True)
class OtherPayerView:
    """A payer that was asked before. `lines` by the line's number, `whole` what it said of the claim as such; both empty while no
    answer of it stands.
    """

    rank: int
    payer: PayerView
    coverage: CoverageView
    payer_claim_number: str = ""
    lines: Mapping[int, DecisionView] = field(default_factory=dict)
    whole: DecisionView | None = None
    remark_codes: tuple[str, ...] = ()

    @property
    def decided_on(self) -> date | None:
        days = [each.decided_on for each in (*self.lines.values(), *([self.whole] if self.whole else []))]
        return max(days, default=None)

    @property
    def paid(self) -> Decimal:
        """What it came to pay: of the lines, less what it took off the claim as a whole."""
        if not self.lines:
            return self.whole.paid if self.whole else Decimal("0.00")
        of_lines = sum((each.paid for each in self.lines.values()), Decimal("0.00"))
        return of_lines - (self.whole.adjusted if self.whole else Decimal("0.00"))


@dataclass(frozen=True)
class ClaimView:
    """`today` is the practice's date on the day of the scrub. `payer_rank`: 1 primary, 2 secondary, 3 tertiary.

    `agreed_self_pay`: with the front desk, for this visit. `abn_signed_on`: the notice that Medicare may not pay (ABN). `others`: the
    payers before this one, the first first. `was_answered`: by this payer, so that what goes out now corrects it, whatever its frequency;
    `answered_on`: the day of the answer that stands.
    `enrollments`: the provider's with this payer; None: of payer or provider nothing is kept, `enrollment_unknown`: though of the payer.
    `retold_on`: the EHR tells the visit otherwise since then, and nobody has decided. `visit_canceled`: it tells it as canceled or missed.
    """

    control_number: str
    service_date: date
    place_of_service: str
    total: Decimal
    diagnoses: tuple[str, ...]
    lines: tuple[LineView, ...]
    patient: PersonView
    patient_address: AddressView
    coverage: CoverageView
    payer: PayerView
    provider: ProviderView
    today: date
    billing: BillingView | None = None
    facility: FacilityView | None = None
    frequency: str = "1"
    payer_rank: int = 1
    payer_claim_number: str = ""
    prior_authorization: str = ""
    referral_number: str = ""
    accident_causes: tuple[str, ...] = ()
    accident_date: date | None = None
    accident_state: str = ""
    referring: OtherProviderView | None = None
    supervising: OtherProviderView | None = None
    ordering: OtherProviderView | None = None
    agreed_self_pay: bool = False
    abn_signed_on: date | None = None
    others: tuple[OtherPayerView, ...] = ()
    was_answered: bool = False
    answered_on: date | None = None
    enrollments: tuple[EnrollmentView, ...] | None = None
    enrollment_unknown: bool = False
    retold_on: date | None = None
    visit_canceled: bool = False
    around: Surroundings = NOTHING_AROUND

    @cached_property
    def line_total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal("0.00"))

    @cached_property
    def codes(self) -> frozenset[str]:
        """The procedures of its lines."""
        return frozenset(line.procedure for line in self.lines)

    @cached_property
    def modifiers(self) -> frozenset[str]:
        """Those of all its lines."""
        return frozenset(modifier for line in self.lines for modifier in line.modifiers)

    @property
    def names_facility(self) -> bool:
        """X222A1 2310C: only where the place of service is not the billing provider's own address, and never the patient's home."""
        if self.facility is None or self.billing is None or self.place_of_service in {"10", "12"}:
            return False
        ours = self.billing.address
        there = self.facility.address
        return (there.line1.upper(), there.postcode[:5]) != (ours.line1.upper(), ours.postcode[:5])
