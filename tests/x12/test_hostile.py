"""Files that somebody made to break a reader: a named error, never a traceback, and nothing that is lost in silence."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from time import process_time
from typing import Any

import pytest

from apps.x12 import (
    Delimiters,
    ErrorKind,
    ReadError,
    Transaction,
    WriteError,
    read,
    stream,
    tokens,
    write_277ca,
    write_835,
    write_837p,
    write_999,
)
from apps.x12.collection import paused_collection
from apps.x12.guides.x835 import InpatientAdjudication, OutpatientAdjudication, ProviderSummary, Remittance
from apps.x12.walk import MOST_BROKEN
from tests.x12.examples import batch, envelope, group_acknowledgment, remittance
from tests.x12.test_acknowledgments import acknowledgment

CLAIMS = write_837p(batch(), envelope())
PAYMENT = write_835([remittance()], envelope())
ACKNOWLEDGED = write_999([group_acknowledgment()], envelope())
ANSWERED = write_277ca([acknowledgment()], envelope())
# More digits than Python turns into a number.
DIGITS = b"9" * 5000


@pytest.mark.parametrize(
    ("data", "mark", "element"),
    [
        (PAYMENT, b"SE*", 1),
        (PAYMENT, b"GE*", 1),
        (PAYMENT, b"IEA*", 1),
        (CLAIMS, b"SV1*", 7),
        (ACKNOWLEDGED, b"AK9*", 2),
        (ANSWERED, b"QTY*", 2),
    ],
)
def test_a_number_without_end_is_named(data: bytes, mark: bytes, element: int) -> None:
    start = data.index(b"~" + mark) + 1
    row = data[start : data.index(b"~", start)].split(b"*")
    damaged = data[:start] + b"*".join([*row[:element], DIGITS, *row[element + 1 :]]) + data[data.index(b"~", start) :]
    errors = read(damaged).errors
    assert (mark.decode().strip("*"), element) in {(error.segment_id, error.element) for error in errors}


@pytest.mark.parametrize(
    "damaged",
    [
        PAYMENT.replace(b"ISA*00*          *", b"ISA*", 1),
        PAYMENT.replace(b"*P*:~", b"*P*A~", 1),
        PAYMENT.replace(b"*P*:~", b"~", 1),
        b"ISA*" + PAYMENT,
        b"ISA*" * 200 + b"~" + PAYMENT[106:],
    ],
)
@pytest.mark.parametrize("piece", [64, 1 << 16])
def test_an_interchange_behind_a_damaged_isa_is_not_lost(
    damaged: bytes, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "PIECE", piece)
    document = read(PAYMENT + damaged + PAYMENT)
    assert [transaction.body for transaction in document.transactions] == [remittance()] * 3
    assert ErrorKind.BAD_ENVELOPE in {error.kind for error in document.errors}
    assert len(document.interchanges) == 3


def test_a_damaged_isa_ends_the_transaction_before_it() -> None:
    document = read(PAYMENT[: PAYMENT.rindex(b"SE*")] + PAYMENT.replace(b"*P*:~", b"*P*A~", 1))
    assert [transaction.body for transaction in document.transactions] == [remittance()] * 2
    assert next(interchange.segment for interchange in document.interchanges) == 1
    assert len(document.interchanges) == 2


def test_a_group_behind_the_interchange_ends_with_it() -> None:
    """Left open, it was taken for one of the damaged interchange behind it."""
    group = PAYMENT[PAYMENT.index(b"GS*") : PAYMENT.index(b"ST*")]
    damaged = PAYMENT.replace(b"*P*:~", b"*P*A~", 1).replace(group, b"")
    document = read(PAYMENT + group + damaged)
    assert [transaction.body for transaction in document.transactions] == [remittance()] * 2
    assert [len(interchange.groups) for interchange in document.interchanges] == [2, 1]
    assert "A group is not closed by a GE." in {error.message for error in document.errors}


def test_whatever_the_order_of_an_envelope_no_transaction_is_lost() -> None:
    damaged = PAYMENT[:106].replace(b"*P*:~", b"*P*A~")
    parts = (
        PAYMENT[:106],
        damaged,
        b"GS*HP*A*B*20250101*1200*1*X*005010X221A1~",
        b"ST*835*1~",
        b"GE*1*1~",
        b"IEA*1*1~",
    )
    for order in product(parts, repeat=4):
        data = PAYMENT[:106] + b"".join(order)
        document = read(data)
        assert len(list(document.transactions)) == order.count(b"ST*835*1~"), data
        assert document.errors or not order.count(b"ST*835*1~"), data


@pytest.mark.parametrize("piece", [64, 1 << 16])
def test_an_unreadable_beginning_is_named_at_the_interchange_that_follows(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "PIECE", piece)
    document = read(PAYMENT.replace(b"*P*:~", b"*P*A~", 1) + PAYMENT)
    assert [transaction.body for transaction in document.transactions] == [remittance()]
    (error,) = document.errors
    assert (error.kind, error.segment, error.expected) == (ErrorKind.BAD_ENVELOPE, 1, "a legal ISA")


def test_text_between_two_files_is_named_and_spoils_neither() -> None:
    other = write_835([remittance()], envelope(delimiters=Delimiters("|", ">", "!", "'")))
    document = read(PAYMENT + b"-- joined on Monday --\n" + other)
    assert [transaction.body for transaction in document.transactions] == [remittance()] * 2
    assert [error.kind for error in document.errors] == [ErrorKind.UNEXPECTED_SEGMENT]
    assert document.errors[0].found == "-- joined on Monday --"


@pytest.mark.parametrize(
    ("before", "after", "found", "expected"),
    [
        (b"*P*:~", b"*Prod*:~", "Prod", "a length of 1"),
        (b"SE*19*0001~", b"SE*19*0001~ZZ*1~", "ZZ*1", "ST, GS or IEA"),
        (b"GE*1*41~", b"", "IEA*1*000000041", "GE"),
        (b"IEA*1*", b"GE*0*1~IEA*1*", "GE*0*1", "ST, GS or IEA"),
        (b"IEA*1*000000041~", b"", "GE*1*41", "IEA"),
        (b"SE*19*0001~", b"", "GE*1*41", "SE"),
    ],
)
def test_an_error_of_the_envelope_names_what_was_found_and_what_was_expected(
    before: bytes, after: bytes, found: str, expected: str
) -> None:
    (error,) = read(PAYMENT.replace(before, after, 1)).errors
    assert (error.found, error.expected) == (found, expected)


def with_lines(before: bytes, *lines: bytes) -> Transaction:
    """The payment with more segments before one of its own."""
    at = PAYMENT.rindex(b"~" + before) + 1
    (transaction,) = read(PAYMENT[:at] + b"".join(line + b"~" for line in lines) + PAYMENT[at:]).transactions
    return transaction


def test_an_adjustment_of_the_providers_without_a_reason_is_named() -> None:
    transaction = with_lines(b"SE*", b"PLB*1234567893*20251231**-12.5*WO:A1*3")
    assert isinstance(transaction.body, Remittance)
    assert [item.amount for item in transaction.body.provider_adjustments] == [3]
    assert ("PLB", 3) in {(error.segment_id, error.element) for error in transaction.errors}


@pytest.mark.parametrize(
    ("before", "line"),
    [
        (b"CLP*", b"N1*ZZ*SOMEBODY"),
        (b"SVC*", b"NM1*ZZ*1*SOMEBODY"),
        (b"SVC*", b"NM1*QC*1*ANOTHER"),
        (b"SE*", b"DTM*999*20251029"),
    ],
)
def test_what_stands_in_a_remittance_without_a_place_is_kept_and_named(before: bytes, line: bytes) -> None:
    transaction = with_lines(before, line)
    assert tuple(line.decode().split("*")) in {item.elements for item in transaction.unread}
    assert ErrorKind.UNEXPECTED_SEGMENT in {error.kind for error in transaction.errors}
    assert isinstance(transaction.body, Remittance)
    assert transaction.body == remittance()


@pytest.mark.parametrize(
    ("before", "line"),
    [
        (b"CLP*", b"TS2*1*2"),
        (b"DTM*405*", b"CUR*PR*USD"),
        (b"DTM*405*", b"REF*F2*41"),
        (b"DTM*405*", b"TRN*1*SECOND"),
        (b"LX*", b"RDM*BM*Office"),
    ],
)
def test_what_the_guide_knows_and_no_record_has_is_kept(before: bytes, line: bytes) -> None:
    transaction = with_lines(before, line)
    assert [item.elements for item in transaction.unread] == [tuple(line.decode().split("*"))]
    assert {error.segment_id for error in transaction.errors} == {"SE"}
    assert transaction.body == remittance()


def test_a_providers_summary_is_written_again() -> None:
    first, second = (replace(remittance().claims[0], group_number=number) for number in ("1", "2"))
    summaries = tuple(
        ProviderSummary(provider_id="1234567893", place_of_service="11", claims=Decimal(1), group_number=number)
        for number in ("1", "2", "2", "9")
    )
    written = remittance(claims=(first, second, first), summaries=summaries)
    document = read(write_835([written], envelope()))
    assert document.errors == ()
    assert [transaction.body for transaction in document.transactions] == [written]


def test_an_end_of_service_without_its_start_is_written_as_it_stands() -> None:
    line = replace(remittance().claims[0].lines[0], service_date=None, service_end_date=date(2025, 10, 29))
    written = remittance(claims=(replace(remittance().claims[0], lines=(line,)),))
    assert [transaction.body for transaction in read(write_835([written], envelope())).transactions] == [written]


@pytest.mark.parametrize(
    "changes",
    [
        {"remark_codes": ("N1", "N2", "N3", "N4", "N5", "N6")},
        {"inpatient": InpatientAdjudication(Decimal(1)), "outpatient": OutpatientAdjudication(Decimal(1))},
    ],
)
def test_what_a_claim_has_no_room_for_is_refused_and_not_cut_off(changes: dict[str, Any]) -> None:
    with pytest.raises(WriteError):
        write_835([remittance(claims=(replace(remittance().claims[0], **changes),))], envelope())


@pytest.mark.parametrize(
    ("head", "filling"),
    [
        (b"", PAYMENT[:106]),
        (PAYMENT[:106], b"GS*1~"),
        (PAYMENT[:106], b"ISA*1~"),
        (PAYMENT[:106], b"ST*835*1~"),
        (PAYMENT[:106], b"ST*9~"),
        (PAYMENT[: PAYMENT.index(b"ST*")], b"ST*835*1~SE*2*1~"),
        (CLAIMS[: CLAIMS.index(b"ST*")], b"ST*837*1~"),
    ],
)
def test_after_a_thousand_broken_things_without_a_good_one_the_rest_is_left_out(head: bytes, filling: bytes) -> None:
    events = list(stream(head + filling * 3000))
    assert len(events) < 5 * MOST_BROKEN
    last = events[-1]
    assert isinstance(last, ReadError)
    assert (last.kind, "left out" in last.message) == (ErrorKind.TOO_MANY, True)


@pytest.mark.parametrize("data", [b"%PDF-1.7 and so on", b"ISA*00*cut short"])
def test_a_file_that_is_no_x12_says_what_was_found(data: bytes) -> None:
    (error,) = read(data).errors
    assert (error.kind, error.found, error.expected) == (ErrorKind.NOT_X12, data.decode(), "ISA")


def test_what_is_left_out_ends_with_its_interchange() -> None:
    document = read(PAYMENT[: PAYMENT.index(b"ST*")] + b"ST*835*1~" * 3000 + PAYMENT)
    assert list(document.transactions)[-1].body == remittance()
    assert document.errors[-1].kind is ErrorKind.TOO_MANY
    assert len(document.interchanges) == 2


def test_broken_transactions_between_good_ones_spoil_none() -> None:
    at = PAYMENT.index(b"ST*")
    end = PAYMENT.rindex(b"GE*")
    data = PAYMENT[:at] + (b"ST*835*1~" * (MOST_BROKEN - 1) + PAYMENT[at:end]) * 2 + PAYMENT[end:]
    bodies = [transaction.body for transaction in read(data).transactions]
    assert [body for body in bodies if body] == [remittance()] * 2
    assert len(bodies) == 2 * MOST_BROKEN


def seconds_for(head: bytes, filling: bytes, count: int) -> float:
    """Of the processor, to read one claim with so many of a segment in it."""
    data = PAYMENT.replace(b"~SVC*", b"~" + head + filling * count + b"SVC*", 1)
    best = 10.0**6
    with paused_collection():  # which looks at all that is there, the more often the more there is
        for _ in range(5):
            began = process_time()
            for _event in stream(data):
                pass
            best = min(best, process_time() - began)
    return best


def test_an_adjustment_segment_without_an_end_sets_its_claim_apart() -> None:
    transaction = with_lines(b"SVC*", b"CAS*CO" + b"*45*0*" * 5000)
    assert isinstance(transaction.body, Remittance)
    assert [item.control_number for item in transaction.body.unreadable] == ["TL0000001"]
    (error, *_) = transaction.errors
    assert (error.kind, error.segment_id, error.loop) == (ErrorKind.TOO_MANY, "CAS", "2100")


def test_an_adjustment_segment_of_more_than_six_reasons_is_read_all_the_same() -> None:
    transaction = with_lines(b"SVC*", b"CAS*CO" + b"*45*1*" * 9)
    assert isinstance(transaction.body, Remittance)
    assert [item.amount for item in transaction.body.claims[0].adjustments] == [1] * 9


@pytest.mark.long
@pytest.mark.parametrize(
    ("head", "filling"),
    [
        (b"", b"MOA***M1*M2*M3*M4*M5~"),
        (b"", b"QTY*CA*1~"),
        (b"", b"PER*CX**TE*5550100~"),
        (b"SVC*HC:1*1*1~", b"QTY*ZK*1~"),
        (b"SVC*HC:1*1*1~", b"LQ*HE*M1~"),
        (b"", b"DTM*050*20260730~"),
        (b"", b"REF*1L*1~"),
        (b"", b"CAS*CO*45*1~"),
        (b"SVC*HC:1*1*1~", b"AMT*B6*1~"),
        (b"SVC*HC:1*1*1~", b"SVC*HC:1*1*1~"),
    ],
)
def test_a_claim_of_many_segments_of_a_kind_takes_time_in_proportion(head: bytes, filling: bytes) -> None:
    """Eight times as many take eight times as long; where each addition copies what is there, thirty times and more."""
    assert seconds_for(head, filling, 28_000) < 20 * seconds_for(head, filling, 3_500)
