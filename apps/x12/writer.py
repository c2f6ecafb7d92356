"""Records to bytes: one interchange, one group, its transactions, counted and closed."""

import re
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from functools import lru_cache

from apps.x12.delimiters import Delimiters
from apps.x12.envelope import Envelope
from apps.x12.errors import WriteError
from apps.x12.letters import transliterated
from apps.x12.values import write_date, write_decimal, write_time

Simple = str | Decimal | date | time | int | None
# A tuple is a composite, a list a repetition.
Element = Simple | tuple[Simple, ...] | list[str]

# X12.5 data type R: digits, without sign and point. What has more cannot be read again.
_MOST_DIGITS = 18
# Elements of the data dictionary's number 782 are dollars: nobody pays a part of a cent.
_DOLLARS = {
    "AMT": {2},
    "BPR": {2},
    "CAS": {3, 6, 9, 12, 15, 18},
    "CLM": {2},
    "CLP": {3, 4, 5},
    "EB": {7},
    "MIA": {4, 19},
    "MOA": {2, 8, 9},
    "PLB": {4, 6, 8, 10, 12, 14},
    "PS1": {2},
    "STC": {4, 5},
    "SV1": {2},
    "SVC": {2, 3},
    "SVD": {2},
    "TS3": {5},
}
_CENTS = 2
# These say nothing without it. It may be lost on the way: a note of signs that are all delimiters.
_TEXTS = {"NTE": 2, "MSG": 1}
# What separates cannot stand in a number, a date or a range of dates, and an unpadded ISA must be told from a padded one.
_NO_DELIMITER = frozenset(" .-")


class Writer:
    """Trailing empty elements are cut. A value with a delimiter or an unprintable character in it raises WriteError.

    `free` makes text that people wrote writable: names and notes may contain what the interchange cannot carry. What it cannot make
    writable is a letter of another script, which is then refused like any other value.
    """

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self.delimiters = envelope.delimiters
        self.lines: list[str] = []
        self.transactions = 0
        self._opened_at = 0
        marks = self.delimiters
        _check_delimiters(marks)
        declared = f"{marks.element}{marks.component}{marks.repetition}{marks.segment}"
        self._illegal = re.compile(f"[{re.escape(declared)}]|[^ -~]")
        self._group_code = ""

    def segment(self, segment_id: str, *elements: Element) -> None:
        texts = [segment_id]
        plain = ""  # searched at once; a composite's marks are legal, so it is searched by itself
        for item in elements:
            if isinstance(item, str):
                text = item
                plain += text
            elif isinstance(item, tuple | list):
                text = self._composed(segment_id, len(texts), item)
            elif item is None:
                text = ""
            else:
                text = _text(segment_id, len(texts), item)
                plain += text
            texts.append(text)
        if self._illegal.search(plain):
            raise self._refused(segment_id, elements)
        if segment_id in _TEXTS and not texts[at := _TEXTS[segment_id]]:
            raise WriteError(f"{segment_id}{at:02d} holds nothing that this interchange can carry.")
        self.lines.append(self.delimiters.element.join(texts).rstrip(self.delimiters.element))

    def free(self, text: str) -> str:
        """Letters become those of the basic set and signs that are still illegal a space. A letter that has no equivalent there stays:
        a name shall not go out without it, so the segment that it stands in is refused.
        """
        if not text.isascii():
            text = transliterated(text)
        elif text.isalnum() or not text:
            return text
        return " ".join(self._illegal.sub(_spaced, text).split())

    def open_interchange(self) -> None:
        """The ISA. Its elements have fixed lengths (X12.5 5.3); ids that do not fit raise WriteError."""
        envelope, marks = self.envelope, self.delimiters
        number = _numbered("ISA13", envelope.interchange_number, 9)
        created = envelope.created
        elements = (
            "ISA",
            "00",
            " " * 10,
            "00",
            " " * 10,
            self._padded("ISA05", envelope.sender_qualifier, 2),
            self._padded("ISA06", envelope.sender_id, 15),
            self._padded("ISA07", envelope.receiver_qualifier, 2),
            self._padded("ISA08", envelope.receiver_id, 15),
            created.strftime("%y%m%d"),
            created.strftime("%H%M"),
            marks.repetition,
            "00501",
            number,
            "1" if envelope.acknowledgment_requested else "0",
            self._padded("ISA15", envelope.usage, 1),
            marks.component,
        )
        self.lines.append(marks.element.join(elements))

    def close_interchange(self, groups: int = 0) -> bytes:
        self.segment("IEA", groups, f"{self.envelope.interchange_number:09d}")
        end = self.delimiters.segment + ("\n" if self.envelope.line_breaks else "")
        return (end.join(self.lines) + end).encode("ascii")

    def open_group(self, code: str, version: str) -> None:
        """ISA and GS. `code` is GS01, `version` GS08."""
        self.open_interchange()
        envelope = self.envelope
        self.segment(
            "GS",
            code,
            envelope.group_sender or envelope.sender_id,
            envelope.group_receiver or envelope.receiver_id,
            envelope.created.date(),
            envelope.created.time().replace(second=0, microsecond=0),
            _numbered("GS06", envelope.group_number, 1).lstrip("0") or "0",
            "X",
            version,
        )

    def close_group(self) -> bytes:
        """GE and IEA; the whole file."""
        self.segment("GE", self.transactions, str(self.envelope.group_number))
        return self.close_interchange(groups=1)

    def open_transaction(self, code: str, version: str = "") -> None:
        """ST. `version` is ST03, which an 835 does not have."""
        self._opened_at = len(self.lines)
        self.segment("ST", code, self.envelope.transaction_control(self.transactions), version)

    def close_transaction(self) -> None:
        count = len(self.lines) - self._opened_at + 1
        self.segment("SE", count, self.envelope.transaction_control(self.transactions))
        self.transactions += 1

    def _composed(self, segment_id: str, at: int, item: tuple[Simple, ...] | list[str]) -> str:
        parts = [part if isinstance(part, str) else _text(segment_id, at, part) for part in item]
        self._check(segment_id, at, "".join(parts))
        if isinstance(item, list):
            return self.delimiters.repetition.join(parts)
        return self.delimiters.component.join(parts).rstrip(self.delimiters.component)

    def _check(self, segment_id: str, at: int, text: str) -> None:
        if self._illegal.search(text):
            raise _uncarried(segment_id, at)

    def _refused(self, segment_id: str, elements: tuple[Element, ...]) -> WriteError:
        """Names the first element that cannot be carried."""
        simple = ((at, item) for at, item in enumerate(elements, start=1) if not isinstance(item, tuple | list))
        return _uncarried(
            segment_id, next(at for at, item in simple if self._illegal.search(_text(segment_id, at, item)))
        )

    def _padded(self, name: str, text: str, length: int) -> str:
        if len(text) > length or self._illegal.search(text):
            raise WriteError(f"{name} does not fit its {length} characters.")
        return text.ljust(length)


