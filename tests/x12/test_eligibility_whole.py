"""All that X279 (005010X279A1) has a place for, about a dependent, in the guide's order."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apps.x12 import read, write_270, write_271
from apps.x12.guides.eligibility import AdditionalInformation, Diagnosis, MilitaryService, ProviderInformation
from apps.x12.guides.parts import Address, Amount, Contact, DatedPeriod, Party, Reference
from apps.x12.guides.x270 import BenefitAsked, EligibilityInquiry
from apps.x12.guides.x271 import (
    Answers,
    Benefit,
    CoveredPerson,
    Delivery,
    EligibilityResponse,
    Rejection,
    RelatedEntity,
    Trace,
)
from tests.x12.examples import DAY, envelope
from tests.x12.test_eligibility import PRACTICE, answer, inquiry, only_body, request, response

WHOLE_PERSON = CoveredPerson(
    last_name="Example",
    first_name="Cleo",
    middle_name="B",
    suffix="Jr",
    birth_date=date(2018, 2, 3),
    sex="F",
    address=Address("7 Elm Road", "", "Springfield", "IL", "62704"),
    relationship="19",
    maintenance_type="001",
    maintenance_reason="25",
    birth_sequence=2,
    references=(Reference("EJ", "MR55"),),
    provider=ProviderInformation("PE", "207Q00000X"),
    diagnoses=(Diagnosis("E119"), Diagnosis("I10", "ABF")),
    dates=(DatedPeriod("346", DAY, DAY),),
)


def whole_inquiry() -> EligibilityInquiry:
    """Everything that X279 2100B, 2100D and 2110D of a 270 have a place for."""
    asked = BenefitAsked(
        procedure="81220",
        procedure_qualifier="HC",
        modifiers=("26",),
        coverage_level="IND",
        diagnosis_pointers=("1", "2"),
        amounts=(Amount("R", Decimal("37.5")),),
        additional=(AdditionalInformation("ZZ", "11"),),
        references=(Reference("G1", "AUTH77"),),
        dates=(DatedPeriod("291", DAY, date(2025, 10, 31)),),
    )
    whole = inquiry(
        dependent=WHOLE_PERSON, trace_division="D1", more_traces=(Trace("C1", "9CLEAR0001", "1"),), benefits=(asked,)
    )
    return replace(
        request(whole),
        receiver_references=(Reference("TJ", "123456789"),),
        receiver_address=Address("12 Maple Street", "", "Springfield", "IL", "62701"),
        receiver_information=ProviderInformation("PE", "207Q00000X"),
    )


def test_a_whole_inquiry_about_a_dependent_reads_as_the_guide_wants() -> None:
    """X279 270: order of 2100B, 2100D and 2110D."""
    data = write_270(whole_inquiry(), envelope())
    lines = data.decode().split("~")
    assert lines[lines.index("HL*2*1*21*1") : -4] == [
        "HL*2*1*21*1",
        "NM1*1P*2*Maple Street*****XX*1234567893",
        "REF*TJ*123456789",
        "N3*12 Maple Street",
        "N4*Springfield*IL*62701",
        "PRV*PE*PXC*207Q00000X",
        "HL*3*2*22*1",
        "NM1*IL*1*Example*Ada****MI*W1",
        "DMG*D8*19800517*F",
        "HL*4*3*23*0",
        "TRN*1*CHK1*9MAPLEST01*D1",
        "TRN*1*C1*9CLEAR0001",
        "NM1*03*1*Example*Cleo*B**Jr",
        "REF*EJ*MR55",
        "N3*7 Elm Road",
        "N4*Springfield*IL*62704",
        "PRV*PE*PXC*207Q00000X",
        "DMG*D8*20180203*F",
        "INS*N*19*001*25*************2",
        "HI*ABK:E119*ABF:I10",
        "DTP*346*D8*20251029",
        "DTP*291*D8*20251029",
        "EQ*30",
        "EQ**HC:81220:26*IND**1:2",
        "AMT*R*37.5",
        "III*ZZ*11",
        "REF*G1*AUTH77",
        "DTP*291*RD8*20251029-20251031",
    ]
    assert only_body(data) == whole_inquiry()


def test_an_amount_that_cannot_be_read_is_named_and_left_out() -> None:
    document = read(write_270(whole_inquiry(), envelope()).replace(b"AMT*R*37.5", b"AMT*R*3x"))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, EligibilityInquiry)
    assert transaction.body.inquiries[0].benefits[0].amounts == ()
    assert [(error.segment_id, error.element) for error in document.errors] == [("AMT", 2)]


def test_what_x279_does_not_know_is_kept() -> None:
    data = write_271(response(answer()), envelope()).replace(b"EB*1*", b"ZZZ*1~EB*1*")
    (transaction,) = read(data).transactions
    assert [raw.elements for raw in transaction.unread] == [("ZZZ", "1")]


def whole_answer() -> EligibilityResponse:
    """Everything that X279 2100A to 2120D of a 271 have a place for, about a dependent."""
    service = MilitaryService(information="P", employment="AE", affiliation="A", rank="A1", start=DAY, end=DAY)
    person = replace(WHOLE_PERSON, military=service)
    benefit = Benefit(
        code="F",
        service_types=("98",),
        procedure_qualifier="HC",
        procedure="97110",
        procedure_end="97140",
        diagnosis_pointers=("1",),
        deliveries=(Delivery(quantity_qualifier="VS", quantity=Decimal(2), unit="WK", per=Decimal(1), period="34"),),
        references=(Reference("18", "PLAN1"),),
        dates=(DatedPeriod("348", DAY, DAY),),
        rejections=(Rejection("52", "C"),),
        messages=("Call before a stay",),
        additional=(AdditionalInformation("ZZ", "11"), AdditionalInformation("GR", "F", "44", "Fell")),
        entities=(RelatedEntity(party=Party("Second Plan", role="PR"), information=ProviderInformation("PC", "2")),),
    )
    said = answer(dependent=person, benefits=(benefit,), rejections=(Rejection("58", "C"),))
    part = Answers(
        receiver=PRACTICE,
        answers=(said,),
        rejections=(Rejection("43", "C"),),
        references=(Reference("TJ", "123456789"),),
        address=Address("12 Maple Street", "", "Springfield", "IL", "62701"),
        information=ProviderInformation("PE", "207Q00000X"),
    )
    contact = Contact(name="Help desk", phone="8005550100")
    return response(receivers=(part,), rejections=(Rejection("42", "R"),), contacts=(contact,))


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        (DAY, date(2026, 1, 31), f"RD8*{DAY:%Y%m%d}-20260131".encode()),
        (DAY, DAY, f"D8*{DAY:%Y%m%d}".encode()),
        (None, None, b""),
    ],
    ids=["range", "day", "no day"],
)
def test_a_period_of_service_is_read_again(start: date | None, end: date | None, written: bytes) -> None:
    service = MilitaryService(information="P", employment="AE", affiliation="A", rank="A1", start=start, end=end)
    given = response(answer(dependent=replace(WHOLE_PERSON, military=service)))
    data = write_271(given, envelope())
    assert b"~MPI*P*AE*A**A1" + (b"*" + written if written else b"") + b"~" in data
    assert only_body(data) == given


def test_a_whole_answer_reads_as_the_guide_wants() -> None:
    """X279 271: order of 2100A, 2100B, 2100D, 2110D, 2115D and 2120D."""
    data = write_271(whole_answer(), envelope())
    lines = data.decode().split("~")
    assert lines[lines.index("HL*1**20*1") : lines.index("HL*3*2*22*1")] == [
        "HL*1**20*1",
        "NM1*PR*2*Prairie Health Plan*****PI*60054",
        "PER*IC*Help desk*TE*8005550100",
        "AAA*N**42*R",
        "HL*2*1*21*1",
        "NM1*1P*2*Maple Street*****XX*1234567893",
        "REF*TJ*123456789",
        "N3*12 Maple Street",
        "N4*Springfield*IL*62701",
        "AAA*N**43*C",
        "PRV*PE*PXC*207Q00000X",
    ]
    assert lines[lines.index("N4*Springfield*IL*62704") + 1 : -4] == [
        "AAA*N**58*C",
        "PRV*PE*PXC*207Q00000X",
        "DMG*D8*20180203*F",
        "INS*N*19*001*25*************2",
        "HI*ABK:E119*ABF:I10",
        "DTP*346*D8*20251029",
        "MPI*P*AE*A**A1*D8*20251029",
        "EB*F**98**********HC:97110::::::97140*1",
        "HSD*VS*2*WK*1*34",
        "REF*18*PLAN1",
        "DTP*348*D8*20251029",
        "AAA*N**52*C",
        "MSG*Call before a stay",
        "III*ZZ*11",
        "III*GR*F*44*Fell",
        "LS*2120",
        "NM1*PR*2*Second Plan",
        "PRV*PC*PXC*2",
        "LE*2120",
    ]
    assert only_body(data) == whole_answer()
