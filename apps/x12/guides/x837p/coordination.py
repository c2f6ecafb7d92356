"""Coordination of benefits: the patient's other insurances, and what their payers decided."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.x12.guides.parts import Address, ProcedureCode, Reference
from apps.x12.guides.x835.records import Adjustment, OutpatientAdjudication
from apps.x12.guides.x837p.parties import ClaimPayer
from apps.x12.raw import RawSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherInsured:
    """Loop 2330A. `id_qualifier`: MI member ID, II health identifier. `references`: SY social security."""

    last_name: str
    member_id: str
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    is_person: bool = True
    id_qualifier: str = "MI"
    address: Address | None = None
    references: tuple[Reference, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCoverage:
    """Loops 2320, 2330A and 2330B: another insurance of the patient's, and what its payer decided if it has.

    Dollars: `paid` AMT*D, `non_covered` AMT*A8, `remaining` AMT*EAF (what the patient still owes). `relationship` SBR02: the patient
    to the insured, 18 self. `adjustments` are the claim's CAS only; a line has its own. `payer_claim_number` REF*F8 and `decided_on`
    DTP*573 (only if no line says it) are that payer's. `remark_codes` are those of the MOA.
    """

    payer_rank: str
    relationship: str
    payer: ClaimPayer
    insured: OtherInsured | None
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    filing_indicator: str = "CI"
    adjustments: tuple[Adjustment, ...] = ()
    paid: Decimal | None = None
    non_covered: Decimal | None = None
    remaining: Decimal | None = None
    benefits_assigned: str = "Y"
    signature_source: str = ""
    release_of_information: str = "Y"
    outpatient: OutpatientAdjudication | None = None
    remark_codes: tuple[str, ...] = ()
    payer_claim_number: str = ""
    decided_on: date | None = None
    rest: tuple[RawSegment, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDecision:
    """Loop 2430: what another payer (2330B, by its id) decided of this line. SVD: `paid` dollars, `procedure` and `units` as that
    payer decided them; `bundled_line` is the LX number of the line that this one was bundled into.
    """

    payer_id: str
    paid: Decimal
    procedure: ProcedureCode
    units: Decimal | None
    decided_on: date | None
    bundled_line: int | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remaining: Decimal | None = None
    segment: int = field(default=0, compare=False)