def _spaced(illegal: re.Match[str]) -> str:
    return illegal[0] if illegal[0].isalnum() else " "


def _uncarried(segment_id: str, at: int) -> WriteError:
    return WriteError(f"{segment_id}{at:02d} holds a character that this interchange cannot carry.")


def _text(segment_id: str, at: int, item: Simple) -> str:
    match item:
        case str():
            return item
        case Decimal():
            return _number_text(segment_id, at, item)
        case date():
            return _date_text(item)
        case time():
            return write_time(item)
        case None:
            return ""
        case _:
            return str(item)


def _number_text(segment_id: str, at: int, number: Decimal) -> str:
    try:
        text = write_decimal(number)
    except ValueError as error:
        raise WriteError(f"{segment_id}{at:02d} is not an amount.") from error
    whole, _, fraction = text.partition(".")
    if len(whole.lstrip("-")) + len(fraction) > _MOST_DIGITS:
        raise WriteError(f"{segment_id}{at:02d} has more than {_MOST_DIGITS} digits.")
    if len(fraction) > _CENTS and at in _DOLLARS.get(segment_id, ()):
        raise WriteError(f"{segment_id}{at:02d} is not in whole cents.")
    return text


def _check_delimiters(marks: Delimiters) -> None:
    declared = (marks.element, marks.component, marks.repetition, marks.segment)
    separators = declared[:-1]
    if (
        len(set(declared)) < len(declared)
        or any(len(mark) != 1 or mark.isalnum() or mark in _NO_DELIMITER for mark in declared)
        or any(mark in "\r\n" for mark in separators)
    ):
        raise WriteError(
            "The four delimiters are not four different signs that stand in no number, date or line break."
        )


# A file's days of service are few.
_date_text = lru_cache(maxsize=4096)(write_date)


def _numbered(name: str, number: int, length: int) -> str:
    if not 0 < number < 10**9:
        raise WriteError(f"{name} is not between 1 and 999999999.")
    return f"{number:0{length}d}"


def fitting(place: str, parts: Sequence[str], most: int, what: str) -> tuple[str, ...]:
    """The parts of a composite filled up with "" to `most`; WriteError for more, which would stand in the place of something else."""
    if len(parts) > most:
        raise WriteError(f"{place} carries at most {most} {what}, not {len(parts)}.")
    return (*parts, *("",) * (most - len(parts)))


def at_most(records: Sequence[object], limit: int, what: str) -> None:
    """Raises WriteError for no record or more than `limit`."""
    if not 0 < len(records) <= limit:
        raise WriteError(f"One transaction carries 1 to {limit} {what}, not {len(records)}.")
