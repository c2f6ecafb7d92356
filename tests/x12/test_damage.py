"""Inquiries and answers with any one segment or element dropped, swapped, doubled or cut: a named error or a reading."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from apps.x12 import ErrorKind, read, write_277ca, write_837p
from apps.x12.guides import reading
from apps.x12.guides.x837p import ClaimBatch
from apps.x12.guides.x837p import read as claims_read
from tests.x12.examples import batch, claim, envelope, rich_claim
from tests.x12.test_acknowledgments import acknowledgment

FOLDER = Path(__file__).parent / "golden"
FILES = ("whole_inquiry.270", "whole_answer.271", "status_inquiry.276", "status_answer.277", "accepted.277")


def bodies(lines: list[str]) -> tuple[object, tuple[str, ...]]:
    document = read("".join(lines).encode())
    assert all(error.message and error.place for error in document.errors)
    return [item.body for item in document.transactions], tuple(error.message for error in document.errors)


def inside(name: str) -> tuple[list[str], Iterator[int]]:
    """The file's segments and the places of those between ST and SE."""
    lines = (FOLDER / name).read_text().splitlines()
    return lines, iter(range(3, len(lines) - 3))


@pytest.mark.parametrize("name", FILES)
def test_a_segment_dropped_or_doubled_is_named(name: str) -> None:
    lines, places = inside(name)
    for at in places:
        for damaged in (lines[:at] + lines[at + 1 :], lines[: at + 1] + lines[at:]):
            assert bodies(damaged)[1]


@pytest.mark.parametrize("name", FILES)
def test_two_segments_swapped_are_still_read(name: str) -> None:
    lines, places = inside(name)
    for at in places:
        found, errors = bodies([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]])
        assert found or errors


@pytest.mark.long
@pytest.mark.parametrize("name", FILES)
def test_elements_dropped_cut_and_spoilt_are_read_or_named(name: str) -> None:
    lines, places = inside(name)
    for at in places:
        elements = lines[at].removesuffix("~").split("*")
        for element in range(1, len(elements)):
            for put in ([], ["", elements[element]], ["\x07?"], [elements[element][:1]]):
                damaged = "*".join(elements[:element] + put + elements[element + 1 :]) + "~"
                found, errors = bodies([*lines[:at], damaged, *lines[at + 1 :]])
                assert found or errors


def test_a_transaction_longer_than_its_guide_allows_does_not_spoil_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    short = replace(acknowledgment(), receivers=())
    monkeypatch.setattr(reading, "MOST_SEGMENTS", 10)
    document = read(write_277ca([acknowledgment(), short], envelope()))
    assert [transaction.body for transaction in document.transactions] == [None, short]
    assert [error.kind for error in document.errors] == [ErrorKind.TOO_LONG]


def test_a_claim_file_of_a_heading_without_end_has_no_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims_read, "MOST_SEGMENTS", 25)
    data = write_837p(batch(), envelope())
    heading = data[: data.index(b"HL*")] + b"PER*IC*X*TE*5125550100~" * 30 + b"SE*1*0001~GE*1*41~IEA*1*000000041~"
    (transaction,) = read(heading).transactions
    assert transaction.body is None
    assert ErrorKind.TOO_LONG in {error.kind for error in transaction.errors}


def test_a_claim_that_is_too_long_is_left_out_of_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims_read, "MOST_SEGMENTS", 25)
    document = read(write_837p(batch(claim(), rich_claim()), envelope()))
    (transaction,) = document.transactions
    assert isinstance(transaction.body, ClaimBatch)
    assert [each.control_number for each in transaction.body.claims] == [claim().control_number]
    assert [error.kind for error in document.errors] == [ErrorKind.TOO_LONG]


@pytest.mark.parametrize("name", [*FILES, "accepted.999"])
@pytest.mark.parametrize(
    "extra", ["NM1*ZZ*1*X", "DTP*999*D8*20260101", "TRN*9*X", "AAA*N**42*C", "STC*A3:21*20260101", "AK9*A"]
)
def test_no_segment_is_lost_in_silence(name: str, extra: str) -> None:
    """One more than a record has a place for is kept and named, wherever it stands."""
    lines = (FOLDER / name).read_text().splitlines()
    untouched = [transaction.body for transaction in read("".join(lines).encode()).transactions]
    end = next(at for at, text in enumerate(lines) if text.startswith("SE*"))
    for at in range(3, end + 1):
        (transaction,) = read("".join([*lines[:at], f"{extra}~", *lines[at:]]).encode()).transactions
        if [transaction.body] == untouched:
            assert tuple(extra.split("*")) in {segment.elements for segment in transaction.unread}
            assert ErrorKind.UNEXPECTED_SEGMENT in {error.kind for error in transaction.errors}
