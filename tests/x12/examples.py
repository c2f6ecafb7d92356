"""Invented records for the codec's tests: nobody in them exists."""

from datetime import date, datetime, time
from decimal import Decimal

from apps.x12 import Envelope
from apps.x12.envelope import Document
from apps.x12.guides import x835 as remits
from apps.x12.guides.parts import Address, Amount, Contact, Party
from apps.x12.guides.x837p import (
    BillingProvider,
    Claim,
    ClaimBatch,
    ClaimPayer,
    ClaimProvider,
    Drug,
    Patient,
    Receiver,
    ServiceLine,
    Submitter,
    Subscriber,
)
from apps.x12.guides.x999 import ElementNote, GroupAcknowledgment, SegmentNote, TransactionAcknowledgment

DAY = date(2025, 10, 29)
CREATED = datetime(2025, 10, 29, 17, 5)  # noqa: DTZ001 - an envelope's time has no zone


def wrong_with(document: Document) -> list[str]:
    """The messages, but for those of segments that were kept because something else was wrong."""
    return [error.message for error in document.errors if not error.message.endswith("it is kept as it stands.")]


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
