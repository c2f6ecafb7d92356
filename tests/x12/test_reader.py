import gc
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.x12 import (
    Delimiters,
    ErrorKind,
    InterchangeAcknowledgment,
    WriteError,
    read,
    transactions,
    write_835,
    write_837p,
    write_999,
    write_ta1,
)
from apps.x12.guides.parts import DatedPeriod, StructuralTransaction
from apps.x12.values import read_date, write_date, write_range
from tests.x12 import strategies_answers
from tests.x12.examples import DAY, batch, claim, envelope, group_acknowledgment, remittance
from tests.x12.strategies import any_record

CLAIMS = write_837p(batch(), envelope())
PAYMENT = write_835([remittance()], envelope())


def test_the_envelope_is_read() -> None:
    (interchange,) = read(CLAIMS).interchanges
    (group,) = interchange.groups
    assert (interchange.sender_id, interchange.receiver_id, interchange.usage) == ("THROUGHLINE", "CLEARHOUSE", "P")
    assert (interchange.created_on, interchange.created_at) == (date(2025, 10, 29), time(17, 5))
    assert (interchange.version, interchange.segment, group.segment) == ("00501", 1, 2)
    assert (group.code, group.sender, group.receiver) == ("HC", "THROUGHLINE", "CLEARHOUSE")
    assert (group.version, group.created_on, group.created_at) == ("005010X222A1", date(2025, 10, 29), time(17, 5))


def test_transactions_come_one_at_a_time_as_read_gives_them() -> None:
    assert list(transactions(CLAIMS + PAYMENT)) == list(read(CLAIMS + PAYMENT).transactions)


@pytest.mark.parametrize(
    "marks",
    [
        Delimiters("|", ">", "!", "\n"),
        Delimiters("*", ":", "^", "\r"),
        Delimiters("\x1d", "\x1f", "\x1e", "\x1c"),
        Delimiters("+", "<", "%", "'"),
    ],
)
def test_any_legal_delimiters_are_read(marks: Delimiters) -> None:
    document = read(write_835([remittance()], envelope(delimiters=marks)))
    assert document.errors == ()
    assert [transaction.body for transaction in document.transactions] == [remittance()]
    assert document.interchanges[0].delimiters == marks


@pytest.mark.parametrize(
    "dressed",
    [
        b"\xef\xbb\xbf" + PAYMENT,
        b"\n\n  " + PAYMENT,
        PAYMENT.replace(b"~", b"~\r\n"),
        PAYMENT.replace(b"~", b"\r\n"),
        PAYMENT.replace(b"~", b"~ \n"),
        PAYMENT[:-1],
        PAYMENT.decode().encode("utf-16"),
        b"\n".join(PAYMENT[at : at + 107] for at in range(0, len(PAYMENT), 107)),
        PAYMENT + b"\r\n\x1a",
    ],
)
def test_transport_dress_does_not_change_what_is_read(dressed: bytes) -> None:
    document = read(dressed)
    assert [transaction.body for transaction in document.transactions] == [remittance()]


@pytest.mark.parametrize("name", ["Muñoz".encode(), "Muñoz".encode("latin-1")])
def test_utf_8_and_latin_1_are_read(name: bytes) -> None:
    (transaction,) = read(PAYMENT.replace(b"*Example*", b"*" + name + b"*")).transactions
    assert transaction.body.claims[0].patient.last_name == "Muñoz"  # type: ignore[union-attr]


def test_several_interchanges_keep_their_own_delimiters_and_the_files_segment_numbers() -> None:
    other = write_837p(batch(), envelope(interchange_number=42, delimiters=Delimiters("|", ">", "!", "\n")))
    document = read(PAYMENT + b"\n" + other)
    assert document.errors == ()
    assert [item.control_number for item in document.interchanges] == ["000000041", "000000042"]
    assert document.interchanges[1].segment == PAYMENT.count(b"~") + 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<html>ISA</html>",
        b"ISA",
        b"ISA*00*",
        b"\x00" * 200,
        b"ISA*" * 40,
        b"ISA*x ISABEL",
        "ISAé".encode() * 200,
    ],
)
def test_what_is_no_x12_is_named_so(data: bytes) -> None:
    document = read(data)
    assert document.interchanges == ()
    assert [str(error) for error in document.errors] == ["The file holds no X12 interchange."]


