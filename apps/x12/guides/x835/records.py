"""835, 005010X221A1: one remittance (ST) is one payment. Dollars are Decimal; `segment` names the place in the file."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.x12.guides.parts import Address, Amount, Contact, DatedPeriod, Party, Quantity, Reference


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One CAS triplet: group (CO, PR, OA, PI), CARC, amount in dollars, quantity."""

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One pair of a PLB. Positive reduces the payment. `reason` PLB03-1, `reference` PLB03-2."""

    provider_id: str
    fiscal_date: date | None
    reason: str
    reference: str
    amount: Decimal
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSummary:
    """TS3: what the payer counts for one provider under one LX, of which a practice can meet the claims and their charge in
    dollars. Nothing is posted from it.
    """

    provider_id: str
    place_of_service: str = ""
    fiscal_date: date | None = None
    claims: Decimal | None = None
    charge: Decimal | None = None
    group_number: str = ""
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """Loop 2110. `submitted_procedure` is SVC06, present only where the payer changed the code. `control_number` is
    REF*6R.
    """

    procedure: str
    modifiers: tuple[str, ...]
    charge: Decimal
    paid: Decimal
    units: Decimal | None = None
    control_number: str = ""
    service_date: date | None = None
    service_end_date: date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()
    submitted_procedure: str = ""
    submitted_modifiers: tuple[str, ...] = ()
    submitted_units: Decimal | None = None
    qualifier: str = "HC"
    submitted_qualifier: str = ""
    revenue_code: str = ""
    references: tuple[Reference, ...] = ()
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    segment: int = field(default=0, compare=False)

    @property
    def allowed(self) -> Decimal | None:
        """AMT*B6, the payer's allowed amount in dollars, where it says one."""
        return next((amount.amount for amount in self.amounts if amount.qualifier == "B6"), None)


@dataclass(frozen=True, slots=True)
class RemittedClaim:
    """Loop 2100. `status` is CLP02. `remark_codes` are those of MIA and MOA; a line has its own (LQ*HE).

    `adjustments` are the claim-level ones only; `all_adjustments` adds the lines'. `group_number` is that of the LX
    before it. Text that the file does not give is "".
    """

    control_number: str
    status: str
    charge: Decimal
    paid: Decimal
    patient_responsibility: Decimal | None = None
    filing_indicator: str = ""
    payer_claim_number: str = ""
    place_of_service: str = ""
    frequency: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[ServiceLine, ...] = ()
    patient: Party | None = None
    insured: Party | None = None
    corrected_insured: Party | None = None
    rendering: Party | None = None
    crossover_payer: Party | None = None
    corrected_payer: Party | None = None
    other_subscriber: Party | None = None
    group_number: str = ""
    remark_codes: tuple[str, ...] = ()
    outpatient: "OutpatientAdjudication | None" = None
    inpatient: "InpatientAdjudication | None" = None
    references: tuple[Reference, ...] = ()
    dates: tuple[DatedPeriod, ...] = ()
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    contacts: tuple[Contact, ...] = ()
    segment: int = field(default=0, compare=False)

    @property
    def all_adjustments(self) -> tuple[Adjustment, ...]:
        return self.adjustments + tuple(item for line in self.lines for item in line.adjustments)


@dataclass(frozen=True, slots=True)
class OutpatientAdjudication:
    """MOA. The remark codes stand in the claim's `remark_codes`."""

    reimbursement_rate: Decimal | None = None
    payable_amount: Decimal | None = None
    esrd_paid: Decimal | None = None
    nonpayable_professional: Decimal | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class InpatientAdjudication:
    """MIA, the parts that a practice can meet. The remark codes stand in the claim's `remark_codes`."""

    covered_days: Decimal | None = None
    drg_amount: Decimal | None = None
    nonpayable_professional: Decimal | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class BankAccount:
    """BPR06-09 or BPR12-15. `qualifier` 01: the bank is a routing number; `kind` DA demand deposit, SG savings."""

    bank: str
    account: str
    qualifier: str = "01"
    kind: str = "DA"
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class UnreadableClaim:
    """A CLP that could not be read without guessing; the transaction's errors say why. It is not among the claims."""

    control_number: str
    segment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceParty:
    """Loop 1000A payer or 1000B payee. For the payee `id` is the NPI when `id_qualifier` is XX."""

    name: str = ""
    id_qualifier: str = ""
    id: str = ""
    address: Address | None = None
    references: tuple[Reference, ...] = ()
    contacts: tuple[Contact, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remittance:
    """One payment: BPR02 `amount` in dollars, TRN02 `trace_number`, TRN03 `payer_identifier`.

    `method` BPR04: ACH, CHK, NON (no payment), BOP, FWT. `handling` BPR01: I, H, U ... `credit` is BPR03 == "C".
    """

    amount: Decimal
    trace_number: str
    payer: RemittanceParty
    payee: RemittanceParty
    claims: tuple[RemittedClaim, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    summaries: tuple[ProviderSummary, ...] = ()
    unreadable: tuple[UnreadableClaim, ...] = ()
    payment_date: date | None = None
    production_date: date | None = None
    method: str = "ACH"
    handling: str = "I"
    credit: bool = True
    payment_format: str = ""
    sender: "BankAccount | None" = None
    receiver: "BankAccount | None" = None
    payer_identifier: str = ""
    payer_supplement: str = ""
    originating_company: str = ""
    originating_supplement: str = ""
    receiver_id: str = ""
    segment: int = field(default=0, compare=False)
