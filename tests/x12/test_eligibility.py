from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given

from apps.x12 import WriteError, read, write_270, write_271
from apps.x12.guides.eligibility import ProviderInformation
from apps.x12.guides.parts import Address, Contact, DatedPeriod, Party
from apps.x12.guides.x270 import EligibilityInquiry, Inquiry
from apps.x12.guides.x271 import (
    Answer,
    Answers,
    Benefit,
    CoveredPerson,
    EligibilityResponse,
    FurtherAnswers,
    Rejection,
    RelatedEntity,
    Trace,
)
from tests.x12 import strategies_eligibility
from tests.x12.examples import DAY, envelope, wrong_with
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
    assert wrong_with(document) == [
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


def test_a_second_payer_and_a_second_provider_ask_for_themselves() -> None:
    lines = write_270(request(inquiry(), inquiry(trace_number="CHK2")), envelope()).decode().split("~")
    at = lines.index("HL*4*2*22*0")
    more = ["HL*9*1*21*1", "NM1*1P*2*Second", "HL*10**20*1", "NM1*PR*2*Third", "HL*11*10*21*1", "NM1*1P*2*Fourth"]
    payer, second, fourth = Party("Third", role="PR"), Party("Second", role="1P"), Party("Fourth", role="1P")
    document = read("~".join(lines[:at] + more + lines[at:]).encode())
    (transaction,) = document.transactions
    assert isinstance(transaction.body, EligibilityInquiry)
    assert (transaction.body.source, transaction.body.receiver) == (PAYER, PRACTICE)
    assert [item.trace_number for item in transaction.body.inquiries] == ["CHK1"]
    nobody, asked = transaction.body.others
    assert (nobody.source, nobody.receiver, nobody.inquiries) == (PAYER, second, ())
    assert (asked.source, asked.receiver, asked.inquiries[0].trace_number) == (payer, fourth, "CHK2")
    assert [error.message for error in document.errors] == [SHORT]
    assert only_body(write_270(transaction.body, envelope())) == transaction.body


def test_a_second_payer_without_a_provider_is_named_by_what_lacks() -> None:
    lines = write_270(request(inquiry(), inquiry(trace_number="CHK2")), envelope()).decode().split("~")
    at = lines.index("HL*4*2*22*0")
    document = read("~".join([*lines[:at], "HL*9**20*1", "NM1*PR*2*Second", *lines[at:]]).encode())
    (transaction,) = document.transactions
    assert isinstance(transaction.body, EligibilityInquiry)
    assert [item.trace_number for item in transaction.body.inquiries] == ["CHK1"]
    assert [item.trace_number for item in transaction.body.others[0].inquiries] == ["CHK2"]
    assert "A level stands without the one above it." in [error.message for error in document.errors]


def test_a_second_payer_answers_for_itself() -> None:
    down, unknown = Rejection("42", "R"), Rejection("43", "C")
    part = Answers(receiver=PRACTICE, answers=(answer(traces=(Trace("CHK2", "1123456789"),)),), rejections=(unknown,))
    other = FurtherAnswers(source=Party("Second", role="PR"), receivers=(part,), rejections=(down,))
    written = response(answer(), others=(other,))
    found = only_body(write_271(written, envelope()))
    assert found == written
    assert isinstance(found, EligibilityResponse)
    assert [item.trace_number for item in found.answers] == ["CHK1", "CHK2"]
    assert found.rejections_above == (down, unknown)


def test_an_answer_without_levels_is_read_as_one_of_nobody() -> None:
    for data in (write_270(request(), envelope()), write_271(response(answer()), envelope())):
        lines = data.decode().split("~")
        first, last = lines.index("HL*1**20*1"), next(at for at, text in enumerate(lines) if text.startswith("SE*"))
        (transaction,) = read("~".join(lines[:first] + lines[last:]).encode()).transactions
        assert isinstance(transaction.body, EligibilityInquiry | EligibilityResponse)
        assert transaction.body.source == Party()


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
    assert wrong_with(document) == [
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