def test_one_bad_transaction_does_not_spoil_the_others() -> None:
    payments = [remittance(), remittance(trace_number="EFT2"), remittance(trace_number="EFT3")]
    data = write_835(payments, envelope()).replace(b"*EFT2*", b"**")
    document = read(data)
    assert [transaction.body for transaction in document.transactions] == [payments[0], None, payments[2]]
    assert [(error.transaction, error.kind) for error in document.errors] == [("0002", ErrorKind.MISSING_ELEMENT)]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (b"SE*19*", b"SE*20*", "SE01 is not the count of segments in the transaction, ST and SE included."),
        (b"SE*19*", b"SE*x*", "SE01 is not the count of segments in the transaction, ST and SE included."),
        (b"SE*19*0001", b"SE*19*0009", "SE02 is not the transaction's control number (ST02)."),
        (b"GE*1*41", b"GE*2*41", "GE01 is not the count of transactions in the group."),
        (b"GE*1*41", b"GE*1*42", "GE02 is not the group's control number (GS06)."),
        (b"IEA*1*", b"IEA*3*", "IEA01 is not the count of groups in the interchange."),
        (b"IEA*1*000000041", b"IEA*1*000000040", "IEA02 is not the interchange's control number (ISA13)."),
        (b"GE*1*41~", b"", "A group is not closed by a GE."),
        (b"IEA*1*000000041~", b"", "The interchange is not closed by an IEA."),
        (b"SE*19*0001~", b"", "The transaction is not closed by an SE."),
        (b"SE*19*0001~", b"SE*19*0001~ZZ*1~", "A segment stands outside of any transaction."),
        (b"IEA*1*", b"GE*0*1~IEA*1*", "A GE closes no group."),
        (b"IEA*1*000000041~", b"IEA*1*000000041~IEA*1*000000041~", "An IEA closes no interchange."),
        (b"*P*:~", b"*Prod*:~", "ISA15 does not have its fixed length."),
        (b"*251029*1705*", b"*259929*1705*", "ISA09 is not a date (CCYYMMDD)."),
        (b"*20251029*1705*", b"*20251029*2561*", "GS05 is not a time (HHMM)."),
    ],
)
def test_what_is_wrong_with_the_envelope_is_named(before: bytes, after: bytes, sentence: str) -> None:
    assert before in PAYMENT
    document = read(PAYMENT.replace(before, after, 1))
    assert [error.message for error in document.errors] == [sentence]
    assert [transaction.body for transaction in document.transactions] == [remittance()]


def test_an_errors_place_names_interchange_group_and_transaction() -> None:
    (error,) = read(PAYMENT.replace(b"SE*19*", b"SE*20*")).errors
    assert str(error) == (
        "interchange 000000041, group 41, transaction 0001, segment 21 SE01 (005010X221A1): "
        "SE01 is not the count of segments in the transaction, ST and SE included."
    )
    assert (error.found, error.expected) == ("20", "19")


def test_a_component_is_part_of_the_place() -> None:
    (error,) = read(PAYMENT.replace(b"SE*19*", b"SE*20*")).errors
    assert replace(error, component=2).place.endswith("SE01-2 (005010X221A1)")


def test_a_truncated_file_is_read_as_far_as_it_goes() -> None:
    document = read(PAYMENT[: PAYMENT.index(b"CAS*")])
    (transaction,) = document.transactions
    assert transaction.body.claims[0].lines[0].paid == Decimal("80.5")  # type: ignore[union-attr]
    assert [error.message for error in document.errors] == [
        "The transaction is not closed by an SE.",
        "A group is not closed by a GE.",
        "The interchange is not closed by an IEA.",
    ]


def test_a_transaction_outside_of_any_group_is_read_all_the_same() -> None:
    start, end = PAYMENT.index(b"GS*"), PAYMENT.index(b"ST*")
    document = read(PAYMENT[:start] + PAYMENT[end:].replace(b"ST*835*0001", b"ST*835*0001*005010X221A1"))
    assert [transaction.body for transaction in document.transactions] == [remittance()]
    assert document.errors[0].message == "A transaction stands outside of any group."


