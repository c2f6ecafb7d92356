"""Invented records for the codec's tests: nobody in them exists."""

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from apps.x12 import Envelope
from apps.x12.guides import x835 as remits
from apps.x12.guides.parts import Address, Amount, Contact, DatedPeriod, Party, ProcedureCode, Reference
from apps.x12.guides.x837p import (
    Adjustment,
    BillingProvider,
    Claim,
    ClaimBatch,
    ClaimPayer,
    ClaimProvider,
    Drug,
    LineDecision,
    OtherCoverage,
    OtherInsured,
    OutpatientAdjudication,
    Paperwork,
    Patient,
    PurchasedService,
    Receiver,
    ServiceLine,
    Submitter,
    Subscriber,
)
from apps.x12.guides.x999 import ElementNote, GroupAcknowledgment, SegmentNote, TransactionAcknowledgment
from apps.x12.raw import RawSegment

DAY = date(2025, 10, 29)
CREATED = datetime(2025, 10, 29, 17, 5)  # noqa: DTZ001 - an envelope's time has no zone


def envelope(**changes: object) -> Envelope:
    values: dict[str, object] = {
        "sender_id": "THROUGHLINE",
        "receiver_id": "CLEARHOUSE",
        "interchange_number": 41,
        "group_number": 41,
        "created": CREATED,
    }
    return Envelope(**{**values, **changes})  # type: ignore[arg-type]


PROVIDER = BillingProvider(
    name="Maple Street Family Practice",
    npi="1234567893",
    tax_id="123456789",
    taxonomy="207Q00000X",
    address=Address("12 Maple Street", "", "Springfield", "IL", "627011234"),
    contact=Contact(name="Billing office", phone="2175550100"),
    pay_to=Address("PO Box 12", "", "Springfield", "IL", "627011234"),
)
SUBSCRIBER = Subscriber(
    last_name="Example",
    first_name="Ada",
    member_id="W100200300",
    group_number="G77",
    birth_date=date(1980, 5, 17),
    sex="F",
    address=Address("7 Elm Road", "Apt 2", "Springfield", "IL", "62704"),
)
HOLDER = Subscriber(last_name="Example", first_name="Boris", member_id="W100200399", filing_indicator="BL")
CHILD = Patient(
    last_name="Example",
    first_name="Cleo",
    relationship="19",
    birth_date=date(2018, 2, 3),
    sex="F",
    address=Address("7 Elm Road", "", "Springfield", "IL", "62704"),
)
PAYER = ClaimPayer(name="Prairie Health Plan", id="60054")
RENDERING = ClaimProvider(last_name="Medic", first_name="Dana", npi="1234567893", taxonomy="207Q00000X")


def line(number: int = 1, **changes: object) -> ServiceLine:
    values: dict[str, object] = {
        "control_number": f"L1000{number}",
        "procedure": "99213",
        "charge": Decimal(125),
        "units": Decimal(1),
        "pointers": (1,),
        "service_date": DAY,
    }
    return ServiceLine(**{**values, **changes})  # type: ignore[arg-type]


def claim(**changes: object) -> Claim:
    values: dict[str, object] = {
        "control_number": "TL0000001",
        "charge": Decimal(125),
        "place_of_service": "11",
        "billing_provider": PROVIDER,
        "subscriber": SUBSCRIBER,
        "payer": PAYER,
        "diagnoses": ("E119", "I10"),
        "lines": (line(),),
        "rendering": RENDERING,
    }
    return Claim(**{**values, **changes})  # type: ignore[arg-type]


def batch(*claims: Claim) -> ClaimBatch:
    return ClaimBatch(
        reference="B0000000041",
        submitter=Submitter(
            "Maple Street Family Practice", "TL123", Contact(name="Billing office", phone="2175550100")
        ),
        receiver=Receiver("Clearhouse", "CLEARHOUSE"),
        claims=claims or (claim(),),
        created_on=DAY,
        created_at=time(17, 5),
    )


def rich_claim() -> Claim:
    """A claim that uses nearly all that a claim can say."""
    facility = ClaimProvider(
        last_name="Maple Street Annex",
        npi="1245319599",
        is_person=False,
        address=Address("14 Maple Street", "", "Springfield", "IL", "627011234"),
    )
    return claim(
        control_number="TL0000002",
        charge=Decimal("310.50"),
        subscriber=HOLDER,
        patient=CHILD,
        frequency="7",
        payer_claim_number="PCN9988",
        prior_authorization="AUTH77",
        referral_number="REF55",
        clia="12D4567890",
        clearinghouse_number="CH123",
        medical_record_number="MR55",
        note="Fell from a swing at school",
        accident_causes=("OA",),
        accident_date=date(2025, 10, 28),
        onset_date=date(2025, 10, 28),
        patient_paid=Decimal(20),
        referring=ClaimProvider(last_name="Refer", first_name="Ray", npi="1245319599"),
        service_facility=facility,
        supervising=ClaimProvider(last_name="Super", first_name="Sue", npi="1245319599"),
        lines=(
            line(1, modifiers=("25",), note="Separate problem"),
            line(
                2,
                procedure="90651",
                charge=Decimal("185.50"),
                service_end_date=date(2025, 10, 30),
                drug=Drug("00006412102", Decimal("0.5"), "ML"),
                pointers=(1, 2),
                place_of_service="12",
                emergency=True,
                clia="12D4567890",
                prior_authorization="A2",
                ordering=ClaimProvider(last_name="Order", npi="1245319599"),
                rendering=ClaimProvider(last_name="Other", first_name="Otto", npi="1245319599"),
            ),
        ),
    )


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


