"""Claims as a practice sends them in one file: each of another subscriber, two lines, nobody in them existing."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from apps.x12 import Envelope
from apps.x12.guides.parts import Address, Contact
from apps.x12.guides.x837p import (
    MOST_CLAIMS,
    BillingProvider,
    Claim,
    ClaimBatch,
    ClaimPayer,
    ClaimProvider,
    Receiver,
    ServiceLine,
    Submitter,
    Subscriber,
)

OFFICE = Contact(name="Billing office", phone="2175550100")
PRACTICE = BillingProvider(
    name="A Practice",
    npi="1234567893",
    tax_id="123456789",
    taxonomy="207Q00000X",
    address=Address("12 Maple Street", "", "Springfield", "IL", "627011234"),
)
PAYER = ClaimPayer(name="A Plan", id="60054")
PROVIDER = ClaimProvider(last_name="Stone", first_name="Marcus", npi="1245319599", taxonomy="207Q00000X")
FIRST_DAY = date(2026, 7, 1)


def envelope() -> Envelope:
    created = datetime(2026, 8, 1, 12)  # noqa: DTZ001  an envelope's time has no zone
    return Envelope(
        sender_id="PRACTICE", receiver_id="CLEARHOUSE", interchange_number=1, group_number=1, created=created
    )


def claim_batch(claims: int = MOST_CLAIMS) -> ClaimBatch:
    return ClaimBatch(
        reference="B1",
        submitter=Submitter("A Practice", "TL1", OFFICE),
        receiver=Receiver("Clearhouse", "CLEARHOUSE"),
        claims=tuple(_claim(number) for number in range(claims)),
        created_on=FIRST_DAY,
        created_at=time(12),
    )


def _claim(number: int) -> Claim:
    return Claim(
        control_number=f"TL{number:08d}",
        charge=Decimal("248.50"),
        place_of_service="11",
        billing_provider=PRACTICE,
        subscriber=Subscriber(
            last_name="Example",
            first_name="Ada",
            member_id=f"W{number:09d}",
            birth_date=date(1950, 1, 1) + timedelta(days=number),
            sex="F",
            address=Address(f"{number} Elm Road", "", "Springfield", "IL", "62704"),
        ),
        payer=PAYER,
        diagnoses=("E119", "I10"),
        lines=(_line(number, 1, "99213", Decimal("160.25")), _line(number, 2, "36415", Decimal("88.25"))),
        rendering=PROVIDER,
    )


def _line(number: int, line: int, procedure: str, charge: Decimal) -> ServiceLine:
    return ServiceLine(
        control_number=f"{number:08d}{line}",
        procedure=procedure,
        charge=charge,
        units=Decimal(1),
        pointers=(1, 2),
        service_date=FIRST_DAY + timedelta(days=number % 28),
    )
