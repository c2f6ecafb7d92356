"""Segments with their place, and reading their elements: an unreadable element becomes a named error of its
transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any

from apps.x12.delimiters import Delimiters
from apps.x12.errors import ErrorKind, ReadError
from apps.x12.raw import RawSegment
from apps.x12.swift import swift
from apps.x12.values import Table, read_count, read_date, read_decimal, read_time

_new_error = swift(ReadError)


class UnreadableError(Exception):
    """A record cannot be made: a required element is missing or unreadable. The error has been noted already."""


# A file of noise has an error a segment; so many tell all that there is to tell.
MOST_NOTES = 1000
# How a DTP may write one day; nothing said is read as the first.
_DAYS = frozenset({"D8", "DT", ""})


def _nowhere(segment: int, missing: str) -> str:  # noqa: ARG001
    return ""


@dataclass(slots=True)
class Notes:
    """Collects what is wrong in one place of the envelope and gives each error that place's names, and what nobody there has a
    place for.
    """

    interchange: str = ""
    group: str = ""
    transaction: str = ""
    guide: str = ""
    # The loop of a segment, or of another that is missing there.
    locate: Callable[[int, str], str] = field(default=_nowhere, repr=False)
    errors: list[ReadError] = field(default_factory=list)
    unread: list[RawSegment] = field(default_factory=list)
    count: int = 0
    # The numbers of the segments that a record has a place for, of a transaction that is read as a whole.
    taken: set[int] = field(default_factory=set)
    _kept: set[int] = field(default_factory=set)

    def add(
        self,
        kind: ErrorKind,
        message: str,
        *,
        segment: int = 0,
        segment_id: str = "",
        element: int | None = None,
        component: int | None = None,
        found: str = "",
        expected: str = "",
    ) -> None:
        """After `MOST_NOTES` errors one more says that the others are left out."""
        self.count += 1
        if self.count == MOST_NOTES:
            kind, message = ErrorKind.TOO_MANY, "There are more errors than are listed."
            element = component = None
            found = expected = ""
        if self.count <= MOST_NOTES:
            loop = self.locate(segment, expected if kind is ErrorKind.MISSING_SEGMENT else "")
            place = (self.interchange, self.group, self.transaction, self.guide, loop)
            self.errors.append(
                _new_error(kind, message, segment, segment_id, element, component, found[:80], expected, *place)
            )

    @property
    def is_full(self) -> bool:
        """No more errors are listed: what would be said of them need not be put together."""
        return self.count >= MOST_NOTES

    def keep(self, segment: "Segment") -> None:
        """A segment that its guide does not know."""
        self.taken.add(segment.number)
        if self.is_full:
            self.keep_silently(segment)
            return
        message = f"{segment.id[:3]} has no place here; it is kept as it stands."
        self.add(
            ErrorKind.UNEXPECTED_SEGMENT,
            message,
            segment=segment.number,
            segment_id=segment.id[:3],
            found=segment.source.delimiters.element.join(segment.elements[:9])[:80],
            expected="a segment of the guide",
        )
        self.keep_silently(segment)

    def keep_silently(self, segment: "Segment") -> None:
        """One that the guide knows, but no record has a place for, or not for all of it. Once, whoever asks for it."""
        self.keep_raw(RawSegment(tuple(segment.elements), segment.number))

    def keep_raw(self, raw: RawSegment) -> None:
        if len(self.unread) < MOST_NOTES and raw.segment not in self._kept:
            self._kept.add(raw.segment)
            self.unread.append(raw)


@dataclass(slots=True)
class Source:
    """What reading an element needs: the delimiters, the notes and the tables of values already read. `shared` is what a guide's
    reader keeps from one transaction of the interchange to the next, by its type.
    """

    delimiters: Delimiters
    notes: Notes
    decimals: Table[Decimal] = field(default_factory=lambda: Table(read_decimal))
    dates: Table[date] = field(default_factory=lambda: Table(read_date))
    shared: dict[type, Any] = field(default_factory=dict)

    def split(self, text: str) -> list[str]:
        """A segment's elements, its id the first."""
        return text.split(self.delimiters.element)