def test_a_group_may_be_dated_with_two_digits_of_a_year() -> None:
    (interchange,) = read(PAYMENT.replace(b"*20251029*1705*41*", b"*251029*1705*41*")).interchanges
    assert interchange.groups[0].created_on == date(2025, 10, 29)


@pytest.mark.parametrize(
    ("code", "version", "sentence"),
    [
        (b"837", b"004010X098A1", "This claim (837 004010X098A1) is kept as it stands"),
        (b"278", b"005010X217", "This authorization request or response (278 005010X217) is kept as it stands"),
        (b"850", b"004010", "This transaction of an unknown kind (850 004010) is kept as it stands"),
    ],
)
def test_a_guide_that_is_not_read_is_kept_and_named(code: bytes, version: bytes, sentence: str) -> None:
    data = CLAIMS.replace(b"ST*837*0001*005010X222A1", b"ST*" + code + b"*0001*" + version)
    document = read(data)
    (transaction,) = document.transactions
    assert isinstance(transaction.body, StructuralTransaction)
    assert transaction.body.segments[1].id == "BHT"
    assert transaction.body.segments[-1].id != "SE"
    (error,) = document.errors
    assert error.kind is ErrorKind.UNREAD_GUIDE
    assert error.message.startswith(sentence)


def test_before_00402_there_is_no_repetition_separator() -> None:
    document = read(CLAIMS.replace(b"*^*00501*", b"*U*00401*"))
    assert document.interchanges[0].delimiters.repetition == ""
    assert document.errors == ()


@any_record
@given(st.lists(strategies_answers.interchange_acknowledgments(), min_size=1, max_size=3))
def test_interchange_acknowledgments_are_read_again(written: list[InterchangeAcknowledgment]) -> None:
    document = read(write_ta1(written, envelope()))
    assert document.errors == ()
    assert list(document.acknowledgments) == written


def test_a_rejected_interchange_says_so() -> None:
    rejected = InterchangeAcknowledgment("000000041", date(2025, 10, 29), time(17, 5), "R", "024")
    undated = InterchangeAcknowledgment("000000042", None, None, "A")
    found = read(write_ta1([rejected, undated], envelope())).acknowledgments
    assert [item.rejected for item in found] == [True, False]


@any_record
@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    document = read(data)
    assert document.interchanges or document.errors


@any_record
@given(st.data())
def test_no_damage_makes_the_reader_raise(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([CLAIMS, PAYMENT, write_999([group_acknowledgment()], envelope())]))
    at = data.draw(st.integers(106, len(whole)))
    length = data.draw(st.integers(0, 40))
    noise = data.draw(
        st.binary(max_size=6) | st.sampled_from([b"~", b"*", b":", b"~ST*835*1~", b"~HL*~", b"~CLP~SVC~"])
    )
    document = read(whole[:at] + noise + whole[at + length :])
    assert all(str(error) for error in document.errors)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"interchange_number": 0}, "ISA13 is not between 1 and 999999999."),
        ({"group_number": 10**9}, "GS06 is not between 1 and 999999999."),
        ({"sender_id": "A SENDER WITH A LONG NAME"}, "ISA06 does not fit its 15 characters."),
        ({"receiver_id": "A*B"}, "ISA08 does not fit its 15 characters."),
    ],
)
def test_an_envelope_that_cannot_be_written_is_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(WriteError) as caught:
        write_837p(batch(), envelope(**changes))
    assert str(caught.value) == sentence


def test_the_collector_is_left_as_it_was_found() -> None:
    gc.disable()
    try:
        read(PAYMENT)
        assert not gc.isenabled()
    finally:
        gc.enable()
    read(PAYMENT)
    assert gc.isenabled()


def test_a_whole_number_that_is_none_is_named() -> None:
    document = read(write_999([group_acknowledgment()], envelope()).replace(b"AK9*A*1*", b"AK9*A*one*"))
    assert [(error.kind, error.element) for error in document.errors] == [(ErrorKind.NOT_A_NUMBER, 2)]


def test_a_year_is_written_with_four_digits() -> None:
    early = date(26, 1, 2)
    assert (write_date(early), write_range(early, DAY)) == ("00260102", "00260102-20251029")
    period = DatedPeriod("454", early, DAY)
    data = write_837p(batch(claim(dates=(period,))), envelope())
    assert b"DTP*454*RD8*00260102-20251029~" in data
    assert read_date("00260102") == early
