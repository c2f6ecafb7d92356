"""A file read in pieces says what it says when read whole, in memory that does not grow with it."""

import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.x12 import (
    ErrorKind,
    ReadError,
    Transaction,
    explain,
    read,
    segments,
    stream,
    tokens,
    values,
    write_835,
    write_837p,
    write_999,
)
from apps.x12.guides import reading
from apps.x12.guides.x835 import Remittance, RemittedClaim
from apps.x12.guides.x835 import claims_read as claims_835
from apps.x12.guides.x837p import Claim, ClaimBatch
from apps.x12.guides.x837p import read as claims_837
from apps.x12.raw import RawSegment
from apps.x12.segments import MOST_NOTES
from tests.x12.examples import batch, envelope, group_acknowledgment, remittance
from tests.x12.strategies import any_record

CLAIMS = write_837p(batch(), envelope())
PAYMENT = write_835([remittance()], envelope())
ACKNOWLEDGED = write_999([group_acknowledgment()], envelope())
KILOBYTE = 1 << 10
MEGABYTE = 1 << 20


class Endless:
    """A file of `size` bytes that is never in memory: `head`, then `filling` again and again."""

    def __init__(self, head: bytes, filling: bytes, size: int) -> None:
        self._head, self._filling, self.left = head, filling, size

    def read(self, count: int) -> bytes:
        count = min(count, self.left)
        self.left -= count
        piece = self._head[:count]
        self._head = self._head[count:]
        return piece + (self._filling * (count // len(self._filling) + 1))[: count - len(piece)]


@pytest.fixture(params=[1, 7, 110, 4096])
def piece(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "PIECE", request.param)


@pytest.mark.usefixtures("piece")
@pytest.mark.parametrize(
    "data",
    [
        CLAIMS,
        PAYMENT,
        b"\xef\xbb\xbf" + PAYMENT.replace(b"*Example*", "*Muñoz*".encode()),
        PAYMENT.replace(b"*Example*", "*Muñoz*".encode("latin-1")),
        PAYMENT.decode().encode("utf-16"),
        b"From: a clearinghouse\r\n\r\n" + PAYMENT.replace(b"~", b"~\r\n") + b"\r\n" + CLAIMS + b"\x1a",
        PAYMENT.replace(b"*Example*", b"*LISA*ISABEL*"),
        PAYMENT.replace(b"CLP*TL0000001*", b"CLP*TL0000001   *"),
        PAYMENT[:-1],
        b"ISA*" * 60 + PAYMENT,
    ],
)
def test_the_size_of_the_pieces_does_not_matter(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    in_pieces, explained = read(data), list(explain(data))
    monkeypatch.setattr(tokens, "PIECE", 1 << 20)
    assert in_pieces == read(data)
    assert explained == list(explain(data))


@any_record
@given(st.binary(max_size=300), st.integers(3, 40))
def test_no_bytes_read_otherwise_in_pieces(noise: bytes, size: int) -> None:
    data = PAYMENT[:150] + noise + PAYMENT[150:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "PIECE", size)
        in_pieces = read(BytesIO(data.decode("latin-1").encode()))
    assert in_pieces == read(BytesIO(data.decode("latin-1").encode()))


def test_a_heading_comes_before_its_claims_and_the_transaction_after_them() -> None:
    kinds = [type(event) for event in stream(PAYMENT + CLAIMS)]
    assert kinds.index(Remittance) < kinds.index(RemittedClaim) < kinds.index(Transaction)
    assert kinds.index(ClaimBatch) < kinds.index(Claim)
    assert kinds.count(Transaction) == 2


def test_a_streamed_transaction_has_none_of_its_claims() -> None:
    (whole,) = read(PAYMENT).transactions
    (transaction,) = (event for event in stream(PAYMENT) if isinstance(event, Transaction))
    assert isinstance(whole.body, Remittance)
    assert isinstance(transaction.body, Remittance)
    assert transaction.body.claims == ()
    claims = tuple(event for event in stream(PAYMENT) if isinstance(event, RemittedClaim))
    assert whole.body.claims == claims != ()


def test_a_guide_that_is_not_read_comes_segment_by_segment() -> None:
    old = CLAIMS.replace(b"005010X222A1", b"004010X098A1")
    raw = [event for event in stream(old) if isinstance(event, RawSegment)]
    assert [item.id for item in raw[:2]] == ["ST", "BHT"]
    assert [item.segment for item in raw] == list(range(3, 3 + len(raw)))


def peak(events: Iterator[object]) -> int:
    """The most bytes of Python's memory that were in use at one time while the events came."""
    tracemalloc.start()
    for _ in events:
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def repeated(data: bytes, first: bytes, last: bytes) -> tuple[bytes, bytes]:
    """What stands before the first claim, and one claim."""
    return data[: data.index(first)], data[data.index(first) : data.rindex(last)]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sixteenth of all that bounds the memory, so that a small file shows what a large one takes."""
    monkeypatch.setattr(tokens, "PIECE", tokens.PIECE // 16)
    monkeypatch.setattr(tokens, "LONGEST_SEGMENT", tokens.LONGEST_SEGMENT // 16)
    monkeypatch.setattr(segments, "MOST_NOTES", MOST_NOTES // 16)
    monkeypatch.setattr(claims_835, "MOST_SEGMENTS", claims_835.MOST_SEGMENTS // 16)
    monkeypatch.setattr(claims_837, "MOST_SEGMENTS", claims_837.MOST_SEGMENTS // 16)
    monkeypatch.setattr(reading, "MOST_SEGMENTS", reading.MOST_SEGMENTS // 160)


@pytest.mark.long
@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize(("data", "first", "last"), [(PAYMENT, b"CLP*", b"SE*"), (CLAIMS, b"CLM*", b"SE*")])
def test_memory_does_not_grow_with_the_file(data: bytes, first: bytes, last: bytes) -> None:
    head, claim = repeated(data, first, last)
    # Python keeps some thousands of tuples for their next use; they shall be there before anything is measured.
    peak(stream(Endless(head, claim, 450 * KILOBYTE)))  # type: ignore[arg-type]
    small = peak(stream(Endless(head, claim, 100 * KILOBYTE)))  # type: ignore[arg-type]
    large = peak(stream(Endless(head, claim, 450 * KILOBYTE)))  # type: ignore[arg-type]
    # What waits for Python's collector comes and goes; claims that are kept would take twelve times as much.
    assert large - small < 250 * KILOBYTE


@pytest.mark.long
@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize(
    ("head", "filling"),
    [
        (b"", b"\x00"),
        (b"", b"ISA*"),
        (b"", PAYMENT[:106]),
        (PAYMENT[:106], b"x"),
        (PAYMENT[:106], b"x~"),
        (PAYMENT[:106], b"\xff\xfe~"),
        (PAYMENT[: PAYMENT.index(b"ST*")], b"ST*835*1~"),
        (PAYMENT[: PAYMENT.index(b"CLP*")], b"~"),
        (PAYMENT[: PAYMENT.index(b"N1*")], b"N1~"),
        (PAYMENT[: PAYMENT.index(b"CLP*")], b"CLP*1*1*x~"),
        (PAYMENT[: PAYMENT.rindex(b"SE*")], b"SVC*HC:99213*1*1~"),
        (CLAIMS[: CLAIMS.rindex(b"SE*")], b"REF*6R*1~"),
        (ACKNOWLEDGED[: ACKNOWLEDGED.index(b"AK2*")], b"AK2*837*1~IK3*N*x~"),
    ],
)
def test_noise_costs_little_and_is_named(head: bytes, filling: bytes) -> None:
    errors: Counter[str] = Counter()

    def noted() -> Iterator[object]:
        for event in stream(Endless(head, filling, 100 * KILOBYTE)):  # type: ignore[arg-type]
            named = event.errors if isinstance(event, Transaction) else [event] * isinstance(event, ReadError)
            errors.update(error.kind for error in named)
            yield event

    assert peak(noted()) < 2 * MEGABYTE
    assert errors


@pytest.mark.parametrize("filling", [b"~ISA*", b"\nISA*"])
def test_noise_of_interchanges_is_not_read_to_its_end_at_once(filling: bytes) -> None:
    file = Endless(PAYMENT[:106], filling, 64 * tokens.PIECE)
    next(iter(stream(file)))  # type: ignore[arg-type]
    assert file.left > 32 * tokens.PIECE


def test_noise_outside_of_any_transaction_is_named_a_thousand_times_at_most() -> None:
    found = list(stream(PAYMENT[:106] + b"x~" * 5000))
    assert MOST_NOTES <= len(found) <= MOST_NOTES + 10


def test_a_segment_longer_than_any_is_named_and_left_out() -> None:
    document = read(PAYMENT[: PAYMENT.index(b"CLP*")] + b"x" * (2 * MEGABYTE) + PAYMENT)
    assert ErrorKind.TOO_LONG in {error.kind for error in document.errors}
    assert [item.control_number for item in document.interchanges] == ["000000041", "000000041"]
    assert list(document.transactions)[-1].body == remittance()


def test_errors_beyond_a_thousand_are_counted_no_more() -> None:
    document = read(PAYMENT[: PAYMENT.index(b"CLP*")] + b"ZZZ*1~" * (MOST_NOTES + 500))
    kinds = [error.kind for error in document.errors if error.transaction]
    assert (len(kinds), kinds[-1]) == (MOST_NOTES, ErrorKind.TOO_MANY)


def test_a_claim_without_an_end_is_set_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "PIECE", 64)
    monkeypatch.setattr(claims_835, "MOST_SEGMENTS", 40)
    endless = remittance(claims=(replace(remittance().claims[0], lines=remittance().claims[0].lines * 9),))
    data = write_835([endless, remittance()], envelope())
    first, second = read(data).transactions
    assert isinstance(first.body, Remittance)
    assert first.body.claims == ()
    assert [claim.control_number for claim in first.body.unreadable] == ["TL0000001"]
    assert ErrorKind.TOO_LONG in {error.kind for error in first.errors}
    assert second.body == remittance()


def test_a_claim_of_long_segments_without_an_end_is_set_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "PIECE", 4096)
    at = PAYMENT.index(b"SVC*")
    long, payment = read(PAYMENT[:at] + (b"NTE*ADD*" + b"x" * 2000 + b"~") * 300 + PAYMENT[at:] + PAYMENT).transactions
    assert isinstance(long.body, Remittance)
    assert [claim.control_number for claim in long.body.unreadable] == ["TL0000001"]
    assert ErrorKind.TOO_LONG in {error.kind for error in long.errors}
    assert payment.body == remittance()


def test_a_transaction_longer_than_its_guide_allows_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_SEGMENTS", 3)
    answer = write_999([group_acknowledgment()], envelope())
    long, payment = read(answer + PAYMENT).transactions
    assert long.body is None
    assert [error.kind for error in long.errors] == [ErrorKind.TOO_LONG]
    assert payment.body == remittance()


@pytest.mark.parametrize("data", [CLAIMS, ACKNOWLEDGED])
def test_what_is_long_without_many_segments_is_named_and_left_out(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "PIECE", 64)
    for module in (claims_837, reading):
        monkeypatch.setattr(module, "MOST_CHARACTERS", 2000)
    at = data.rindex(b"SE*")
    long, payment = read(data[:at] + (b"REF*ZZ*" + b"x" * 500 + b"~") * 5 + data[at:] + PAYMENT).transactions
    assert ErrorKind.TOO_LONG in {error.kind for error in long.errors}
    assert long.body is None or (isinstance(long.body, ClaimBatch) and not long.body.claims)
    assert payment.body == remittance()


def test_a_table_of_texts_does_not_grow_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "MOST_TEXTS", 5)
    table = values.Table(int)
    assert [table[str(number)] for number in range(12)] == list(range(12))
    assert len(table) <= 5