class Segment:
    """One segment. Elements are numbered as in the guides, from 1; an absent element is ""."""

    __slots__ = ("elements", "id", "number", "source")

    def __init__(self, elements: list[str], number: int, source: Source) -> None:
        self.id = elements[0]
        self.elements = elements
        self.number = number
        self.source = source

    def text(self, element: int) -> str:
        return self.elements[element].strip(" ") if element < len(self.elements) else ""

    def texts(self, first: int, last: int | None = None) -> tuple[str, ...]:
        """The elements that are not empty."""
        return tuple(text for text in self.elements[first : last and last + 1] if text)

    def components(self, element: int, at_least: int = 0) -> list[str]:
        """A composite's parts, filled up with "" to `at_least`."""
        parts = self.text(element).split(self.source.delimiters.component)
        return parts + [""] * (at_least - len(parts))

    def repetitions(self, element: int) -> tuple[str, ...]:
        separator = self.source.delimiters.repetition
        text = self.text(element)
        parts = text.split(separator) if separator else [text]
        return tuple(part for part in parts if part)

    def note(self, kind: ErrorKind, element: int, expected: str, found: str | None = None) -> None:
        if self.source.notes.is_full:
            return
        text = self.text(element) if found is None else found
        sentence = f"{self.id}{element:02d} is missing." if not text else f"{self.id}{element:02d} is not {expected}."
        self.source.notes.add(
            kind, sentence, segment=self.number, segment_id=self.id, element=element, found=text, expected=expected
        )

    def note_segment(self, kind: ErrorKind, sentence: str, expected: str) -> None:
        """Something is wrong at this segment as a whole."""
        self.source.notes.add(kind, sentence, segment=self.number, segment_id=self.id, expected=expected)

    def required(self, element: int) -> str:
        """The text, or an error and UnreadableError."""
        text = self.text(element)
        if not text:
            self.note(ErrorKind.MISSING_ELEMENT, element, "a value")
            raise UnreadableError
        return text

    def money(self, element: int) -> Decimal:
        """A dollar amount that the record cannot do without."""
        text = self.text(element)
        try:
            return self.source.decimals[text]
        except ValueError:
            kind = ErrorKind.NOT_MONEY if text else ErrorKind.MISSING_ELEMENT
            self.note(kind, element, "a dollar amount")
            raise UnreadableError from None

    def optional_money(self, element: int, kind: ErrorKind = ErrorKind.NOT_MONEY) -> Decimal | None:
        """None where the element is empty; an error and None where it cannot be read."""
        text = self.text(element)
        if not text:
            return None
        try:
            return self.source.decimals[text]
        except ValueError:
            self.note(kind, element, "a number" if kind is ErrorKind.NOT_A_NUMBER else "a dollar amount")
            return None

    def optional_amount(self, element: int) -> Decimal | None:
        """None where the element is empty; an error and UnreadableError where it cannot be read."""
        return self.money(element) if self.text(element) else None

    def optional_number(self, element: int) -> Decimal | None:
        return self.optional_money(element, ErrorKind.NOT_A_NUMBER)

    def count(self, element: int) -> int | None:
        """A whole number; None where empty or (with an error) unreadable."""
        text = self.text(element)
        if not text:
            return None
        try:
            return read_count(text)
        except ValueError:
            self.note(ErrorKind.NOT_A_NUMBER, element, "a whole number")
            return None

    def day(self, element: int, text: str | None = None) -> date | None:
        """CCYYMMDD; None where empty or (with an error) unreadable. `text`: a part of the element instead."""
        text = self.text(element) if text is None else text
        if not text:
            return None
        try:
            return self.source.dates[text]
        except ValueError:
            self.note(ErrorKind.NOT_A_DATE, element, "a date (CCYYMMDD)", text)
            return None

    def short_date(self, element: int) -> date | None:
        """YYMMDD of the envelope; X12 came into this century with it."""
        text = self.text(element)
        return self.day(element, f"20{text}") if text else None

    def time_of_day(self, element: int) -> time | None:
        text = self.text(element)
        if not text:
            return None
        try:
            return read_time(text)
        except ValueError:
            self.note(ErrorKind.NOT_A_DATE, element, "a time (HHMM)")
            return None

    def period(self, qualifier: int, element: int) -> tuple[date | None, date | None]:
        """A DTP's day or range: D8 (start = end), RD8, DT (the day of a moment)."""
        text, form = self.text(element), self.text(qualifier)
        if form == "RD8":
            start, _, end = text.partition("-")
            return self.day(element, start), self.day(element, end)
        if form not in _DAYS:
            self.note(ErrorKind.NOT_A_CODE, qualifier, "D8, RD8 or DT")
        day = self.day(element, text[:8] if form == "DT" else text)
        return day, day

    def compare_count(self, element: int, counted: int, of_what: str) -> None:
        """A trailer's count against what was counted; a difference becomes an error."""
        text = self.text(element)
        if not text or (text.lstrip("0") or "0") != str(counted):
            self._disagrees(ErrorKind.COUNT_MISMATCH, element, str(counted), f"the count of {of_what}")

    def compare_control(self, element: int, opened_with: str, of_what: str) -> None:
        """A trailer's control number against its header's; a difference becomes an error."""
        if self.text(element) != opened_with:
            self._disagrees(ErrorKind.CONTROL_MISMATCH, element, opened_with, of_what)

    def _disagrees(self, kind: ErrorKind, element: int, expected: str, of_what: str) -> None:
        self.source.notes.add(
            kind,
            f"{self.id}{element:02d} is not {of_what}.",
            segment=self.number,
            segment_id=self.id,
            element=element,
            found=self.text(element),
            expected=expected,
        )


