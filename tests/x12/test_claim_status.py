"""276 and 277, 005010X212. Who is named in them does not exist."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given

from apps.x12 import ErrorKind, WriteError, explain, read, write_276, write_277
from apps.x12.guides.parts import Contact, DatedPeriod, Party, Reference
from apps.x12.guides.x276 import (
    ClaimInquiry,
    ClaimStatusInquiry,
    Insured,
    LineInquiry,
    PatientInquiry,
    ProviderInquiry,
    ReceiverInquiry,
    SourceInquiry,
)
from apps.x12.guides.x277 import (
    ClaimStatus,
    ClaimStatusResponse,
    LineStatus,
    PatientStatus,
    ProviderStatus,
    ReceiverStatus,
    SourceStatus,
    Status,
    StatusCode,
)
from tests.x12 import strategies_status
from tests.x12.examples import DAY, envelope, wrong_with
from tests.x12.strategies import any_record

PAYER = Party("Prairie Health Plan", id_qualifier="PI", id="60054", role="PR")
SUBMITTER = Party("Maple Street", id_qualifier="46", id="TL123", role="41")
PRACTICE = Party("Maple Street", id_qualifier="XX", id="1234567893", role="1P")
ADA = Party("Example", "Ada", is_person=True, id_qualifier="MI", id="W1", role="IL")
CLEO = Party("Example", "Cleo", is_person=True, role="QC")
SERVICE = DatedPeriod("472", DAY, DAY)
PERIOD = DatedPeriod("472", DAY, date(2025, 10, 31))


def asked(**changes: object) -> ClaimInquiry:
    values: dict[str, object] = {
        "trace_number": "S1",
        "payer_claim_number": "ICN0001",
        "control_number": "TL0000001",
        "charge": Decimal("125.50"),
        "service": SERVICE,
    }
    return ClaimInquiry(**{**values, **changes})  # type: ignore[arg-type]


def full_claim() -> ClaimInquiry:
    """Everything that X212 2200E and 2210E have a place for."""
    line = LineInquiry(
        charge=Decimal(125),
        procedure="99213",
        modifiers=("25",),
        revenue_code="0510",
        units=Decimal(1),
        control_number="L10001",
        service=SERVICE,
    )
    return asked(
        trace_number="S2",
        bill_type="131",
        prescription_number="7654321",
        clearinghouse_number="CH1",
        references=(Reference("6P", "G77"), Reference("XV", "B1")),
        service=PERIOD,
        lines=(line,),
    )


def status_inquiry(*patients: PatientInquiry) -> ClaimStatusInquiry:
    holder = Insured(party=ADA, birth_date=date(1980, 5, 17), sex="F")
    child = Insured(party=CLEO, birth_date=date(2018, 2, 3))
    chosen = patients or (
        PatientInquiry(subscriber=holder, claims=(asked(),)),
        PatientInquiry(subscriber=holder, dependent=child, claims=(full_claim(),)),
    )
    provider = ProviderInquiry(provider=PRACTICE, patients=chosen)
    receiver = ReceiverInquiry(receiver=SUBMITTER, providers=(provider,))
    return ClaimStatusInquiry(
        reference="Q1",
        sources=(SourceInquiry(source=PAYER, receivers=(receiver,)),),
        created_on=DAY,
        created_at=time(18, 0),
    )


PAID = Status(
    (StatusCode("F1", "65"), StatusCode("F1", "107", "PR"), StatusCode("F1", "1")),
    effective_on=DAY,
    charge=Decimal("125.50"),
    paid=Decimal("80.5"),
    finalized_on=date(2025, 11, 3),
    paid_on=date(2025, 11, 4),
    check_number="EFT1000",
)
PENDING = Status((StatusCode("P3", "317"),), effective_on=DAY, charge=Decimal(125))


def answered(**changes: object) -> ClaimStatus:
    values: dict[str, object] = {
        "trace_number": "S1",
        "statuses": (PAID,),
        "payer_claim_number": "ICN0001",
        "control_number": "TL0000001",
        "service": SERVICE,
    }
    return ClaimStatus(**{**values, **changes})  # type: ignore[arg-type]


def status_response(*providers: ProviderStatus) -> ClaimStatusResponse:
    line = LineStatus(
        statuses=(PENDING,),
        control_number="L10001",
        procedure="99213",
        modifiers=("25",),
        charge=Decimal(125),
        paid=Decimal(0),
        revenue_code="0510",
        units=Decimal(1),
        service=SERVICE,
    )
    whole = answered(
        trace_number="S2",
        statuses=(PENDING,),
        bill_type="131",
        prescription_number="7654321",
        voucher_number="V1",
        clearinghouse_number="CH1",
        service=PERIOD,
        lines=(line,),
    )
    patients = (
        PatientStatus(subscriber=ADA, claims=(answered(),)),
        PatientStatus(subscriber=ADA, dependent=CLEO, claims=(whole,)),
    )
    chosen = providers or (ProviderStatus(provider=PRACTICE, patients=patients),)
    receiver = ReceiverStatus(receiver=SUBMITTER, providers=chosen)
    source = SourceStatus(
        source=PAYER, contacts=(Contact(name="Help desk", phone="8005550100"),), receivers=(receiver,)
    )
    return ClaimStatusResponse(reference="A1", sources=(source,), created_on=DAY, created_at=time(18, 1))


def only_body(data: bytes) -> object:
    document = read(data)
    assert document.errors == ()
    (transaction,) = document.transactions
    return transaction.body


def texts(data: bytes) -> list[str]:
    return data.decode().split("~")[:-1]


@any_record
@given(strategies_status.claim_status_inquiries())
def test_a_276_is_read_again(written: ClaimStatusInquiry) -> None:
    assert only_body(write_276(written, envelope())) == written


@any_record
@given(strategies_status.claim_status_responses())
def test_a_277_is_read_again(written: ClaimStatusResponse) -> None:
    assert only_body(write_277(written, envelope())) == written


def test_a_dependents_claim_is_asked_about_as_the_guide_wants() -> None:
    """X212 276: 2000E (no HL04, DMG before NM1), 2200E and 2210E in their order."""
    lines = texts(write_276(status_inquiry(), envelope()))
    assert lines[1].startswith("GS*HR*")
    assert lines[2:4] == ["ST*276*0001*005010X212", "BHT*0010*13*Q1*20251029*1800"]
    assert lines[lines.index("HL*5*3*22*1") : -3] == [
        "HL*5*3*22*1",
        "DMG*D8*19800517*F",
        "NM1*IL*1*Example*Ada****MI*W1",
        "HL*6*5*23",
        "DMG*D8*20180203",
        "NM1*QC*1*Example*Cleo",
        "TRN*1*S2",
        "REF*1K*ICN0001",
        "REF*BLT*131",
        "REF*EJ*TL0000001",
        "REF*XZ*7654321",
        "REF*D9*CH1",
        "REF*6P*G77",
        "REF*XV*B1",
        "AMT*T3*125.5",
        "DTP*472*RD8*20251029-20251031",
        "SVC*HC:99213:25*125**0510***1",
        "REF*FJ*L10001",
        "DTP*472*D8*20251029",
    ]


def test_money_and_dates_of_an_answer_stand_where_the_guide_wants() -> None:
    """X212 277: STC in 2200D, three composites at 01, 10 and 11; paid 05, decided 06, check date 08, check 09."""
    data = write_277(status_response(), envelope())
    lines = texts(data)
    assert "BHT*0010*08*A1*20251029*1801*DG" in lines
    assert "PER*IC*Help desk*TE*8005550100" in lines
    assert "STC*F1:65*20251029**125.5*80.5*20251103**20251104*EFT1000*F1:107:PR*F1:1" in lines
    assert "SVC*HC:99213:25*125*0*0510***1" in lines
    found = only_body(data)
    assert isinstance(found, ClaimStatusResponse)
    first, second = found.patients
    assert (first.patient, second.patient) == (ADA, CLEO)
    assert lines[first.claims[0].segment - 1] == "TRN*2*S1"
    assert [claim.trace_number for claim in found.claims] == ["S1", "S2"]


def test_a_patient_asked_about_is_the_dependent_where_there_is_one() -> None:
    found = only_body(write_276(status_inquiry(), envelope()))
    assert isinstance(found, ClaimStatusInquiry)
    assert [patient.patient.party for patient in found.patients] == [ADA, CLEO]


def test_why_nothing_was_answered_is_found_above_the_claims() -> None:
    """X212 277: 2200B and 2200C."""
    system = Status((StatusCode("E0", "0"),), effective_on=DAY)
    unknown = Status((StatusCode("E0", "24", "85"),), effective_on=DAY)
    provider = ProviderStatus(provider=PRACTICE, trace_number="0", statuses=(unknown,))
    receiver = ReceiverStatus(receiver=SUBMITTER, trace_number="Q1", statuses=(system,), providers=(provider,))
    written = replace(status_response(), sources=(SourceStatus(source=PAYER, receivers=(receiver,)),))
    found = only_body(write_277(written, envelope()))
    assert found == written
    assert isinstance(found, ClaimStatusResponse)
    assert found.statuses_above == (system, unknown)
    assert list(found.claims) == []


def test_dependents_of_one_subscriber_share_its_level() -> None:
    """A subscriber's own claims stand before its dependents' (X212 2000D, 2000E)."""
    lines = texts(write_277(status_response(), envelope()))
    start = lines.index("HL*5*3*22*1")
    del lines[start : start + 2]
    document = read("~".join([*lines, ""]).encode())
    (transaction,) = document.transactions
    assert isinstance(transaction.body, ClaimStatusResponse)
    assert [(patient.subscriber, patient.dependent) for patient in transaction.body.patients] == [
        (ADA, None),
        (ADA, CLEO),
    ]


@pytest.mark.parametrize("claims", [(), (asked(trace_number=""),)])
def test_no_claim_and_one_without_a_trace_are_not_asked_about(claims: tuple[ClaimInquiry, ...]) -> None:
    with pytest.raises(WriteError):
        write_276(status_inquiry(PatientInquiry(subscriber=Insured(party=ADA), claims=claims)), envelope())


def test_people_without_names_and_claims_without_traces_are_named() -> None:
    for data in (write_276(status_inquiry(), envelope()), write_277(status_response(), envelope())):
        document = read(data.replace(b"NM1*IL", b"NMX*IL").replace(b"TRN*", b"TRX*").replace(b"DMG*", b"REF*"))
        messages = {(error.kind, error.message) for error in document.errors}
        assert (ErrorKind.MISSING_SEGMENT, "NM1 is missing.") in messages
        assert any(message.startswith("TRN*") for _, message in messages)
        (transaction,) = document.transactions
        assert {raw.elements[0] for raw in transaction.unread} >= {"NMX", "TRX", "DTP", "SVC"}


def test_levels_without_the_one_above_are_read_and_named() -> None:
    data = write_277(status_response(), envelope()).replace(b"*20*1~", b"*zz*1~").replace(b"*21*1~", b"*xx*1~")
    document = read(data.replace(b"*19*1~", b"*yy*1~"))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, ClaimStatusResponse)
    assert [claim.trace_number for claim in transaction.body.claims] == ["S1", "S2"]
    assert wrong_with(document) == [
        *["HL03 is not 20, 21, 19, 22 or 23."] * 3,
        "A level stands without the one above it.",
    ]


def test_a_dependent_without_its_subscriber_is_read_and_named() -> None:
    data = write_276(status_inquiry(), envelope()).replace(b"*22*0~", b"*xx*0~").replace(b"*22*1~", b"*xx*1~")
    document = read(data)
    (transaction,) = document.transactions
    assert isinstance(transaction.body, ClaimStatusInquiry)
    (patient,) = transaction.body.patients
    assert (patient.subscriber.party, patient.patient.party) == (Party(), CLEO)


def test_without_its_beginning_neither_can_be_read() -> None:
    for data in (write_276(status_inquiry(), envelope()), write_277(status_response(), envelope())):
        document = read(data.replace(b"BHT*", b"BHX*"))
        assert [transaction.body for transaction in document.transactions] == [None]
        assert "BHT is missing." in [error.message for error in document.errors]


def test_each_claim_is_shown_under_its_level() -> None:
    shown = {item.raw: (item.depth, item.name) for item in explain(write_276(status_inquiry(), envelope()))}
    assert shown["TRN*1*S2"] == (4, "Trace number")
    assert shown["REF*BLT*131"] == (5, "Type of bill")
    assert shown["AMT*T3*125.5"] == (5, "Charge of the claim")
    assert shown["REF*FJ*L10001"] == (6, "Our line number")
