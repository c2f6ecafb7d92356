"""Claims that another payer has decided before, for the loops of other payers (2320, 2330, 2430)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from apps.x12.guides.parts import Address, Contact, DatedPeriod, ProcedureCode, Reference
from apps.x12.guides.x837p import (
    Adjustment,
    Claim,
    ClaimPayer,
    ClaimProvider,
    Drug,
    LineDecision,
    OtherCoverage,
    OtherInsured,
    OutpatientAdjudication,
    Paperwork,
    PurchasedService,
    ServiceLine,
)
from apps.x12.raw import RawSegment
from tests.x12.examples import DAY, PAYER, PROVIDER, SUBSCRIBER, claim, line


def other_coverage(**changes: object) -> OtherCoverage:
    """The primary insurance of a secondary claim, as its payer decided `secondary_claim`."""
    values: dict[str, object] = {
        "payer_rank": "P",
        "relationship": "18",
        "payer": ClaimPayer(name="First Health Plan", id="12345"),
        "insured": OtherInsured(last_name="Example", first_name="Ada", member_id="F100200300"),
        "group_number": "G1",
        "paid": Decimal(80),
        "remaining": Decimal(20),
        "payer_claim_number": "ICN0001",
    }
    return OtherCoverage(**{**values, **changes})  # type: ignore[arg-type]


def line_decision(**changes: object) -> LineDecision:
    """125.00 = 80.00 paid + 25.00 contractual + 20.00 copay."""
    values: dict[str, object] = {
        "payer_id": "12345",
        "paid": Decimal(80),
        "procedure": ProcedureCode("99213"),
        "units": Decimal(1),
        "decided_on": date(2025, 11, 12),
        "adjustments": (Adjustment("CO", "45", Decimal(25)), Adjustment("PR", "3", Decimal(20))),
        "remaining": Decimal(20),
    }
    return LineDecision(**{**values, **changes})  # type: ignore[arg-type]


def secondary_claim(**changes: object) -> Claim:
    """X222A1 1.4.2: what the provider sends to the second payer after the first one paid."""
    values: dict[str, object] = {
        "control_number": "TL0000003",
        "subscriber": replace(SUBSCRIBER, payer_rank="S"),
        "lines": (line(decisions=(line_decision(),)),),
        "other_coverages": (other_coverage(),),
    }
    return claim(**{**values, **changes})


DOCTOR = ClaimProvider(last_name="Refer", first_name="Ray", npi="1245319599", references=(Reference("G2", "R77"),))
PLACE = ClaimProvider(
    last_name="Hill Imaging",
    npi="1245319599",
    is_person=False,
    address=Address("1 Hill", "", "Springfield", "IL", "627011234"),
)


def full_secondary_claim() -> Claim:
    """All that the loops of other payers and the rarer segments of claim and line can say, as X222A1 allows it."""
    return secondary_claim(
        accident_causes=("AA", "EM"),
        accident_state="IL",
        accident_date=DAY,
        delay_reason="8",
        special_program="02",
        signature_source="P",
        admission_date=DAY,
        dates=(DatedPeriod("454", DAY, DAY), DatedPeriod("314", DAY, date(2025, 11, 5)), DatedPeriod("297", DAY, DAY)),
        paperwork=(Paperwork("EB", "BM", "PW1"), Paperwork("OB", "AA")),
        references=(Reference("P4", "DEMO1"), Reference("EW", "M1")),
        note="Reopened",
        note_kind="CER",
        referring=DOCTOR,
        primary_care=replace(DOCTOR, last_name="Primary"),
        other_coverages=(_decided(), _undecided()),
        lines=(_full_line(),),
        rest=(
            RawSegment(("CN1", "09", "5")),
            RawSegment(("CRC", "ZZ", "Y", "AV")),
            RawSegment(("HI", "BG:01")),
            RawSegment(("NM1", "PW", "2")),
            RawSegment(("N3", "1 Road")),
            RawSegment(("N4", "Springfield", "IL", "62704")),
        ),
        subscriber=replace(SUBSCRIBER, payer_rank="S", references=(Reference("SY", "111223333"),)),
        payer=replace(PAYER, references=(Reference("2U", "88"),)),
        billing_provider=replace(
            PROVIDER, references=(Reference("0B", "L1"),), rest=(RawSegment(("CUR", "85", "USD")),)
        ),
    )


def _decided() -> OtherCoverage:
    outpatient = OutpatientAdjudication(Decimal("0.8"), Decimal(100), Decimal(3), Decimal(4))
    return other_coverage(
        payer=ClaimPayer(
            name="First Health Plan",
            id="12345",
            address=Address("1 Plaza", "", "Chicago", "IL", "60601"),
            references=(Reference("2U", "99"), Reference("EI", "123456789"), Reference("G1", "AUTH1")),
        ),
        insured=OtherInsured(
            last_name="Example",
            first_name="Boris",
            member_id="F1",
            address=Address("7 Elm Road", "", "Springfield", "IL", "62704"),
            references=(Reference("SY", "111223333"),),
        ),
        relationship="01",
        adjustments=tuple(Adjustment("PR", str(reason), Decimal(1), Decimal(2)) for reason in range(1, 8)),
        non_covered=Decimal("12.50"),
        signature_source="P",
        outpatient=outpatient,
        remark_codes=("MA01", "MA07"),
        rest=(RawSegment(("NM1", "82", "1")), RawSegment(("REF", "G2", "PR1"))),
    )


def _undecided() -> OtherCoverage:
    return other_coverage(
        payer_rank="T",
        payer=ClaimPayer(name="Third Plan", id="777"),
        insurance_type="12",
        group_number="",
        group_name="Third group",
        paid=None,
        remaining=None,
        payer_claim_number="",
        decided_on=date(2025, 11, 12),
    )


def _full_line() -> ServiceLine:
    return line(
        procedure="J1100",
        description="Dexamethasone",
        note="Goals of care",
        note_kind="DCP",
        is_epsdt=True,
        is_family_planning=True,
        is_copay_exempt=True,
        drug=Drug("00006412102", Decimal("0.5"), "ML", prescription=Reference("XZ", "RX1")),
        paperwork=(Paperwork("OZ", "EL", "PW2"),),
        dates=(DatedPeriod("304", DAY, DAY), DatedPeriod("455", DAY, DAY)),
        references=(Reference("EW", "M1"), Reference("BT", "LOT1")),
        purchased=PurchasedService("PSP1", Decimal(40), replace(PLACE, last_name="", address=None)),
        service_facility=PLACE,
        supervising=DOCTOR,
        ordering=replace(DOCTOR, contact=Contact(name="Orders", phone="2175550199")),
        referring=DOCTOR,
        primary_care=replace(DOCTOR, last_name="Primary"),
        decisions=(line_decision(bundled_line=1, procedure=ProcedureCode("99213", ("25",), description="Visit")),),
        rest=(
            RawSegment(("QTY", "FL", "2")),
            RawSegment(("K3", "WORDS")),
            RawSegment(("NM1", "PW", "2")),
            RawSegment(("N3", "1 Road")),
            RawSegment(("N4", "Springfield", "IL", "62704")),
            RawSegment(("LQ", "UT", "01.02")),
            RawSegment(("FRM", "1A", "Y")),
        ),
    )