def split_at(segments: Sequence[Segment], *ids: str) -> tuple[list[Segment], list[list[Segment]]]:
    """What stands before the first segment of `ids`, and a block for each such segment with all that follows it."""
    head: list[Segment] = []
    blocks: list[list[Segment]] = []
    current = head
    for segment in segments:
        if segment.id in ids:
            current = [taken(segment)]
            blocks.append(current)
        else:
            current.append(segment)
    return head, blocks


def each(segments: Iterable[Segment], segment_id: str, *qualifiers: str) -> list[Segment]:
    """Those named `segment_id`, with one of `qualifiers` as first element if any are given."""
    return [taken(segment) for segment in _matching(segments, segment_id, qualifiers)]


def first(segments: Iterable[Segment], segment_id: str, *qualifiers: str) -> Segment | None:
    found = next(_matching(segments, segment_id, qualifiers), None)
    return taken(found) if found else None


def taken(segment: Segment) -> Segment:
    """Marks it as one that a record has a place for."""
    segment.source.notes.taken.add(segment.number)
    return segment


def _matching(segments: Iterable[Segment], segment_id: str, qualifiers: Sequence[str]) -> Iterator[Segment]:
    return (
        segment
        for segment in segments
        if segment.id == segment_id and (not qualifiers or segment.text(1) in qualifiers)
    )


def value_of(segments: Iterable[Segment], segment_id: str, qualifier: str, element: int = 2) -> str:
    """The element of the first such segment, "" if there is none: `value_of(block, "REF", "G1")`. A REF that says more
    is kept.
    """
    segment = first(segments, segment_id, qualifier)
    if segment and segment_id == "REF" and (segment.text(3) or segment.text(4)):
        segment.source.notes.keep_silently(segment)
    return segment.text(element) if segment else ""
