from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given

from apps.x12 import WriteError, read, write_270, write_271
from apps.x12.guides.eligibility import AdditionalInformation, Diagnosis, MilitaryService, ProviderInformation
from apps.x12.guides.parts import Address, Amount, Contact, DatedPeriod, Party, Reference
from apps.x12.guides.x270 import BenefitAsked, EligibilityInquiry, Inquiry
from apps.x12.guides.x271 import (
    Answer,
    Answers,
    Benefit,
    CoveredPerson,
    Delivery,
    EligibilityResponse,
    Rejection,
    RelatedEntity,
    Trace,
)
from tests.x12 import strategies_eligibility
from tests.x12.examples import DAY, envelope
from tests.x12.strategies import any_record

PAYER = Party("Prairie Health Plan", id_qualifier="PI", id="60054", role="PR")
PRACTICE = Party("Maple Street", id_qualifier="XX", id="1234567893", role="1P")
HOLDER = CoveredPerson(last_name="Example", first_name="Ada", member_id="W1", birth_date=date(1980, 5, 17), sex="F")
SHORT = "SE01 is not the count of segments in the transaction, ST and SE included."
CHILD = CoveredPerson(last_name="Example", first_name="Cleo", birth_date=date(2018, 2, 3))


def inquiry(**changes: object) -> Inquiry:
    values: dict[str, object] = {
        "subscriber": HOLDER,
        "trace_number": "CHK1",
        "trace_originator": "9MAPLEST01",
        "service_date": DAY,
    }
    return Inquiry(**{**values, **changes})  # type: ignore[arg-type]


def request(*inquiries: Inquiry) -> EligibilityInquiry:
    return EligibilityInquiry(
        reference="E1",
        source=PAYER,
        receiver=PRACTICE,
        inquiries=inquiries or (inquiry(),),
        created_on=DAY,
        created_at=time(19, 0),
    )


def response(*answers: Answer, **changes: object) -> EligibilityResponse:
    values: dict[str, object] = {
        "reference": "E1",
        "source": PAYER,
        "receivers": (Answers(receiver=PRACTICE, answers=answers),),
        "created_on": DAY,
        "created_at": time(19, 1),
    }
    return EligibilityResponse(**{**values, **changes})  # type: ignore[arg-type]


def answer(**changes: object) -> Answer:
    values: dict[str, object] = {
        "subscriber": CoveredPerson(last_name="Example", first_name="Ada", member_id="W1"),
        "traces": (Trace("CHK1", "9MAPLEST01"), Trace("P9", "9PAYER", "1")),
        "benefits": (Benefit(code="1", coverage_level="IND", service_types=("30", "98")),),
    }
    return Answer(**{**values, **changes})  # type: ignore[arg-type]


def only_body(data: bytes) -> object:
    document = read(data)
    assert document.errors == ()
    (transaction,) = document.transactions
    return transaction.body


@any_record
@given(strategies_eligibility.eligibility_inquiries())
def test_a_270_is_read_again(written: EligibilityInquiry) -> None:
    assert only_body(write_270(written, envelope())) == written


@any_record
@given(strategies_eligibility.eligibility_responses())
def test_a_271_is_read_again(written: EligibilityResponse) -> None:
    assert only_body(write_271(written, envelope())) == written


def test_a_real_time_inquiry_reads_as_the_guide_wants() -> None:
    lines = write_270(request(), envelope()).decode().split("~")
    assert lines[2:-3] == [
        "ST*270*0001*005010X279A1",
        "BHT*0022*13*E1*20251029*1900",
        "HL*1**20*1",
        "NM1*PR*2*Prairie Health Plan*****PI*60054",
        "HL*2*1*21*1",
        "NM1*1P*2*Maple Street*****XX*1234567893",
        "HL*3*2*22*0",
        "TRN*1*CHK1*9MAPLEST01",
        "NM1*IL*1*Example*Ada****MI*W1",
        "DMG*D8*19800517*F",
        "DTP*291*D8*20251029",
        "EQ*30",
        "SE*13*0001",
    ]