def full_secondary_claim() -> Claim:
    """All that the loops of other payers and the rarer segments of claim and line can say, as X222A1 allows it."""
    doctor = ClaimProvider(last_name="Refer", first_name="Ray", npi="1245319599", references=(Reference("G2", "R77"),))
    place = ClaimProvider(
        last_name="Hill Imaging",
        npi="1245319599",
        is_person=False,
        address=Address("1 Hill", "", "Springfield", "IL", "627011234"),
    )
    outpatient = OutpatientAdjudication(Decimal("0.8"), Decimal(100), Decimal(3), Decimal(4))
    told = other_coverage(
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
    undecided = other_coverage(
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
    rich_line = line(
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
        purchased=PurchasedService("PSP1", Decimal(40), replace(place, last_name="", address=None)),
        service_facility=place,
        supervising=doctor,
        ordering=replace(doctor, contact=Contact(name="Orders", phone="2175550199")),
        referring=doctor,
        primary_care=replace(doctor, last_name="Primary"),
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
        referring=doctor,
        primary_care=replace(doctor, last_name="Primary"),
        other_coverages=(told, undecided),
        lines=(rich_line,),
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


def remittance_line(**changes: object) -> remits.ServiceLine:
    values: dict[str, object] = {
        "procedure": "99213",
        "modifiers": ("25",),
        "charge": Decimal(125),
        "paid": Decimal("80.50"),
        "units": Decimal(1),
        "control_number": "L10001",
        "service_date": DAY,
        "adjustments": (
            remits.Adjustment("CO", "45", Decimal("24.50")),
            remits.Adjustment("PR", "3", Decimal(20)),
        ),
        "amounts": (Amount("B6", Decimal("100.50")),),
    }
    return remits.ServiceLine(**{**values, **changes})  # type: ignore[arg-type]


def remitted_claim(**changes: object) -> remits.RemittedClaim:
    values: dict[str, object] = {
        "control_number": "TL0000001",
        "status": "1",
        "charge": Decimal(125),
        "paid": Decimal("80.50"),
        "patient_responsibility": Decimal(20),
        "filing_indicator": "12",
        "payer_claim_number": "ICN0001",
        "place_of_service": "11",
        "frequency": "1",
        "patient": Party("Example", "Ada", is_person=True, id_qualifier="MI", id="W100200300", role="QC"),
        "lines": (remittance_line(),),
        "group_number": "1",
    }
    return remits.RemittedClaim(**{**values, **changes})  # type: ignore[arg-type]


def remittance(*claims: remits.RemittedClaim, **changes: object) -> remits.Remittance:
    """One payment that balances if its claims do."""
    chosen = claims or (remitted_claim(),)
    values: dict[str, object] = {
        "amount": sum((item.paid for item in chosen), Decimal()),
        "trace_number": "EFT1000",
        "payer": remits.RemittanceParty(
            name="Prairie Health Plan",
            address=Address("1 Payer Plaza", "", "Chicago", "IL", "60601"),
            contacts=(Contact(name="Help desk", phone="8005550100", function="BL"),),
        ),
        "payee": remits.RemittanceParty(name="Maple Street Family Practice", id_qualifier="XX", id="1234567893"),
        "claims": chosen,
        "payment_date": DAY,
        "production_date": DAY,
        "payer_identifier": "1512345678",
        "payment_format": "CCP",
        "sender": remits.BankAccount("071000013", "100200"),
        "originating_company": "1512345678",
        "receiver": remits.BankAccount("071000505", "300400"),
    }
    return remits.Remittance(**{**values, **changes})  # type: ignore[arg-type]


def group_acknowledgment(**changes: object) -> GroupAcknowledgment:
    values: dict[str, object] = {
        "functional_code": "HC",
        "group_number": "41",
        "version": "005010X222A1",
        "status": "A",
        "included": 1,
        "received": 1,
        "accepted_count": 1,
        "transactions": (TransactionAcknowledgment("837", "0001", "A", version="005010X222A1"),),
    }
    return GroupAcknowledgment(**{**values, **changes})  # type: ignore[arg-type]


def rejected_group() -> GroupAcknowledgment:
    element = ElementNote(position=9, code="7", reference="67", bad_value="12")
    note = SegmentNote("NM1", 21, "8", loop="2010", claim_control_number="TL0000001", elements=(element,))
    rejected = TransactionAcknowledgment("837", "0001", "R", "005010X222A1", ("5",), (note,))
    return group_acknowledgment(status="R", accepted_count=0, transactions=(rejected,))