def test_a_dependent_stands_under_its_subscriber() -> None:
    written = request(inquiry(dependent=CHILD), inquiry(trace_number="CHK2", service_end_date=date(2025, 11, 1)))
    lines = write_270(written, envelope()).decode().split("~")
    assert [text for text in lines if text.startswith(("HL*", "NM1*03"))] == [
        "HL*1**20*1",
        "HL*2*1*21*1",
        "HL*3*2*22*1",
        "HL*4*3*23*0",
        "NM1*03*1*Example*Cleo",
        "HL*5*2*22*0",
    ]
    assert only_body("~".join(lines).encode()) == written


@pytest.mark.parametrize("inquiries", [[inquiry()] * 100, [inquiry(trace_number="")]])
def test_too_many_patients_and_one_without_trace_are_refused(inquiries: list[Inquiry]) -> None:
    with pytest.raises(WriteError):
        write_270(request(*inquiries), envelope())


def test_nobody_asked_for_is_refused() -> None:
    with pytest.raises(WriteError, match="1 to 99 patients, not 0"):
        write_270(replace(request(), inquiries=()), envelope())


def test_an_unknown_level_of_a_270_is_named() -> None:
    document = read(write_270(request(), envelope()).replace(b"*21*1~", b"*xx*1~"))
    assert [error.message for error in document.errors] == [
        "HL03 is not 20, 21, 22 or 23.",
        "A level stands without the one above it.",
    ]


def without(data: bytes, *segment_ids: str) -> bytes:
    texts = data.decode().split("~")
    return "~".join(text for text in texts if not text.startswith(segment_ids)).encode()


def test_a_270_of_levels_without_names_is_read_and_named() -> None:
    document = read(without(write_270(request(), envelope()), "NM1", "TRN", "EQ", "DMG", "DTP"))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, EligibilityInquiry)
    (found,) = transaction.body.inquiries
    assert (found.subscriber, found.trace_number, found.service_types) == (CoveredPerson(), "", ())
    assert [error.message for error in document.errors] == [*["NM1 is missing."] * 3, SHORT]


def test_a_dependents_inquiry_without_trace_and_date_is_read() -> None:
    data = without(write_270(request(inquiry(dependent=CHILD)), envelope()), "TRN", "DTP")
    (transaction,) = read(data).transactions
    assert isinstance(transaction.body, EligibilityInquiry)
    (found,) = transaction.body.inquiries
    assert (found.dependent, found.trace_number, found.service_date) == (CHILD, "", None)


def test_a_second_payer_and_a_second_provider_are_named() -> None:
    lines = write_270(request(inquiry(), inquiry(trace_number="CHK2")), envelope()).decode().split("~")
    at = lines.index("HL*4*2*22*0")
    more = ["HL*9*1*21*1", "NM1*1P*2*Second", "HL*10**20*1", "NM1*PR*2*Third", "HL*11*10*21*1", "NM1*1P*2*Fourth"]
    document = read("~".join(lines[:at] + more + lines[at:]).encode())
    (transaction,) = document.transactions
    assert isinstance(transaction.body, EligibilityInquiry)
    assert (transaction.body.source, transaction.body.receiver) == (PAYER, PRACTICE)
    assert [item.trace_number for item in transaction.body.inquiries] == ["CHK1", "CHK2"]
    second = "A second {} in one transaction; what follows is read as the first one's."
    named = [second.format("provider"), second.format("payer"), second.format("provider"), SHORT]
    assert [error.message for error in document.errors] == named


def test_an_answer_without_levels_is_read_as_one_of_nobody() -> None:
    for data in (write_270(request(), envelope()), write_271(response(answer()), envelope())):
        lines = data.decode().split("~")
        first, last = lines.index("HL*1**20*1"), next(at for at, text in enumerate(lines) if text.startswith("SE*"))
        (transaction,) = read("~".join(lines[:first] + lines[last:]).encode()).transactions
        assert isinstance(transaction.body, EligibilityInquiry | EligibilityResponse)
        assert transaction.body.source == Party()


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


def test_all_of_a_benefit_is_read_again() -> None:
    benefit = Benefit(
        code="C",
        coverage_level="IND",
        service_types=("30",),
        insurance_type="C1",
        plan="Gold plan",
        period="29",
        amount=Decimal("350.25"),
        percent=Decimal("0.2"),
        quantity_qualifier="VS",
        quantity=Decimal(20),
        authorization_required="Y",
        network="Y",
        procedure="99213",
        modifiers=("25",),
        procedure_qualifier="HC",
        dates=(DatedPeriod("292", DAY, date(2026, 10, 28)),),
        messages=("Call before a stay",),
        entities=(
            RelatedEntity(
                party=Party("Second Plan", id_qualifier="PI", id="SP1", role="PR"),
                address=Address("1 Road", "", "Peoria", "IL", "61602"),
                contacts=(Contact(phone="8005550111"),),
                information=ProviderInformation("PC", "207Q00000X"),
            ),
        ),
        rejections=(Rejection("33", "C"),),
    )
    written = response(answer(benefits=(benefit,)))
    assert only_body(write_271(written, envelope())) == written


def test_a_dependents_answer_keeps_its_subscriber() -> None:
    child = CoveredPerson(last_name="Example", first_name="Cleo", relationship="19")
    written = response(answer(dependent=child), answer())
    found = only_body(write_271(written, envelope()))
    assert found == written
    assert isinstance(found, EligibilityResponse)
    first, second = found.answers
    assert (first.patient, second.patient) == (child, answer().subscriber)


def test_a_subscriber_that_was_answered_too_stays_an_answer() -> None:
    data = write_271(response(answer(), answer(dependent=CoveredPerson(last_name="Example"))), envelope())
    # The dependent's subscriber level is taken out, so that it stands under the first, answered one.
    texts = data.decode().split("~")
    start = texts.index("HL*4*2*22*1")
    del texts[start : start + 2]
    (transaction,) = read("~".join(texts).encode()).transactions
    assert isinstance(transaction.body, EligibilityResponse)
    assert [item.dependent is not None for item in transaction.body.answers] == [False, True]


def test_the_trace_that_we_gave_is_told_from_the_payers() -> None:
    assert answer().trace_number == "CHK1"
    assert answer(traces=(Trace("P9", "9PAYER", "1"),)).trace_number == ""


def test_rejections_of_every_level_are_listed_outermost_first() -> None:
    refused = answer(rejections=(Rejection("75", "C"),), benefits=(), traces=())
    parts = (Answers(receiver=PRACTICE, answers=(refused,), rejections=(Rejection("43", "C"),)),)
    written = response(receivers=parts, rejections=(Rejection("42", "R", valid=True),))
    found = only_body(write_271(written, envelope()))
    assert found == written
    assert isinstance(found, EligibilityResponse)
    assert [item.reason for item in found.rejections_above] == ["42", "43"]
    assert [item.reason for answer in found.answers for item in answer.rejections] == ["75"]


def test_a_271_with_broken_levels_is_read_as_far_as_it_goes() -> None:
    data = write_271(response(answer()), envelope()).replace(b"*21*1~", b"*xx*1~")
    document = read(data)
    (transaction,) = document.transactions
    assert isinstance(transaction.body, EligibilityResponse)
    assert [item.trace_number for item in transaction.body.answers] == ["CHK1"]
    assert [error.message for error in document.errors] == [
        "HL03 is not 20, 21, 22 or 23.",
        "A level stands without the one above it.",
    ]


def test_people_without_names_are_read_and_named() -> None:
    document = read(without(write_271(response(answer()), envelope()), "NM1"))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, EligibilityResponse)
    assert transaction.body.source == Party()
    assert [error.message for error in document.errors] == [*["NM1 is missing."] * 3, SHORT]


def test_unreadable_figures_of_a_benefit_are_named_not_zero() -> None:
    written = response(answer(benefits=(Benefit(code="B", amount=Decimal(25), percent=Decimal("0.1")),)))
    document = read(write_271(written, envelope()).replace(b"*25*0.1~", b"*2S*0.l~"))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, EligibilityResponse)
    (found,) = transaction.body.answers
    assert (found.benefits[0].amount, found.benefits[0].percent) == (None, None)
    assert [(error.segment_id, error.element) for error in document.errors] == [("EB", 7), ("EB", 8)]


def test_an_inquiry_without_a_date_asks_for_today() -> None:
    written = request(inquiry(service_date=None))
    assert b"DTP*" not in write_270(written, envelope())
    assert only_body(write_270(written, envelope())) == written


def test_a_named_provider_without_specialty_has_no_prv() -> None:
    entity = RelatedEntity(party=Party("Medic", "Dana", is_person=True, role="P3"))
    written = write_271(response(answer(benefits=(Benefit(code="L", entities=(entity,)),))), envelope())
    assert b"PRV*" not in written
